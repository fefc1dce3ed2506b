"""Notices what other processes commit to conversations that somebody here is looking at, and calls it out."""

from __future__ import annotations

import logging

from app.signals import ALERTS, QUEUE, ProcessSignals
from jobseeker.errors import StoreUnavailable
from jobseeker.storage import Store

log = logging.getLogger(__name__)
WATCH_TOPIC = "watch"
BATCH = 500


class Watch:
    """One small query per round for all conversations with a listener, instead of one per reader."""

    def __init__(self, store: Store, signals: ProcessSignals, *, poll_seconds: float) -> None:
        self._store, self._signals, self._poll_seconds = store, signals, poll_seconds
        self._known: dict[str, tuple[int, int]] = {}
        self._ledger: tuple[int, int] | None = None
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        with self._signals.listen(WATCH_TOPIC) as listener:
            while not self._stopping:
                try:
                    await self.look()
                except StoreUnavailable:
                    log.warning("the watch cannot read")
                except Exception:  # the database failed: readers keep what they have, the next round finds it
                    log.exception("the watch cannot read")
                await listener.wait(self._poll_seconds)

    async def look(self) -> None:
        """One round."""
        followed = self._signals.followed()
        seen: dict[str, tuple[int, int]] = {}
        async with self._store.read() as work:
            for start in range(0, len(followed), BATCH):
                seen |= await work.conversations.versions(followed[start : start + BATCH])
            ledger = await work.ledger.watermark()
        for conversation_id, version in seen.items():
            if self._known.get(conversation_id) != version:  # also when it is new here: its reader may have read before
                self._signals.conversation_changed(conversation_id)
        self._known = seen
        if self._ledger != ledger:
            self._signals.call(QUEUE)
            self._signals.call(ALERTS)
        self._ledger = ledger

    def stop(self) -> None:
        """End after this round."""
        self._stopping = True
        self._signals.call(WATCH_TOPIC)
