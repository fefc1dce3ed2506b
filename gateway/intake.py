"""What platforms send, by webhook or fetched: kept before anything else, then the small courtesies. Reading it is the connectors'."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from aiohttp import ClientError

from app.settings import Settings
from app.wiring import Services
from connectors.base import Connector, Parsed
from gateway.limits import Admission, Buckets
from jobseeker.channels import GroupCall, Withdrawal
from jobseeker.errors import TooManyMessages
from jobseeker.messages import VARIETIES

log = logging.getLogger(__name__)
COURTESY_SECONDS = 15.0
MOST_COURTESIES = 1_000  # under way at once; beyond that they are left out
GROUP_EVERY_SECONDS = 3_600.0  # a group is told once an hour


class Intake:
    """Keeps what was read from one request, then starts the courtesies. One for the whole gateway."""

    def __init__(self, services: Services, admission: Admission) -> None:
        self._services, self._admission = services, admission
        settings: Settings = services.settings
        self._people = Buckets(settings.message_burst, settings.messages_per_second)
        self._groups = Buckets(1, 1 / GROUP_EVERY_SECONDS)
        self._running: set[asyncio.Task[None]] = set()

    async def take(self, connector: Connector, parsed: Parsed) -> None:
        """Keep every event, in order. Raises StoreUnavailable: then the platform must bring the request again.

        A press is acknowledged first, whatever becomes of it: until then the button spins before the person's eyes.
        """
        for press in parsed.presses:
            self._later(connector.acknowledge(press), connector.channel)
        for event in parsed.events:
            if isinstance(event, GroupCall):
                self._refuse_group(connector, event)
                continue
            writes = not isinstance(event, Withdrawal) and hasattr(event, "text")
            too_fast = writes and not self._may_write(event.channel, event.conversation_key)
            async with self._admission.enter(f"{event.channel}:{event.conversation_key}"):
                taken = await self._services.receive_event(event, too_fast=too_fast)
            if taken.thinking:
                self._later(connector.show_thinking(event.conversation_key), connector.channel)

    def _may_write(self, channel: str, person: str) -> bool:
        try:
            self._people.take(f"{channel}:{person}")
        except TooManyMessages:
            return False
        return True

    def _refuse_group(self, connector: Connector, call: GroupCall) -> None:
        try:
            self._groups.take(f"{call.channel}:{call.group_key}")
        except TooManyMessages:
            return
        now = self._services.clock.now()
        text = self._services.composer.words("group_refused", VARIETIES[0], now)
        log.info("a group is refused", extra={"channel": call.channel})
        self._later(connector.refuse_group(call, text), connector.channel)

    def _later(self, courtesy: Awaitable[None], channel: str) -> None:
        """Beside the request: the platform has its answer by then, and a courtesy that fails changes nothing."""
        if len(self._running) >= MOST_COURTESIES:
            asyncio.ensure_future(courtesy).cancel()
            return
        task = asyncio.create_task(_courtesy(courtesy, channel))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Let the courtesies under way finish, for a moment."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=2.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _courtesy(courtesy: Awaitable[None], channel: str) -> None:
    try:
        async with asyncio.timeout(COURTESY_SECONDS):
            await courtesy
    except (ClientError, OSError) as problem:  # TimeoutError is an OSError
        log.info("courtesy failed", extra={"channel": channel, "problem": type(problem).__name__})
    except Exception:
        log.exception("courtesy failed", extra={"channel": channel})
