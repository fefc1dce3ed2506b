"""Notices that the machine's clock was set, by comparing it with one that only counts seconds. What follows is mend_times.py."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from jobseeker.clock import Clock
from jobseeker.errors import StoreUnavailable
from jobseeker.usecases.mend_times import MendTimes

log = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
JUMP_SECONDS = 2.0  # less is what time servers do all day


class ClockWorker:
    """Once at the start (the clock may have been ahead before) and whenever the clock has gone back."""

    def __init__(
        self,
        mend: MendTimes,
        clock: Clock,
        *,
        every_seconds: float = EVERY_SECONDS,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mend, self._clock, self._every_seconds, self._steady = mend, clock, every_seconds, steady
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`."""
        offset, must_mend = self._offset(), True
        while not self._stopping.is_set():
            jump = self._offset() - offset
            if abs(jump) > JUMP_SECONDS:
                log.warning("the machine's clock was set", extra={"seconds": round(jump, 1)})
                must_mend = must_mend or jump < 0
            offset += jump
            if must_mend:
                must_mend = not await self._mended()
            try:
                async with asyncio.timeout(self._every_seconds):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def _mended(self) -> bool:
        try:
            count = await self._mend()
        except StoreUnavailable:
            return False  # the database is away: again in a second
        if count:
            log.warning("times of a clock that was ahead were mended", extra={"count": count})
        return True

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._steady()

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
