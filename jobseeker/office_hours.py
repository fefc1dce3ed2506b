"""When an office is open: its week, public holidays, exceptional days; next opening, business days, call-back slots. Pure.

Which days are public holidays is asked of a function (content/offices.py), so that nothing here depends on a country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from jobseeker.handoff_records import OfficeDay

HORIZON_DAYS = 60  # an office that does not open in this time has no next opening

Hours = tuple[time, time]  # opens, closes
Holiday = Callable[[date], Mapping[str, str] | None]  # the holiday's name in both languages, None on other days


@dataclass(frozen=True)
class HandoffOffice:
    """An office whose counsellors take cases. week: Monday 0; serves: places whose people belong here. directory: for its telephone."""

    id: str
    name: Mapping[str, str]
    week: Mapping[int, tuple[Hours, ...]]
    serves: tuple[str, ...] = ()
    directory: str = ""


@dataclass(frozen=True)
class Calendar:
    """All offices of a country. Later entries of `days` win over earlier ones of the same day and office."""

    offices: Mapping[str, HandoffOffice]
    default: str
    zone: ZoneInfo
    holiday: Holiday = lambda day: None
    days: Sequence[OfficeDay] = field(default=())

    def with_days(self, days: Sequence[OfficeDay]) -> Calendar:
        """The same with these exceptional days after its own."""
        return Calendar(self.offices, self.default, self.zone, self.holiday, (*self.days, *days))

    def office(self, office_id: str) -> HandoffOffice:
        """The office, the default one where it is not known (any more)."""
        return self.offices.get(office_id) or self.offices[self.default]

    def office_of(self, places: Sequence[str]) -> str:
        """The office that serves the first of these places that any serves."""
        for place in places:
            for office in self.offices.values():
                if any(place == served or place.startswith(served + "_") for served in office.serves):
                    return office.id
        return self.default

    def exception(self, office_id: str, day: date) -> OfficeDay | None:
        """The exceptional day in force: the office's own before one for all, the later entry before the earlier."""
        own = [one for one in self.days if one.day == day and one.office in (office_id, "")]
        return max(own, key=lambda one: (one.office != "", self.days.index(one)), default=None)

    def hours_on(self, office_id: str, day: date) -> tuple[Hours, ...]:
        """When it is open on this day, in order; empty when it is closed."""
        special = self.exception(office_id, day)
        if special is not None:
            return () if not special.opens else ((_clock(special.opens), _clock(special.closes)),)
        return () if self.holiday(day) else self.office(office_id).week.get(day.weekday(), ())

    def why_closed(self, office_id: str, day: date) -> Mapping[str, str] | None:
        """Why it is closed on a day on which it might be open: a holiday's or an exception's name. None: just its hours."""
        special = self.exception(office_id, day)
        if special is not None:
            return special.reason if not special.opens else None
        return self.holiday(day)

    def is_open(self, office_id: str, now: datetime) -> bool:
        """Whether counsellors work at this moment."""
        return any(begins <= now < ends for begins, ends in self._spans(office_id, self.day(now)))

    def next_opening(self, office_id: str, now: datetime) -> datetime | None:
        """The next moment from which it is open, in UTC; `now` where it is open."""
        if self.is_open(office_id, now):
            return now
        for offset in range(HORIZON_DAYS):
            for begins, _ in self._spans(office_id, self.day(now) + timedelta(days=offset)):
                if begins > now:
                    return begins
        return None

    def closing(self, office_id: str, now: datetime) -> datetime | None:
        """When it closes today, where it is open."""
        return next((ends for begins, ends in self._spans(office_id, self.day(now)) if begins <= now < ends), None)

    def after_opening(self, office_id: str, now: datetime, minutes: float) -> datetime | None:
        """`minutes` after now where it is open, else after the next opening."""
        opening = self.next_opening(office_id, now)
        return None if opening is None else opening + timedelta(minutes=minutes)

    def business_days_after(self, day: date, count: int, office_id: str = "") -> date:
        """The day that lies `count` days on which the office opens after `day`."""
        last = day + timedelta(days=366 * 2)
        while count > 0 and day < last:
            day += timedelta(days=1)
            count -= bool(self.hours_on(office_id or self.default, day))
        return day

    def end_of_day(self, day: date, office_id: str = "") -> datetime:
        """When the office closes on `day`; midnight where it does not open."""
        spans = self._spans(office_id or self.default, day)
        return spans[-1][1] if spans else self.moment(day + timedelta(days=1), time(0))

    def slots(self, office_id: str, now: datetime, count: int, minutes: int) -> list[datetime]:
        """The next call-back slots: starts on full hours, at least an hour away, that end before the office closes."""
        found: list[datetime] = []
        for offset in range(HORIZON_DAYS):
            for begins, ends in self._spans(office_id, self.day(now) + timedelta(days=offset)):
                start = begins
                while start + timedelta(minutes=minutes) <= ends:
                    if start >= now + timedelta(hours=1):
                        found.append(start)
                    start += timedelta(minutes=minutes)
            if len(found) >= count:
                break
        return _spread(found, count)

    def day(self, now: datetime) -> date:
        """The calendar day where the offices are."""
        return now.astimezone(self.zone).date()

    def moment(self, day: date, clock: time) -> datetime:
        """That local time as UTC."""
        return datetime.combine(day, clock, self.zone).astimezone(timezone.utc)

    def local(self, moment: datetime) -> str:
        """A moment as the offices' clocks show it, for a text: "2026-11-30T09:00"."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def _spans(self, office_id: str, day: date) -> list[tuple[datetime, datetime]]:
        return [(self.moment(day, opens), self.moment(day, closes)) for opens, closes in self.hours_on(office_id, day)]


class LiveCalendar:
    """The calendar with what staff have entered, as this process last read it. Decisions in a transaction read anew."""

    def __init__(self, base: Calendar) -> None:
        self.base = base
        self.current = base

    def refresh(self, days: Sequence[OfficeDay]) -> Calendar:
        """With these days, from now on."""
        self.current = self.base.with_days(days)
        return self.current


def closed_params(calendar: Calendar, office: str, now: datetime) -> dict[str, Any]:
    """Why it is closed and when it opens."""
    opening = calendar.next_opening(office, now)
    why = calendar.why_closed(office, calendar.day(now))
    return {
        "opens": {"key": "opening_unknown"} if opening is None else {"moment": calendar.local(opening)},
        "why": {"key": "closed_hours"} if why is None else {"key": "closed_day", "params": {"name": dict(why)}},
        "office": dict(calendar.office(office).name),
    }


def _clock(text: str) -> time:
    return time(23, 59, 59) if text == "24:00" else time.fromisoformat(text)


def _spread(found: list[datetime], count: int) -> list[datetime]:
    """The first, and the others spread over what there is: somebody who cannot at ten may at four."""
    if len(found) <= count:
        return found
    step = (min(len(found), 4 * count) - 1) / max(1, count - 1)
    return [found[round(index * step)] for index in range(count)]
