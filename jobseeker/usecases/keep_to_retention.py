"""The retention job: what has been kept for its time goes, class by class. Looping is gateway/workers/expiry.py; the times are packs/*/policy/retention.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobseeker.clock import Clock, local_day
from jobseeker.knowledge import Figure
from jobseeker.storage import Store
from jobseeker.usecases.privacy_effects import erase

PERSONS_AT_ONCE = 50  # in one transaction each


@dataclass(frozen=True)
class Retained:
    """What went: idle persons, erased conversations' shells, logged results."""

    persons: int = 0
    shells: int = 0
    results: int = 0


class KeepToRetention:
    """One round. A round that is interrupted is taken up by the next."""

    def __init__(self, store: Store, clock: Clock, figures: Mapping[str, Figure]) -> None:
        self.store, self.clock, self.figures = store, clock, figures

    async def __call__(self) -> Retained:
        """Delete what has had its time."""
        now = self.clock.now()
        async with self.store.write() as work:
            shells = await work.privacy.delete_shells(self._before(now, "retention.receipt"))
            results = await work.privacy.drop_results(self._before(now, "retention.results"))
            await work.declarations.drop_older(self._before(now, "retention.fairness"))
            await work.files.drop_expired(now)
        async with self.store.read() as work:
            idle = await work.privacy.idle_since(self._before(now, "retention.idle"), PERSONS_AT_ONCE)
        for person in idle:
            async with self.store.write() as work:
                await erase(work, person, now)
        return Retained(len(idle), shells, results)

    def _before(self, now: datetime, name: str) -> datetime:
        return now - timedelta(days=float(self.figures[name].on(local_day(now)).value))
