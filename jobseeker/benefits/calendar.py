"""Months and years after a day, as the law counts them. Which days offices are closed is business_days.py's."""

from __future__ import annotations

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """The day with the same number `months` later; the last of the month where there is no such day (Civil Code, Article 121)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 28 February for the 29th where there is none."""
    return months_after(day, 12 * years)
