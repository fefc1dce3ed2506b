"""Opening a case for a counsellor, or raising the one that is already open. What the person is told of it is queue_words.py, claiming claim_case.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobseeker.clock import Clock
from jobseeker.errors import UnknownConversation
from jobseeker.handoff import URGENCY_AT_ONCE, URGENCY_CRISIS, next_owner
from jobseeker.handoff_records import Deadline
from jobseeker.handoff_rules import HandoffRules, skill_of
from jobseeker.handoff_summary import LINES_LOOKED_AT, summary_lines
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Case, Conversation
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.queue_words import queued_say


async def open_or_raise_case(
    work: UnitOfWork,
    conversation: Conversation,
    *,
    reasons: Sequence[str],
    urgency: int,
    inbox_id: int | None,
    now: datetime,
    rules: HandoffRules,
    opened_by: str = "",
) -> tuple[Conversation, Case]:
    """Inside a transaction that has locked `conversation`: a waiting case, or the open one with these reasons added.

    Returns the conversation with its new owner (not yet saved) and the case. In wrap-up the counsellor speaks again: somebody who
    writes of something new is not left to silence.
    """
    existing = None if conversation.owner == "bot" else await work.cases.open_for(conversation.id)
    if existing is None:
        conversation, case = await _open(
            work, conversation, reasons, urgency, inbox_id=inbox_id, now=now, rules=rules, opened_by=opened_by
        )
        action = "case.opened"
    else:
        merged = (*existing.reasons, *(reason for reason in reasons if reason not in existing.reasons))
        if merged == existing.reasons and urgency >= existing.urgency:
            return conversation, existing
        case = await work.cases.raise_to(existing, reasons=merged, urgency=min(urgency, existing.urgency))
        action = "case.raised"
    if URGENCY_CRISIS in (urgency, case.urgency) and (existing is None or existing.urgency != URGENCY_CRISIS):
        await _call_out(work, conversation, case, now, rules)
    detail = {"reasons": list(case.reasons), "urgency": case.urgency, "inbox_id": inbox_id}
    await work.ledger.record(
        at=now,
        actor=opened_by or "system",
        action=action,
        conversation_id=conversation.id,
        case_id=case.id,
        detail=detail,
    )
    return conversation, case


async def _open(
    work: UnitOfWork,
    conversation: Conversation,
    reasons: Sequence[str],
    urgency: int,
    *,
    inbox_id: int | None,
    now: datetime,
    rules: HandoffRules,
    opened_by: str,
) -> tuple[Conversation, Case]:
    calendar = await rules.calendar(work, now)
    profile = await work.profiles.current(conversation.person)
    case = await work.cases.add(
        conversation_id=conversation.id,
        inbox_id=inbox_id,
        reasons=reasons,
        urgency=urgency,
        variety=conversation.variety,
        now=now,
        office=calendar.office_of([profile.home, *profile.wishes.places] if profile.home else profile.wishes.places),
        skill=skill_of(reasons),
        opened_by=opened_by,
    )
    before = await work.cases.last_closed(conversation.id)
    recent = now - timedelta(hours=rules.number("reopen_hours", now))
    if before is not None and before.claimed_by is not None and before.closed_at and before.closed_at >= recent:
        await work.cases.note(case.id, reopened_from=before.id, preferred_account=before.claimed_by)
    await work.cases.note(case.id, opened_position=await work.cases.position(case))
    lines = await work.transcripts.lines(
        conversation.id, max(0, conversation.next_seq - 1 - LINES_LOOKED_AT), LINES_LOOKED_AT
    )
    summary = {"lines": summary_lines(case, lines), "words": "", "shared": True}
    await work.cases.note(case.id, summary=summary)
    await _set_deadlines(work, conversation, case, now, rules)
    opened = await work.cases.get(case.id)
    assert opened is not None, "it was just written"
    owner = next_owner(conversation.owner, "open")
    return replace(conversation, owner=owner, owner_version=conversation.owner_version + 1), opened


async def _set_deadlines(
    work: UnitOfWork, conversation: Conversation, case: Case, now: datetime, rules: HandoffRules
) -> None:
    """What must happen while it waits, whatever becomes of this process."""
    calendar = await rules.calendar(work, now)
    unclaimed = calendar.after_opening(case.office, now, rules.number("unclaimed_minutes", now))
    wanted = [
        ("queue_notice", "queue_notice", now + rules.seconds("notice_seconds", now), {}),
        *(("notify", f"notify:{way}", now, {"way": way}) for way in rules.announce),
    ]
    if unclaimed is not None:
        wanted.append(("unclaimed", "unclaimed", unclaimed, {}))
    if rules.bridge:
        wanted.append(("bridge", "bridge", now, {"bridge": rules.bridge}))
    for kind, key, due_at, detail in wanted:
        deadline = Deadline(f"{key}:{case.id}", kind, due_at, case.id, conversation.id, detail)
        await work.deadlines.put(deadline, now=now)


async def _call_out(
    work: UnitOfWork, conversation: Conversation, case: Case, now: datetime, rules: HandoffRules
) -> None:
    """A crisis: told outside at once, once more when nobody has seen it in time."""
    for way in rules.announce:
        detail = {"way": way, "crisis": True}
        deadline = Deadline(f"notify:{way}:crisis:{case.id}", "notify", now, case.id, conversation.id, detail)
        await work.deadlines.put(deadline, now=now)
    again = now + rules.minutes("crisis_minutes", now)
    deadline = Deadline(f"crisis:{case.id}:{case.version}", "crisis_unseen", again, case.id, conversation.id, {})
    await work.deadlines.put(deadline, now=now)


class OpenCase:
    """Opens a case from outside a message (operators, a counsellor at the counter)."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(
        self,
        conversation_id: str,
        *,
        reasons: Sequence[str],
        urgency: int = URGENCY_AT_ONCE,
        opened_by: str = "",
    ) -> Case:
        """Open or raise, and tell the person their place in the queue. Raises UnknownConversation."""
        now, rules = self.clock.now(), self.composer.rules
        async with self.store.write() as work:
            conversation = await work.conversations.lock(conversation_id)
            if conversation is None:
                raise UnknownConversation
            before = conversation.owner
            conversation, case = await open_or_raise_case(
                work,
                conversation,
                reasons=reasons,
                urgency=urgency,
                inbox_id=None,
                now=now,
                rules=rules,
                opened_by=opened_by,
            )
            if before == "bot":
                say = await queued_say(work, rules, conversation, case, now=now, again=False)
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
