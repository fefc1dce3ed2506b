"""Opening a case for a counsellor, or raising the one that is already open. Claiming it is claim_case.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobseeker.clock import Clock
from jobseeker.errors import UnknownConversation
from jobseeker.handoff import URGENCY_AT_ONCE, next_owner
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Case, Conversation
from jobseeker.storage import Store, UnitOfWork


async def open_or_raise_case(
    work: UnitOfWork,
    conversation: Conversation,
    *,
    reasons: Sequence[str],
    urgency: int,
    inbox_id: int | None,
    now: datetime,
) -> tuple[Conversation, Case]:
    """Inside a transaction that has locked `conversation`: a waiting case, or the open one with these reasons added.

    Returns the conversation with its new owner (not yet saved) and the case.
    """
    existing = None if conversation.owner == "bot" else await work.cases.open_for(conversation.id)
    if existing is None:
        case = await work.cases.add(
            conversation_id=conversation.id,
            inbox_id=inbox_id,
            reasons=reasons,
            urgency=urgency,
            variety=conversation.variety,
            now=now,
        )
        conversation = replace(
            conversation, owner=next_owner(conversation.owner, "open"), owner_version=conversation.owner_version + 1
        )
        action = "case.opened"
    else:
        merged = (*existing.reasons, *(reason for reason in reasons if reason not in existing.reasons))
        if merged == existing.reasons and urgency >= existing.urgency:
            return conversation, existing
        case = await work.cases.raise_to(existing, reasons=merged, urgency=min(urgency, existing.urgency))
        action = "case.raised"
    detail = {"reasons": list(case.reasons), "urgency": case.urgency, "inbox_id": inbox_id}
    await work.ledger.record(
        at=now, actor="system", action=action, conversation_id=conversation.id, case_id=case.id, detail=detail
    )
    return conversation, case


async def queued_say(work: UnitOfWork, case: Case, *, again: bool) -> Say:
    """Tells the person that a counsellor is asked for, and how many wait before them."""
    position = await work.cases.position(case)
    return Say(
        "utterance",
        "handoff_already_queued" if again else "handoff_queued",
        {"case_id": case.id, "position": position, "ahead": position - 1},
    )


class OpenCase:
    """Opens a case from outside a message (operators, later journeys)."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(self, conversation_id: str, *, reasons: Sequence[str], urgency: int = URGENCY_AT_ONCE) -> Case:
        """Open or raise, and tell the person their place in the queue. Raises UnknownConversation."""
        now = self.clock.now()
        async with self.store.write() as work:
            conversation = await work.conversations.lock(conversation_id)
            if conversation is None:
                raise UnknownConversation
            before = conversation.owner
            conversation, case = await open_or_raise_case(
                work, conversation, reasons=reasons, urgency=urgency, inbox_id=None, now=now
            )
            if before == "bot":
                say = await queued_say(work, case, again=False)
                key = f"case:{case.id}:queued"
                await work.outbox.add(
                    [self.composer.row(conversation, say, key=key, seq=conversation.next_seq, now=now, author="system")]
                )
                conversation = replace(conversation, next_seq=conversation.next_seq + 1)
            await work.conversations.save(conversation, now=now)
        self.signals.conversation_changed(conversation_id)
        self.signals.queue_changed()
        self.signals.outbox_changed()
        return case
