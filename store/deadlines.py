"""What must happen later, once, whichever process is alive then. What happens is decided in the use cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.handoff_records import Deadline
from store.handoff_tables import deadline as table
from store.statements import insert_if_new

_NAMES = ("key", "kind", "due_at", "case_id", "conversation_id", "detail", "id", "attempts", "leased_until")
_FIELDS = tuple(table.c[name] for name in _NAMES)  # in the order of Deadline
ERROR_CHARACTERS = 500


class DeadlineRepository:
    """jobseeker.storage_handoff.Deadlines on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def put(self, deadline: Deadline, *, now: datetime) -> None:
        """Insert; one with this key stays as it is."""
        values: dict[str, Any] = {
            "key": deadline.key,
            "kind": deadline.kind,
            "case_id": deadline.case_id,
            "conversation_id": deadline.conversation_id,
            "detail": dict(deadline.detail),
            "due_at": deadline.due_at,
            "attempts": 0,
            "last_error": "",
            "created_at": now,
        }
        await self.connection.execute(insert_if_new(self.connection.dialect.name, table, "key"), values)

    async def lease_due(self, *, now: datetime, until: datetime) -> Deadline | None:
        """Take the one that has waited longest."""
        longest = select(table.c.id).where(_is_due(now)).order_by(table.c.due_at, table.c.id)
        found = await self.connection.execute(longest.limit(1).with_for_update(skip_locked=True))
        deadline_id = found.scalar_one_or_none()
        if deadline_id is None:
            return None
        taken = update(table).where(table.c.id == deadline_id).values(leased_until=until).returning(*_FIELDS)
        row = (await self.connection.execute(taken)).first()
        return Deadline(*row) if row else None

    async def finish(self, deadline: Deadline, *, now: datetime, again_at: datetime | None = None) -> bool:
        """End it or let it come again, if the lease is still this one."""
        values: dict[str, Any] = {"leased_until": None, "attempts": 0, "last_error": ""}
        values |= {"done_at": now} if again_at is None else {"due_at": again_at}
        return (await self.connection.execute(update(table).where(_ours(deadline)).values(values))).rowcount == 1

    async def put_off(self, deadline: Deadline, *, due_at: datetime, error: str) -> None:
        """Try it again later, if the lease is still this one."""
        values = {
            "leased_until": None,
            "attempts": deadline.attempts + 1,
            "due_at": due_at,
            "last_error": error[:ERROR_CHARACTERS],
        }
        await self.connection.execute(update(table).where(_ours(deadline)).values(values))

    async def any_due(self, now: datetime) -> bool:
        """Whether something is to be done."""
        return (await self.connection.execute(select(table.c.id).where(_is_due(now)).limit(1))).first() is not None

    async def shorten_leases(self, until: datetime) -> int:
        """No lease lasts beyond `until`."""
        longer = and_(table.c.done_at.is_(None), table.c.leased_until > until)
        return (await self.connection.execute(update(table).where(longer).values(leased_until=until))).rowcount


def _is_due(now: datetime) -> Any:
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
    return and_(table.c.done_at.is_(None), table.c.due_at <= now, free)


def _ours(deadline: Deadline) -> Any:
    return and_(table.c.id == deadline.id, table.c.done_at.is_(None), table.c.leased_until == deadline.leased_until)
