"""Which counsellor a waiting case is offered to: language first, then who had it before, skill, load. Pure; offering is usecases/assign_cases.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.handoff_records import Case, Counsellor


def able(case: Case, counsellors: Sequence[Counsellor], *, fresh_since: datetime) -> list[Counsellor]:
    """Who could take it now: there, speaks the language, of the office, with room. For a crisis everybody who is there has room."""
    return [
        one
        for one in counsellors
        if one.state == "online"
        and one.seen_at is not None
        and one.seen_at >= fresh_since
        and case.language in one.languages
        and one.office in ("", case.office)
        and (one.load < one.capacity or case.urgency == URGENCY_CRISIS)
    ]


def choose(case: Case, counsellors: Sequence[Counsellor], *, fresh_since: datetime) -> Counsellor | None:
    """The one to offer it to, None where nobody can take it.

    Who let it pass before comes after all others. The same case and counsellors give the same choice.
    """
    found = able(case, counsellors, fresh_since=fresh_since)
    return min(
        found,
        key=lambda one: (
            one.id in case.passed_over,
            one.id != case.preferred_account,
            bool(case.skill) and case.skill not in one.skills,
            one.load / max(1, one.capacity),
            one.id,
        ),
        default=None,
    )
