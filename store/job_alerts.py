"""Who wants to be told of new vacancies, who is being looked after at the moment, and what they were told of. What is told is decided in the use case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_jobs import JobAlert
from store.matching_tables import job_alert as table
from store.matching_tables import job_alert_sent
from store.reach import may_be_written_to

_FIELDS = (
    table.c.person_id,
    table.c.conversation_id,
    table.c.active,
    table.c.query,
    table.c.seen_revision,
    table.c.next_check_at,
    table.c.leased_until,
)  # in the order of JobAlert


class JobAlertRepository:
    """jobseeker.storage_jobs.JobAlerts on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def of(self, person_id: str) -> JobAlert | None:
        """The person's row."""
        row = (await self.connection.execute(select(*_FIELDS).where(table.c.person_id == person_id))).first()
        return JobAlert(*row) if row else None

    async def put(self, alert: JobAlert, *, now: datetime) -> None:
        """Write it, in place of the one this person has."""
        values: dict[str, Any] = {
            "conversation_id": alert.conversation_id,
            "active": alert.active,
            "query": dict(alert.query),
            "seen_revision": alert.seen_revision,
            "next_check_at": alert.next_check_at,
            "leased_until": None,
            "changed_at": now,
        }
        insert_into = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert_into(table).values(person_id=alert.person_id, **values)
        statement = statement.on_conflict_do_update(index_elements=["person_id"], set_=values)
        await self.connection.execute(statement)

    async def stop(self, person_id: str, *, now: datetime) -> bool:
        """Whether one was active."""
        return (await self.connection.execute(_stop(now).where(table.c.person_id == person_id))).rowcount > 0

    async def any_due(self, now: datetime) -> bool:
        """Whether somebody waits to be looked after."""
        query = select(table.c.person_id).where(_is_due(now)).limit(1)
        return (await self.connection.execute(query)).first() is not None

    async def lease_due(self, *, now: datetime, until: datetime) -> JobAlert | None:
        """Take the one that has waited longest."""
        longest = select(table.c.person_id).where(_is_due(now)).order_by(table.c.next_check_at, table.c.person_id)
        longest = longest.limit(1).with_for_update(skip_locked=True)
        person_id = (await self.connection.execute(longest)).scalar_one_or_none()
        if person_id is None:
            return None
        taken = update(table).where(table.c.person_id == person_id).values(leased_until=until).returning(*_FIELDS)
        row = (await self.connection.execute(taken)).first()
        return JobAlert(*row) if row else None

    async def finish(self, alert: JobAlert, *, seen_revision: int, next_check_at: datetime) -> bool:
        """End the lease, if it still is this one."""
        ours = and_(
            table.c.person_id == alert.person_id,
            table.c.active.is_(True),
            table.c.leased_until == alert.leased_until,
        )
        values = {"seen_revision": seen_revision, "next_check_at": next_check_at, "leased_until": None}
        return (await self.connection.execute(update(table).where(ours).values(values))).rowcount == 1

    async def note_sent(self, person_id: str, vacancy_ids: Sequence[int], *, now: datetime) -> Collection[int]:
        """Those that are new to this person."""
        columns = job_alert_sent.c
        known = select(columns.vacancy_id).where(columns.person_id == person_id, columns.vacancy_id.in_(vacancy_ids))
        told = set((await self.connection.execute(known)).scalars().all())
        fresh = [vacancy_id for vacancy_id in dict.fromkeys(vacancy_ids) if vacancy_id not in told]
        if fresh:
            rows = [{"person_id": person_id, "vacancy_id": vacancy_id, "at": now} for vacancy_id in fresh]
            await self.connection.execute(insert(job_alert_sent), rows)
        return fresh


def _is_due(now: datetime) -> Any:
    """Due, free, and somebody can be written to: no counsellor speaks, no crisis is open, the channel reaches them."""
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
    return and_(
        table.c.active.is_(True), table.c.next_check_at <= now, free, may_be_written_to(table.c.conversation_id)
    )


def _stop(now: datetime) -> Update:
    return update(table).where(table.c.active.is_(True)).values(active=False, leased_until=None, changed_at=now)
