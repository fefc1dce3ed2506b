"""The counsellor's queue and own cases, and the alerts. Reading one case is read_case.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest
from jobseeker.handoff_records import Callback
from jobseeker.privacy.identifiers import Identifiers
from jobseeker.records import Account, Alert, Case
from jobseeker.storage import Store


class ListCases:
    """What waits, and what is mine; the most urgent and oldest first."""

    def __init__(self, store: Store, clock: Clock, identifiers: Identifiers) -> None:
        self.store, self.clock, self.identifiers = store, clock, identifiers

    async def __call__(
        self,
        account: Account,
        state: str = "waiting",
        *,
        office: str | None = None,
        language: str | None = None,
        reason: str | None = None,
    ) -> Sequence[Case]:
        """state: "waiting" (everybody's queue), "offered" (to `account`) or "mine" (claimed by `account`). Raises MalformedRequest."""
        if state not in ("waiting", "offered", "mine"):
            raise MalformedRequest("state must be waiting, offered or mine")
        if language not in (None, "zh", "en"):
            raise MalformedRequest("language must be zh or en")
        async with self.store.read() as work:
            if state == "mine":
                return await work.cases.listed(state="claimed", claimed_by=account.id)
            found = await work.cases.listed(state="waiting", office=office, language=language, reason=reason)
        shown = [case for case in found if state == "waiting" or case.offered_to == account.id]
        hide = self.identifiers.mask_value
        return [
            case if case.offered_to == account.id else replace(case, last_text=hide(case.last_text)) for case in shown
        ]

    async def alerts(self, account: Account, after: int = 0) -> Sequence[Alert]:
        """Alerts above this id, oldest first."""
        async with self.store.read() as work:
            return await work.ledger.alerts_after(after)

    async def callbacks(self, account: Account) -> Sequence[Callback]:
        """Call-backs and messages that nobody has dealt with; the number to call only where the case is this account's."""
        async with self.store.read() as work:
            mine = {case.id for case in await work.cases.listed(state="claimed", claimed_by=account.id)}
            found = await work.callbacks.open()
        hide = self.identifiers.mask_value
        return [
            one if one.case_id in mine else replace(one, contact=hide(one.contact), text=hide(one.text))
            for one in found
        ]
