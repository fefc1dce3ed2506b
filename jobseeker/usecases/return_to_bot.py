"""A counsellor gives the conversation back to the assistant and closes the case."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotOwner
from jobseeker.handoff import next_owner
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Account, Case
from jobseeker.storage import Store


class ReturnToBot:
    """claimed -> closed, conversation human -> bot."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(self, account: Account, case_id: int) -> Case:
        """Close the case. Asking again for a case one has closed answers it again.

        Raises:
            CaseNotFound: there is no such case.
            NotOwner: it is not this counsellor's.
        """
        now = self.clock.now()
        async with self.store.write() as work:
            case = await work.cases.get(case_id)
            if case is None:
                raise CaseNotFound
            conversation = await work.conversations.lock(case.conversation_id)
            case = await work.cases.get(case_id)
            if conversation is None or case is None:
                raise CaseNotFound
            if case.claimed_by != account.id:
                raise NotOwner
            if case.state == "closed":
                return case
            if not await work.cases.move(case, state="closed", claimed_by=account.id, now=now):
                raise NotOwner
            conversation = replace(
                conversation,
                owner=next_owner(conversation.owner, "return"),
                owner_version=conversation.owner_version + 1,
                counsellor_id=None,
                failed_turns=0,
                next_seq=conversation.next_seq + 1,
            )
            row = self.composer.row(
                conversation,
                Say("utterance", "handoff_returned"),
                key=f"case:{case.id}:returned",
                seq=conversation.next_seq - 1,
                now=now,
                author="system",
            )
            await work.outbox.add([row])
            await work.conversations.save(conversation, now=now)
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.returned",
                conversation_id=conversation.id,
                case_id=case.id,
            )
            closed = await work.cases.get(case_id)
        if closed is None:
            raise CaseNotFound
        self.signals.conversation_changed(closed.conversation_id)
        self.signals.queue_changed()
        self.signals.outbox_changed()
        return closed
