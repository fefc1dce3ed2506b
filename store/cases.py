"""Hand-off cases. Who may do what is decided in the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, and_, cast, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.handoff_records import Case, PastWait
from jobseeker.messages import Variety
from store.handoff_tables import account_presence
from store.tables import account, handoff_case, inbox

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


_COLUMNS = tuple(field.name for field in fields(Case) if field.name not in ("claimed_by_name", "last_text"))


class CaseRepository:
    """jobseeker.storage_handoff.Cases on one connection."""

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
        office: str = "",
        skill: str = "",
        opened_by: str = "",
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
            "office": office,
            "skill": skill,
            "opened_by": opened_by,
        }
        case_id = (
            await self.connection.execute(insert(handoff_case).returning(handoff_case.c.id), values)
        ).scalar_one()
        added = await self.get(case_id)
        assert added is not None, "it was just written"
        return added

    async def get(self, case_id: int) -> Case | None:
        """Read it."""
        return _to_case((await self.connection.execute(_cases().where(handoff_case.c.id == case_id))).first())

    async def open_for(self, conversation_id: str) -> Case | None:
        """The one of this conversation that is not closed."""
        query = _cases().where(handoff_case.c.conversation_id == conversation_id, handoff_case.c.state != "closed")
        return _to_case((await self.connection.execute(query.order_by(handoff_case.c.id.desc()).limit(1))).first())

    async def last_closed(self, conversation_id: str) -> Case | None:
        """The one of this conversation that was closed last."""
        query = _cases().where(handoff_case.c.conversation_id == conversation_id, handoff_case.c.state == "closed")
        order = (handoff_case.c.closed_at.desc(), handoff_case.c.id.desc())
        return _to_case((await self.connection.execute(query.order_by(*order).limit(1))).first())

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

    async def note(self, case_id: int, **values: Any) -> None:
        """Write fields that nobody decides by."""
        written = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        await self.connection.execute(update(handoff_case).where(handoff_case.c.id == case_id).values(written))

    async def move(self, case: Case, *, state: str, claimed_by: int | None, now: datetime, **values: Any) -> bool:
        """Compare-and-set on `version`."""
        written = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        written |= {"state": state, "claimed_by": claimed_by, "version": case.version + 1}
        if state == "claimed" and case.state != "claimed":
            written["claimed_at"] = now
        if state == "closed":
            written["closed_at"] = now
        same = and_(
            handoff_case.c.id == case.id, handoff_case.c.version == case.version, handoff_case.c.state == case.state
        )
        return (await self.connection.execute(update(handoff_case).where(same).values(written))).rowcount == 1

    async def position(self, case: Case) -> int:
        """Place in the queue of its office, from 1."""
        columns = handoff_case.c
        before = or_(
            columns.urgency < case.urgency,
            and_(columns.urgency == case.urgency, columns.opened_at < case.opened_at),
            and_(columns.urgency == case.urgency, columns.opened_at == case.opened_at, columns.id < case.id),
        )
        query = select(func.count()).select_from(handoff_case)
        query = query.where(columns.state == "waiting", columns.office == case.office, before)
        return int((await self.connection.execute(query)).scalar_one()) + 1

    async def listed(
        self,
        *,
        state: str,
        claimed_by: int | None = None,
        office: str | None = None,
        language: str | None = None,
        reason: str | None = None,
        limit: int = 200,
    ) -> Sequence[Case]:
        """Cases in this state, most urgent and oldest first; of `reason` those that have it among theirs."""
        query = _cases().where(handoff_case.c.state == state)
        if claimed_by is not None:
            query = query.where(handoff_case.c.claimed_by == claimed_by)
        if office is not None:
            query = query.where(handoff_case.c.office == office)
        if language is not None:
            speaks = handoff_case.c.variety == "en"
            query = query.where(speaks if language == "en" else ~speaks)
        if reason is not None:
            query = query.where(cast(handoff_case.c.reasons, Text).contains(f'"{reason}"', autoescape=True))
        order = (handoff_case.c.urgency, handoff_case.c.opened_at, handoff_case.c.id)
        rows = (await self.connection.execute(query.order_by(*order).limit(limit))).all()
        return [case for row in rows if (case := _to_case(row))]

    async def past_waits(self, office: str, language: str, *, since: datetime, limit: int) -> Sequence[PastWait]:
        """The newest waits that ended with a counsellor, of who was told a place."""
        columns = handoff_case.c
        speaks = columns.variety == "en" if language == "en" else columns.variety != "en"
        query = (
            select(columns.opened_at, columns.claimed_at, columns.opened_position)
            .where(columns.office == office, speaks, columns.claimed_at >= since, columns.opened_position.is_not(None))
            .order_by(columns.claimed_at.desc())
            .limit(limit)
        )
        rows = (await self.connection.execute(query)).all()
        return [PastWait(*row) for row in rows]

    async def overdue_absent(self, silent_since: datetime) -> Sequence[Case]:
        """Claimed cases, not in wrap-up, of counsellors who have fallen silent."""
        query = _cases().join(account_presence, account_presence.c.account_id == handoff_case.c.claimed_by)
        query = query.where(
            handoff_case.c.state == "claimed",
            handoff_case.c.wrap_up_seq.is_(None),
            account_presence.c.seen_at < silent_since,
        )
        return [case for row in (await self.connection.execute(query)).all() if (case := _to_case(row))]

    async def contested(self, *, since: datetime, until: datetime) -> Sequence[Case]:
        """Contested results that were decided in this time, the oldest first."""
        columns = handoff_case.c
        query = _cases().where(columns.decision != "", columns.decided_at >= since, columns.decided_at < until)
        rows = (await self.connection.execute(query.order_by(columns.decided_at, columns.id))).all()
        return [case for row in rows if (case := _to_case(row))]


def _to_case(row: Any) -> Case | None:
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _COLUMNS}
    values |= {name: tuple(values[name] or ()) for name in ("reasons", "tags", "passed_over")}
    return Case(**values, claimed_by_name=row.claimed_by_name or "", last_text=row.last_text or "")
