"""Writes and deletes what people declared for the audit of fairness. Reading it is fairness_audit.py's, for the audit command alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.fairness_tables import self_declaration as table

COLUMNS = {"age": "age_band", "sex": "sex"}


class DeclarationRepository:
    """jobseeker.storage_fairness.Declarations on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def put(self, person_id: str, question: str, value: str | None, *, now: datetime) -> None:
        """One answer, in place of an earlier one. A row in which nothing is said any more goes."""
        values = {COLUMNS[question]: value, "at": now}
        changed = update(table).where(table.c.person_id == person_id).values(values)
        if not (await self.connection.execute(changed)).rowcount and value is not None:
            await self.connection.execute(insert(table).values(person_id=person_id, **values))
        empty = (table.c.person_id == person_id, table.c.age_band.is_(None), table.c.sex.is_(None))
        await self.connection.execute(delete(table).where(*empty))

    async def remove(self, person_id: str) -> int:
        """All of this person."""
        return int((await self.connection.execute(delete(table).where(table.c.person_id == person_id))).rowcount)

    async def drop_older(self, before: datetime) -> int:
        """What has had its time."""
        return int((await self.connection.execute(delete(table).where(table.c.at < before))).rowcount)
