"""What stands beside a case: notes, presence, exceptional days, call-backs, flags, bridges. Cases are in cases.py, deadlines in deadlines.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.handoff_records import Bridged, Callback, Counsellor, Flag, Note, OfficeDay
from store.handoff_tables import (
    account_presence,
    bridge_conversation,
    callback_request,
    case_note,
    crisis_flag,
    office_exception,
)
from store.tables import account, handoff_case

TAKES_CASES = ("counsellor", "supervisor")


class NoteRepository:
    """jobseeker.storage_handoff.Notes on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, case_id: int, *, account_id: int | None, kind: str, text: str, now: datetime) -> int:
        """One more; its id."""
        values = {"case_id": case_id, "account_id": account_id, "kind": kind, "text": text, "at": now}
        return int((await self.connection.execute(insert(case_note).returning(case_note.c.id), values)).scalar_one())

    async def of_case(self, case_id: int) -> Sequence[Note]:
        """All, the oldest first."""
        columns = [case_note.c[name] for name in ("id", "case_id", "account_id", "kind", "text", "at")]
        query = (
            select(*columns, func.coalesce(account.c.name, ""))
            .join(account, account.c.id == case_note.c.account_id, isouter=True)
            .where(case_note.c.case_id == case_id)
            .order_by(case_note.c.id)
        )
        return [Note(*tuple(row)) for row in (await self.connection.execute(query)).all()]


def _counsellors() -> Select[Any]:
    open_case = handoff_case.alias("open_case")
    load = (
        select(func.count())
        .select_from(open_case)
        .where(
            or_(
                and_(
                    open_case.c.state == "claimed",
                    open_case.c.claimed_by == account.c.id,
                    open_case.c.wrap_up_seq.is_(None),
                ),
                and_(open_case.c.state == "waiting", open_case.c.offered_to == account.c.id),
            )
        )
        .scalar_subquery()
    )
    names = ("id", "name", "languages", "skills", "office", "capacity")
    return (
        select(*(account.c[name] for name in names), account_presence.c.state, account_presence.c.seen_at, load)
        .join(account_presence, account_presence.c.account_id == account.c.id, isouter=True)
        .where(account.c.active.is_(True), account.c.role.in_(TAKES_CASES))
        .order_by(account.c.id)
    )


_COUNSELLORS = _counsellors()


class PresenceRepository:
    """jobseeker.storage_handoff.Presences on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def set(self, account_id: int, state: str, *, now: datetime) -> None:
        """What the counsellor says, and a sign of life."""
        values = {"state": state, "seen_at": now, "changed_at": now}
        insert_into = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert_into(account_presence).values(account_id=account_id, **values)
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))

    async def touch(self, account_id: int, *, now: datetime) -> None:
        """A sign of life, where the counsellor has said whether they are there."""
        theirs = account_presence.c.account_id == account_id
        await self.connection.execute(update(account_presence).where(theirs).values(seen_at=now))

    async def counsellors(self) -> Sequence[Counsellor]:
        """All who may take cases; the load counts what is claimed (not in wrap-up) and what is offered."""
        return [
            Counsellor(
                row[0], row[1], tuple(row[2]), tuple(row[3]), row[4], row[5], row[6] or "offline", row[7], row[8]
            )
            for row in (await self.connection.execute(_COUNSELLORS)).all()
        ]

    async def equip(self, account_id: int, *, skills: Sequence[str], office: str, capacity: int) -> None:
        """What this member of staff can take."""
        values = {"skills": list(skills), "office": office, "capacity": capacity}
        await self.connection.execute(update(account).where(account.c.id == account_id).values(values))


class OfficeDayRepository:
    """jobseeker.storage_handoff.OfficeDays on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, day: OfficeDay, *, account_id: int | None, now: datetime) -> int:
        """Insert; its id."""
        values = {
            "office": day.office,
            "day": day.day,
            "opens": day.opens,
            "closes": day.closes,
            "reason": dict(day.reason),
            "account_id": account_id,
            "at": now,
        }
        statement = insert(office_exception).returning(office_exception.c.id)
        return int((await self.connection.execute(statement, values)).scalar_one())

    async def remove(self, day_id: int, *, now: datetime) -> bool:
        """No longer in force. False: there is none."""
        this = and_(office_exception.c.id == day_id, office_exception.c.removed_at.is_(None))
        return (
            await self.connection.execute(update(office_exception).where(this).values(removed_at=now))
        ).rowcount == 1

    async def since(self, day: date) -> Sequence[OfficeDay]:
        """All in force from this day on; of one day the later entry is the later in the list."""
        names = ("day", "opens", "closes", "reason", "office", "id")
        columns = office_exception.c
        query = select(*(columns[name] for name in names)).where(columns.day >= day, columns.removed_at.is_(None))
        return [OfficeDay(*row) for row in (await self.connection.execute(query.order_by(columns.id))).all()]


class CallbackRepository:
    """jobseeker.storage_handoff.Callbacks on one connection."""

    _NAMES = ("id", "case_id", "kind", "contact", "text", "from_at", "until_at", "state", "created_at")

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    def _query(self) -> Any:
        return select(*(callback_request.c[name] for name in self._NAMES)).order_by(callback_request.c.id)

    async def add(
        self,
        case_id: int,
        *,
        kind: str,
        text: str = "",
        contact: str = "",
        from_at: datetime | None = None,
        until_at: datetime | None = None,
        now: datetime,
    ) -> int:
        """Insert; its id."""
        values = {
            "case_id": case_id,
            "kind": kind,
            "contact": contact,
            "text": text,
            "from_at": from_at,
            "until_at": until_at,
            "state": "open",
            "created_at": now,
        }
        statement = insert(callback_request).returning(callback_request.c.id)
        return int((await self.connection.execute(statement, values)).scalar_one())

    async def of_case(self, case_id: int) -> Sequence[Callback]:
        """All of this case, the oldest first."""
        rows = await self.connection.execute(self._query().where(callback_request.c.case_id == case_id))
        return [Callback(*row) for row in rows.all()]

    async def get(self, callback_id: int) -> Callback | None:
        """Read it."""
        row = (await self.connection.execute(self._query().where(callback_request.c.id == callback_id))).first()
        return Callback(*row) if row else None

    async def set_contact(self, callback_id: int, contact: str) -> None:
        """The number to call."""
        this = callback_request.c.id == callback_id
        await self.connection.execute(update(callback_request).where(this).values(contact=contact))

    async def settle(self, callback_id: int, *, state: str, account_id: int | None, now: datetime) -> bool:
        """open -> done or cancelled."""
        this = and_(callback_request.c.id == callback_id, callback_request.c.state == "open")
        values = {"state": state, "done_at": now, "done_by": account_id}
        return (await self.connection.execute(update(callback_request).where(this).values(values))).rowcount == 1

    async def cancel_slots(self, case_id: int, *, now: datetime) -> None:
        """All slots of this case that are still open."""
        columns = callback_request.c
        these = and_(columns.case_id == case_id, columns.kind == "callback", columns.state == "open")
        await self.connection.execute(update(callback_request).where(these).values(state="cancelled", done_at=now))

    async def open(self, limit: int = 200) -> Sequence[Callback]:
        """All that nobody has dealt with."""
        rows = await self.connection.execute(self._query().where(callback_request.c.state == "open").limit(limit))
        return [Callback(*row) for row in rows.all()]


class FlagRepository:
    """jobseeker.storage_handoff.Flags on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(
        self, *, conversation_id: str, case_id: int | None, inbox_id: int | None, reasons: Sequence[str], now: datetime
    ) -> None:
        """One more."""
        values = {
            "at": now,
            "conversation_id": conversation_id,
            "case_id": case_id,
            "inbox_id": inbox_id,
            "reasons": list(reasons),
        }
        await self.connection.execute(insert(crisis_flag), values)

    async def acknowledge(self, conversation_id: str, account_id: int, *, now: datetime) -> int:
        """All of this conversation that nobody has seen yet."""
        columns = crisis_flag.c
        these = and_(columns.conversation_id == conversation_id, columns.acknowledged_at.is_(None))
        values = {"acknowledged_at": now, "acknowledged_by": account_id}
        return (await self.connection.execute(update(crisis_flag).where(these).values(values))).rowcount

    async def newest(self, before_id: int | None, limit: int) -> Sequence[Flag]:
        """The newest first."""
        names = ("id", "at", "conversation_id", "case_id", "inbox_id", "reasons", "acknowledged_at", "acknowledged_by")
        query = select(*(crisis_flag.c[name] for name in names)).order_by(crisis_flag.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(crisis_flag.c.id < before_id)
        rows = (await self.connection.execute(query)).all()
        return [Flag(row[0], row[1], row[2], row[3], row[4], tuple(row[5]), row[6], row[7]) for row in rows]


class BridgeRepository:
    """jobseeker.storage_handoff.Bridges on one connection."""

    _FIELDS = tuple(bridge_conversation.c[name] for name in ("case_id", "bridge", "contact", "remote_id", "sent_seq"))

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, bridged: Bridged, *, now: datetime) -> None:
        """Insert; one of this case stays as it is."""
        values = {
            "case_id": bridged.case_id,
            "bridge": bridged.bridge,
            "contact": bridged.contact,
            "remote_id": bridged.remote_id,
            "sent_seq": bridged.sent_seq,
            "at": now,
        }
        if await self.of_case(bridged.case_id) is None:
            await self.connection.execute(insert(bridge_conversation), values)

    async def of_case(self, case_id: int) -> Bridged | None:
        """The one of this case."""
        query = select(*self._FIELDS).where(bridge_conversation.c.case_id == case_id)
        row = (await self.connection.execute(query)).first()
        return Bridged(*row) if row else None

    async def by_remote(self, bridge: str, remote_id: str) -> Bridged | None:
        """The one that the other desk calls so."""
        columns = bridge_conversation.c
        query = select(*self._FIELDS).where(columns.bridge == bridge, columns.remote_id == remote_id)
        row = (await self.connection.execute(query)).first()
        return Bridged(*row) if row else None

    async def note_sent(self, case_id: int, seq: int) -> None:
        """Told up to this line."""
        this = bridge_conversation.c.case_id == case_id
        await self.connection.execute(update(bridge_conversation).where(this).values(sent_seq=seq))
