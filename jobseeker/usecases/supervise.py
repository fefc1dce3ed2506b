"""A supervisor looks at the board, the history and its export. Figures only, no words of a person; exports are audited."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from jobseeker.clock import TAIPEI, Clock
from jobseeker.errors import MalformedRequest, NotAllowed
from jobseeker.records import Account
from jobseeker.statistics import board, count, summary, to_csv
from jobseeker.storage import Store

LONGEST_DAYS = 400


class Supervise:
    """Board and history."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def board(self, account: Account) -> dict[str, Any]:
        """What waits now and who is there. Raises NotAllowed."""
        _supervisor(account)
        async with self.store.read() as work:
            waiting = await work.cases.listed(state="waiting")
            claimed = await work.cases.listed(state="claimed")
            staff = await work.presences.counsellors()
        return {
            **board(waiting, len(claimed), self.clock.now()),
            "overdue": sum(
                case.due_at is not None and not case.decision and case.due_at < self.clock.now()
                for case in (*waiting, *claimed)
            ),
            "staff": [one.to_dict() for one in staff],
        }

    async def history(self, account: Account, first: date, last: date) -> dict[str, Any]:
        """Figures of these days, both included, where the office is. Raises NotAllowed, MalformedRequest."""
        _supervisor(account)
        since, until = _period(first, last)
        async with self.store.read() as work:
            events = await work.statistics.case_events(since=since, until=until)
            talks = await work.statistics.talks(since=since, until=until)
        return {"from": first.isoformat(), "to": last.isoformat(), **summary(events, talks)}

    async def export(self, account: Account, first: date, last: date) -> str:
        """The same as CSV, one line for each figure. Audited. Raises NotAllowed, MalformedRequest."""
        _supervisor(account)
        since, until = _period(first, last)
        async with self.store.write() as work:
            events = await work.statistics.case_events(since=since, until=until)
            talks = await work.statistics.talks(since=since, until=until)
            detail = {"from": first.isoformat(), "to": last.isoformat()}
            await work.ledger.record(
                at=self.clock.now(), actor=f"account:{account.id}", action="statistics.exported", detail=detail
            )
        return to_csv(count(events, talks))


def _supervisor(account: Account) -> None:
    if account.role != "supervisor":
        raise NotAllowed


def _period(first: date, last: date) -> tuple[datetime, datetime]:
    if not timedelta() <= last - first <= timedelta(days=LONGEST_DAYS):
        raise MalformedRequest(f"from, to: in this order, at most {LONGEST_DAYS} days")
    return (
        datetime.combine(first, time(), TAIPEI),
        datetime.combine(last + timedelta(days=1), time(), TAIPEI),
    )
