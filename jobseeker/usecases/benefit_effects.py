"""What the conversation about one's own benefit case asks to keep. The table of all effects is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jobseeker.benefits.records import Circumstances
from jobseeker.handoff import URGENCY_AT_ONCE
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.storage_benefits import Reminder
from jobseeker.usecases.effect import Effected
from jobseeker.usecases.open_case import open_or_raise_case

UNCLEAR = "benefit_unclear"  # the reason of a case
URGENCY_UNCLEAR = URGENCY_AT_ONCE + 1


async def open_benefit_case(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"case": Circumstances.to_dict(), "points": [ids of unclear points]}: a case for a counsellor, who sees both."""
    case = Circumstances.from_dict(params["case"])
    points = [str(point) for point in params["points"]]
    if not points:
        raise ValueError("nothing is unclear, so nobody has to look at it")
    conversation, opened = await open_or_raise_case(
        work, conversation, reasons=(UNCLEAR,), urgency=URGENCY_UNCLEAR, inbox_id=inbox_id, now=now, rules=rules
    )
    detail = {**(opened.detail or {}), "precheck": {"case": case.to_dict(), "points": points}}
    await work.cases.describe(opened.id, detail)
    say = Say("utterance", "precheck_case", {"case": str(opened.id)})
    return Effected(conversation, (say,), queue_changed=True)


async def set_reminders(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"active", "notice_version", "items": [{"kind", "day", "send_at"}]}: consent and reminders, or neither any more."""
    person, active = conversation.person, bool(params["active"])
    items = [
        Reminder(
            0, person, conversation.id, str(item["kind"]), date.fromisoformat(item["day"]), _moment(item["send_at"])
        )
        for item in params["items"]
    ]
    await work.profiles.note_consent(
        person, "reminders", given=active, notice_version=str(params["notice_version"]), now=now
    )
    count = await work.reminders.replace(person, items) if active else await work.reminders.stop(person)
    await work.ledger.record(
        at=now,
        actor="jobseeker",
        action="reminders.on" if active else "reminders.off",
        conversation_id=conversation.id,
        detail={"inbox_id": inbox_id, "count": count},
    )
    key = "remind_on" if active and count else "remind_nothing" if active else "remind_off"
    return Effected(conversation, (Say("utterance", key, {"count": count}),))


async def store_calendar(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """Keep the calendar file that the preparation (app/calendar_file.py) has made, and say where it is.

    params {"dates": CaseDates.to_dict(), "longer"} as the action sends it, with "made" and "url".
    """
    await work.files.drop_expired(now)
    await work.files.add(conversation.person, params["made"], now=now)
    await work.ledger.record(
        at=now,
        actor="jobseeker",
        action="file.made",
        conversation_id=conversation.id,
        detail={"inbox_id": inbox_id, "format": "ics"},
    )
    item = {"type": "file", "title": "file_title_ics", "url": params["url"]}
    return Effected(conversation, (Say("cards", "clock_calendar_ready", {"items": [item]}),))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
