"""Hand-off cases, audit and alerts. Who may do what is decided in the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.messages import Variety
from jobseeker.records import Alert, Case
from store.tables import account, alert, audit, handoff_case, inbox

_last_text = (
    select(inbox.c.text)
    .where(inbox.c.conversation_id == handoff_case.c.conversation_id)
    .order_by(inbox.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)


def _cases() -> Select[Any]:
    """Cases with their counsellor's name and the person's last words, in the order of jobseeker.records.Case."""
    columns = [handoff_case.c[name] for name in _COLUMNS]
    return select(*columns, account.c.name.label("claimed_by_name"), _last_text.label("last_text")).join(
        account, account.c.id == handoff_case.c.claimed_by, isouter=True
    )


_COLUMNS = (
    "id",
    "conversation_id",
    "reasons",
    "urgency",
    "variety",
    "state",
    "claimed_by",
    "opened_at",
    "claimed_at",
    "closed_at",
    "version",
    "detail",
)


class CaseRepository:
    """jobseeker.ports.Cases on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(
        self,
        *,
        conversation_id: str,
        inbox_id: int | None,
        reasons: Sequence[str],
        urgency: int,
        variety: Variety,
        now: datetime,
    ) -> Case:
        """Insert a waiting case."""
        values = {
            "conversation_id": conversation_id,
            "opened_by_inbox_id": inbox_id,
            "reasons": list(reasons),
            "urgency": urgency,
            "variety": variety,
            "state": "waiting",
            "opened_at": now,
            "version": 0,
        }
        case_id = (
            await self.connection.execute(insert(handoff_case).returning(handoff_case.c.id), values)
        ).scalar_one()
        return Case(case_id, conversation_id, tuple(reasons), urgency, variety, "waiting", None, now, None, None, 0)

    async def get(self, case_id: int) -> Case | None:
        """Read it."""
        return _to_case((await self.connection.execute(_cases().where(handoff_case.c.id == case_id))).first())

    async def open_for(self, conversation_id: str) -> Case | None:
        """The one of this conversation that is not closed."""
        query = _cases().where(handoff_case.c.conversation_id == conversation_id, handoff_case.c.state != "closed")
        return _to_case((await self.connection.execute(query.order_by(handoff_case.c.id.desc()).limit(1))).first())

    async def raise_to(self, case: Case, *, reasons: Sequence[str], urgency: int) -> Case:
        """Write reasons and urgency."""
        values = {"reasons": list(reasons), "urgency": urgency, "version": handoff_case.c.version + 1}
        await self.connection.execute(update(handoff_case).where(handoff_case.c.id == case.id).values(values))
        raised = await self.get(case.id)
        assert raised is not None, "it was just written"
        return raised

    async def describe(self, case_id: int, detail: Mapping[str, Any]) -> None:
        """What the case is about."""
        await self.connection.execute(
            update(handoff_case).where(handoff_case.c.id == case_id).values(detail=dict(detail))
        )

    async def move(self, case: Case, *, state: str, claimed_by: int | None, now: datetime) -> bool:
        """Compare-and-set on `version`."""
        values: dict[str, Any] = {"state": state, "claimed_by": claimed_by, "version": case.version + 1}
        values["claimed_at" if state == "claimed" else "closed_at"] = now
        same = and_(
            handoff_case.c.id == case.id, handoff_case.c.version == case.version, handoff_case.c.state == case.state
        )
        return (await self.connection.execute(update(handoff_case).where(same).values(values))).rowcount == 1

    async def position(self, case: Case) -> int:
        """Place in the queue, from 1."""
        columns = handoff_case.c
        before = or_(
            columns.urgency < case.urgency,
            and_(columns.urgency == case.urgency, columns.opened_at < case.opened_at),
            and_(columns.urgency == case.urgency, columns.opened_at == case.opened_at, columns.id < case.id),
        )
        query = select(func.count()).select_from(handoff_case).where(columns.state == "waiting", before)
        return int((await self.connection.execute(query)).scalar_one()) + 1

    async def listed(self, *, state: str, claimed_by: int | None = None, limit: int = 200) -> Sequence[Case]:
        """Cases in this state, most urgent and oldest first."""
        query = _cases().where(handoff_case.c.state == state)
        if claimed_by is not None:
            query = query.where(handoff_case.c.claimed_by == claimed_by)
        order = (handoff_case.c.urgency, handoff_case.c.opened_at, handoff_case.c.id)
        rows = (await self.connection.execute(query.order_by(*order).limit(limit))).all()
        return [case for row in rows if (case := _to_case(row))]


class LedgerRepository:
    """jobseeker.ports.Ledger on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

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
        """One line of the audit."""
        values = {
            "at": at,
            "actor": actor,
            "action": action,
            "conversation_id": conversation_id,
            "case_id": case_id,
            "detail": dict(detail or {}),
        }
        await self.connection.execute(insert(audit), values)

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


def _to_case(row: Any) -> Case | None:
    if row is None:
        return None
    values = list(row)
    values[2], values[-2], values[-1] = tuple(row.reasons), row.claimed_by_name or "", row.last_text or ""
    return Case(*values)
