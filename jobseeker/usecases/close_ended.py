"""Use case: what has ended is closed - vacancies after their last day, courses after they began."""

from __future__ import annotations

from dataclasses import dataclass

from jobseeker.clock import Clock, local_day
from jobseeker.storage import Store


@dataclass(frozen=True)
class Closed:
    """How many were closed."""

    vacancies: int
    courses: int


class CloseEnded:
    """Called every hour by each gateway, and by `jobseeker vacancies expire`. Doing it twice does nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self) -> Closed:
        """Close them. Raises StoreUnavailable."""
        now = self._clock.now()
        today = local_day(now)
        async with self._store.write() as work:
            return Closed(
                await work.vacancies.expire(today, now=now),
                await work.courses.settle(today, now=now),
            )
