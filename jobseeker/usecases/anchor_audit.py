"""Where the chain of the audit is now, so that it can be written down outside the database. Who writes it: gateway/workers/expiry.py, `jobseeker audit`."""

from __future__ import annotations

from jobseeker.audit_chain import Anchor
from jobseeker.clock import Clock
from jobseeker.storage import Store


class AnchorAudit:
    """Reads it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def __call__(self) -> Anchor | None:
        """None where the head of the chain is missing."""
        async with self.store.read() as work:
            head = await work.ledger.head()
        return Anchor(head.genesis, head.position, head.hash, self.clock.now().isoformat()) if head else None
