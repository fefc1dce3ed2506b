"""Texts that staff may insert while they write: queries on the table canned_reply. Who may change them is decided in the use case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.handoff_records import CannedReply
from store.handoff_tables import canned_reply
from store.tables import account


class CannedReplyRepository:
    """jobseeker.storage_handoff.CannedReplies on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, reply: CannedReply, *, account_id: int, now: datetime) -> int:
        """Insert; its id."""
        statement = insert(canned_reply).values(**_values(reply, account_id, now)).returning(canned_reply.c.id)
        return int((await self.connection.execute(statement)).scalar_one())

    async def get(self, reply_id: int) -> CannedReply | None:
        """One that is in use."""
        row = (await self.connection.execute(_query().where(canned_reply.c.id == reply_id))).first()
        return None if row is None else CannedReply(*row)

    async def change(self, reply: CannedReply, *, account_id: int, now: datetime) -> None:
        """Write it anew."""
        this = update(canned_reply).where(canned_reply.c.id == reply.id)
        await self.connection.execute(this.values(**_values(reply, account_id, now)))

    async def remove(self, reply_id: int, *, account_id: int, now: datetime) -> None:
        """No longer in use; the row stays, so that the audit can be read."""
        this = update(canned_reply).where(canned_reply.c.id == reply_id)
        await self.connection.execute(this.values(removed_at=now, changed_by=account_id, changed_at=now))

    async def all(self, variety: str | None) -> Sequence[CannedReply]:
        """Those in use, by language and title."""
        columns = canned_reply.c
        query = _query().order_by(columns.variety, columns.title, columns.id)
        if variety is not None:
            query = query.where(columns.variety == variety)
        return [CannedReply(*row) for row in (await self.connection.execute(query)).all()]


def _query() -> Select[Any]:
    columns = canned_reply.c
    shown = (columns.variety, columns.title, columns.text, columns.office, columns.id)
    return (
        select(*shown, func.coalesce(account.c.name, ""), columns.changed_at)
        .join(account, account.c.id == columns.changed_by, isouter=True)
        .where(columns.removed_at.is_(None))
    )


def _values(reply: CannedReply, account_id: int, now: datetime) -> dict[str, Any]:
    return {
        "variety": reply.variety,
        "title": reply.title,
        "text": reply.text,
        "office": reply.office,
        "changed_by": account_id,
        "changed_at": now,
    }
