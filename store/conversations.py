"""Conversations and their leases. Rows of the inbox and outbox are in messages.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.records import Conversation
from store.sealed import channel_digests
from store.statements import insert_if_new
from store.tables import conversation as table
from store.tables import inbox, person

FIELDS: tuple[ColumnElement[Any], ...] = (
    table.c.id,
    table.c.channel,
    table.c.channel_key,
    table.c.token_hash,
    table.c.variety,
    table.c.variety_chosen,
    table.c.owner,
    table.c.owner_version,
    table.c.counsellor_id,
    table.c.last_topic,
    table.c.last_act,
    table.c.failed_turns,
    table.c.next_seq,
    table.c.created_at,
    table.c.updated_at,
    table.c.lease_token,
    func.coalesce(table.c.person_id, table.c.id),
    table.c.expecting,
    table.c.crisis_at,
    table.c.notice_version,
)  # in the order of jobseeker.records.Conversation

_NAMES = [field.name for field in fields(Conversation)]

_free = or_(table.c.leased_until.is_(None), table.c.leased_until < bindparam("now"))
_earlier = inbox.alias("earlier")


def _due() -> Select[Any]:
    """Conversations nobody has leased, whose oldest pending row is due; the longest waiting first."""
    waits_for_earlier = exists().where(
        _earlier.c.conversation_id == inbox.c.conversation_id,
        _earlier.c.state == "pending",
        _earlier.c.seq < inbox.c.seq,
        _earlier.c.due_at > bindparam("now"),
    )
    return (
        select(table.c.id)
        .join(inbox, inbox.c.conversation_id == table.c.id)
        .where(inbox.c.state == "pending", inbox.c.due_at <= bindparam("now"), _free, ~waits_for_earlier)
        .order_by(inbox.c.due_at)
        .limit(1)
    )


_DUE_IDS = (  # grouped by the inbox's column: by the conversation's, SQLite would go through all conversations there are
    _due()
    .with_only_columns(inbox.c.conversation_id)
    .group_by(inbox.c.conversation_id)
    .order_by(None)
    .order_by(func.min(inbox.c.due_at))
    .limit(bindparam("most"))
)
_GET = select(*FIELDS).where(table.c.id == bindparam("key"))
_PERSON = select(func.coalesce(table.c.person_id, table.c.id)).where(table.c.id == bindparam("key"))
_IN_CLEAR = type_coerce(table.c.channel_key, String)  # of before it was sealed, or the conversation's own id
_FIND = select(*FIELDS).where(
    table.c.channel == bindparam("channel"),
    or_(table.c.channel_key_index.in_(bindparam("digests", expanding=True)), bindparam("key") == _IN_CLEAR),
)
_LOCK = _GET.with_for_update()
_TAKE_SEQ = (
    update(table)
    .where(table.c.id == bindparam("key"))
    .values(next_seq=table.c.next_seq + bindparam("count"))
    .returning(*FIELDS)
)
_LEASE = update(table).values(lease_token=bindparam("token"), leased_until=bindparam("until")).returning(*FIELDS)
_LEASE_ONE = _LEASE.where(and_(table.c.id == bindparam("key"), _free))
_LEASE_ANY = _LEASE.where(table.c.id == _due().with_for_update(of=table, skip_locked=True).scalar_subquery())
_RELEASE = (
    update(table)
    .where(table.c.id == bindparam("key"), table.c.lease_token == bindparam("token"))
    .values(lease_token=None, leased_until=None)
)
_SAVED: dict[str, BindParameter[Any]] = {
    name: bindparam(name)
    for name in (
        "variety",
        "variety_chosen",
        "owner",
        "owner_version",
        "counsellor_id",
        "last_topic",
        "last_act",
        "failed_turns",
        "next_seq",
        "expecting",
        "crisis_at",
        "notice_version",
        "updated_at",
    )
}
_SAVE = update(table).where(table.c.id == bindparam("key")).values(_SAVED)
_SAVE_AND_RELEASE = (
    update(table).where(table.c.id == bindparam("key")).values({**_SAVED, "lease_token": None, "leased_until": None})
)
_SHORTEN = update(table).where(table.c.leased_until > bindparam("until")).values(leased_until=bindparam("until"))
_CLEAR = update(table).where(table.c.leased_until.is_not(None)).values(lease_token=None, leased_until=None)


class ConversationRepository:
    """jobseeker.storage.Conversations on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, conversation: Conversation) -> None:
        """Insert a new conversation, and its person where they are new, too."""
        if not conversation.person_id:
            who = {"id": conversation.person, "created_at": conversation.created_at}
            await self.connection.execute(insert(person), who)
        await self.connection.execute(insert(table).values(self._values(conversation)))

    async def add_if_new(self, conversation: Conversation) -> bool:
        """Insert unless this person already has one on this channel; then the caller's transaction must end without a trace."""
        who = {"id": conversation.person, "created_at": conversation.created_at}
        await self.connection.execute(insert(person), who)
        statement = insert_if_new(self.connection.dialect.name, table, "channel", "channel_key_index")
        values = self._values(conversation)
        return (await self.connection.execute(statement.values(values))).scalar_one_or_none() is not None

    def _values(self, conversation: Conversation) -> dict[str, Any]:
        """Who somebody is on a channel is sealed, and looked up by its digest; the conversation's own id says nothing of anybody."""
        values = {name: getattr(conversation, name) for name in _NAMES} | {"person_id": conversation.person}
        if conversation.channel_key == conversation.id:
            return values | {"channel_key": literal(conversation.id, String), "channel_key_index": None}
        digests = channel_digests(self.connection.dialect, conversation.channel, conversation.channel_key)
        return values | {"channel_key_index": digests[0]}

    async def get(self, conversation_id: str) -> Conversation | None:
        """Read it."""
        row = (await self.connection.execute(_GET, {"key": conversation_id})).first()
        return Conversation(*row) if row else None

    async def person_of(self, conversation_id: str) -> str | None:
        """Whose it is; opens nothing that is sealed, so the action server, which has no key, can ask."""
        row = (await self.connection.execute(_PERSON, {"key": conversation_id})).first()
        return str(row[0]) if row else None

    async def find(self, channel: str, channel_key: str) -> Conversation | None:
        """Read the one of this person on this channel."""
        digests = channel_digests(self.connection.dialect, channel, channel_key)
        row = (
            await self.connection.execute(_FIND, {"channel": channel, "key": channel_key, "digests": digests})
        ).first()
        return Conversation(*row) if row else None

    async def lock(self, conversation_id: str) -> Conversation | None:
        """Read it for changing. On SQLite the transaction has the only write lock anyway."""
        row = (await self.connection.execute(_LOCK, {"key": conversation_id})).first()
        return Conversation(*row) if row else None

    async def take_seq(self, conversation_id: str, count: int = 1) -> Conversation | None:
        """Lock it and give out `count` numbers of its sequence."""
        row = (await self.connection.execute(_TAKE_SEQ, {"key": conversation_id, "count": count})).first()
        return Conversation(*row) if row else None

    async def save(self, conversation: Conversation, *, now: datetime, release: bool = False) -> None:
        """Write what a turn changes."""
        values = {name: getattr(conversation, name) for name in _SAVED} | {"updated_at": now, "key": conversation.id}
        await self.connection.execute(_SAVE_AND_RELEASE if release else _SAVE, values)

    async def lease(
        self, conversation_id: str | None, *, token: str, now: datetime, until: datetime
    ) -> Conversation | None:
        """Take the lease of this one, or of the one that has waited longest."""
        values = {"token": token, "now": now, "until": until}
        if conversation_id is None:
            result = await self.connection.execute(_LEASE_ANY, values)
        else:
            result = await self.connection.execute(_LEASE_ONE, values | {"key": conversation_id})
        row = result.first()
        return Conversation(*row) if row else None

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Conversations that `lease` would find, the longest waiting first."""
        found = (await self.connection.execute(_DUE_IDS, {"now": now, "most": limit})).scalars().all()
        return [str(conversation_id) for conversation_id in found]

    async def release(self, conversation_id: str, token: str) -> None:
        """End the lease, if it is still this one."""
        await self.connection.execute(_RELEASE, {"key": conversation_id, "token": token})

    async def clear_leases(self) -> int:
        """End all leases; how many there were."""
        return (await self.connection.execute(_CLEAR)).rowcount

    async def shorten_leases(self, until: datetime) -> int:
        """No lease lasts beyond `until`; how many would have."""
        return (await self.connection.execute(_SHORTEN, {"until": until})).rowcount

    async def versions(self, conversation_ids: list[str]) -> dict[str, tuple[int, int]]:
        """(next_seq, owner_version) of these: what tells that something was committed, by whichever process."""
        query = select(table.c.id, table.c.next_seq, table.c.owner_version).where(
            table.c.id.in_(bindparam("keys", expanding=True))
        )
        rows = (await self.connection.execute(query, {"keys": conversation_ids})).all()
        return {row[0]: (row[1], row[2]) for row in rows}
