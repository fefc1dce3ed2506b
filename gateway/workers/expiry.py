"""The loop that closes what has ended, deletes what has had its time and writes anchors of the audit to the log. What that is stands in jobseeker/usecases/close_ended.py and keep_to_retention.py."""

from __future__ import annotations

import asyncio
import logging

from jobseeker.errors import StoreUnavailable
from jobseeker.usecases.anchor_audit import AnchorAudit
from jobseeker.usecases.close_ended import CloseEnded
from jobseeker.usecases.keep_to_retention import KeepToRetention, Retained

log = logging.getLogger(__name__)
EVERY_SECONDS = 3_600.0
AGAIN_SECONDS = 60.0  # while the database is away


class ExpiryWorker:
    """At the start and every hour: nobody is shown yesterday's vacancy for long after midnight."""

    def __init__(
        self,
        close: CloseEnded,
        keep: KeepToRetention | None = None,
        anchor: AnchorAudit | None = None,
        *,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._close, self._keep, self._anchor, self._every_seconds = close, keep, anchor, every_seconds
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            wait = self._every_seconds
            try:
                closed = await self._close()
                if closed.vacancies or closed.courses:
                    log.info("closed what has ended", extra={"vacancies": closed.vacancies, "courses": closed.courses})
                retained = await self._keep() if self._keep is not None else Retained()
                if retained != Retained():
                    log.info("deleted what has had its time", extra=vars(retained))
                anchor = await self._anchor() if self._anchor is not None else None
                if anchor is not None:  # in the log it is outside the database: what is cut off there shows
                    log.info("audit anchor", extra=vars(anchor))
            except StoreUnavailable as problem:
                log.warning("what has ended cannot be closed", extra={"problem": str(problem)})
                wait = min(AGAIN_SECONDS, wait)
            try:
                async with asyncio.timeout(wait):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
