"""What a person who waits is told: open or closed, place, upper bound of the wait, choices, the summary that goes along. Facts; wording is in data/responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from jobseeker.handoff_records import Case
from jobseeker.handoff_rules import HandoffRules, upper_bound_minutes
from jobseeker.messages import Say
from jobseeker.office_hours import Calendar, closed_params
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork

MOST_WAITS = 200  # past waits that are looked at
CHOICES = (
    ("button_callback", "/callback"),
    ("button_message", "/message"),
    ("button_summary_edit", "/summary edit"),
    ("button_summary_off", "/summary off"),
)

Value = Mapping[str, Any]


async def queued_say(
    work: UnitOfWork, rules: HandoffRules, conversation: Conversation, case: Case, *, now: datetime, again: bool
) -> Say:
    """What follows the wish for a person. Closed is known before anything is promised; `again`: the case waited already."""
    calendar = await rules.calendar(work, now)
    position = await work.cases.position(case)
    params: dict[str, Any] = {"case_id": str(case.id), "position": position, "ahead": position - 1}
    if calendar.is_open(case.office, now):
        key = "handoff_already_queued" if again else "handoff_queued"
        minutes = await estimate(work, rules, calendar, case, position, now)
        params["wait"] = wait_value(minutes)
        await work.cases.note(case.id, told_position=position, told_minutes=minutes, told_at=now)
    else:
        key = "handoff_closed_again" if again else "handoff_closed"
        params |= closed_params(calendar, case.office, now)
    lines = [] if again else shown_summary(case)
    return Say("cards", key, {**params, "items": [], "lines": lines, "buttons": choices()})


async def estimate(
    work: UnitOfWork, rules: HandoffRules, calendar: Calendar, case: Case, position: int, now: datetime
) -> int | None:
    """The upper bound of the wait in minutes; None where data are thin or nobody is there who speaks the language."""
    fresh = now - rules.seconds("fresh_seconds", now)
    there = [
        one
        for one in await work.presences.counsellors()
        if one.state == "online"
        and one.seen_at is not None
        and one.seen_at >= fresh
        and case.language in one.languages
        and one.office in ("", case.office)
    ]
    if not there:
        return None
    since = now - timedelta(days=rules.number("wait_days", now))
    waits = await work.cases.past_waits(case.office, case.language, since=since, limit=MOST_WAITS)
    return upper_bound_minutes(
        waits,
        position,
        calendar,
        case.office,
        least=int(rules.number("wait_cases", now)),
        percentile=rules.number("wait_percentile", now),
    )


def wait_value(minutes: int | None) -> Value:
    """An upper bound as a text."""
    if minutes is None:
        return {"key": "wait_unknown"}
    return {"key": "wait_minutes", "params": {"minutes": str(minutes)}}


def shown_summary(case: Case) -> list[Value]:
    """The summary as the person sees it, with what may be done about it."""
    if not case.summary:
        return []
    return [{"key": "summary_lead"}, *case.summary["lines"], {"key": "summary_close"}]


def choices() -> list[Value]:
    """What somebody who waits may choose."""
    return [{"title": {"key": key}, "payload": payload} for key, payload in CHOICES]
