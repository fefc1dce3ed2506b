"""Security headers and cookie flags of every answer, over real HTTP. The routes are read from the router: a new one is looked at by itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.application import build_application
from gateway.middleware.security import STRICT_TRANSPORT_SECURITY
from gateway.rasa_client import RasaClient
from tests.integration.conftest import Site

PASSWORD = "a long password"
PUBLIC = "https://jobs.example.gov.tw"
PAGES = {"/": "no-cache", "/console": "no-cache"}  # with their caching; assets stand below
NAMES = {"id": "x", "token": "x", "secret": "x", "name": "matching", "number": "1"}
ASSET = "/{file}"  # how the router calls what pages.asset serves


def wrong(path: str, headers: Mapping[str, str], *, https: bool = False) -> list[str]:
    """What is missing or weak in the headers of an answer."""
    policy = {part.split()[0]: part.split()[1:] for part in headers.get("Content-Security-Policy", "x").split("; ")}
    page = path in PAGES or path.startswith("/assets/")
    checks = {
        "default-src": policy.get("default-src") == (["'self'"] if page else ["'none'"]),
        "no inline script": not {"'unsafe-inline'", "'unsafe-eval'"}
        & {*policy.get("default-src", ()), *policy.get("script-src", ())},
        "frame-ancestors": policy.get("frame-ancestors") == ["'none'"],
        "base-uri": policy.get("base-uri") == ["'none'"],
        "form-action": policy.get("form-action") == (["'self'"] if page else ["'none'"]),
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "X-Frame-Options": headers.get("X-Frame-Options") == "DENY",
        "Referrer-Policy": headers.get("Referrer-Policy") == "no-referrer",
        "Permissions-Policy": all(
            f"{name}=()" in headers.get("Permissions-Policy", "") for name in ("camera", "geolocation", "microphone")
        ),
        "Cross-Origin-Opener-Policy": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "Cross-Origin-Resource-Policy": headers.get("Cross-Origin-Resource-Policy")
        == ("cross-origin" if path.startswith("/assets/") else "same-origin"),
        "Cache-Control": page or "no-store" in headers.get("Cache-Control", ""),
        "Strict-Transport-Security": headers.get("Strict-Transport-Security")
        == (STRICT_TRANSPORT_SECURITY if https else None),
        "says what it is made of": "Server" not in headers and "X-Powered-By" not in headers,
    }
    return [name for name, fine in checks.items() if not fine]


def addresses(app: web.Application) -> list[tuple[str, str]]:
    """(method, path) of every route, with something in the place of each name."""
    found = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    return sorted(
        (method, re.sub(r"\{(\w+)\}", lambda name: NAMES[name[1]], path)) for method, path in found if path != ASSET
    )


@pytest.fixture
def site_settings(tmp_path: Path) -> dict[str, Any]:
    """A small build of the pages, and another desk, so that every kind of route is there."""
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    for name in ("index.html", "console.html", "assets/chat-abc123.js"):
        (tmp_path / "dist" / name).write_text("x")
    desk = {"chatwoot_url": "http://127.0.0.1:9", "chatwoot_inbox": "inbox", "chatwoot_secret": "s" * 20}
    return {"web_dist": tmp_path / "dist", **desk}


@pytest.fixture
async def application(site: Site) -> AsyncIterator[web.Application]:
    """To read its router; not served."""
    rasa = RasaClient("http://127.0.0.1:9", "unused", timeout_seconds=1)
    yield build_application(site.services, rasa)
    await rasa.close()


async def signed_in(site: Site, **headers: str) -> tuple[dict[str, str], SimpleCookie]:
    """Headers of a supervisor's browser, and the cookie as it was given."""
    await site.services.create_account(login="boss", name="Boss", password=PASSWORD, role="supervisor")
    body = {"login": "boss", "password": PASSWORD}
    async with site.http.post(f"{site.url}/console/api/session", json=body, headers=headers) as answer:
        assert answer.status == 200
        cookie, csrf = SimpleCookie(answer.headers["Set-Cookie"]), (await answer.json())["csrf_token"]
    site.http.cookie_jar.clear()
    return {"Cookie": f"jobseeker_staff={cookie['jobseeker_staff'].value}", "X-CSRF-Token": csrf}, cookie


async def look(
    site: Site, routes: list[tuple[str, str]], headers: Mapping[str, str], *, https: bool = False
) -> list[Any]:
    """Everything that is wrong with the answers of these routes."""
    found = []
    for method, path in routes:
        async with site.http.request(method, site.url + path, headers=headers, allow_redirects=False) as answer:
            if problems := wrong(path, answer.headers, https=https):
                found.append((method, path, answer.status, problems))
    return found


async def test_every_route_answers_with_the_security_headers(site: Site, application: web.Application) -> None:
    routes = addresses(application)
    for part in ("/api/v1/", "/console/api/", "/webhooks/", "/healthz", "/console"):
        assert any(path.startswith(part) for _, path in routes), (
            f"no route {part}: the guard looks at less than there is"
        )
    assert len(routes) > 70
    headers, _ = await signed_in(site)
    assert await look(site, routes, {}) == []
    signed_out = ("DELETE", "/console/api/session")
    assert await look(site, [each for each in routes if each != signed_out], headers) == []


async def test_so_do_answers_that_no_route_gives(site: Site) -> None:
    started = await site.begin()
    streams = f"/api/v1/conversations/{started['id']}/events?token={started['token']}"
    odd = [("GET", "/nothing"), ("GET", "/nothing.js"), ("PUT", "/healthz"), ("GET", "/../x"), ("GET", streams)]
    assert await look(site, odd, {}) == []
    large = {"data": b"x" * 70_000, "headers": {"Content-Type": "application/json"}}
    async with site.http.post(f"{site.url}/api/v1/conversations", **large) as answer:
        assert (answer.status, wrong("/api/v1/conversations", answer.headers)) == (413, [])
    headers, _ = await signed_in(site)
    async with site.http.get(f"{site.url}/console/api/events", headers=headers) as answer:
        assert (answer.content_type, wrong("/console/api/events", answer.headers)) == ("text/event-stream", [])


async def test_the_head_of_a_stream_is_not_to_be_had(site: Site) -> None:
    """It would be the head with the stream behind it, which a proxy takes for the next answer."""
    headers, _ = await signed_in(site)
    started = await site.begin()
    for path in ("/console/api/events", f"/api/v1/conversations/{started['id']}/events?token={started['token']}"):
        async with site.http.head(site.url + path, headers=headers) as answer:
            assert answer.status == 405, path


async def test_a_built_file_may_be_loaded_elsewhere_and_kept(site: Site) -> None:
    async with site.http.get(f"{site.url}/assets/chat-abc123.js") as answer:
        assert (answer.status, wrong("/assets/chat-abc123.js", answer.headers)) == (200, [])
        assert "immutable" in answer.headers["Cache-Control"]
    for path, caching in PAGES.items():
        async with site.http.get(site.url + path) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, caching)


async def test_the_cookie_over_plain_http(site: Site) -> None:
    _, cookie = await signed_in(site)
    morsel = cookie["jobseeker_staff"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"]) == (
        True,
        "Strict",
        "/console",
        "",
    )
    assert (morsel["secure"], morsel["max-age"], morsel["expires"]) == ("", "", ""), "it ends with the browser"


class TestHttps:
    """The address under which people reach it is https: a proxy ends it, with or without telling us."""

    @pytest.fixture
    def site_settings(self, site_settings: dict[str, Any]) -> dict[str, Any]:
        """As docs/runbooks/operate.md says."""
        return {**site_settings, "public_url": PUBLIC}

    async def test_browsers_are_told_to_keep_to_it(self, site: Site, application: web.Application) -> None:
        assert await look(site, addresses(application), {}, https=True) == []

    async def test_the_cookies_go_over_nothing_else(self, site: Site) -> None:
        headers, cookie = await signed_in(site)
        assert cookie["jobseeker_staff"]["secure"] is True
        async with site.http.delete(f"{site.url}/console/api/session", headers=headers) as answer:
            gone = SimpleCookie(answer.headers["Set-Cookie"])["jobseeker_staff"]
            assert (answer.status, gone.value, gone["secure"], gone["httponly"]) == (204, "", True, True)


class TestTrustedProxy:
    """No public address is set, but a proxy that is trusted says how the browser came."""

    @pytest.fixture
    def site_settings(self, site_settings: dict[str, Any]) -> dict[str, Any]:
        """Behind it."""
        return {**site_settings, "trust_proxy": True}

    async def test_its_word_counts(self, site: Site) -> None:
        routes = [("GET", "/"), ("GET", "/api/v1/conversations/x")]
        assert await look(site, routes, {"X-Forwarded-Proto": "https"}, https=True) == []
        assert await look(site, routes, {"X-Forwarded-Proto": "http"}) == []


async def test_without_trust_nobody_elses_word_counts(site: Site) -> None:
    assert await look(site, [("GET", "/")], {"X-Forwarded-Proto": "https"}) == []
    _, cookie = await signed_in(site, **{"X-Forwarded-Proto": "https"})
    assert cookie["jobseeker_staff"]["secure"] == ""


async def test_an_application_without_them_would_be_found() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="x", headers={"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"})

    app = web.Application()
    app.router.add_get("/api/v1/forgotten/{id}", answer)
    assert addresses(app) == [("GET", "/api/v1/forgotten/x"), ("HEAD", "/api/v1/forgotten/x")]
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as http, http.get(server.make_url("/api/v1/forgotten/x")) as given:
        problems = wrong("/api/v1/forgotten/x", given.headers, https=True)
    await server.close()
    await asyncio.sleep(0)
    assert len(problems) == 14, "each check fails on an answer that has nothing"
