"""What is said of the days of a case: which text, with which facts. No wording; the days are deadlines.py's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from jobseeker.benefits.deadlines import LIMIT, RECERTIFY, CaseDates, Deadline
from jobseeker.messages import Say
from jobseeker.office_hours import Holiday

RECERTIFICATIONS_SHOWN = 3  # in a message; the calendar file holds all


def shown(found: Sequence[Deadline], dates: CaseDates, holiday: Holiday, today: date) -> tuple[Say, ...]:
    """The days to come, then those that have passed, with a way to a person."""
    coming = [one for one in found if one.day >= today]
    passed = [one for one in found if one.day < today and one.of == LIMIT]
    says: list[Say] = []
    if coming:
        lines = [line for one in _few(coming) for line in _lines(one, holiday)]
        given = [
            {"key": f"clock_given_{name}", "params": {"day": {"date": day}}} for name, day in dates.to_dict().items()
        ]
        says.append(
            Say("cards", "clock_lead", {"items": [], "given": given, "lines": lines, "sources": _sources(coming)})
        )
    if passed or not coming:
        lines = [_line(one) for one in passed]
        says.append(Say("cards", "clock_passed", {"items": [], "lines": lines, "sources": _sources(passed)}))
    return tuple(says)


def _few(found: Iterable[Deadline]) -> list[Deadline]:
    """All but the later ones of many certifications."""
    kept: list[Deadline] = []
    for one in found:
        if one.kind != RECERTIFY or sum(other.kind == RECERTIFY for other in kept) < RECERTIFICATIONS_SHOWN:
            kept.append(one)
    return kept


def _lines(deadline: Deadline, holiday: Holiday) -> list[dict[str, Any]]:
    lines = [_line(deadline)]
    if deadline.moved:
        why = holiday(deadline.nominal)
        params: dict[str, Any] = {
            "nominal": {"date": deadline.nominal.isoformat()},
            "safe": {"date": deadline.safe.isoformat()},
        }
        params["why"] = dict(why) if why else {"key": "clock_weekend"}
        lines.append({"key": f"clock_moved_{deadline.of}", "params": params})
    return lines


def _line(deadline: Deadline) -> dict[str, Any]:
    return {"key": f"clock_{deadline.kind}", "params": {"day": {"date": deadline.day.isoformat()}}}


def _sources(found: Iterable[Deadline]) -> list[dict[str, Any]]:
    seen = {used.clause["en"]: {"title": dict(used.clause), "url": used.url} for one in found for used in one.used}
    return list(seen.values())
