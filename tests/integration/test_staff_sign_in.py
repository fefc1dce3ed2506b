"""Staff sign in over real HTTP: password and code, and at an OpenID Connect provider that really signs. What must be refused is most of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from joserfc.jwk import RSAKey

from app.encryption import new_key
from jobseeker.records import Account
from tests.doubles.oidc_provider import (
    CLIENT,
    SECRET,
    OidcStandIn,
    signed_by_somebody_else,
    signed_with_the_public_key,
    unsigned,
)
from tests.integration.conftest import Site

PASSWORD = "a long password"
PUBLIC = "http://desk.example"  # where the provider sends browsers; the test's browser knows the real address


@pytest.fixture
async def provider() -> AsyncIterator[OidcStandIn]:
    """Up."""
    made = OidcStandIn(f"{PUBLIC}/console/api/oidc/return")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def site_settings(provider: OidcStandIn, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A gateway that knows the provider; a test adds to it with `@pytest.mark.parametrize("site_settings", …, indirect=True)`."""
    return {
        "public_url": PUBLIC,
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Agency",
        "encryption_keys": new_key(),
        **getattr(request, "param", {}),
    }


@dataclass
class Browser:
    """Keeps cookies by path as a browser does, and follows nothing by itself."""

    site: Site
    jar: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, str]:
        """(status, JSON, where it sends the browser)."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.site.url}{path}"
        async with self.site.http.request(
            method, address, json=body, headers=sent, allow_redirects=False, cookies=None
        ) as answer:
            for line in answer.headers.getall("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    if morsel["max-age"] == "0":
                        self.jar.pop(name, None)
                    else:
                        self.jar[name] = morsel.value
            self.site.http.cookie_jar.clear()
            found = await answer.json() if answer.content_type == "application/json" else None
            return answer.status, found, answer.headers.get("Location", "")

    async def to_provider_and_back(self) -> str:
        """Begin here, sign in there; the address with which the browser would come back."""
        status, _, there = await self.call("GET", "/console/api/oidc/start")
        assert status == 302
        async with self.site.http.get(there, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            back = urlsplit(answer.headers["Location"])
        assert f"{back.scheme}://{back.netloc}" == PUBLIC
        return f"{back.path}?{back.query}"

    async def sign_in_elsewhere(self) -> dict[str, str]:
        """All of it; {} when signed in, else what the page is told."""
        return await self.come_back(await self.to_provider_and_back())

    async def come_back(self, address: str) -> dict[str, str]:
        """The last step; {} when signed in, else what the page is told."""
        status, _, page = await self.call("GET", address)
        assert status == 302
        assert urlsplit(page).path == "/console"
        return {name: values[0] for name, values in parse_qs(urlsplit(page).fragment).items()}

    async def me(self) -> str:
        """Who is signed in; "" nobody."""
        status, found, _ = await self.call("GET", "/console/api/session")
        return str(found["account"]["login"]) if status == 200 else ""


@pytest.fixture
async def browser(site: Site) -> Browser:
    """One browser."""
    return Browser(site)


@pytest.fixture
async def mei(site: Site) -> Account:
    """A counsellor whose e-mail is known."""
    made = await site.services.create_account(login="mei", name="Mei", password=PASSWORD)
    await site.services.access.accounts.set_email("mei", "mei@agency.example", "test")
    return made


async def refusals(site: Site) -> list[str]:
    """Why sign-ins at the provider were refused, as the audit has it."""
    async with site.services.engines.reader.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT detail FROM audit WHERE action = 'session.refused'")
        return [str(row[0]) for row in rows]


async def test_signed_in_at_the_provider(site: Site, browser: Browser, provider: OidcStandIn, mei: Account) -> None:
    assert (await browser.call("GET", "/console/api/sign-in"))[1] == {"provider": "Agency"}
    assert await browser.sign_in_elsewhere() == {}
    assert await browser.me() == "mei"
    assert "jobseeker_provider" not in browser.jar  # its work is done
    assert provider.refused == []
    provider.claims = {"email": "another@agency.example"}  # from now on it is the subject that counts
    other = Browser(site)
    assert await other.sign_in_elsewhere() == {}
    assert await other.me() == "mei"


async def test_what_the_provider_says_of_roles_counts_nothing(
    browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    provider.claims = {"role": "supervisor", "roles": ["supervisor"], "groups": ["supervisor"]}
    assert await browser.sign_in_elsewhere() == {}
    status, found, _ = await browser.call("GET", "/console/api/session")
    assert (status, found["account"]["role"]) == (200, "counsellor")
    assert (await browser.call("GET", "/console/api/accounts"))[0] == 403


async def test_nobody_is_made_an_account(site: Site, browser: Browser) -> None:
    assert await browser.sign_in_elsewhere() == {"problem": "JS-ACC-009"}
    assert await browser.me() == ""
    assert await site.services.create_account.is_first()
    assert len(await refusals(site)) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "x" * 43},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},  # several, and not said for whom
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": int(time.time()) - 3_600},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(time.time()) + 3_600},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "nobody@agency.example"},
        {"email": None},
    ],
    ids=lambda claims: " ".join(claims),  # the times in them are new in every process
)
async def test_a_token_that_does_not_hold_opens_nothing(
    browser: Browser, provider: OidcStandIn, mei: Account, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert await browser.sign_in_elsewhere() == {"problem": "JS-ACC-009"}
    assert await browser.me() == ""
    provider.claims = {}
    assert await browser.sign_in_elsewhere() == {}  # it was the claim alone


async def test_an_audience_among_several_is_taken_where_it_is_said_for_whom(
    browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    provider.claims = {"aud": [CLIENT, "another-client"], "azp": CLIENT}
    assert await browser.sign_in_elsewhere() == {}


async def test_a_signature_that_is_none_opens_nothing(browser: Browser, provider: OidcStandIn, mei: Account) -> None:
    for sign in (
        unsigned,
        signed_with_the_public_key(provider.key),
        signed_by_somebody_else,
        lambda _: "no.token.at all",
    ):
        provider.sign = sign
        assert await browser.sign_in_elsewhere() == {"problem": "JS-ACC-009"}
        assert await browser.me() == ""


async def test_an_answer_counts_once_and_for_the_browser_that_began(
    site: Site, browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    stolen = await browser.to_provider_and_back()
    for victim in (Browser(site), Browser(site, {"jobseeker_provider": "of an attempt of their own"})):
        assert await victim.come_back(stolen) == {"problem": "JS-ACC-008"}  # never began here
        assert await victim.me() == ""
    assert await browser.come_back(stolen) == {"problem": "JS-ACC-008"}  # and it is used up by that
    address = await browser.to_provider_and_back()
    cookie = browser.jar["jobseeker_provider"]
    assert await browser.come_back(address) == {}
    replay = Browser(site, {"jobseeker_provider": cookie})
    assert await replay.come_back(address) == {"problem": "JS-ACC-008"}
    assert await replay.me() == ""


async def test_a_code_of_another_attempt_does_not_fit_the_verifier(
    site: Site, browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    """Code injection: the attacker's code with the victim's state. PKCE and nonce stand against it."""
    theirs = parse_qs(urlsplit(await Browser(site).to_provider_and_back()).query)
    mine = parse_qs(urlsplit(await browser.to_provider_and_back()).query)
    address = f"/console/api/oidc/return?state={mine['state'][0]}&code={theirs['code'][0]}"
    assert await browser.come_back(address) == {"problem": "JS-ACC-009"}
    assert provider.refused == ["token: invalid_grant"]


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?state=made-up&code=x", "?error=access_denied&state=x"])
async def test_a_made_up_way_back_opens_nothing(browser: Browser, mei: Account, query: str) -> None:
    await browser.to_provider_and_back()
    assert (await browser.come_back(f"/console/api/oidc/return{query}"))["problem"] in ("JS-ACC-008", "JS-ACC-009")
    assert await browser.me() == ""


async def test_the_answer_of_another_issuer_is_refused(browser: Browser, provider: OidcStandIn, mei: Account) -> None:
    address = await browser.to_provider_and_back()
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    mixed = f"/console/api/oidc/return?state={query['state']}&code={query['code']}&iss=https://evil.example"
    assert await browser.come_back(mixed) == {"problem": "JS-ACC-009"}


async def test_an_e_mail_that_passed_to_somebody_else_does_not_open_the_old_account(
    site: Site, browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    assert await browser.sign_in_elsewhere() == {}
    provider.claims = {"sub": "somebody-else"}
    assert await Browser(site).sign_in_elsewhere() == {"problem": "JS-ACC-009"}
    await site.services.access.accounts.set_email("mei", "mei@agency.example", "a supervisor who knows of it")
    assert await Browser(site).sign_in_elsewhere() == {}


async def test_an_account_that_is_off_stays_out(site: Site, browser: Browser, mei: Account) -> None:
    boss = await site.services.create_account(login="boss", name="Boss", password=PASSWORD, role="supervisor")
    await site.services.access.accounts.change(boss, mei.id, role=None, active=False, email=None)
    assert await browser.sign_in_elsewhere() == {"problem": "JS-ACC-009"}


async def test_the_provider_changes_its_key(site: Site, browser: Browser, provider: OidcStandIn, mei: Account) -> None:
    assert await browser.sign_in_elsewhere() == {}
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    provider.published = [provider.key]
    elsewhere = site.services.access.elsewhere
    assert elsewhere is not None
    elsewhere.provider._keys = None  # type: ignore[attr-defined]  # a minute has passed since they were fetched
    assert await Browser(site).sign_in_elsewhere() == {}
    asked = provider.key_requests
    provider.key = RSAKey.generate_key(
        2048, {"kid": "three"}
    )  # not published: nobody makes us ask for it again and again
    for _ in range(3):
        assert await Browser(site).sign_in_elsewhere() == {"problem": "JS-ACC-009"}
    assert provider.key_requests == asked


async def test_a_provider_that_is_away_leaves_the_password(
    site: Site, browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    address = await browser.to_provider_and_back()
    await provider.stop()
    assert await browser.come_back(address) == {"problem": "JS-ACC-010"}
    body = {"login": "mei", "password": PASSWORD}
    assert (await browser.call("POST", "/console/api/session", body))[0] == 200
    await provider.start()


async def test_a_provider_that_names_another_issuer_is_not_asked(browser: Browser, provider: OidcStandIn) -> None:
    provider.metadata = {"issuer": "https://evil.example"}
    status, _, page = await browser.call("GET", "/console/api/oidc/start")
    assert (status, urlsplit(page).fragment) == (302, "problem=JS-ACC-010")


@pytest.mark.parametrize("site_settings", [{"oidc_issuer": ""}], indirect=True)
async def test_it_is_off_unless_it_is_set(browser: Browser) -> None:
    assert (await browser.call("GET", "/console/api/sign-in"))[1] == {"provider": None}
    for path in ("/console/api/oidc/start", "/console/api/oidc/return?state=x&code=y"):
        assert (await browser.call("GET", path))[0] == 404


@pytest.mark.parametrize("site_settings", [{"second_factor_roles": ("counsellor",)}], indirect=True)
@pytest.mark.parametrize("claims", [{}, {"amr": ["mfa"]}])  # its word is not taken unless that is set
async def test_the_second_factor_is_asked_for_after_the_provider_too(
    browser: Browser, provider: OidcStandIn, mei: Account, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    told = await browser.sign_in_elsewhere()
    assert (told["second_factor"], await browser.me()) == ("enrol", "")
    ticket = {"ticket": told["ticket"]}
    status, made, _ = await browser.call("POST", "/console/api/session/enrolment", ticket)
    assert status == 200
    body = {**ticket, "code": pyotp.TOTP(made["key"]).now()}
    status, found, _ = await browser.call("POST", "/console/api/session/second-factor", body)
    assert (status, len(found["recovery_codes"]), await browser.me()) == (200, 10, "mei")


@pytest.mark.parametrize(
    "site_settings", [{"second_factor_roles": ("counsellor",), "oidc_trusts_mfa": True}], indirect=True
)
async def test_the_providers_second_factor_counts_where_it_is_trusted(
    site: Site, browser: Browser, provider: OidcStandIn, mei: Account
) -> None:
    for methods in (["pwd"], None, "mfa"):  # the last is no list
        provider.claims = {"amr": methods}
        assert (await Browser(site).sign_in_elsewhere())["second_factor"] == "enrol"
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert await browser.sign_in_elsewhere() == {}
    assert await browser.me() == "mei"


async def test_password_and_code_over_http(site: Site, browser: Browser, mei: Account) -> None:
    body = {"login": "mei", "password": PASSWORD}
    status, found, _ = await browser.call("POST", "/console/api/session", body)
    assert status == 200
    csrf = {"X_CSRF_Token": found["csrf_token"]}
    assert (await browser.call("POST", "/console/api/second-factor", {"password": PASSWORD}))[0] == 403  # no CSRF token
    assert (await browser.call("POST", "/console/api/second-factor", {"password": "wrong"}, **csrf))[0] == 401
    status, made, _ = await browser.call("POST", "/console/api/second-factor", {"password": PASSWORD}, **csrf)
    assert (status, set(made)) == (201, {"uri", "key"})
    totp = pyotp.TOTP(made["key"])
    code = {"code": totp.now()}
    status, made, _ = await browser.call("POST", "/console/api/second-factor/confirmation", code, **csrf)
    assert (status, len(made["recovery_codes"])) == (200, 10)
    assert await browser.me() == "mei"  # this session goes on
    other = Browser(site)
    status, half, _ = await other.call("POST", "/console/api/session", body)
    assert (status, half["second_factor"], await other.me()) == (202, "code", "")
    assert "jobseeker_staff" not in other.jar
    again = {"ticket": half["ticket"], **code}
    status, refused, _ = await other.call("POST", "/console/api/session/second-factor", again)
    assert (status, refused["error"]["code"]) == (401, "JS-ACC-007")  # used
    again["code"] = made["recovery_codes"][0]
    foreign = {"Sec_Fetch_Site": "cross-site"}
    assert (await other.call("POST", "/console/api/session/second-factor", again, **foreign))[0] == 403
    assert (await other.call("POST", "/console/api/session/second-factor", again))[0] == 200
    assert await other.me() == "mei"
