"""A case handled in Chatwoot: a stand-in with its documented public API and webhook payloads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web
from jsonschema import validate

from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit

CONTACT = {  # public_contact_create_update_payload
    "type": "object",
    "required": ["identifier"],
    "additionalProperties": False,
    "properties": {
        name: {"type": "string"}
        for name in ("identifier", "identifier_hash", "email", "name", "phone_number", "avatar_url")
    }
    | {"custom_attributes": {"type": "object"}},
}
CONVERSATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"custom_attributes": {"type": "object"}},
}
MESSAGE = {
    "type": "object",
    "required": ["content"],
    "additionalProperties": False,
    "properties": {"content": {"type": "string", "minLength": 1}, "echo_id": {"type": "string"}},
}


class Chatwoot:
    """Contacts, conversations and messages of one API inbox; fails the next `fail` calls."""

    def __init__(self) -> None:
        self.contacts: dict[str, str] = {}
        self.conversations: dict[int, str] = {}
        self.messages: list[tuple[int, str]] = []
        self.resolved: list[int] = []
        self.fail = 0

    def app(self) -> web.Application:
        """Its routes."""
        base = "/public/api/v1/inboxes/box1/contacts"
        app = web.Application(middlewares=[self._failing])
        app.router.add_post(base, self._contact)
        app.router.add_post(base + "/{contact}/conversations", self._conversation)
        app.router.add_post(base + "/{contact}/conversations/{id}/messages", self._message)
        app.router.add_post(base + "/{contact}/conversations/{id}/toggle_status", self._toggle)
        return app

    @web.middleware
    async def _failing(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.fail:
            self.fail -= 1
            return web.Response(status=502)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _contact(self, request: web.Request) -> web.Response:
        body = await request.json()
        validate(body, CONTACT)
        source = self.contacts.setdefault(body["identifier"], f"source-{len(self.contacts) + 1}")
        return web.json_response({"id": 1, "source_id": source, "name": body.get("name"), "pubsub_token": "t"})

    async def _conversation(self, request: web.Request) -> web.Response:
        validate(await request.json(), CONVERSATION)
        assert request.match_info["contact"] in self.contacts.values()
        number = len(self.conversations) + 10
        self.conversations[number] = request.match_info["contact"]
        return web.json_response({"id": number, "inbox_id": "1", "messages": [], "contact": {}})

    async def _message(self, request: web.Request) -> web.Response:
        body = await request.json()
        validate(body, MESSAGE)
        number = int(request.match_info["id"])
        assert self.conversations[number] == request.match_info["contact"]
        self.messages.append((number, body["content"]))
        return web.json_response(
            {"id": str(len(self.messages)), "content": body["content"], "conversation_id": str(number)}
        )

    async def _toggle(self, request: web.Request) -> web.Response:
        self.resolved.append(int(request.match_info["id"]))
        return web.json_response({"id": int(request.match_info["id"]), "status": "resolved"})


def created(remote: int, number: int, text: str, **changes: Any) -> bytes:
    """A webhook's message_created, with the documented parts."""
    event = {
        "id": number,
        "content": text,
        "created_at": "2026-11-23T02:05:00.000Z",
        "message_type": "outgoing",
        "content_type": "text",
        "private": False,
        "content_attributes": {},
        "source_id": None,
        "sender": {"id": 1, "name": "王輔導員", "email": "agent@example.com", "type": "user"},
        "inbox": {"id": 1, "name": "API Channel"},
        "conversation": {"id": remote, "inbox_id": 1, "status": "open", "channel": "Channel::Api"},
        "account": {"id": 1, "name": "agency"},
        "event": "message_created",
    }
    return orjson.dumps(event | changes)


def status_changed(conversation: int, status: str) -> bytes:
    """A webhook's conversation_status_changed."""
    return orjson.dumps({"id": conversation, "inbox_id": 1, "status": status, "event": "conversation_status_changed"})


@pytest.fixture
async def chatwoot() -> AsyncIterator[tuple[Chatwoot, str]]:
    """A running stand-in and its address."""
    standin = Chatwoot()
    runner = web.AppRunner(standin.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    yield standin, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    await runner.cleanup()


@pytest.fixture
async def kit(tmp_path: Path, chatwoot: tuple[Chatwoot, str]) -> AsyncIterator[Kit]:
    """Services with the bridge on."""
    folder = tmp_path / "template"
    folder.mkdir()
    template = await asyncio.to_thread(migrated_sqlite, folder)
    settings = {"chatwoot_url": chatwoot[1], "chatwoot_inbox": "box1", "chatwoot_secret": "a-secret-of-sixteen"}
    async with open_kit(copied_sqlite(template, tmp_path), **settings) as opened:
        yield opened


async def hear(kit: Kit, body: bytes) -> bool:
    """A webhook comes in, as the route takes it."""
    bridge = kit.services.bridge
    assert bridge is not None
    event = bridge.read(body)
    return event is not None and await bridge.desk.take(event)


async def waiting(kit: Kit) -> Started:
    """Somebody whose case has gone over."""
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await kit.ask(started, "/human")
    await kit.tick()
    return started


async def test_the_whole_way_over_and_back(kit: Kit, chatwoot: tuple[Chatwoot, str]) -> None:
    standin, _ = chatwoot
    started = await waiting(kit)
    texts = [text for _, text in standin.messages]
    assert texts[0].startswith("• 想談的事")
    assert "可以領多少" in texts
    assert any(text.startswith("【求職小幫手（程式）】") for text in texts)
    assert await hear(kit, created(10, 501, "您好，我是王輔導員"))
    assert await hear(kit, created(10, 501, "您好，我是王輔導員"))  # delivered twice
    conversation = await kit.conversation(started)
    assert conversation.owner == "human"
    said = await kit.last(started)
    assert (said.author, said.say.params["name"]) == ("counsellor", "王輔導員")
    assert await kit.rows("SELECT count(*) FROM outbox WHERE author = 'counsellor'") == [(1,)]
    await kit.say(started, "謝謝您")
    kit.later(4)
    await kit.tick()
    assert [text for _, text in standin.messages][-1] == "謝謝您"
    assert [text for _, text in standin.messages].count("您好，我是王輔導員") == 0, (
        "what came from there does not go back"
    )
    assert await hear(kit, status_changed(10, "resolved"))
    assert (await kit.conversation(started)).owner == "bot"
    kit.later(4)
    await kit.tick()
    assert standin.resolved == [], "they closed it themselves"
    assert not await hear(kit, created(10, 502, "太晚了"))


async def test_what_fails_goes_over_later_and_in_order(kit: Kit, chatwoot: tuple[Chatwoot, str]) -> None:
    standin, _ = chatwoot
    standin.fail = 3
    started = await waiting(kit)
    for _ in range(6):
        kit.later(60)
        await kit.tick()
    texts = [text for _, text in standin.messages]
    assert texts.index("可以領多少") < texts.index("/human")
    assert len(standin.conversations) >= 1
    assert started


async def test_a_case_closed_here_is_resolved_there(kit: Kit, chatwoot: tuple[Chatwoot, str]) -> None:
    standin, _ = chatwoot
    started = await waiting(kit)
    await kit.ask(started, "/leave")
    kit.later(4)
    await kit.tick()
    assert standin.resolved == [10]


async def test_a_summary_that_is_withheld_does_not_go_over(kit: Kit, chatwoot: tuple[Chatwoot, str]) -> None:
    standin, _ = chatwoot
    started = await kit.start()
    await kit.ask(started, "/human")
    await kit.ask(started, "/summary off")
    await kit.tick()
    assert not any(text.startswith("• 想談的事") for _, text in standin.messages)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"event": "message_created"}',
        created(10, 1, "own", message_type="incoming"),
        created(10, 1, "note", private=True),
        created(10, 1, ""),
        created(10, 1, "x", content=None),
        created(10, 1, "x", conversation=None),
        status_changed(10, "open"),
        created(99, 1, "of nobody"),
    ],
)
async def test_what_does_not_concern_the_person_is_let_pass(kit: Kit, body: bytes) -> None:
    assert not await hear(kit, body)
