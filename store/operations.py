"""Counts what waits, for the people who run the service. Each query reads an index of what is not done, never the whole table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_operations import Sample, Waiting
from store.handoff_tables import deadline
from store.switches import SwitchRepository
from store.tables import conversation, handoff_case, inbox, outbox

_PENDING: ColumnClause[str] = literal_column(
    "'pending'"
)  # written out: with a parameter the partial indexes would not be used
_INBOX = select(func.count(), func.min(inbox.c.received_at, type_=inbox.c.received_at.type)).where(
    inbox.c.state == _PENDING
)
_OUTBOX = (
    select(conversation.c.channel, func.count(), func.min(outbox.c.created_at, type_=outbox.c.created_at.type))
    .join(conversation, conversation.c.id == outbox.c.conversation_id)
    .where(outbox.c.state == _PENDING)
    .group_by(conversation.c.channel)
)
_CASES = (
    select(
        handoff_case.c.urgency,
        func.count(),
        func.min(handoff_case.c.opened_at, type_=handoff_case.c.opened_at.type),
    )
    .where(handoff_case.c.state == literal_column("'waiting'"))
    .group_by(handoff_case.c.urgency)
)
_CLAIMED = select(func.count()).where(handoff_case.c.state == literal_column("'claimed'"))
_DEADLINES = select(func.count(), func.min(deadline.c.due_at, type_=deadline.c.due_at.type)).where(
    deadline.c.done_at.is_(None)
)
QUERIES: Mapping[str, Any] = {
    "inbox": _INBOX, "outbox": _OUTBOX, "cases": _CASES, "claimed": _CLAIMED, "deadlines": _DEADLINES,
}  # fmt: skip


class OperationsRepository:
    """jobseeker.storage_operations.Operations on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def sample(self, now: datetime) -> Sample:
        """Everything at this moment."""
        pending = (await self.connection.execute(_INBOX)).one()
        due = (await self.connection.execute(_DEADLINES.where(deadline.c.due_at <= now))).one()
        return Sample(
            inbox=_waiting(pending, now),
            outbox={row[0]: _waiting(row, now) for row in (await self.connection.execute(_OUTBOX)).all()},
            cases={row[0]: _waiting(row, now) for row in (await self.connection.execute(_CASES)).all()},
            claimed=int((await self.connection.execute(_CLAIMED)).scalar_one()),
            deadlines=_waiting(due, now),
            off=await SwitchRepository(self.connection).off(),
        )


def _waiting(row: Any, now: datetime) -> Waiting:
    """Of a row that ends with count and oldest."""
    count, oldest = row[-2], row[-1]
    return Waiting(count, 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
