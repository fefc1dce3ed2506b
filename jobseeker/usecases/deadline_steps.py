"""What happens when a time has come, one function per kind of deadline; each in one transaction that also ends the deadline.

A step looks at how things stand now: what is over by then does nothing. So nobody has to cancel a deadline.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.handoff_records import Case, Deadline
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.case_moves import give_back, say, withdraw_offer
from jobseeker.usecases.queue_words import estimate, wait_value


@dataclass(frozen=True)
class Happened:
    """The conversation afterwards (not yet saved). again_at: when the deadline comes again. alert: of which kind."""

    conversation: Conversation
    again_at: datetime | None = None
    alert: str = ""
    queue_changed: bool = False


Step = Callable[[UnitOfWork, Composer, Conversation, Case, Deadline, datetime], Awaitable[Happened]]


async def queue_notice(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """The place in the queue, where it or the bound of the wait has changed. Nothing at night, nothing in the crisis lane."""
    rules = composer.rules
    if case.state != "waiting" or case.urgency == URGENCY_CRISIS:
        return Happened(conversation)
    calendar = await rules.calendar(work, now)
    pause = rules.seconds("notice_seconds", now)
    if not calendar.is_open(case.office, now):
        opening = calendar.next_opening(case.office, now)
        return Happened(conversation, again_at=(opening or now + timedelta(days=1)) + pause)
    position = await work.cases.position(case)
    minutes = await estimate(work, rules, calendar, case, position, now)
    if (position, minutes) != (case.told_position, case.told_minutes):
        params: dict[str, Any] = {"items": [], "case_id": str(case.id), "position": position}
        told = Say("cards", "handoff_position", params | {"wait": wait_value(minutes)})
        key = f"deadline:{deadline.id}:{conversation.next_seq}"
        conversation = await say(work, composer, conversation, [told], key=key, now=now)
        await work.cases.note(case.id, told_position=position, told_minutes=minutes, told_at=now)
    return Happened(conversation, again_at=now + pause)


async def unclaimed(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """Nobody has taken it in the time after opening: a supervisor hears of it. Not while a day off has been declared since."""
    if case.state != "waiting":
        return Happened(conversation)
    rules = composer.rules
    calendar = await rules.calendar(work, now)
    if not calendar.is_open(case.office, now):
        again = calendar.after_opening(case.office, now, rules.number("unclaimed_minutes", now))
        return Happened(conversation, again_at=again or now + timedelta(days=1))
    return Happened(conversation, alert="unclaimed")


async def crisis_unseen(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """Nobody has seen a crisis yet: called out again, and again, until somebody has."""
    if conversation.crisis_at is None or case.state == "closed":
        return Happened(conversation)
    for way in composer.rules.announce:
        key = f"notify:{way}:crisis:{case.id}:{int(now.timestamp())}"
        again = Deadline(key, "notify", now, case.id, conversation.id, {"way": way, "crisis": True})
        await work.deadlines.put(again, now=now)
    pause = composer.rules.minutes("crisis_minutes", now)
    return Happened(conversation, again_at=now + pause, alert="crisis_unseen")


async def offer_over(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """The counsellor it was offered to has not answered: back to the queue, for somebody else."""
    same = case.version == deadline.detail["version"] or case.offered_to == deadline.detail["account_id"]
    if case.state != "waiting" or conversation.owner != "assigned" or case.offered_to is None or not same:
        return Happened(conversation)
    conversation = await withdraw_offer(work, conversation, case, actor="system", now=now)
    return Happened(conversation, queue_changed=True)


async def wrap_up_over(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """The notes are taking too long: the assistant answers again, the notes can still be written."""
    if conversation.owner != "wrap_up" or case.wrap_up_seq != deadline.detail["wrap_up_seq"]:
        return Happened(conversation)
    conversation = await give_back(work, composer, conversation, case, actor="system", now=now)
    return Happened(conversation, queue_changed=True)


async def review_overdue(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """A contested result was not looked at in time: the supervisor and the person are told."""
    if case.decision:
        return Happened(conversation)
    told = Say("utterance", "review_overdue_person", {"case_id": str(case.id)})
    if conversation.crisis_at is None:
        conversation = await say(work, composer, conversation, [told], key=f"deadline:{deadline.id}", now=now)
    return Happened(conversation, alert="review_overdue")


async def callback_due(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """The slot begins: counsellors are called."""
    asked = await work.callbacks.get(int(deadline.detail["callback_id"]))
    if asked is None or asked.state != "open" or case.state == "closed":
        return Happened(conversation)
    return Happened(conversation, alert="callback_due", queue_changed=True)


async def callback_missed(
    work: UnitOfWork, composer: Composer, conversation: Conversation, case: Case, deadline: Deadline, now: datetime
) -> Happened:
    """The slot is over and nobody called: the supervisor and the person are told."""
    asked = await work.callbacks.get(int(deadline.detail["callback_id"]))
    if asked is None or asked.state != "open" or case.state != "waiting":
        return Happened(conversation)
    if conversation.crisis_at is None:
        told = Say("utterance", "callback_missed_person", {"case_id": str(case.id)})
        conversation = await say(work, composer, conversation, [told], key=f"deadline:{deadline.id}", now=now)
    return Happened(conversation, alert="callback_missed")


STEPS: Mapping[str, Step] = {
    "queue_notice": queue_notice,
    "unclaimed": unclaimed,
    "crisis_unseen": crisis_unseen,
    "offer_over": offer_over,
    "wrap_up_over": wrap_up_over,
    "review_overdue": review_overdue,
    "callback_due": callback_due,
    "callback_missed": callback_missed,
}
