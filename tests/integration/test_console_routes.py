"""Every route of the console, over real HTTP, for every role and for nobody. The routes are read from the router: a new one that is not in
`ROUTES` fails, and so does one whose guard lets a role through that is not named there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
from aiohttp import web

from app.encryption import new_key
from connectors.web import to_inbound
from console.sessions import signed_in
from gateway.application import build_application
from gateway.rasa_client import RasaClient
from jobseeker.usecases.create_account import ROLES
from jobseeker.usecases.lockout import FREE_ATTEMPTS
from tests.integration.conftest import Site

PASSWORD = "a long password"
PREFIX = "/console/api"
NOBODY = "nobody"  # who is not signed in
EVERYBODY = frozenset(ROLES)
CASES = frozenset({"counsellor", "supervisor"})
BOSS = frozenset({"supervisor"})
EDITS = frozenset({"editor", "supervisor"})
SEES_RELEASES = frozenset({"supervisor", "worker_representative", "auditor"})
OPEN = EVERYBODY | {NOBODY}
TEXT = {"text": "x"}
CANNED = {"variety": "en", "title": "a title", "text": "a text"}
DAY = {"day": "2031-01-02", "reason": {"zh": "颱風", "en": "typhoon"}}


@dataclass(frozen=True)
class Rule:
    """Who gets past the guard, with a body that is well formed."""

    roles: frozenset[str]
    body: Any = None
    query: str = ""


ROUTES: dict[tuple[str, str], Rule] = {
    ("GET", "/sign-in"): Rule(OPEN),
    ("POST", "/session"): Rule(OPEN, {"login": "no-such", "password": "x"}),
    ("POST", "/session/enrolment"): Rule(OPEN, {"ticket": "x"}),
    ("POST", "/session/second-factor"): Rule(OPEN, {"ticket": "x", "code": "x"}),
    ("GET", "/oidc/start"): Rule(OPEN),
    ("GET", "/oidc/return"): Rule(OPEN),
    ("GET", "/session"): Rule(EVERYBODY),
    ("DELETE", "/session"): Rule(EVERYBODY),
    ("GET", "/second-factor"): Rule(EVERYBODY),
    ("POST", "/second-factor"): Rule(EVERYBODY, {"password": PASSWORD}),
    ("POST", "/second-factor/confirmation"): Rule(EVERYBODY, {"code": "x"}),
    ("PUT", "/password"): Rule(EVERYBODY, {"password": PASSWORD, "new_password": "short"}),
    ("GET", "/accounts"): Rule(BOSS),
    ("POST", "/accounts"): Rule(BOSS, {"login": "new-one", "name": "New"}),
    ("PUT", "/accounts/{id}"): Rule(BOSS, {"active": True}),
    ("DELETE", "/accounts/{id}/second-factor"): Rule(BOSS),
    ("PUT", "/accounts/{id}/equipment"): Rule(BOSS, {"skills": [], "capacity": 2}),
    ("GET", "/cases"): Rule(CASES),
    ("GET", "/cases/{id}"): Rule(CASES),
    ("POST", "/cases/{id}/claim"): Rule(CASES),
    ("POST", "/cases/{id}/replies"): Rule(CASES, TEXT | {"client_message_id": "a"}),
    ("POST", "/cases/{id}/return"): Rule(CASES),
    ("GET", "/cases/{id}/transcript"): Rule(CASES, query="?before=10"),
    ("GET", "/cases/{id}/suggestions"): Rule(CASES),
    ("POST", "/cases/{id}/decline"): Rule(CASES),
    ("POST", "/cases/{id}/wrap-up"): Rule(CASES, {"outcome": "answered"}),
    ("POST", "/cases/{id}/resume"): Rule(CASES),
    ("POST", "/cases/{id}/transfer"): Rule(CASES, {"office": "national"}),
    ("POST", "/cases/{id}/notes"): Rule(CASES, TEXT),
    ("PUT", "/cases/{id}/tags"): Rule(CASES, {"tags": ["x"]}),
    ("GET", "/cases/{id}/rerun"): Rule(CASES),
    ("POST", "/cases/{id}/decision"): Rule(CASES, TEXT | {"decision": "upheld"}),
    ("PUT", "/cases/{id}/change"): Rule(BOSS, {"change_made": "x"}),
    ("GET", "/reviews"): Rule(CASES, query="?month=2026-11"),
    ("GET", "/callbacks"): Rule(CASES),
    ("POST", "/callbacks/{id}"): Rule(CASES, {"done": True}),
    ("PUT", "/presence"): Rule(CASES, {"state": "away"}),
    ("GET", "/colleagues"): Rule(CASES),
    ("GET", "/offices"): Rule(CASES),
    ("POST", "/offices/days"): Rule(BOSS, DAY),
    ("DELETE", "/offices/days/{id}"): Rule(BOSS),
    ("GET", "/flags"): Rule(frozenset({"supervisor", "auditor"})),
    ("POST", "/conversations"): Rule(CASES, {"variety": "en", "channel": "phone"}),
    ("GET", "/events"): Rule(CASES),
    ("GET", "/board"): Rule(BOSS),
    ("GET", "/history"): Rule(BOSS, query="?from=2026-11-01&to=2026-11-02"),
    ("GET", "/history.csv"): Rule(BOSS, query="?from=2026-11-01&to=2026-11-02"),
    ("GET", "/switches"): Rule(EVERYBODY),
    ("GET", "/releases"): Rule(SEES_RELEASES),
    ("GET", "/releases/{number}/differences"): Rule(SEES_RELEASES),
    ("POST", "/releases/{number}/signature"): Rule(frozenset({"worker_representative"}), {"digest": "0" * 64}),
    ("PUT", "/switches/{name}"): Rule(BOSS | {"worker_representative"}, {"off": True, "reason": "x"}),
    ("GET", "/canned-replies"): Rule(EDITS | {"counsellor"}),
    ("POST", "/canned-replies"): Rule(EDITS, CANNED),
    ("PUT", "/canned-replies/{id}"): Rule(EDITS, CANNED),
    ("DELETE", "/canned-replies/{id}"): Rule(EDITS),
}  # fmt: skip
OWN_CASE = "/cases/{id}"  # what lies under it belongs to one counsellor


def routes_of(app: web.Application) -> set[tuple[str, str]]:
    """(method, path) of every console route of the application."""
    found = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    return {
        (method, path.removeprefix(PREFIX)) for method, path in found if path.startswith(PREFIX) and method != "HEAD"
    }


def missing(app: web.Application) -> set[tuple[str, str]]:
    """Routes without a rule, and rules without a route."""
    return routes_of(app) ^ set(ROUTES)


@pytest.fixture
def site_settings() -> dict[str, Any]:
    """With a key, so that a second factor can be begun."""
    return {"encryption_keys": new_key()}


@dataclass
class Staff:
    """Somebody at a browser of their own."""

    site: Site
    cookie: str = ""
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, Any]:
        """(status, error code or "", JSON). A stream is only begun."""
        sent = {"X-CSRF-Token": self.csrf, **({"Cookie": f"jobseeker_staff={self.cookie}"} if self.cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.site.http.request(
            method, f"{self.site.url}{PREFIX}{path}", json=body, headers=sent, allow_redirects=False
        ) as answer:
            if "jobseeker_staff" in answer.cookies:
                self.headers["cookie"] = answer.cookies["jobseeker_staff"].value
            self.site.http.cookie_jar.clear()
            if answer.content_type != "application/json":
                return answer.status, "", None
            found = await answer.json()
            return answer.status, str(found.get("error", {}).get("code", "")), found

    async def ask(self, method: str, path: str, number: int = 999_999, **headers: str) -> tuple[int, str]:
        """A route with its body, for the case, account … `number`."""
        rule = ROUTES[method, path]
        address = (
            path.replace("{id}", str(number)).replace("{number}", str(number)).replace("{name}", "matching")
            + rule.query
        )
        status, code, _ = await self.call(method, address, rule.body, **headers)
        return status, code


async def staff(site: Site, login: str, role: str) -> Staff:
    """Signed in."""
    await site.services.create_account(login=login, name=login.title(), password=PASSWORD, role=role)
    return await again(site, login)


async def again(site: Site, login: str) -> Staff:
    """Signed in once more."""
    made = Staff(site)
    status, _, found = await made.call("POST", "/session", {"login": login, "password": PASSWORD})
    assert status == 200, found
    made.cookie, made.csrf = made.headers["cookie"], found["csrf_token"]
    return made


@pytest.fixture
async def application(site: Site) -> AsyncIterator[web.Application]:
    """The gateway's application, to read its router; not served."""
    rasa = RasaClient("http://127.0.0.1:9", "unused", timeout_seconds=1)
    yield build_application(site.services, rasa)
    await rasa.close()


async def test_every_route_has_a_rule_and_every_rule_a_route(application: web.Application) -> None:
    assert len(routes_of(application)) > 40
    assert missing(application) == set()


async def test_a_route_that_was_forgotten_would_be_found(application: web.Application, site: Site) -> None:
    other = web.Application()
    other.router.add_get(f"{PREFIX}/secrets", signed_in(_answer))
    assert ("GET", "/secrets") in missing(other)


async def _answer(_: web.Request) -> web.Response:
    return web.Response()


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_gets_through_to_what_is_its_own_and_nothing_else(site: Site, role: str) -> None:
    someone = await staff(site, "someone", role)
    escaped, refused, seen = [], [], 0
    for (method, path), rule in ROUTES.items():
        if (method, path) == ("DELETE", "/session"):
            continue  # the last one, below
        status, code = await someone.ask(method, path)
        seen += 1
        if NOBODY in rule.roles:
            assert code != "JS-ACC-005", (method, path)
        elif role in rule.roles:
            assert status < 500, (method, path, status)
            if status == 403 or code in ("JS-ACC-002", "JS-ACC-005"):
                refused.append((method, path, status, code))
        elif (status, code) != (403, "JS-ACC-005"):
            escaped.append((method, path, status, code))
    assert seen == len(ROUTES) - 1
    assert escaped == [], f"{role} gets through"
    assert refused == [], f"{role} is kept from its own"
    assert await someone.ask("DELETE", "/session") == (204, "")


async def test_who_is_not_signed_in_gets_nowhere(site: Site) -> None:
    """Without a cookie, with a made-up one, with one that was signed out, and with the account switched off."""
    gone, off = await staff(site, "gone", "supervisor"), await staff(site, "off", "supervisor")
    assert await gone.ask("DELETE", "/session") == (204, "")
    boss = await staff(site, "boss", "supervisor")
    numbers = {one["login"]: one["id"] for one in (await boss.call("GET", "/accounts"))[2]["accounts"]}
    assert (await boss.call("PUT", f"/accounts/{numbers['off']}", {"active": False}))[0] == 204
    strangers = {"no cookie": Staff(site), "made up": Staff(site, "x" * 43, "x" * 43), "signed out": gone, "off": off}
    asked = 0
    for name, stranger in strangers.items():
        for (method, path), rule in ROUTES.items():
            if NOBODY not in rule.roles:
                assert await stranger.ask(method, path) == (401, "JS-ACC-002"), (name, method, path)
                asked += 1
    assert asked > 4 * 35


async def test_no_change_without_the_token_of_this_session(site: Site) -> None:
    boss, other = await staff(site, "boss", "supervisor"), await staff(site, "other", "supervisor")
    before = await _audited(site)
    changes = [
        (method, path) for (method, path), rule in ROUTES.items() if method != "GET" and NOBODY not in rule.roles
    ]
    assert len(changes) > 20
    for method, path in changes:
        for token in ("", "x" * 43, other.csrf, boss.csrf[:-1]):
            forged = Staff(site, boss.cookie, token)
            assert await forged.ask(method, path) == (403, "JS-ACC-005"), (method, path, token)
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
            assert await boss.ask(method, path, **headers) == (403, "JS-ACC-005"), (method, path, headers)
    assert await _audited(site) == before  # nothing was done


async def test_what_is_refused_is_logged_with_who_asked(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    lin, chen = await staff(site, "lin", "counsellor"), await staff(site, "chen", "counsellor")
    number = await _case(site)
    assert (await lin.call("POST", f"/cases/{number}/claim"))[0] == 200
    caplog.clear()
    assert (await chen.ask("GET", "/board"))[0] == 403
    assert (await chen.ask("POST", "/cases/{id}/wrap-up", number))[0] == 403
    assert (await Staff(site, chen.cookie, "forged").ask("PUT", "/presence"))[0] == 403
    assert (await lin.ask("GET", "/cases/{id}", number))[0] == 200
    told = [record for record in caplog.records if record.getMessage() == "access refused"]
    assert [(each.method, each.route.removeprefix(PREFIX), each.role) for each in told] == [  # type: ignore[attr-defined]
        ("GET", "/board", "counsellor"),
        ("POST", "/cases/{id}/wrap-up", "counsellor"),
        ("PUT", "/presence", "counsellor"),
    ]
    assert len({each.account for each in told}) == 1  # type: ignore[attr-defined]
    for login in ("chen", "no-such"):
        assert (await Staff(site).call("POST", "/session", {"login": login, "password": "wrong"}))[0] == 401
    refused = [record for record in caplog.records if record.getMessage() == "sign-in refused"]
    assert [each.code for each in refused] == ["JS-ACC-003", "JS-ACC-003"]  # type: ignore[attr-defined]
    assert "wrong" not in caplog.text


async def test_another_site_cannot_begin_or_finish_a_sign_in(site: Site) -> None:
    for method, path in (("POST", "/session"), ("POST", "/session/enrolment"), ("POST", "/session/second-factor")):
        assert await Staff(site).ask(method, path, Origin="https://evil.example") == (403, "JS-ACC-005")


async def test_nothing_under_somebody_elses_case_is_to_be_had(site: Site) -> None:
    lin, chen = await staff(site, "lin", "counsellor"), await staff(site, "chen", "counsellor")
    number = await _case(site)
    assert (await lin.call("POST", f"/cases/{number}/claim"))[0] == 200
    before, asked = await _rows(site, f"SELECT * FROM handoff_case WHERE id = {number}"), 0
    for method, path in ROUTES:
        if path.startswith(OWN_CASE):
            status, code = await chen.ask(method, path, number)
            allowed = {(403, "JS-ACC-005"), (403, "JS-HND-003"), (409, "JS-HND-002"), (404, "JS-HND-001")}
            assert (status, code) in allowed, (method, path, status, code)
            asked += 1
    assert asked > 12
    assert await _rows(site, f"SELECT * FROM handoff_case WHERE id = {number}") == before
    assert await _rows(site, "SELECT count(*) FROM case_note") == [(0,)]


async def test_every_way_in_makes_a_new_session_and_ends_the_one_before(site: Site) -> None:
    """Session fixation: what an attacker has planted or knew before is worth nothing afterwards."""
    await site.services.create_account(login="mei", name="Mei", password=PASSWORD)
    body = {"login": "mei", "password": PASSWORD}
    planted = Staff(site, "planted-by-somebody-else")
    status, _, found = await planted.call("POST", "/session", body)
    first = planted.headers["cookie"]
    assert (status, first != planted.cookie) == (200, True)
    assert (await planted.call("GET", "/session"))[0] == 401
    mei = Staff(site, first, found["csrf_token"])
    status, _, made = await mei.call("POST", "/second-factor", {"password": PASSWORD})
    totp = pyotp.TOTP(made["key"])
    status, _, codes = await mei.call("POST", "/second-factor/confirmation", {"code": totp.now()})
    assert status == 200
    status, _, half = await mei.call("POST", "/session", body)
    assert status == 202
    assert (await mei.call("GET", "/session"))[0] == 200  # half a sign-in changes nothing
    finish = {"ticket": half["ticket"], "code": codes["recovery_codes"][0]}
    status, _, found = await mei.call("POST", "/session/second-factor", finish)
    assert (status, mei.headers["cookie"] != first) == (200, True)
    assert (await mei.call("GET", "/session"))[0] == 401  # the one before is over
    assert found["csrf_token"] != mei.csrf


async def test_a_new_password_ends_what_the_old_one_opened(site: Site) -> None:
    mei, elsewhere = await staff(site, "mei", "auditor"), await again(site, "mei")
    wanted = {"password": PASSWORD, "new_password": "another long one"}
    for body, refused in (
        (wanted | {"password": "a wrong password"}, (401, "JS-ACC-003")),
        (wanted | {"new_password": "short"}, (422, "JS-ACC-012")),
        (wanted | {"new_password": PASSWORD}, (422, "JS-ACC-012")),
        (wanted | {"login": "boss"}, (400, "JS-IN-003")),  # nobody else's
        ({"new_password": "another long one"}, (400, "JS-IN-003")),
    ):
        assert (await mei.call("PUT", "/password", body))[:2] == refused
    assert (await elsewhere.call("GET", "/session"))[0] == 200
    status, _, found = await mei.call("PUT", "/password", wanted)
    assert (status, found) == (200, {"sessions_ended": 1})
    assert (await elsewhere.call("GET", "/session"))[:2] == (401, "JS-ACC-002")
    assert (await mei.call("GET", "/session"))[0] == 200
    for password, status in ((PASSWORD, 401), ("another long one", 200)):
        assert (await Staff(site).call("POST", "/session", {"login": "mei", "password": password}))[0] == status


async def test_who_has_yet_to_change_a_first_password_can_do_nothing_else(site: Site) -> None:
    """Made by a supervisor at the desk; nothing is answered and nothing done until it is changed."""
    boss = await staff(site, "boss", "supervisor")
    made = (await boss.call("POST", "/accounts", {"login": "new", "name": "New", "role": "supervisor"}))[2]
    first = {"login": "new", "password": made["password"]}
    new = Staff(site)
    status, _, found = await new.call("POST", "/session", first)
    assert (status, found["account"]["must_change_password"]) == (200, True)
    new.cookie, new.csrf = new.headers["cookie"], found["csrf_token"]
    before, asked = await _audited(site), 0
    answered = {("GET", "/session"), ("DELETE", "/session"), ("GET", "/second-factor"), ("PUT", "/password")}
    for (method, path), rule in ROUTES.items():
        if NOBODY not in rule.roles and (method, path) not in answered:
            assert await new.ask(method, path) == (403, "JS-ACC-013"), (method, path)
            asked += 1
    assert asked > 40
    assert await _audited(site) == before
    assert (await new.call("GET", "/second-factor"))[0] == 200
    wanted = {"password": made["password"], "new_password": "another long one"}
    assert (await new.call("PUT", "/password", wanted))[0] == 200
    assert (await new.call("GET", "/session"))[2]["account"]["must_change_password"] is False
    assert (await new.call("GET", "/accounts"))[0] == 200  # the same session goes on
    assert (await Staff(site).call("POST", "/session", first))[0] == 401


async def test_guessing_a_code_is_locked_with_back_off_over_http(site: Site) -> None:
    mei = await staff(site, "mei", "counsellor")
    _, _, made = await mei.call("POST", "/second-factor", {"password": PASSWORD})
    await mei.call("POST", "/second-factor/confirmation", {"code": pyotp.TOTP(made["key"]).now()})
    body, waits = {"login": "mei", "password": PASSWORD}, []
    _, _, half = await mei.call("POST", "/session", body)
    for _ in range(FREE_ATTEMPTS):
        assert (await mei.call("POST", "/session/second-factor", {"ticket": half["ticket"], "code": "000000"}))[
            1
        ] == "JS-ACC-007"
    for _ in range(3):
        async with site.http.post(f"{site.url}{PREFIX}/session", json=body) as answer:
            assert answer.status == 429
            waits.append(int(answer.headers["Retry-After"]))
        await _write(site, "UPDATE account SET locked_until = '2020-01-01 00:00:00' WHERE login = 'mei'")  # it is over
        _, _, half = await mei.call("POST", "/session", body)
        assert (await mei.call("POST", "/session/second-factor", {"ticket": half["ticket"], "code": "000000"}))[
            1
        ] == "JS-ACC-007"
    assert waits == sorted(waits)
    assert waits[-1] > 3 * waits[0]


async def _case(site: Site) -> int:
    """Somebody waits for a person."""
    started = await site.services.start_conversation(channel="web", variety="en")
    message = to_inbound(started.conversation.id, text="human", client_message_id=os.urandom(8).hex(), payload="/human")
    await site.services.receive_message(message, token=started.token)
    ((number,),) = await _rows(site, "SELECT max(id) FROM handoff_case")
    return int(number)


async def _audited(site: Site) -> int:
    ((count,),) = await _rows(site, "SELECT count(*) FROM audit")
    return int(count)


async def _rows(site: Site, query: str) -> list[tuple[Any, ...]]:
    async with site.services.engines.reader.connect() as connection:
        return [tuple(row) for row in (await connection.exec_driver_sql(query)).all()]


async def _write(site: Site, statement: str) -> None:
    async with site.services.engines.writer.begin() as connection:
        assert (await connection.exec_driver_sql(statement)).rowcount == 1
