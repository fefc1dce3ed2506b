"""What the conversation about one's own benefit case asks to keep. The table of all effects is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jobseeker.benefits.records import Circumstances
from jobseeker.handoff import URGENCY_AT_ONCE
from jobseeker.messages import Say
from jobseeker.storage_benefits import Reminder
from jobseeker.usecases.effect import Effected, Turn

UNCLEAR = "benefit_unclear"  # the reason of a case
URGENCY_UNCLEAR = URGENCY_AT_ONCE + 1


async def open_benefit_case(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"case": Circumstances.to_dict(), "points": [ids of unclear points]}: a case for a counsellor, who sees both."""
    case = Circumstances.from_dict(params["case"])
    points = [str(point) for point in params["points"]]
    if not points:
        raise ValueError("nothing is unclear, so nobody has to look at it")
    detail = {"precheck": {"case": case.to_dict(), "points": points}}
    conversation, opened = await turn.open_case(UNCLEAR, URGENCY_UNCLEAR, detail)
    say = Say("utterance", "precheck_case", {"case": str(opened.id)})
    return Effected(conversation, (say,), queue_changed=True)


async def set_reminders(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"active", "notice_version", "items": [{"kind", "day", "send_at"}]}: consent and reminders, or neither any more."""
    person, active = turn.person, bool(params["active"])
    items = [
        Reminder(
            0,
            person,
            turn.conversation.id,
            str(item["kind"]),
            date.fromisoformat(item["day"]),
            _moment(item["send_at"]),
        )
        for item in params["items"]
    ]
    await turn.consent("reminders", params, given=active)
    count = await turn.work.reminders.replace(person, items) if active else await turn.work.reminders.stop(person)
    await turn.note("reminders.on" if active else "reminders.off", count=count)
    key = "remind_on" if active and count else "remind_nothing" if active else "remind_off"
    return Effected(turn.conversation, (Say("utterance", key, {"count": count}),))


async def store_calendar(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """Keep the calendar file that the preparation (app/calendar_file.py) has made, and say where it is.

    params {"dates": CaseDates.to_dict(), "longer"} as the action sends it, with "made" and "url".
    """
    await turn.keep_files(params["made"])
    await turn.note("file.made", format="ics")
    item = {"type": "file", "title": "file_title_ics", "url": params["url"]}
    return Effected(turn.conversation, (Say("cards", "clock_calendar_ready", {"items": [item]}),))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
