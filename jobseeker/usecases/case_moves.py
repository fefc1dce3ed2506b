"""The steps of a hand-off that several use cases take, inside a transaction that has locked the conversation: offer, withdraw, give back.

Each is a compare-and-set on the case and one step of the table in handoff.py; who may take it is decided by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobseeker.errors import AlreadyClaimed, CaseNotFound
from jobseeker.handoff import URGENCY_CRISIS, next_owner
from jobseeker.handoff_records import Case, Deadline
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork

BEFORE_THE_CASE = timedelta(hours=1)  # what was still to be answered when the case was opened is the counsellor's, too


async def locked_case(work: UnitOfWork, case_id: int) -> tuple[Case, Conversation]:
    """The case as it is while its conversation is locked. Raises CaseNotFound."""
    seen = await work.cases.get(case_id)
    conversation = await work.conversations.lock(seen.conversation_id) if seen else None
    case = await work.cases.get(case_id)  # again: it may have changed before the lock was ours
    if conversation is None or case is None:
        raise CaseNotFound
    return case, conversation


def step(conversation: Conversation, name: str, counsellor_id: int | None) -> Conversation:
    """The conversation after one step of the table. Raises IllegalHandoff."""
    return replace(
        conversation,
        owner=next_owner(conversation.owner, name),
        owner_version=conversation.owner_version + 1,
        counsellor_id=counsellor_id,
    )


async def say(
    work: UnitOfWork,
    composer: Composer,
    conversation: Conversation,
    says: Sequence[Say],
    *,
    key: str,
    now: datetime,
) -> Conversation:
    """Add these to the outbox as the system's; the conversation with its next seq, not yet saved. `key`: unique, of the occasion."""
    rows = [
        composer.row(
            conversation, one, key=f"{key}:{number}", seq=conversation.next_seq + number, now=now, author="system"
        )
        for number, one in enumerate(says)
    ]
    if rows:
        await work.outbox.add(rows)
    return replace(conversation, next_seq=conversation.next_seq + len(rows))


async def offer(
    work: UnitOfWork, conversation: Conversation, case: Case, account_id: int, *, now: datetime, rules: HandoffRules
) -> Conversation:
    """queued -> assigned: for a moment it is this counsellor's to take. Raises AlreadyClaimed where it has changed."""
    if not await work.cases.move(
        case, state="waiting", claimed_by=None, now=now, offered_to=account_id, offered_at=now
    ):
        raise AlreadyClaimed
    over = Deadline(
        f"offer:{case.id}:{case.version + 1}",
        "offer_over",
        now + rules.seconds("offer_seconds", now),
        case.id,
        conversation.id,
        {"account_id": account_id, "version": case.version + 1},
    )
    await work.deadlines.put(over, now=now)
    await _record(work, conversation, case, "case.offered", "system", now, account_id=account_id)
    return step(conversation, "assign", None)


async def withdraw_offer(
    work: UnitOfWork, conversation: Conversation, case: Case, *, actor: str, now: datetime
) -> Conversation:
    """assigned -> queued: they let it pass, or did not answer. Raises AlreadyClaimed where it has changed."""
    passed = tuple(dict.fromkeys((*case.passed_over, *((case.offered_to,) if case.offered_to else ()))))
    if not await work.cases.move(
        case, state="waiting", claimed_by=None, now=now, offered_to=None, offered_at=None, passed_over=passed
    ):
        raise AlreadyClaimed
    await _record(work, conversation, case, "case.passed", actor, now, account_id=case.offered_to)
    return step(conversation, "decline", None)


async def give_back(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, *, actor: str, now: datetime
) -> Conversation:
    """-> bot, the case closed: says who answers now and asks how it went (not after a crisis).

    What the person wrote since the counsellor's last reply is answered by the assistant: nothing stays without an answer.
    Raises AlreadyClaimed where the case has changed.
    """
    if not await work.cases.move(case, state="closed", claimed_by=case.claimed_by, now=now, offered_to=None):
        raise AlreadyClaimed
    conversation = replace(step(conversation, "return", None), failed_turns=0, crisis_at=None)
    key = "handoff_returned_quietly" if case.urgency == URGENCY_CRISIS else "handoff_returned"
    conversation = await say(
        work, composer, conversation, [Say("utterance", key)], key=f"case:{case.id}:returned", now=now
    )
    await work.inbox.reopen(conversation.id, since=case.opened_at - BEFORE_THE_CASE, now=now)
    await _record(work, conversation, case, "case.returned", actor, now, outcome=case.outcome)
    return conversation


async def requeue(
    work: UnitOfWork,
    composer: Composer,
    conversation: Conversation,
    case: Case,
    told: Say,
    *,
    actor: str,
    now: datetime,
    preferred: int | None = None,
    office: str | None = None,
) -> Conversation:
    """human (or wrap_up) -> queued: to a colleague, another office, or because the counsellor is gone. Raises AlreadyClaimed.

    The assistant speaks again meanwhile, and answers what the counsellor has not.
    """
    passed = tuple(dict.fromkeys((*case.passed_over, *((case.claimed_by,) if case.claimed_by else ()))))
    to_office = case.office if office is None else office
    if not await work.cases.move(
        case,
        state="waiting",
        claimed_by=None,
        now=now,
        claimed_at=None,
        wrap_up_seq=None,
        offered_to=None,
        passed_over=passed,
        office=to_office,
        preferred_account=preferred,
    ):
        raise AlreadyClaimed
    conversation = step(conversation, "requeue", None)
    conversation = await say(
        work, composer, conversation, [told], key=f"case:{case.id}:requeued:{case.version}", now=now
    )
    await work.inbox.reopen(conversation.id, since=case.opened_at - BEFORE_THE_CASE, now=now)
    rules = composer.rules
    notice = now + rules.seconds("notice_seconds", now)
    again = f"{case.id}:{case.version + 1}"
    await work.deadlines.put(
        Deadline(f"queue_notice:{again}", "queue_notice", notice, case.id, conversation.id), now=now
    )
    calendar = await rules.calendar(work, now)
    unclaimed = calendar.after_opening(to_office, now, rules.number("unclaimed_minutes", now))
    if unclaimed is not None:
        await work.deadlines.put(
            Deadline(f"unclaimed:{again}", "unclaimed", unclaimed, case.id, conversation.id), now=now
        )
    await _record(work, conversation, case, "case.requeued", actor, now, preferred=preferred, office=to_office)
    return conversation


async def _record(
    work: UnitOfWork, conversation: Conversation, case: Case, action: str, actor: str, now: datetime, **detail: object
) -> None:
    await work.ledger.record(
        at=now, actor=actor, action=action, conversation_id=conversation.id, case_id=case.id, detail=detail
    )
