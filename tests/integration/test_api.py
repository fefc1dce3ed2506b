"""The public API over real sockets: what it answers to good, bad and hostile requests. Every answer is held against the OpenAPI document."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest
import yaml

from tests.integration.conftest import Site

DOCUMENT = (
    yaml.safe_load(Path("gateway/openapi.yaml").read_text("utf-8")) if Path("gateway/openapi.yaml").exists() else {}
)


def conforms(value: Any, name: str) -> None:
    """Fails when `value` is not what the document says."""
    jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    ).validate(value)


async def error_of(answer: aiohttp.ClientResponse) -> tuple[int, str]:
    """Status and code; every error has the documented form and words in both languages."""
    body = await answer.json()
    conforms(body, "Error")
    return answer.status, body["error"]["code"]


async def test_a_conversation(site: Site) -> None:
    started = await site.begin("en")
    conforms(started, "Started")
    assert [reply["seq"] for reply in started["replies"]] == [1]
    status, body = await site.write(started, "how much can I get?")
    assert status == 200
    conforms(body, "Answered")
    assert (body["seq"], body["replies"][0]["seq"], body["replies"][0]["topic"]) == (2, 3, "ui_amount")
    status, body = await site.write(started, "thanks", wait=0)
    assert status == 202
    conforms(body, "Kept")
    headers = {"Authorization": f"Bearer {started['token']}"}
    async with site.http.get(f"{site.url}/api/v1/conversations/{started['id']}", headers=headers) as answer:
        conforms(await answer.json(), "Conversation")


async def test_waiting_ends_when_there_is_no_answer_in_time(site: Site) -> None:
    started = await site.begin()
    site.dialogue.delay_seconds = 5
    status, body = await site.write(started, "可以領多少", wait=1)
    assert (status, body["replies"]) == (202, [])
    conforms(body, "Kept")
    site.dialogue.delay_seconds = 0


async def test_a_repeated_message_waits_for_the_same_replies(site: Site) -> None:
    started = await site.begin()
    message = {"text": "可以領多少", "client_message_id": "a"}
    first, again = await asyncio.gather(site.write(started, message), site.write(started, message))
    later = await site.write(started, message)
    assert sorted([first[1]["duplicate"], again[1]["duplicate"]]) == [False, True]
    assert first[1]["replies"] == again[1]["replies"] == later[1]["replies"] != []
    assert site.dialogue.requests == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": "", "client_message_id": "a"}, (422, "JS-IN-002")),
        ({"text": " \u0000\u200b", "client_message_id": "a"}, (422, "JS-IN-002")),
        ({"text": "字" * 4001, "client_message_id": "a"}, (413, "JS-IN-001")),
        ({"text": "x" * 70_000, "client_message_id": "a"}, (413, "JS-IN-001")),
        ({"text": "a"}, (400, "JS-IN-003")),
        ({"text": 7, "client_message_id": "a"}, (400, "JS-IN-003")),
        ({"text": None, "client_message_id": "a"}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": ""}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "a b"}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "a\n"}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "x" * 65}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "a", "payload": "rm -rf"}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "a", "payload": ""}, (400, "JS-IN-003")),
        ({"text": "a", "client_message_id": "a", "author": "counsellor"}, (400, "JS-IN-003")),
        ([], (400, "JS-IN-003")),
        ("text", (400, "JS-IN-003")),
    ],
)
async def test_a_body_that_cannot_be_taken(site: Site, body: Any, expected: tuple[int, str]) -> None:
    started = await site.begin()
    headers = {"Authorization": f"Bearer {started['token']}"}
    async with site.http.post(
        f"{site.url}/api/v1/conversations/{started['id']}/messages", json=body, headers=headers
    ) as answer:
        assert await error_of(answer) == expected
    assert await site.services.read_conversation(started["id"], started["token"]) is not None
    async with site.services.store.read() as work:
        assert await work.transcripts.own(started["id"], 0, 10) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"text": "\\ud800", "client_message_id": "a"}',
        b"[" * 5_000,
        b'{"a":' * 5_000,
        b"NaN",
        b'"\\u0000"',
    ],
)
async def test_bytes_that_are_not_our_json(site: Site, raw: bytes) -> None:
    started = await site.begin()
    status, body = await site.write(started, None, data=raw, headers={"Content-Type": "application/json"})
    assert (status, body["error"]["code"]) == (400, "JS-IN-003")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
async def test_another_media_type_is_not_accepted(site: Site, kind: str) -> None:
    started = await site.begin()
    status, body = await site.write(
        started, None, data=b'{"text": "a", "client_message_id": "a"}', headers={"Content-Type": kind}
    )
    assert (status, body["error"]["code"]) == (415, "JS-IN-005")


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "a\u0000b\u0007c",
        "字" * 4000,
        "<script>alert(1)</script>",
        "{{7*7}} [[tel.bli]] {name}",
        "/",
        "//",
        "/topic",
        "/more x y",
    ],
)
async def test_odd_text_gets_a_kind_answer(site: Site, text: str) -> None:
    started = await site.begin()
    status, body = await site.write(started, text)
    assert status == 200
    assert body["replies"]


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer ", "Bearer wrong", "Basic x", "Bearer \xe9", "Bearer " + "a" * 6_000]
)
@pytest.mark.parametrize("path", ["", "/events", "/messages"])
async def test_an_id_without_its_token_opens_nothing(site: Site, header: str | None, path: str) -> None:
    started = await site.begin()
    headers = {} if header is None else {"Authorization": header}
    method = "POST" if path == "/messages" else "GET"
    body = {"text": "a", "client_message_id": "a"} if path == "/messages" else None
    for conversation_id in (started["id"], "f" * 32):  # one that is there, one that is not: no difference
        url = f"{site.url}/api/v1/conversations/{conversation_id}{path}"
        async with site.http.request(method, url, headers=headers, json=body) as answer:
            assert await error_of(answer) == (404, "JS-ACC-001")


@pytest.mark.parametrize("query", ["wait=-1", "wait=61", "wait=x", "wait=1.5", "wait=", "wait=%D9%A3"])
async def test_a_wait_that_is_none(site: Site, query: str) -> None:
    started = await site.begin()
    headers = {"Authorization": f"Bearer {started['token']}"}
    url = f"{site.url}/api/v1/conversations/{started['id']}/messages?{query}"
    async with site.http.post(url, json={"text": "a", "client_message_id": "a"}, headers=headers) as answer:
        assert await error_of(answer) == (400, "JS-IN-003")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/conversations", 405), ("GET", "/no.such.js", 404)],
)
async def test_addresses_that_are_not_served(site: Site, method: str, path: str, status: int) -> None:
    async with site.http.request(method, site.url + path) as answer:
        assert await error_of(answer) == (status, "JS-IN-005")
        assert status != 405 or "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/../app/settings.py",
        "/..%2f..%2fapp%2fsettings.py",
        "/assets/../../src/main.ts",
        "/%2e%2e/package.json",
        "//etc/passwd.js",
    ],
)
async def test_only_the_built_pages_are_served(site: Site, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.url.rpartition(":")[2]))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head = (await reader.read(2_000)).split(b"\r\n")[0]
    writer.close()
    assert b" 404 " in head or b" 400 " in head


class TestRateLimit:
    """Too many messages at once."""

    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        """Two messages at once, then one in 100 seconds."""
        return {
            "message_burst": 2,
            "messages_per_second": 0.01,
            "conversation_burst": 3,
            "conversations_per_second": 0.01,
        }

    async def test_a_flood_is_told_kindly_when_to_go_on(self, site: Site, answers: Any) -> None:
        started = await site.begin()
        for _ in range(2):
            assert (await site.write(started, "謝謝"))[0] == 200
        headers = {"Authorization": f"Bearer {started['token']}"}
        url = f"{site.url}/api/v1/conversations/{started['id']}/messages"
        async with site.http.post(url, json={"text": "a", "client_message_id": "a"}, headers=headers) as answer:
            assert await error_of(answer) == (429, "JS-IN-004")
            assert 90 <= int(answer.headers["Retry-After"]) <= 101
            assert (await answer.json())["error"]["message"] == dict(answers.pack.responses["rate_limited"].text)
        assert (await site.write(await site.begin(), "謝謝"))[0] == 200  # nobody else is held up

    async def test_who_only_knows_the_id_cannot_use_up_the_limit(self, site: Site) -> None:
        started = await site.begin()
        for _ in range(5):
            assert (await site.write({**started, "token": "wrong"}, "x"))[0] in (404, 429)
        assert (await site.write(started, "謝謝"))[0] == 200

    async def test_new_conversations_are_limited_by_address(self, site: Site) -> None:
        for _ in range(3):
            await site.begin()
        async with site.http.post(f"{site.url}/api/v1/conversations", json={}) as answer:
            assert await error_of(answer) == (429, "JS-IN-004")


class TestOtherSites:
    """Pages of other sites that embed the chat."""

    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        """One of them may."""
        return {"allowed_origins": ("https://good.example",)}

    async def test_only_allowed_origins_may_call(self, site: Site) -> None:
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        for origin, allowed in (("https://good.example", True), ("https://bad.example", False), ("null", False)):
            url = f"{site.url}/api/v1/conversations"
            async with site.http.options(url, headers={"Origin": origin, **asked}) as answer:
                assert (answer.status == 204) is allowed
                assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
            async with site.http.post(url, json={}, headers={"Origin": origin}) as answer:
                assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
            async with site.http.get(f"{site.url}/console/api/session", headers={"Origin": origin}) as answer:
                assert "Access-Control-Allow-Origin" not in answer.headers


async def lines_of(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The events of a stream: {"id", "event", "data"}; a comment is {"comment"}."""
    event: dict[str, Any] = {}
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line.startswith(":"):
            yield {"comment": line[1:].strip()}
        elif not line:
            if "data" in event:
                yield event
            event = {}
        else:
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value


async def take(stream: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The next `count` events."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found.append(await anext(stream))
    return found


class TestEvents:
    """Live replies."""

    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        """A quick sign of life."""
        return {"keep_alive_seconds": 0.3}

    async def test_replay_then_live_then_state(self, site: Site) -> None:
        started = await site.begin()
        await site.write(started, "可以領多少")
        url = f"{site.url}/api/v1/conversations/{started['id']}/events?after=1&own=1&token={started['token']}"
        async with site.http.get(url) as answer:
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            stream = lines_of(answer)
            own, reply, state = await take(stream, 3)
            conforms(own["data"], "Own")
            conforms(reply["data"], "Reply")
            conforms(state["data"], "State")
            assert [(item["event"], item.get("id")) for item in (own, reply, state)] == [
                ("own", "2"),
                ("reply", "3"),
                ("state", None),
            ]
            await site.write(started, "/human")
            events = [event for event in await take(stream, 3) if "event" in event]
            assert [(event["event"], event.get("id")) for event in events] == [
                ("own", "4"),
                ("reply", "5"),
                ("state", None),
            ]
            assert events[-1]["data"]["owner"] == "queued"

    async def test_without_own_only_replies(self, site: Site) -> None:
        started = await site.begin()
        await site.write(started, "可以領多少")
        url = f"{site.url}/api/v1/conversations/{started['id']}/events"
        async with site.http.get(url, headers={"Authorization": f"Bearer {started['token']}"}) as answer:
            events = await take(lines_of(answer), 3)
        assert [event.get("id") for event in events] == ["1", "3", None]

    async def test_a_reconnecting_browser_goes_on_where_it_was(self, site: Site) -> None:
        started = await site.begin()
        for _ in range(3):
            await site.write(started, "謝謝")
        url = f"{site.url}/api/v1/conversations/{started['id']}/events?after=0&own=1&token={started['token']}"
        async with site.http.get(url, headers={"Last-Event-ID": "4"}) as answer:
            events = await take(lines_of(answer), 4)
        assert [event.get("id") for event in events] == ["5", "6", "7", None]

    async def test_a_quiet_stream_shows_that_it_lives(self, site: Site) -> None:
        started = await site.begin()
        async with site.http.get(
            f"{site.url}/api/v1/conversations/{started['id']}/events?after=1&token={started['token']}"
        ) as answer:
            events = await take(lines_of(answer), 3)
        assert [event.get("comment") for event in events] == [None, "keep-alive", "keep-alive"]

    @pytest.mark.parametrize("query", ["after=-1", "after=x", "after=9999999999", "own=2"])
    async def test_a_place_that_is_none(self, site: Site, query: str) -> None:
        started = await site.begin()
        async with site.http.get(
            f"{site.url}/api/v1/conversations/{started['id']}/events?{query}&token={started['token']}"
        ) as answer:
            assert await error_of(answer) == (400, "JS-IN-003")

    async def test_a_reader_that_takes_nothing_holds_up_nobody_and_no_memory(self, site: Site) -> None:
        started = await site.begin()
        port = int(site.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
        path = f"/api/v1/conversations/{started['id']}/events?token={started['token']}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readline()  # and nothing more
        for _ in range(30):
            assert (await site.write(started, "可以領多少"))[0] == 200
        writer.close()
        url = f"{site.url}{path}&after=0"
        async with site.http.get(url) as answer:
            events = await take(lines_of(answer), 32)
        assert [event.get("id") for event in events][:3] == ["1", "3", "5"]

    async def test_a_reply_is_live_at_once(self, site: Site) -> None:
        """No number is asserted that a loaded machine could miss: the poll of other gateways would need half a second each."""
        started = await site.begin()
        async with site.http.get(
            f"{site.url}/api/v1/conversations/{started['id']}/events?after=1&token={started['token']}"
        ) as answer:
            stream = lines_of(answer)
            await take(stream, 1)
            began = time.monotonic()
            for _ in range(20):
                await site.write(started, "謝謝", wait=0)
            replies: list[dict[str, Any]] = []
            while len(replies) < 20:
                replies += [event for event in await take(stream, 1) if event.get("event") == "reply"]
            assert time.monotonic() - began < 20 * 0.5


async def test_health(site: Site) -> None:
    for path, names in (
        ("/livez", set()),
        ("/healthz", {"database"}),
        ("/readyz", {"database", "rasa", "actions"}),
    ):
        async with site.http.get(site.url + path) as answer:
            body = await answer.json()
            conforms(body, "Health")
            assert (answer.status, set(body["checks"])) == (200, names)


async def test_a_crisis_is_answered_with_the_engine_failing(site: Site) -> None:
    started = await site.begin()
    site.dialogue.mode = "fail"
    assert (await site.write(started, "可以領多少", wait=0))[0] == 202
    status, body = await site.write(started, "我想死")
    assert (status, body["replies"][0]["act"], body["replies"][0]["escalation"]["level"]) == (
        200,
        "crisis",
        "immediate",
    )


@pytest.mark.parametrize("mode", ["garbage", "refuse", "empty"])
async def test_an_engine_that_answers_nonsense_ends_in_an_apology(site: Site, mode: str) -> None:
    started = await site.begin("en")
    site.dialogue.mode = mode
    status, body = await site.write(started, "how much can I get?")
    assert status == 200
    (reply,) = body["replies"]
    assert reply["author"] == "system"
    assert "/human" in [button["payload"] for button in reply["buttons"]]


class TestPages:
    """The built web pages."""

    @pytest.fixture
    def site_settings(self, tmp_path: Path) -> dict[str, Any]:
        """A small build."""
        dist = tmp_path / "dist"
        (dist / "assets").mkdir(parents=True)
        for name in (
            "index.html",
            "console.html",
            "job-chat.js",
            "assets/job-chat-abc123.css",
            ".hidden.js",
            "notes.py",
        ):
            (dist / name).write_text(f"/* {name} 中文 */", "utf-8")
        (tmp_path / "secret.js").write_text("secret")
        (dist / "link.js").symlink_to(tmp_path / "secret.js")
        return {"web_dist": dist}

    @pytest.mark.parametrize(
        ("path", "name", "kind", "cache"),
        [
            ("/", "index.html", "text/html", "no-cache"),
            ("/console", "console.html", "text/html", "no-cache"),
            ("/job-chat.js", "job-chat.js", "text/javascript", "no-cache"),
            (
                "/assets/job-chat-abc123.css",
                "assets/job-chat-abc123.css",
                "text/css",
                "public, max-age=31536000, immutable",
            ),
        ],
    )
    async def test_they_are_served(self, site: Site, path: str, name: str, kind: str, cache: str) -> None:
        async with site.http.get(site.url + path) as answer:
            assert (answer.status, await answer.text()) == (200, f"/* {name} 中文 */")
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert answer.headers["Cache-Control"] == cache
            assert (
                "script-src" not in answer.headers["Content-Security-Policy"]
            )  # 'self', by default-src: nothing inline
            assert ("Access-Control-Allow-Origin" in answer.headers) is (kind != "text/html")

    @pytest.mark.parametrize(
        "path", ["/notes.py", "/link.js", "/assets", "/assets/", "/../secret.js", "/job-chat.js/x"]
    )
    async def test_nothing_else_is(self, site: Site, path: str) -> None:
        async with site.http.get(site.url + path) as answer:
            assert answer.status == 404
