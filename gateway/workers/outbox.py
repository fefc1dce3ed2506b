"""The loop that sends replies. The step is jobseeker/usecases/deliver_replies.py."""

from __future__ import annotations

import logging

from app.signals import OUTBOX, ProcessSignals
from jobseeker.clock import Clock
from jobseeker.errors import StoreUnavailable
from jobseeker.storage import Store
from jobseeker.usecases.deliver_replies import DeliverReplies

log = logging.getLogger(__name__)


class OutboxWorker:
    """Sends what is due: at once when told, and by looking every `poll_seconds`."""

    def __init__(
        self, deliver: DeliverReplies, store: Store, clock: Clock, signals: ProcessSignals, *, poll_seconds: float
    ) -> None:
        self._deliver, self._store, self._clock, self._signals, self._poll_seconds = (
            deliver,
            store,
            clock,
            signals,
            poll_seconds,
        )
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        with self._signals.listen(OUTBOX) as listener:
            while not self._stopping:
                await self._send_due()
                await listener.wait(self._poll_seconds)

    async def _send_due(self) -> None:
        try:
            while not self._stopping and await self._is_due() and await self._deliver():
                pass
        except StoreUnavailable:
            log.warning("the outbox cannot be worked on")
        except Exception:  # the database failed: the rows are still there and come again
            log.exception("the outbox cannot be worked on")

    async def _is_due(self) -> bool:
        async with self._store.read() as work:
            return await work.outbox.any_due(self._clock.now())

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping = True
        self._signals.call(OUTBOX)
