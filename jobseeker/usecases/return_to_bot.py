"""A counsellor gives the conversation back to the assistant and closes the case. Writing the outcome before that is handle_case.py."""

from __future__ import annotations

from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, CaseNotFound, NotOwner
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Account, Case
from jobseeker.storage import Store
from jobseeker.usecases.case_moves import give_back, locked_case


class ReturnToBot:
    """claimed -> closed, conversation human or wrap_up -> bot."""

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
            case, conversation = await locked_case(work, case_id)
            if case.claimed_by != account.id:
                raise NotOwner
            if case.state == "closed":
                return case
            try:
                conversation = await give_back(
                    work, self.composer, conversation, case, actor=f"account:{account.id}", now=now
                )
            except AlreadyClaimed:
                raise NotOwner from None
            await work.conversations.save(conversation, now=now)
            closed = await work.cases.get(case_id)
        if closed is None:
            raise CaseNotFound
        self.signals.message_received(closed.conversation_id)  # what nobody has answered is the assistant's now
        self.signals.conversation_changed(closed.conversation_id)
        self.signals.queue_changed()
        self.signals.outbox_changed()
        return closed
