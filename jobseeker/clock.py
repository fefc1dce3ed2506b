"""The only place that asks what time it is, so that tests can say it. Aware, UTC."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Protocol
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(timezone.utc)


class FixedClock:
    """A clock that stands still until it is moved (tests, replays)."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at


def local_day(moment: datetime, zone: ZoneInfo = TAIPEI) -> date:
    """The calendar day of `moment` where the office is; figures and opening hours go by it."""
    return moment.astimezone(zone).date()
