"""What supervisors count: volume, waits, containment, reasons, re-opening, satisfaction, by day. Plain arithmetic on events; reading them is store/statistics.py."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobseeker.clock import local_day
from jobseeker.handoff_records import Case

PERCENTILES = (50, 75, 90)
COLUMNS = ("day", "office", "language", "measure", "key", "value")
COUNTED = {"case.opened": "opened", "case.claimed": "claimed", "case.returned": "returned", "case.requeued": "requeued"}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet may take for the begin of a formula


@dataclass(frozen=True)
class CaseEvent:
    """One row of the audit about a case, with what the case is."""

    at: datetime
    action: str
    case_id: int
    office: str
    variety: str
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    outcome: str
    reopened: bool
    rating: int | None


@dataclass(frozen=True)
class Talk:
    """A conversation in which somebody wrote at `at` (their first message of the period).

    with_case: a case was ever opened in it. rated_bad: the person said that the answer did not help, or gave 1 or 2 of 5.
    """

    conversation_id: str
    at: datetime
    variety: str
    with_case: bool
    rated_bad: bool


Key = tuple[str, str, str, str, str]


def count(events: Iterable[CaseEvent], talks: Iterable[Talk]) -> dict[Key, int]:
    """(day, office, language, measure, key) -> a whole number; waits are in seconds, one entry for each percentile."""
    found: Counter[Key] = Counter()
    opened: dict[int, CaseEvent] = {}
    waits: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.at):
        place = (local_day(event.at).isoformat(), event.office, _language(event.variety))
        if measure := COUNTED.get(event.action):
            found[(*place, measure, "")] += 1
        if event.action == "case.opened":
            opened[event.case_id] = event
            for measure, keys in (("reason", event.reasons), ("tag", event.tags)):
                found.update((*place, measure, key) for key in keys)
            found.update([(*place, "outcome", event.outcome)] if event.outcome else [])
            found.update([(*place, "reopened", "")] if event.reopened else [])
            if event.rating is not None:
                found[(*place, "rating", str(event.rating))] += 1
        elif event.action == "case.claimed" and (began := opened.pop(event.case_id, None)):
            day = local_day(began.at).isoformat()
            waits[day, began.office, _language(began.variety)].append((event.at - began.at).total_seconds())
    for place, seconds in waits.items():
        for percent in PERCENTILES:
            found[(*place, "wait_seconds", f"p{percent}")] = round(percentile(seconds, percent))
    for talk in talks:
        place = (local_day(talk.at).isoformat(), "", _language(talk.variety))
        found[(*place, "conversations", "")] += 1
        if not talk.with_case and not talk.rated_bad:
            found[(*place, "contained", "")] += 1
    return dict(found)


def summary(events: Sequence[CaseEvent], talks: Sequence[Talk]) -> dict[str, Any]:
    """The whole period: totals, percentiles of all waits, shares in [0, 1] (None where nothing was counted), and what each day had."""
    counted = count(events, talks)
    total: Counter[str] = Counter()
    keyed: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, _, _, measure, key), value in counted.items():
        if measure == "wait_seconds":
            continue
        total[measure] += value
        keyed[measure][key] += value
        days[day][measure] += value
    seconds = all_waits(events)
    ratings = {int(key): value for key, value in keyed["rating"].items()}
    return {
        "totals": {name: total[name] for name in ("conversations", "contained", *COUNTED.values(), "reopened")},
        "containment": _share(total["contained"], total["conversations"]),
        "reopen_rate": _share(total["reopened"], total["opened"]),
        "satisfaction": _share(sum(key * value for key, value in ratings.items()), sum(ratings.values())),
        "ratings": {str(key): ratings.get(key, 0) for key in range(1, 6)},
        "waits": {f"p{percent}": round(percentile(seconds, percent)) if seconds else None for percent in PERCENTILES},
        "reasons": dict(keyed["reason"].most_common()),
        "outcomes": dict(keyed["outcome"].most_common()),
        "days": [
            {"day": day, **{name: days[day][name] for name in ("conversations", "contained", "opened", "claimed")}}
            for day in sorted(days)
        ],
    }


def all_waits(events: Iterable[CaseEvent]) -> list[float]:
    """Seconds from opening to the first claim, of every case that was opened in these events and claimed."""
    opened: dict[int, datetime] = {}
    found = []
    for event in sorted(events, key=lambda each: each.at):
        if event.action == "case.opened":
            opened[event.case_id] = event.at
        elif event.action == "case.claimed" and event.case_id in opened:
            found.append((event.at - opened.pop(event.case_id)).total_seconds())
    return found


def percentile(values: Sequence[float], percent: int) -> float:
    """Nearest rank: the smallest value that at least `percent` of all are not above. Raises ValueError on nothing."""
    if not values:
        raise ValueError("nothing to take a percentile of")
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def board(waiting: Sequence[Case], claimed: int, now: datetime) -> dict[str, Any]:
    """What waits at this moment, in all and by office and language; waits in seconds."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in waiting:
        groups[case.office, case.language].append(case)
    rows = [
        {"office": office, "language": language, "waiting": len(cases), "longest_seconds": _longest(cases, now)}
        for (office, language), cases in sorted(groups.items())
    ]
    return {
        "waiting": len(waiting),
        "crises": sum(case.urgency == 0 for case in waiting),
        "claimed": claimed,
        "longest_seconds": _longest(waiting, now),
        "groups": rows,
    }


def to_csv(counted: Mapping[Key, int]) -> str:
    """One line for each figure, sorted; a cell that a spreadsheet could run begins with an apostrophe. UTF-8 with a mark for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for key, value in sorted(counted.items()):
        writer.writerow([*(harmless(cell) for cell in key), value])
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def _longest(cases: Iterable[Case], now: datetime) -> int:
    return max((int((now - case.opened_at).total_seconds()) for case in cases), default=0)


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _language(variety: str) -> str:
    return "en" if variety == "en" else "zh"
