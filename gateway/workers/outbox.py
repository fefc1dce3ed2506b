"""The loop that sends replies. The step is jobseeker/usecases/deliver_replies.py."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from app.signals import OUTBOX, ProcessSignals
from jobseeker.clock import Clock
from jobseeker.errors import StoreUnavailable
from jobseeker.records import Outbound
from jobseeker.storage import Store
from jobseeker.usecases.deliver_replies import DeliverReplies

log = logging.getLogger(__name__)
SLOTS = 16  # of one channel: a platform that hangs holds up nobody else's replies


class OutboxWorker:
    """Sends what is due, several conversations at once: when told, and by looking every `poll_seconds`."""

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
        self._sending: dict[asyncio.Task[None], str] = {}
        self._in_hand: set[int] = set()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`; then what is being sent is finished."""
        with self._signals.listen(OUTBOX) as listener:
            while not self._stopping:
                await self._send_due()
                await listener.wait(self._poll_seconds)
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send_due(self) -> None:
        try:
            while not self._stopping and await self._is_due():
                rows = await self._deliver.claim(SLOTS, busy=self._busy())
                for row in rows:
                    self._start(row)
                if not rows:
                    return
        except StoreUnavailable:
            log.warning("the outbox cannot be worked on")
        except Exception:  # the database failed: the rows are still there and come again
            log.exception("the outbox cannot be worked on")

    def _busy(self) -> list[str]:
        return [channel for channel, count in Counter(self._sending.values()).items() if count >= SLOTS]

    def _start(self, row: Outbound) -> None:
        if row.id in self._in_hand:  # the clock was set ahead while it is being sent: its lease only seems over
            return
        self._in_hand.add(row.id)
        task = asyncio.create_task(self._send(row))
        self._sending[task] = row.channel
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        was_busy = self._busy()
        del self._sending[task]
        if was_busy:
            self._signals.call(OUTBOX)

    async def _send(self, row: Outbound) -> None:
        try:
            await self._deliver.deliver(row)
        except StoreUnavailable:
            log.warning("a reply's state cannot be written", extra={"outbox_id": row.id})
        except Exception:  # the row is still pending: it comes again after its lease
            log.exception("a reply cannot be delivered", extra={"outbox_id": row.id})
        finally:
            self._in_hand.discard(row.id)

    async def _is_due(self) -> bool:
        async with self._store.read() as work:
            return await work.outbox.any_due(self._clock.now())

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopping = True
        self._signals.call(OUTBOX)
