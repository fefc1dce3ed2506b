"""Live replies as server-sent events, with replay from any seq. The rows are the truth; signals only say when to look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson
from aiohttp import web

from app.signals import Listener, conversation_topic
from app.wiring import Services
from gateway.replies import own_json, reply_json
from gateway.requests import MAX_SEQ, bearer_token, query_number
from gateway.services_key import CLOSING, SERVICES
from jobseeker.errors import MalformedRequest, StoreUnavailable
from jobseeker.records import Conversation, Inbound, Outbound

CLOSED_TOPIC = "closing"
RECONNECT_MILLISECONDS = 1_000
STALLED_SECONDS = 60.0  # a reader that takes nothing for this long is let go; it comes back with its last seq


@dataclass
class _Stream:
    services: Services
    response: web.StreamResponse
    conversation_id: str
    seq: int
    own: bool
    state: bytes = b""

    async def catch_up(self) -> bool:
        """Write what is new. False when the conversation is gone."""
        while True:
            news = await self.services.read_conversation.news(self.conversation_id, self.seq, own=self.own)
            if news is None:
                return False
            for row in news.lines:
                await self.write(_event(row))
                self.seq = row.seq
            if not news.more:
                await self.tell_state(news.conversation)
                return True

    async def tell_state(self, conversation: Conversation) -> None:
        """Write who speaks, if that has changed."""
        state = await self.services.read_conversation.state(conversation)
        line = b"event: state\ndata: " + orjson.dumps(state.to_dict()) + b"\n\n"
        if line != self.state:
            self.state = line
            await self.write(line)

    async def write(self, data: bytes) -> None:
        """Write as fast as the reader takes it: what it has not taken stays in the database, not here."""
        async with asyncio.timeout(STALLED_SECONDS):
            await self.response.write(data)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/conversations/{id}/events?after=SEQ[&own=1]."""
    services = request.app[SERVICES]
    conversation_id = request.match_info["id"]
    token = bearer_token(request, in_query=True)
    after = _after(request)
    own = query_number(request, "own", default=0, most=1) == 1
    conversation = await services.read_conversation(conversation_id, token)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    with services.signals.listen(conversation_topic(conversation.id), CLOSED_TOPIC) as listener:
        await response.prepare(request)
        stream = _Stream(services, response, conversation.id, after, own)
        try:
            await stream.write(f"retry: {RECONNECT_MILLISECONDS}\n\n".encode())
            await _follow(stream, listener, request.app[CLOSING])
        except (ConnectionError, TimeoutError, StoreUnavailable):
            return response  # the reader went away or stalled, or the database did: it asks again with its last seq
    return response


async def _follow(stream: _Stream, listener: Listener, closing: asyncio.Event) -> None:
    while not closing.is_set() and await stream.catch_up():
        called = await listener.wait(stream.services.settings.keep_alive_seconds)
        if not called:
            await stream.write(b": keep-alive\n\n")


def _after(request: web.Request) -> int:
    """Last-Event-ID is what a browser sends when it reconnects, so it wins over the address."""
    last = request.headers.get("Last-Event-ID")
    if last is None:
        return query_number(request, "after", default=0, most=MAX_SEQ)
    if not (last.isascii() and last.isdigit() and len(last) <= 10):
        raise MalformedRequest("Last-Event-ID: a seq")
    return int(last)


def _event(row: Outbound | Inbound) -> bytes:
    kind, data = ("own", own_json(row)) if isinstance(row, Inbound) else ("reply", reply_json(row))
    return f"id: {row.seq}\nevent: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
