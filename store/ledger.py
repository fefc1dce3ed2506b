"""Audit and alerts: rows are only ever added. What of an audit row is hashed is jobseeker/audit_chain.py."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.audit_chain import Head, Link, digest_of, hash_of
from jobseeker.errors import StoreUnavailable
from jobseeker.records import Alert
from store.tables import alert, audit, audit_head

SALT_BYTES = 16
_HEAD = select(audit_head.c.genesis, audit_head.c.position, audit_head.c.hash).where(audit_head.c.id == 1)
_LINK = (
    audit.c.position,
    audit.c.at,
    audit.c.actor,
    audit.c.action,
    audit.c.case_id,
    audit.c.conversation_id,
    audit.c.detail,
    audit.c.salt,
    audit.c.digest,
    audit.c.hash,
)  # in the order of jobseeker.audit_chain.Link
_PAGE = select(*_LINK).where(audit.c.position > bindparam("after")).order_by(audit.c.position).limit(bindparam("most"))


class LedgerRepository:
    """jobseeker.storage.Ledger on one connection.

    Audit rows are written at the end of the transaction (`seal`): the head of the chain is locked last and for a moment only, so that
    several gateways write to one chain and no two transactions wait for each other.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._waiting: list[dict[str, Any]] = []

    async def record(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        conversation_id: str | None = None,
        case_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """One line of the audit, added when the transaction ends."""
        self._waiting.append(
            {
                "at": at,
                "actor": actor,
                "action": action,
                "conversation_id": conversation_id,
                "case_id": case_id,
                "detail": orjson.loads(orjson.dumps(dict(detail or {}), option=orjson.OPT_NON_STR_KEYS)),
            }
        )

    async def seal(self) -> None:
        """Add what was recorded to the chain. Called once, right before the commit."""
        if not self._waiting:
            return
        head = (await self.connection.execute(_HEAD.with_for_update())).first()
        if head is None:
            raise StoreUnavailable(
                "the head of the audit's chain is missing: restore the database, see docs/runbooks/operate.md"
            )
        _, position, before = head
        rows = []
        for row in self._waiting:
            position += 1
            salt = secrets.token_hex(SALT_BYTES)
            digest = digest_of(salt, row["conversation_id"], row["detail"])
            before = hash_of(before, position, row["at"], row["actor"], row["action"], row["case_id"], digest)
            rows.append({**row, "position": position, "salt": salt, "digest": digest, "hash": before})
        self._waiting = []
        await self.connection.execute(insert(audit), rows)
        await self.connection.execute(
            update(audit_head).where(audit_head.c.id == 1).values(position=position, hash=before)
        )

    async def head(self) -> Head | None:
        """Where the chain is now."""
        row = (await self.connection.execute(_HEAD)).first()
        return Head(*row) if row else None

    async def links(self, page: int = 1_000) -> AsyncIterator[Link]:
        """The whole chain in order, page by page."""
        after = 0
        while rows := (await self.connection.execute(_PAGE, {"after": after, "most": page})).all():
            for row in rows:
                yield Link(**row._mapping)
            after = rows[-1].position

    async def alert(self, *, at: datetime, kind: str, conversation_id: str | None, detail: Mapping[str, Any]) -> None:
        """One alert."""
        await self.connection.execute(
            insert(alert), {"at": at, "kind": kind, "conversation_id": conversation_id, "detail": dict(detail)}
        )

    async def alerts_after(self, alert_id: int, limit: int = 100) -> Sequence[Alert]:
        """Alerts above this id, oldest first."""
        columns = (alert.c.id, alert.c.at, alert.c.kind, alert.c.conversation_id, alert.c.detail)
        query = select(*columns).where(alert.c.id > alert_id).order_by(alert.c.id).limit(limit)
        return [Alert(*row) for row in (await self.connection.execute(query)).all()]

    async def watermark(self) -> tuple[int, int]:
        """The newest ids of both."""
        newest = [select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery() for table in (audit, alert)]
        row = (await self.connection.execute(select(*newest))).one()
        return int(row[0]), int(row[1])
