"""The numbers and hours that the hand-off goes by: policy rows, the offices' calendar, what is announced where. No wording, no transitions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobseeker.clock import local_day
from jobseeker.handoff_records import PastWait
from jobseeker.knowledge import Figure
from jobseeker.office_hours import Calendar, LiveCalendar
from jobseeker.storage import UnitOfWork

MINUTES_TOLD = (
    5,
    10,
    15,
    20,
    30,
    45,
    60,
    90,
    120,
    180,
    240,
)  # an upper bound is one of these; above the last none is told
SKILL_OF_REASON: Mapping[str, str] = {"crisis": "crisis", "contested_result": "matching"}


@dataclass(frozen=True)
class HandoffRules:
    """What a hand-off is decided by.

    figures: the pack's, for `handoff.*`. announce: the ways on which a waiting case is told outside ("email", "webhook").
    bridge: the other desk that gets every case, "" where there is none.
    """

    figures: Mapping[str, Figure]
    live: LiveCalendar
    announce: tuple[str, ...] = ()
    bridge: str = ""

    def number(self, name: str, now: datetime) -> float:
        """The figure `handoff.<name>` in force. Raises LookupError."""
        figure = self.figures.get(f"handoff.{name}")
        if figure is None:
            raise LookupError(f"no figure is called 'handoff.{name}'")
        return float(figure.on(local_day(now, self.live.base.zone)).value)

    def seconds(self, name: str, now: datetime) -> timedelta:
        """A figure in seconds as a length of time."""
        return timedelta(seconds=self.number(name, now))

    def minutes(self, name: str, now: datetime) -> timedelta:
        """A figure in minutes as a length of time."""
        return timedelta(minutes=self.number(name, now))

    async def calendar(self, work: UnitOfWork, now: datetime) -> Calendar:
        """The calendar with what staff have entered, as this transaction sees it."""
        return self.live.base.with_days(await work.office_days.since(local_day(now, self.live.base.zone)))


def skill_of(reasons: Sequence[str]) -> str:
    """What a counsellor should know about for these reasons, "" for anybody."""
    return next((SKILL_OF_REASON[reason] for reason in reasons if reason in SKILL_OF_REASON), "")


def upper_bound_minutes(
    waits: Sequence[PastWait], position: int, calendar: Calendar, office: str, *, least: int, percentile: float
) -> int | None:
    """How long the wait will be at most, rounded up; None where it cannot be estimated.

    Each past wait is taken per place in the queue; the percentile (nearest rank) of those times the place now. Waits over a closing
    time say how long the night was and are left out. Nearest rank: the smallest value with at least `percentile` % of all at or below.

    Args:
        waits: past waits of the same office and language.
        position: place in the queue now, from 1.
        least: with fewer waits nothing is estimated.
        percentile: in (0, 100].
    """
    per_place = sorted(
        (wait.claimed_at - wait.opened_at).total_seconds() / max(1, wait.position)
        for wait in waits
        if (closing := calendar.closing(office, wait.opened_at)) is not None and wait.claimed_at <= closing
    )
    if len(per_place) < max(1, least):
        return None
    bound = per_place[math.ceil(len(per_place) * percentile / 100) - 1] * position / 60
    return next((told for told in MINUTES_TOLD if bound <= told), None)
