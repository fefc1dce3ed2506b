"""Days on which public offices work: what a deadline or an appointment moves to. Which days are public holidays is asked of a function (jobseeker/office_hours.py: Calendar.holiday)."""

from __future__ import annotations

from datetime import date, timedelta

from jobseeker.office_hours import Holiday

SATURDAY = 5
LONGEST_CLOSURE_DAYS = 31  # nowhere are offices closed longer; a function that closes every day is a mistake


def is_business_day(day: date, holiday: Holiday) -> bool:
    """Monday to Friday, no public holiday."""
    return day.weekday() < SATURDAY and holiday(day) is None


def on_or_after(day: date, holiday: Holiday) -> date:
    """`day`, or the next business day: a period that ends on a day off ends then (Administrative Procedure Act, Article 48)."""
    return _step(day, holiday, 1)


def on_or_before(day: date, holiday: Holiday) -> date:
    """`day`, or the last business day before it: then it is done in time by any reading."""
    return _step(day, holiday, -1)


def _step(day: date, holiday: Holiday, days: int) -> date:
    for offset in range(LONGEST_CLOSURE_DAYS):
        found = day + timedelta(days=days * offset)
        if is_business_day(found, holiday):
            return found
    raise ValueError(f"no business day within {LONGEST_CLOSURE_DAYS} days of {day}")
