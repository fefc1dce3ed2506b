"""The rows of inbox and outbox. Both as one transcript are in transcripts.py, conversations in conversations.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, Text, Update, and_, bindparam, cast, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.messages import Escalation, Say, Understanding
from jobseeker.records import SENDING, Inbound, NewInbound, NewOutbound, Outbound
from store.statements import insert_if_new
from store.tables import conversation, inbox, outbox

ASKED_FOR_HUMAN = '"asked_for_human"'  # a reason in the column `escalation`
INBOUND: tuple[Any, ...] = (
    inbox.c.id,
    inbox.c.conversation_id,
    inbox.c.event_id,
    inbox.c.seq,
    inbox.c.text,
    inbox.c.command,
    inbox.c.state,
    inbox.c.attempts,
    inbox.c.received_at,
    inbox.c.reading,
    inbox.c.masked,
)  # in the order of jobseeker.records.Inbound
_OUTBOUND = (
    outbox.c.id,
    outbox.c.key,
    outbox.c.conversation_id,
    conversation.c.channel,
    conversation.c.channel_key,
    conversation.c.owner,
    outbox.c.seq,
    outbox.c.inbox_id,
    outbox.c.author,
    outbox.c.say,
    outbox.c.variety,
    outbox.c.act,
    outbox.c.topic,
    outbox.c.escalation,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.created_at,
    outbox.c.rendered,
    outbox.c.parts_sent,
    conversation.c.unreachable_at,
    outbox.c.last_error,
)  # in the order of jobseeker.records.Outbound

_GET = select(*INBOUND).where(inbox.c.id == bindparam("key"))
_BY_EVENT = select(*INBOUND).where(inbox.c.channel == bindparam("channel"), inbox.c.event_id == bindparam("event"))
_OLDEST_PENDING = (
    select(*INBOUND, inbox.c.due_at)
    .where(inbox.c.conversation_id == bindparam("key"), inbox.c.state == "pending")
    .order_by(inbox.c.seq)
    .limit(1)
)
_FINISH = (
    update(inbox)
    .where(inbox.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in ("state", "done_at", "understanding", "escalation", "reading")})
)
_PUT_OFF = (
    update(inbox)
    .where(inbox.c.id == bindparam("key"))
    .values(attempts=bindparam("tried"), due_at=bindparam("due"), last_error=bindparam("error"))
)


def _forward(table: Table) -> Update:
    return (
        update(table)
        .where(table.c.state == "pending", table.c.due_at > bindparam("until"))
        .values(due_at=bindparam("until"))
    )


_INBOX_FORWARD, _OUTBOX_FORWARD = _forward(inbox), _forward(outbox)


class InboxRepository:
    """jobseeker.storage.Inbox on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._insert = insert_if_new(connection.dialect.name, inbox, "channel", "event_id")

    async def add(self, row: NewInbound) -> int | None:
        """Insert; None when this event is there already."""
        values = {
            "conversation_id": row.conversation_id,
            "channel": row.channel,
            "event_id": row.event_id,
            "seq": row.seq,
            "text": row.text,
            "command": row.command,
            "state": "pending",
            "attempts": 0,
            "due_at": row.received_at,
            "last_error": "",
            "received_at": row.received_at,
            "reading": row.reading,
            "message_key": row.message_key,
            "masked": list(row.masked) or None,
        }
        found: int | None = (await self.connection.execute(self._insert, values)).scalar_one_or_none()
        return found

    async def by_event(self, channel: str, event_id: str) -> Inbound | None:
        """The row of this event."""
        row = (await self.connection.execute(_BY_EVENT, {"channel": channel, "event": event_id})).first()
        return Inbound(*row) if row else None

    async def get(self, inbox_id: int) -> Inbound | None:
        """The row with this id."""
        row = (await self.connection.execute(_GET, {"key": inbox_id})).first()
        return Inbound(*row) if row else None

    async def next_pending(self, conversation_id: str, now: datetime) -> Inbound | None:
        """The oldest pending row, if it is due."""
        row = (await self.connection.execute(_OLDEST_PENDING, {"key": conversation_id})).first()
        if row is None or row[-1] > now:
            return None
        return Inbound(*row[:-1])

    async def finish(
        self, inbox_id: int, *, state: str, now: datetime, understanding: Understanding | None, escalation: Escalation
    ) -> None:
        """Settle it: done or dead."""
        values = {
            "key": inbox_id,
            "state": state,
            "done_at": now,
            "understanding": understanding.to_dict() if understanding else None,
            "escalation": escalation.to_dict(),
            "reading": None,  # what was found in a file has gone into the conversation
        }
        await self.connection.execute(_FINISH, values)

    async def bring_forward(self, until: datetime) -> int:
        """Nothing waits beyond `until`; how many would have."""
        return (await self.connection.execute(_INBOX_FORWARD, {"until": until})).rowcount

    async def put_off(self, inbox_id: int, *, attempts: int, due_at: datetime, error: str) -> None:
        """Try it again later."""
        await self.connection.execute(_PUT_OFF, {"key": inbox_id, "tried": attempts, "due": due_at, "error": error})

    async def reopen(self, conversation_id: str, *, since: datetime, now: datetime) -> int:
        """Pending again: what came since then, after the counsellor's last reply, and was answered by nobody."""
        replied = (
            select(func.coalesce(func.max(outbox.c.seq), 0))
            .where(outbox.c.conversation_id == conversation_id, outbox.c.author == "counsellor")
            .scalar_subquery()
        )
        unanswered = and_(
            inbox.c.conversation_id == conversation_id,
            inbox.c.received_at >= since,
            inbox.c.seq > replied,
            inbox.c.state == "done",
            inbox.c.command.not_like("/withdrawn%"),
            ~cast(inbox.c.escalation, Text).contains(ASKED_FOR_HUMAN),  # there was one
            ~exists().where(outbox.c.inbox_id == inbox.c.id),
        )
        values = {"state": "pending", "attempts": 0, "due_at": now, "done_at": None}
        return (await self.connection.execute(update(inbox).where(unanswered).values(values))).rowcount


def _outbound() -> Select[Any]:
    return select(*_OUTBOUND).join(conversation, conversation.c.id == outbox.c.conversation_id)


_BY_KEY = _outbound().where(outbox.c.key == bindparam("key"))
_FOR_INBOX = _outbound().where(outbox.c.inbox_id == bindparam("key")).order_by(outbox.c.seq)
_AFTER = (
    _outbound()
    .where(outbox.c.conversation_id == bindparam("key"), outbox.c.seq > bindparam("after"))
    .order_by(outbox.c.seq)
    .limit(bindparam("most"))
)
_earlier = outbox.alias("earlier")
_IS_NEXT = (  # it is due, and no reply before it waits: one that is tried again later holds up its own conversation only
    outbox.c.state == "pending",
    outbox.c.due_at <= bindparam("now"),
    ~exists().where(
        _earlier.c.conversation_id == outbox.c.conversation_id,
        _earlier.c.state == "pending",
        _earlier.c.seq < outbox.c.seq,
    ),
)
_ANY_DUE = select(outbox.c.id).where(*_IS_NEXT).limit(1)
_DUE_CONVERSATIONS = (
    select(conversation.c.id)
    .join(outbox, outbox.c.conversation_id == conversation.c.id)
    .where(*_IS_NEXT)
    .order_by(outbox.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=conversation, skip_locked=True)
)
_BUSY = conversation.c.channel.not_in(bindparam("busy", expanding=True))
_CLAIMABLE = (
    _outbound()
    .where(*_IS_NEXT, outbox.c.conversation_id.in_(bindparam("keys", expanding=True)))
    .order_by(outbox.c.conversation_id, outbox.c.seq)
    .limit(bindparam("most"))
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("keys", expanding=True)))
    .values(attempts=outbox.c.attempts + 1, due_at=bindparam("until"), last_error=SENDING)
)
_CLEAR = (  # last_error stays: whether the attempt that was killed has reached the platform is not known
    update(outbox).where(outbox.c.state == "pending", outbox.c.last_error == SENDING).values(due_at=bindparam("now"))
)


class OutboxRepository:
    """jobseeker.storage.Outbox on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, rows: Sequence[NewOutbound]) -> None:
        """Insert; what is rendered already counts as delivered."""
        await self.connection.execute(insert(outbox), [_new_outbound(row) for row in rows])

    async def by_key(self, key: str) -> Outbound | None:
        """The row with this key."""
        row = (await self.connection.execute(_BY_KEY, {"key": key})).first()
        return _to_outbound(row) if row else None

    async def by_id(self, outbox_id: int) -> tuple[Outbound, Mapping[str, Any]] | None:
        """The row of this number, and the versions it was made from."""
        query = _outbound().add_columns(outbox.c.versions).where(outbox.c.id == outbox_id)
        row = (await self.connection.execute(query)).first()
        return (_to_outbound(row[:-1]), row[-1] or {}) if row else None

    async def for_inbox(self, inbox_id: int) -> Sequence[Outbound]:
        """The replies to one message, in order."""
        return [_to_outbound(row) for row in (await self.connection.execute(_FOR_INBOX, {"key": inbox_id})).all()]

    async def after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Outbound]:
        """Rows above `seq`, in order."""
        rows = (await self.connection.execute(_AFTER, {"key": conversation_id, "after": seq, "most": limit})).all()
        return [_to_outbound(row) for row in rows]

    async def claim_due(
        self, *, now: datetime, until: datetime, limit: int, busy: Collection[str] = ()
    ) -> Sequence[Outbound]:
        """The first waiting row of each conversation; nobody else gets it before `until`. The lock keeps their order."""
        query = _DUE_CONVERSATIONS.where(_BUSY) if busy else _DUE_CONVERSATIONS
        values = {"now": now, "most": limit, **({"busy": sorted(busy)} if busy else {})}
        found = (await self.connection.execute(query, values)).scalars().all()
        if not found:
            return []
        rows = (await self.connection.execute(_CLAIMABLE, {"now": now, "keys": list(found), "most": limit})).all()
        if rows:
            await self.connection.execute(_CLAIM, {"keys": [row[0] for row in rows], "until": until})
        return [_to_outbound(row) for row in rows]

    async def clear_leases(self, now: datetime) -> int:
        """Let what a killed gateway was sending be due at once; how many there were."""
        return (await self.connection.execute(_CLEAR, {"now": now})).rowcount

    async def any_due(self, now: datetime) -> bool:
        """Whether something waits to be delivered."""
        return (await self.connection.execute(_ANY_DUE, {"now": now})).first() is not None

    async def bring_forward(self, until: datetime) -> int:
        """Nothing waits beyond `until`; how many would have."""
        return (await self.connection.execute(_OUTBOX_FORWARD, {"until": until})).rowcount

    async def deliver(
        self, outbox_id: int, *, rendered: Mapping[str, Any], versions: Mapping[str, Any], now: datetime
    ) -> None:
        """Delivered, with what was said."""
        values = {"rendered": dict(rendered), "versions": dict(versions), "state": "delivered", "delivered_at": now}
        await self.connection.execute(
            update(outbox).where(outbox.c.id == outbox_id, outbox.c.state == "pending").values(values)
        )

    async def settle(self, outbox_id: int, *, state: str, error: str) -> None:
        """Dead or gone."""
        await self.connection.execute(
            update(outbox).where(outbox.c.id == outbox_id).values(state=state, last_error=error)
        )

    async def put_off(self, outbox_id: int, *, due_at: datetime, error: str, parts_sent: int = 0) -> None:
        """Try the rest of it again later."""
        values = {"due_at": due_at, "last_error": error, "parts_sent": parts_sent}
        await self.connection.execute(update(outbox).where(outbox.c.id == outbox_id).values(values))


def read_escalation(value: Mapping[str, Any] | None) -> Escalation:
    """Read the JSON form back; nothing where none was stored."""
    return Escalation(value["level"], tuple(value["reasons"])) if value else Escalation()


def _new_outbound(row: NewOutbound) -> dict[str, Any]:
    return {
        "key": row.key,
        "conversation_id": row.conversation_id,
        "inbox_id": row.inbox_id,
        "seq": row.seq,
        "author": row.author,
        "say": row.say.to_dict(),
        "variety": row.variety,
        "act": row.act,
        "topic": row.topic,
        "escalation": row.escalation.to_dict(),
        "rendered": row.rendered,
        "versions": row.versions,
        "state": "pending" if row.rendered is None else "delivered",
        "attempts": 0,
        "due_at": row.created_at,
        "last_error": row.last_error,
        "created_at": row.created_at,
        "delivered_at": None if row.rendered is None else row.created_at,
    }


def _to_outbound(row: Any) -> Outbound:
    values = list(row)
    values[9], values[13] = Say.from_dict(values[9]), read_escalation(values[13])
    return Outbound(*values)
