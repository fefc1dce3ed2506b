"""Long polling, for a laptop that no platform can reach: asks a connector for its events and keeps them like a webhook's."""

from __future__ import annotations

import asyncio
import logging

from connectors.base import Connector
from gateway.intake import Intake
from jobseeker.errors import MalformedRequest, StoreUnavailable

log = logging.getLogger(__name__)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0


class FetchWorker:
    """One loop for one connector."""

    def __init__(self, connector: Connector, intake: Intake) -> None:
        self._connector, self._intake = connector, intake
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`. What could not be kept is not confirmed: it comes again."""
        wait = FIRST_WAIT_SECONDS
        while not self._stopping.is_set():
            try:
                if not await self._round():
                    return
                wait = FIRST_WAIT_SECONDS
            except (ConnectionError, StoreUnavailable) as problem:
                context = {"channel": self._connector.channel, "problem": str(problem), "wait_seconds": wait}
                log.warning("events cannot be fetched", extra=context)
                await self._sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _round(self) -> bool:
        """Fetch once and keep it. False when told to stop meanwhile."""
        fetching = asyncio.create_task(self._fetch())
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({fetching, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                return False
            for body in fetching.result():
                try:
                    parsed = self._connector.parse(body)
                except MalformedRequest:
                    log.error("an event is not JSON", extra={"channel": self._connector.channel})
                    continue
                await self._intake.take(self._connector, parsed)
            await self._connector.confirm()
            return True
        finally:
            for task in (fetching, stopped):
                task.cancel()
            await asyncio.gather(fetching, stopped, return_exceptions=True)

    async def _fetch(self) -> list[bytes]:
        return list(await self._connector.fetch())

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    def stop(self) -> None:
        """End at once; what was fetched and not confirmed comes again."""
        self._stopping.set()
