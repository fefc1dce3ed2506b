"""What a person does while they wait for a counsellor or after one has left: slots, messages, the summary, the rating; and the two
questions of declare_for_audit.py. Each step is one function in the transaction that finishes the message; the dialogue engine has no part in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from jobseeker.handoff import PHONE, URGENCY_CRISIS, next_owner
from jobseeker.handoff_records import Case, Deadline
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.privacy.identifiers import shown
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.declare_for_audit import declare
from jobseeker.usecases.effect import Effected
from jobseeker.usecases.queue_words import choices, shown_summary

COMMENT_CHARACTERS = 1_000
BEST, WORST = 5, 1
Step = Callable[[UnitOfWork, Conversation, str, datetime, HandoffRules], Awaitable[Effected]]


async def take_step(
    work: UnitOfWork, conversation: Conversation, name: str, argument: str, now: datetime, rules: HandoffRules
) -> Effected:
    """The step of this name. What was expected before it is over; a step says anew what it expects."""
    return await STEPS[name](work, replace(conversation, expecting=""), argument, now, rules)


async def wait(work: UnitOfWork, conversation: Conversation, _: str, now: datetime, rules: HandoffRules) -> Effected:
    """Keep waiting: nothing changes."""
    case = await _waiting(work, conversation)
    return _say(conversation, "handoff_wait_on" if case else "handoff_none_open")


async def callback(
    work: UnitOfWork, conversation: Conversation, slot: str, now: datetime, rules: HandoffRules
) -> Effected:
    """Without a slot: the slots. With one of them: kept, and the number to call is asked for."""
    case = await _waiting(work, conversation)
    if case is None:
        return _say(conversation, "handoff_none_open")
    calendar = await rules.calendar(work, now)
    minutes = int(rules.number("callback_minutes", now))
    free = calendar.slots(case.office, now, int(rules.number("callback_choices", now)), minutes)
    chosen = next((start for start in free if calendar.local(start) == slot), None)
    if not free:
        return _say(conversation, "callback_no_slots")
    if chosen is None:
        buttons = [
            {"title": {"moment_short": calendar.local(start)}, "payload": f"/callback {calendar.local(start)}"}
            for start in free
        ]
        say = Say("cards", "callback_choose", {"items": [], "buttons": buttons})
        return Effected(conversation, (say,))
    await work.callbacks.cancel_slots(case.id, now=now)
    until = chosen + timedelta(minutes=minutes)
    number = await work.callbacks.add(case.id, kind="callback", from_at=chosen, until_at=until, now=now)
    for kind, due_at in (("callback_due", chosen), ("callback_missed", until)):
        detail = {"callback_id": number}
        await work.deadlines.put(Deadline(f"{kind}:{number}", kind, due_at, case.id, conversation.id, detail), now=now)
    await _record(work, conversation, case, "callback.asked", now, callback_id=number)
    params = {"items": [], "case_id": str(case.id), "slot": {"moment": calendar.local(chosen)}}
    conversation = replace(conversation, expecting=f"phone:{number}")
    return Effected(conversation, (Say("cards", "callback_kept", params),), queue_changed=True)


async def phone(
    work: UnitOfWork, conversation: Conversation, text: str, now: datetime, rules: HandoffRules
) -> Effected:
    """The number for a call-back. argument: "<id> <text>"."""
    number, _, said = text.partition(" ")
    found = PHONE.search(said)
    assert found is not None, "the planner has looked"
    await work.callbacks.set_contact(int(number), found[0].strip())
    return _say(conversation, "callback_number_kept", queue_changed=True, number=shown(found[0]))


async def message(work: UnitOfWork, conversation: Conversation, _: str, now: datetime, rules: HandoffRules) -> Effected:
    """The next text is a message for the counsellors."""
    case = await _waiting(work, conversation)
    if case is None:
        return _say(conversation, "handoff_none_open")
    return _say(replace(conversation, expecting=f"message:{case.id}"), "message_ask")


async def message_text(
    work: UnitOfWork, conversation: Conversation, text: str, now: datetime, rules: HandoffRules
) -> Effected:
    """The message. argument: "<case> <text>"."""
    case_id, _, said = text.partition(" ")
    case = await work.cases.get(int(case_id))
    if case is None or case.state == "closed":
        return _say(conversation, "handoff_none_open")
    await work.callbacks.add(case.id, kind="message", text=said, now=now)
    await _record(work, conversation, case, "message.left", now)
    return _say(conversation, "message_kept", queue_changed=True, case_id=str(case.id))


async def summary(
    work: UnitOfWork, conversation: Conversation, how: str, now: datetime, rules: HandoffRules
) -> Effected:
    """ "edit": the next text stands in its place; "off": it does not go along; "on": it does; "": it is shown."""
    case = await _open_case(work, conversation)
    if case is None or not case.summary:
        return _say(conversation, "handoff_none_open")
    if how == "edit":
        return _say(replace(conversation, expecting=f"summary:{case.id}"), "summary_ask")
    if how in ("off", "on"):
        await work.cases.note(case.id, summary={**case.summary, "shared": how == "on"})
        await _record(work, conversation, case, f"summary.{how}", now)
        return _say(conversation, f"summary_{how}", queue_changed=True)
    words = case.summary.get("words")
    lines = [{"key": "summary_own", "params": {"text": words}}] if words else shown_summary(case)
    key = "summary_shown" if case.summary["shared"] else "summary_withheld"
    return Effected(conversation, (Say("cards", key, {"items": [], "lines": lines, "buttons": choices()[2:]}),))


async def summary_text(
    work: UnitOfWork, conversation: Conversation, text: str, now: datetime, rules: HandoffRules
) -> Effected:
    """The person's own summary. argument: "<case> <text>"."""
    case_id, _, said = text.partition(" ")
    case = await work.cases.get(int(case_id))
    if case is None or case.state == "closed":
        return _say(conversation, "handoff_none_open")
    await work.cases.note(case.id, summary={**(case.summary or {"lines": []}), "words": said, "shared": True})
    await _record(work, conversation, case, "summary.edited", now)
    return _say(conversation, "summary_kept", queue_changed=True)


async def leave(work: UnitOfWork, conversation: Conversation, _: str, now: datetime, rules: HandoffRules) -> Effected:
    """Not needed any more: the case is closed. A crisis stays until a person has seen it."""
    case = await _waiting(work, conversation)
    if case is None:
        return _say(conversation, "handoff_none_open")
    if case.urgency == URGENCY_CRISIS:
        return _say(conversation, "leave_crisis")
    if not await work.cases.move(case, state="closed", claimed_by=None, now=now, outcome="not_needed", offered_to=None):
        return _say(conversation, "handoff_wait_on")
    owner = next_owner(conversation.owner, "return")
    conversation = replace(conversation, owner=owner, owner_version=conversation.owner_version + 1, counsellor_id=None)
    await work.callbacks.cancel_slots(case.id, now=now)
    await _record(work, conversation, case, "case.left", now)
    return _say(conversation, "leave_done", queue_changed=True)


async def rate(
    work: UnitOfWork, conversation: Conversation, points: str, now: datetime, rules: HandoffRules
) -> Effected:
    """How it went, 1 to 5, of the case that was closed last. Said again it counts anew."""
    case = await work.cases.last_closed(conversation.id)
    if case is None or case.claimed_by is None or case.urgency == URGENCY_CRISIS:
        return _say(conversation, "rate_nothing")
    if not (points.isdigit() and WORST <= int(points) <= BEST):
        return _say(conversation, "rate_ask")
    await work.cases.note(case.id, rating=int(points), rated_at=now)
    await _record(work, conversation, case, "case.rated", now, rating=int(points))
    return _say(conversation, "rate_thanks")


async def comment(work: UnitOfWork, conversation: Conversation, _: str, now: datetime, rules: HandoffRules) -> Effected:
    """The next text is a word about how it went."""
    case = await work.cases.last_closed(conversation.id)
    if case is None or case.claimed_by is None:
        return _say(conversation, "rate_nothing")
    return _say(replace(conversation, expecting=f"comment:{case.id}"), "comment_ask")


async def comment_text(
    work: UnitOfWork, conversation: Conversation, text: str, now: datetime, rules: HandoffRules
) -> Effected:
    """That word. argument: "<case> <text>"."""
    case_id, _, said = text.partition(" ")
    await work.cases.note(int(case_id), rating_text=said[:COMMENT_CHARACTERS], rated_at=now)
    return _say(conversation, "comment_kept")


STEPS: Mapping[str, Step] = {
    "wait": wait,
    "callback": callback,
    "message": message,
    "summary": summary,
    "leave": leave,
    "rate": rate,
    "comment": comment,
    "fairness": declare,
    "phone_text": phone,
    "message_text": message_text,
    "summary_text": summary_text,
    "comment_text": comment_text,
}


async def _open_case(work: UnitOfWork, conversation: Conversation) -> Case | None:
    return None if conversation.owner == "bot" else await work.cases.open_for(conversation.id)


async def _waiting(work: UnitOfWork, conversation: Conversation) -> Case | None:
    case = await _open_case(work, conversation)
    return case if case is not None and case.state == "waiting" else None


def _say(conversation: Conversation, key: str, *, queue_changed: bool = False, **params: object) -> Effected:
    return Effected(conversation, (Say("utterance", key, params),), queue_changed)


async def _record(
    work: UnitOfWork, conversation: Conversation, case: Case, action: str, now: datetime, **detail: object
) -> None:
    await work.ledger.record(
        at=now, actor="jobseeker", action=action, conversation_id=conversation.id, case_id=case.id, detail=detail
    )
