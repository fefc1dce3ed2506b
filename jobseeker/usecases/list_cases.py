"""The counsellor's queue and own cases, and the alerts. Reading one case is read_case.py."""

from __future__ import annotations

from collections.abc import Sequence

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest
from jobseeker.records import Account, Alert, Case
from jobseeker.storage import Store


class ListCases:
    """What waits, and what is mine; the most urgent and oldest first."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def __call__(self, account: Account, state: str = "waiting") -> Sequence[Case]:
        """state: "waiting" (everybody's queue) or "mine" (claimed by `account`). Raises MalformedRequest on another."""
        if state not in ("waiting", "mine"):
            raise MalformedRequest("state must be waiting or mine")
        async with self.store.read() as work:
            if state == "mine":
                return await work.cases.listed(state="claimed", claimed_by=account.id)
            return await work.cases.listed(state="waiting")

    async def alerts(self, account: Account, after: int = 0) -> Sequence[Alert]:
        """Alerts above this id, oldest first."""
        async with self.store.read() as work:
            return await work.ledger.alerts_after(after)
