"""Seals what stands in sealed columns in clear or under an older key. The types are sealed.py; when it happens: jobseeker/usecases/seal_columns.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, String, func, literal, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_sealing import Renewal
from store.schema import metadata
from store.sealed import MARK, MARK_BYTES, SealedBytes, SealedText, channel_digests, email_digests, vault_of

SEALED: dict[str, Column[Any]] = {
    f"{table.name}.{column.name}": column
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, (SealedText, SealedBytes))
}
_Digest = Callable[[Any, Any, str], str]  # dialect, row, clear value
DIGESTS: dict[str, tuple[str, _Digest]] = {
    "conversation.channel_key": (
        "channel_key_index", lambda dialect, row, clear: channel_digests(dialect, row.channel, clear)[0]
    ),
    "account.email": ("email_index", lambda dialect, row, clear: email_digests(dialect, clear)[0]),
}  # fmt: skip


class SealingRepository:
    """jobseeker.storage_sealing.Sealing on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    def places(self) -> Sequence[str]:
        """All sealed columns."""
        return tuple(SEALED)

    async def renew(self, place: str, *, after: Any, limit: int, plain_only: bool) -> Renewal:
        """Some rows, locked meanwhile; each is written only where it changes, so that a run that was broken off is gone on with."""
        column = SEALED[place]
        (key,) = column.table.primary_key.columns
        query = self._query(place).order_by(key).limit(limit).with_for_update()
        if after is not None:
            query = query.where(key > after)
        if plain_only:
            query = query.where(_in_clear(column))
        rows = (await self.connection.execute(query)).all()
        changed = 0
        for row in rows:
            if (clear := self._stale(column, row.kept)) is not None:
                values: dict[str, Any] = {column.name: clear}
                if place in DIGESTS:
                    name, digest = DIGESTS[place]
                    values[name] = digest(self.connection.dialect, row, clear)
                await self.connection.execute(update(column.table).where(key == row.own_key).values(values))
                changed += 1
        return Renewal(len(rows), changed, rows[-1].own_key if len(rows) == limit else None)

    async def check(self) -> None:
        """Open the first and the last sealed value of each place."""
        for place, column in SEALED.items():
            (key,) = column.table.primary_key.columns
            for order in (key.asc(), key.desc()):
                query = self._query(place).where(~_in_clear(column)).order_by(order).limit(1)
                row = (await self.connection.execute(query)).first()
                if row is not None:
                    self._opened(column, row.kept)

    def _query(self, place: str) -> Any:
        column = SEALED[place]
        (key,) = column.table.primary_key.columns
        query = select(key.label("own_key"), _kept(column).label("kept")).where(_kept(column) != _nothing(column))
        if place == "conversation.channel_key":  # its own id says nothing of anybody
            query = query.add_columns(column.table.c.channel).where(_kept(column) != column.table.c.id)
        return query

    def _stale(self, column: Column[Any], kept: Any) -> Any:
        """The clear value of what is to be sealed anew; None: it is as it should be."""
        mark = MARK_BYTES if isinstance(kept, bytes) else MARK
        if not kept.startswith(mark):
            return kept
        sealed, vault = kept.removeprefix(mark), vault_of(self.connection.dialect)
        outdated = vault.is_outdated_bytes(sealed) if isinstance(kept, bytes) else vault.is_outdated(sealed)
        return self._opened(column, kept) if outdated else None

    def _opened(self, column: Column[Any], kept: Any) -> Any:
        kind = column.type
        assert isinstance(kind, (SealedText, SealedBytes))
        return kind.process_result_value(kept, self.connection.dialect)


def _kept(column: Column[Any]) -> ColumnElement[Any]:
    """As it stands in the database."""
    return type_coerce(column, LargeBinary() if isinstance(column.type, SealedBytes) else String())


def _nothing(column: Column[Any]) -> ColumnElement[Any]:
    return literal(b"", LargeBinary()) if isinstance(column.type, SealedBytes) else literal("", String())


def _in_clear(column: Column[Any]) -> ColumnElement[bool]:
    if isinstance(column.type, SealedBytes):
        return func.substr(_kept(column), 1, len(MARK_BYTES), type_=LargeBinary()) != literal(MARK_BYTES, LargeBinary())
    return ~_kept(column).startswith(MARK)
