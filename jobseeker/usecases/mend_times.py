"""Use case: the machine's clock was ahead and is right again. What it wrote to be done "later" must not wait for that time to come.

Noticing it is gateway/workers/clock.py. Nothing here is an error of a person or of a platform.
"""

from __future__ import annotations

from datetime import timedelta

from jobseeker.clock import Clock
from jobseeker.storage import Store
from jobseeker.usecases.deliver_replies import LEASE_SECONDS
from jobseeker.usecases.run_deadlines import LEASE_SECONDS as DEADLINE_LEASE_SECONDS


class MendTimes:
    """Called at the start of each gateway and when the clock has gone back. Doing it twice, or with nothing wrong, does no harm:
    at most something is tried again a little earlier. `lease_seconds`: of a conversation that is being answered."""

    def __init__(self, store: Store, clock: Clock, lease_seconds: float) -> None:
        self._store, self._clock, self._lease_seconds = store, clock, lease_seconds

    async def __call__(self) -> int:
        """How many rows had to be mended. Raises StoreUnavailable.

        Messages are due at once. Leases of conversations, and replies that somebody may be sending just now, are left as long as
        a lease lasts: nobody else takes them meanwhile.
        """
        now = self._clock.now()
        async with self._store.write() as work:
            mended = await work.inbox.bring_forward(now)
            mended += await work.outbox.bring_forward(now + timedelta(seconds=LEASE_SECONDS))
            mended += await work.deadlines.shorten_leases(now + timedelta(seconds=DEADLINE_LEASE_SECONDS))
            return mended + await work.conversations.shorten_leases(now + timedelta(seconds=self._lease_seconds))
