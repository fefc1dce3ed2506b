"""What a counsellor's page hears while it is open: the queue changed, new lines of cases, alerts. Rows are the truth, signals only say when to look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

import orjson
from aiohttp import web

from app.signals import ALERTS, QUEUE, Listener, conversation_topic
from app.wiring import Services
from console.sessions import SERVICES, SESSION, session_token
from jobseeker.errors import CaseNotFound, MalformedRequest, NotAllowed, NotSignedIn
from jobseeker.records import Account

CLOSING_TOPIC = "closing"  # called by the gateway when it shuts down
RECONNECT_MILLISECONDS = 1_000
STALLED_SECONDS = 60.0  # a reader that takes nothing for this long is let go; it comes back with what it has seen
MAX_SEEN = 50
_SEEN = re.compile(r"[0-9]{1,10}:[0-9]{1,10}(,[0-9]{1,10}:[0-9]{1,10})*")


async def events(request: web.Request) -> web.StreamResponse:
    """GET /console/api/events[?seen=CASE:SEQ,…][&alert=ID].

    `seen` names the cases that the page shows (a waiting one too) and up to which line; those and all cases of the account are
    followed. Lines come at least once: a page that has one already drops it by its seq.
    """
    services = request.app[SERVICES]
    follower = _Follower(services, request[SESSION].account, session_token(request), _seen(request), _alert(request))
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    with services.signals.listen(QUEUE, ALERTS, CLOSING_TOPIC) as listener:
        await response.prepare(request)
        try:
            await follower.write(response, f"retry: {RECONNECT_MILLISECONDS}\n\n".encode())
            await follower.run(response, listener)
        except (ConnectionError, TimeoutError):
            return response  # the page went away or stalled; it asks again with what it has seen
        except NotSignedIn:
            return response  # signed out elsewhere or run out: the page is told 401 when it asks again
    return response


@dataclass
class _Follower:
    services: Services
    account: Account
    token: str
    seen: dict[int, int]
    alert: int | None
    topics: dict[int, str] = field(default_factory=dict)  # case -> signal topic of its conversation
    noted_at: float = float("-inf")
    waiting: set[str] = field(default_factory=set)  # signal topics of the conversations that wait

    async def run(self, response: web.StreamResponse, listener: Listener) -> None:
        """Write what is new, wait, and again, until the gateway closes or the session ends. Raises NotSignedIn."""
        called = {QUEUE, ALERTS}
        while CLOSING_TOPIC not in called:
            await self._tell(response, listener, called)
            called = await listener.wait(self.services.settings.keep_alive_seconds)
            await self.services.current_account(self.token)
            await self._note_presence()
            if not called:
                await self.write(response, b": keep-alive\n\n")

    async def _note_presence(self) -> None:
        """The open page is the sign of life of its counsellor; not more often than a keep-alive."""
        now = monotonic()
        if now - self.noted_at >= self.services.settings.keep_alive_seconds:
            self.noted_at = now
            await self.services.staff_presence.seen(self.account)

    async def _tell(self, response: web.StreamResponse, listener: Listener, called: set[str]) -> None:
        if QUEUE in called:
            await self._follow_cases(listener)
        if QUEUE in called or called & self.waiting:  # the list shows each person's last words
            await self.write(response, _event("queue", {}))
        for case, topic in list(self.topics.items()):
            if topic in called or QUEUE in called:
                await self._tell_lines(response, case)
        if ALERTS in called:
            await self._tell_alerts(response)

    async def _follow_cases(self, listener: Listener) -> None:
        """Hear of all that wait; follow line by line the account's own cases and those that the page shows."""
        own = await self.services.list_cases(self.account, "mine")
        waiting = await self.services.list_cases(self.account, "waiting")
        shown = [*own, *(case for case in waiting if case.id in self.seen)]
        before = {*self.waiting, *self.topics.values()}
        # A case that the page shows and that is in neither list any more is followed until it may not be read.
        self.topics = {case: topic for case, topic in self.topics.items() if case in self.seen}
        self.topics |= {case.id: conversation_topic(case.conversation_id) for case in shown}
        self.waiting = {conversation_topic(case.conversation_id) for case in waiting}
        heard = {*self.waiting, *self.topics.values()}
        listener.drop(*(before - heard))
        listener.follow(*heard)

    async def _tell_lines(self, response: web.StreamResponse, case: int) -> None:
        while True:
            try:
                lines = await self.services.read_case.entries(self.account, case, self.seen.get(case, 0))
            except (CaseNotFound, NotAllowed):  # somebody else has taken it: no longer this account's to read
                self.topics.pop(case, None)
                self.seen.pop(case, None)
                return
            if not lines:
                return
            for line in lines:
                await self.write(
                    response, _event("entry", {"case_id": case, **line.to_dict()}, id=f"{case}:{line.seq}")
                )
            self.seen[case] = lines[-1].seq

    async def _tell_alerts(self, response: web.StreamResponse) -> None:
        """New alerts; for a page that comes for the first time only where they stand, not the history."""
        first = self.alert is None
        while alerts := await self.services.list_cases.alerts(self.account, self.alert or 0):
            self.alert = alerts[-1].id
            for alert in () if first else alerts:
                await self.write(response, _event("alert", alert.to_dict()))
        if first:
            self.alert = self.alert or 0
            await self.write(response, _event("alert", {"id": self.alert, "kind": "none"}))

    async def write(self, response: web.StreamResponse, data: bytes) -> None:
        """Write as fast as the page takes it."""
        async with asyncio.timeout(STALLED_SECONDS):
            await response.write(data)


def _event(kind: str, data: Mapping[str, object], *, id: str = "") -> bytes:
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def _seen(request: web.Request) -> dict[int, int]:
    value = request.query.get("seen", "")
    if not value:
        return {}
    if not _SEEN.fullmatch(value) or value.count(",") >= MAX_SEEN:
        raise MalformedRequest("seen: CASE:SEQ, separated by commas")
    return {int(case): int(seq) for case, _, seq in (pair.partition(":") for pair in value.split(","))}


def _alert(request: web.Request) -> int | None:
    value = request.query.get("alert")
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise MalformedRequest("alert: a whole number")
    return int(value)
