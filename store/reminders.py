"""Reminders of people's own days. What is said is decided in the use case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_benefits import Reminder
from store.benefit_tables import reminder as table
from store.reach import may_be_written_to

_FIELDS = (
    table.c.id,
    table.c.person_id,
    table.c.conversation_id,
    table.c.kind,
    table.c.day,
    table.c.send_at,
)  # in the order of Reminder


class ReminderRepository:
    """jobseeker.storage_benefits.Reminders on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def replace(self, person_id: str, reminders: Sequence[Reminder]) -> int:
        """Those that are still to be sent make way; what was sent is not sent again."""
        await self.stop(person_id)
        done = select(table.c.kind, table.c.day, table.c.send_at).where(table.c.person_id == person_id)
        sent = {tuple(row) for row in await self.connection.execute(done)}
        rows = [
            {
                "person_id": person_id,
                "conversation_id": one.conversation_id,
                "kind": one.kind,
                "day": one.day,
                "send_at": one.send_at,
            }
            for one in reminders
            if (one.kind, one.day, one.send_at) not in sent
        ]
        if rows:
            await self.connection.execute(insert(table), rows)
        return len(rows)

    async def stop(self, person_id: str) -> int:
        """Forget what is still to be sent."""
        waiting = delete(table).where(table.c.person_id == person_id, table.c.done_at.is_(None))
        return int((await self.connection.execute(waiting)).rowcount)

    async def next_due(self, now: datetime) -> Reminder | None:
        """Not while a counsellor speaks, a crisis is open or the channel does not reach them."""
        query = (
            select(*_FIELDS)
            .where(table.c.done_at.is_(None), table.c.send_at <= now, may_be_written_to(table.c.conversation_id))
            .order_by(table.c.send_at, table.c.id)
            .limit(1)
        )
        row = (await self.connection.execute(query)).first()
        return Reminder(*row) if row else None

    async def finish(self, reminder_id: int, *, now: datetime) -> bool:
        """Compare and set."""
        done = update(table).where(table.c.id == reminder_id, table.c.done_at.is_(None)).values(done_at=now)
        return (await self.connection.execute(done)).rowcount == 1
