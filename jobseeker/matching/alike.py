"""More like this: turns a vacancy or the last job into a profile to search with, and sets two or three vacancies side by side. Facts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobseeker.matching.facts import Facts, monthly_offer
from jobseeker.matching.query import Query
from jobseeker.matching.score import missing
from jobseeker.profile.records import Held, Profile

ROWS = ("occupation", "pay", "hours", "shifts", "contract", "distance", "essential", "optional", "licences", "languages", "years", "posted")  # fmt: skip
LIKENESS = 3.0  # "like this" is first of all the same kind of work: its weight times this, within the policy's bounds


def like_vacancy(query: Query, facts: Facts) -> Profile:
    """A profile that this vacancy would suit: its skills and kind of work beside what the person has, with their own limits and places.

    It serves one search and is never stored. Licences are not added (what the law requires still counts), and a limit on the
    kind of work is dropped, since the vacancy names the kind.
    """
    profile, kinds = query.profile, query.catalogue.taxonomy.skills
    asked = [name for name in (*facts.essential, *facts.optional) if kinds[name].kind != "licence"]
    wishes = replace(
        profile.wishes,
        occupations=(facts.occupation,) if facts.occupation else (),
        hours=profile.wishes.hours or ((facts.hours,) if facts.hours != "unknown" else ()),
        shifts=profile.wishes.shifts or facts.shifts,
        contracts=profile.wishes.contracts or ((facts.contract,) if facts.contract != "unknown" else ()),
        places=profile.wishes.places or ((facts.place,) if facts.place and not profile.home else ()),
        firm=tuple(name for name in profile.wishes.firm if name != "occupation"),
        weights={**profile.wishes.weights, "occupation": LIKENESS},
    )
    added = tuple(Held(name) for name in asked if name not in query.held)
    return replace(profile, held=(*profile.held, *added), jobs=(), wishes=wishes)


def like_last_job(profile: Profile) -> Profile:
    """A profile that looks for the kind of work of the latest job. Without a job it stays as it is."""
    known = [job for job in profile.jobs if job.occupation_id]
    if not known:
        return profile
    latest = next((job for job in known if job.latest), known[0])
    weights = {**profile.wishes.weights, "occupation": LIKENESS}
    return replace(profile, wishes=replace(profile.wishes, occupations=(latest.occupation_id,), weights=weights))


@dataclass(frozen=True)
class Comparison:
    """Two or three vacancies side by side. `rows`: name (of ROWS) -> one cell of facts for each vacancy, in their order.

    Nothing says which is better: `differs` names the rows in which they are not all the same.
    """

    vacancies: tuple[int, ...]
    rows: tuple[tuple[str, tuple[dict[str, Any], ...]], ...]
    differs: tuple[str, ...]


def compare(query: Query, vacancies: Sequence[Facts]) -> Comparison:
    """Put the facts side by side."""
    columns = [_cells(query, facts) for facts in vacancies]
    rows = tuple((name, tuple(column[name] for column in columns)) for name in ROWS)
    differs = tuple(name for name, cells in rows if any(cell != cells[0] for cell in cells))
    return Comparison(tuple(facts.id for facts in vacancies), rows, differs)


def _cells(query: Query, facts: Facts) -> dict[str, dict[str, Any]]:
    tenths = int(query.tenths[query.locality_number(facts.place, facts.remote)])
    middle, _ = monthly_offer(facts, query.parameters)
    lacking = {(item.kind, item.id) for item in missing(query, facts)}
    return {
        "occupation": {"id": facts.occupation},
        "pay": {"low": facts.pay_low, "high": facts.pay_high, "period": facts.pay_period, "monthly": middle},
        "hours": {"hours": facts.hours},
        "shifts": {"shifts": list(facts.shifts)},
        "contract": {"contract": facts.contract},
        "distance": {"place": facts.place, "remote": facts.remote, "km": None if facts.remote or tenths < 0 else tenths / 10},
        "essential": _held_and_missing("essential", facts.essential, lacking),
        "optional": _held_and_missing("optional", facts.optional, lacking),
        "licences": _held_and_missing("licence", facts.licences, lacking),
        "languages": {"asked": dict(facts.languages), "missing": [name for name in facts.languages if ("language", name) in lacking]},
        "years": {"years": facts.years},
        "posted": {"posted_on": facts.posted_on.isoformat(), "expires_on": facts.expires_on.isoformat() if facts.expires_on else None},
    }  # fmt: skip


def _held_and_missing(kind: str, asked: Sequence[str], lacking: set[tuple[str, str]]) -> dict[str, Any]:
    return {
        "held": [name for name in asked if (kind, name) not in lacking],
        "missing": [name for name in asked if (kind, name) in lacking],
    }
