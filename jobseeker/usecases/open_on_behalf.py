"""A member of staff opens a conversation for somebody at the counter or on the telephone, and has the case at once. Audited."""

from __future__ import annotations

from dataclasses import dataclass

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest
from jobseeker.records import Account, Case
from jobseeker.storage import Store
from jobseeker.usecases.claim_case import ClaimCase
from jobseeker.usecases.open_case import OpenCase
from jobseeker.usecases.start_conversation import StartConversation

ON_BEHALF = "on_behalf"
PLACES = ("counter", "phone")


@dataclass(frozen=True)
class Opened:
    """The conversation and its case. `token` opens the person's side, for the counter's second screen."""

    conversation_id: str
    token: str
    case: Case


class OpenOnBehalf:
    """Starts, opens and claims."""

    def __init__(
        self, store: Store, clock: Clock, start: StartConversation, open_case: OpenCase, claim: ClaimCase
    ) -> None:
        self.store, self.clock, self.start, self.open_case, self.claim = store, clock, start, open_case, claim

    async def __call__(self, account: Account, *, variety: str, place: str, note: str = "") -> Opened:
        """place: "counter" or "phone". Raises MalformedRequest."""
        if place not in PLACES:
            raise MalformedRequest(f"channel: one of {', '.join(PLACES)}")
        started = await self.start(channel="web", variety=variety)
        case = await self.open_case(
            started.conversation.id, reasons=[ON_BEHALF], urgency=1, opened_by=f"account:{account.id}"
        )
        claimed = await self.claim(account, case.id)
        now = self.clock.now()
        async with self.store.write() as work:
            await work.cases.note(case.id, tags=(place,))
            if note.strip():
                text = self.open_case.composer.identifiers.mask(note.strip()[:4_000]).text
                await work.notes.add(case.id, account_id=account.id, kind="note", text=text, now=now)
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.on_behalf",
                conversation_id=started.conversation.id,
                case_id=case.id,
                detail={"place": place},
            )
        return Opened(started.conversation.id, started.token, claimed)
