"""A counsellor takes a waiting case; of two who try, exactly one gets it. Giving it back is return_to_bot.py."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, CaseNotFound
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Account, Case
from jobseeker.storage import Store
from jobseeker.usecases.case_moves import locked_case, say, step


class ClaimCase:
    """waiting -> claimed, conversation queued (or assigned, to whomever) -> human. Whoever claims a crisis has seen it."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(self, account: Account, case_id: int) -> Case:
        """Claim the case. Asking again for one's own case answers it again.

        Raises:
            CaseNotFound: there is no such case.
            AlreadyClaimed: somebody else has it, or it is closed.
        """
        now = self.clock.now()
        async with self.store.write() as work:
            case, conversation = await locked_case(work, case_id)
            if case.state == "claimed" and case.claimed_by == account.id:
                return case
            seen = {} if conversation.crisis_at is None else {"acknowledged_at": now, "acknowledged_by": account.id}
            if case.state != "waiting" or not await work.cases.move(
                case, state="claimed", claimed_by=account.id, now=now, offered_to=None, **seen
            ):
                raise AlreadyClaimed
            await work.flags.acknowledge(conversation.id, account.id, now=now)
            conversation = replace(step(conversation, "claim", account.id), crisis_at=None, expecting="")
            told = Say("utterance", "handoff_claimed", {"name": account.name})
            key = f"case:{case.id}:claimed:{case.version}"
            conversation = await say(work, self.composer, conversation, [told], key=key, now=now)
            await work.conversations.save(conversation, now=now)
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.claimed",
                conversation_id=conversation.id,
                case_id=case.id,
            )
            claimed = await work.cases.get(case_id)
        if claimed is None:
            raise CaseNotFound
        self.signals.conversation_changed(claimed.conversation_id)
        self.signals.queue_changed()
        self.signals.outbox_changed()
        return claimed
