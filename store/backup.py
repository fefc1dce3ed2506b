"""Rows of tables as plain JSON values, and back, the same for SQLite and PostgreSQL. The file around them is app/backups.py.

Tables are looked at in the database itself, not in the table files: an older revision is read as it is, JSON stays the text that was
written, and what is encrypted stays encrypted.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.errors import BackupUnusable, StoreUnavailable
from store.schema import metadata
from store.tables import conversation

AT_ONCE = 500
ONE_ROW_FROM_THE_START = "audit_head"  # made by a migration: a new database holds it, too
TABLES = tuple(metadata.tables)


async def steady(connection: AsyncConnection) -> None:
    """Have all reads of this transaction see one moment. Called first in it; on SQLite every transaction is like this."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def reflected(connection: AsyncConnection, names: Iterable[str]) -> Sequence[Table]:
    """Those of these tables that are in the database, as they are there, each after those it refers to."""

    def look(sync: Any) -> Sequence[Table]:
        found = MetaData()
        wanted = set(names) & set(inspect(sync).get_table_names())
        found.reflect(sync, only=sorted(wanted))
        return [table for table in found.sorted_tables if table.name in wanted]

    return await connection.run_sync(look)


async def dumped(connection: AsyncConnection, table: Table) -> AsyncIterator[Mapping[str, Any]]:
    """The rows in the order of the primary key, some at a time, as JSON values."""
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in table.columns
    ]
    key = list(table.primary_key.columns)
    query = select(*columns).order_by(*key).limit(AT_ONCE)
    page = (await connection.execute(query)).mappings().all()
    while page:
        for row in page:
            yield {name: _plain(value) for name, value in row.items()}
        last = tuple_(*(literal(page[-1][column.name], column.type) for column in key))
        page = (await connection.execute(query.where(tuple_(*key) > last))).mappings().all()


async def counters(connection: AsyncConnection, tables: Iterable[Table]) -> Mapping[str, int]:
    """The highest number that was ever given out, of each table that counts: it may be above the highest that is left."""
    if connection.dialect.name == "sqlite":
        names = {table.name for table in tables}
        known = (
            await connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'"))
        ).first()
        rows = (await connection.execute(text("SELECT name, seq FROM sqlite_sequence"))).all() if known else []
        return {name: int(number) for name, number in rows if name in names}
    found = {}
    for table, sequence in await _sequences(connection, tables):
        row = (await connection.execute(text(f"SELECT last_value, is_called FROM {sequence}"))).one()
        found[table.name] = int(row.last_value) if row.is_called else 0
    return found


async def count_on(connection: AsyncConnection, tables: Sequence[Table], numbers: Mapping[str, int]) -> None:
    """Let each table go on above its number of `counters`, and above the highest it holds."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
        counting = set((await connection.execute(query)).scalars())
        for table in tables:
            if table.name in counting and table.name in numbers:
                values = {"name": table.name, "seq": max(numbers[table.name], await _highest(connection, table))}
                await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
                await connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), values)
        return
    for table, sequence in await _sequences(connection, tables):
        highest = max(numbers.get(table.name, 0), await _highest(connection, table))
        if highest:
            await connection.execute(select(func.setval(sequence, highest)))


async def _sequences(connection: AsyncConnection, tables: Iterable[Table]) -> Sequence[tuple[Table, str]]:
    found = []
    for table in tables:
        if len(table.primary_key.columns) != 1:
            continue
        (column,) = table.primary_key.columns
        sequence = await connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
        if sequence:
            found.append((table, str(sequence)))
    return found


async def _highest(connection: AsyncConnection, table: Table) -> int:
    (column,) = table.primary_key.columns
    return int(await connection.scalar(select(func.coalesce(func.max(column), 0))) or 0)


async def filled(connection: AsyncConnection, tables: Iterable[Table]) -> Sequence[str]:
    """Names of the tables that hold a row, but for the one every new database has."""
    found = []
    for table in tables:
        if table.name == ONE_ROW_FROM_THE_START:
            continue
        if (await connection.execute(select(*table.primary_key.columns).limit(1))).first() is not None:
            found.append(table.name)
    return found


async def conversation_ids(connection: AsyncConnection) -> Sequence[str]:
    """Of all conversations."""
    return list((await connection.execute(select(conversation.c.id))).scalars())


async def load(connection: AsyncConnection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put rows into an empty table; how many. Raises BackupUnusable: one does not fit."""
    if table.name == ONE_ROW_FROM_THE_START:
        await connection.execute(table.delete())
    statement = insert(table).values({column.name: _bound(column, connection.dialect.name) for column in table.columns})
    count, waiting = 0, []
    try:
        for row in rows:
            if row.keys() != set(table.columns.keys()):
                raise BackupUnusable(f"table {table.name}: row {count + 1} has other columns than its revision")
            values = {column.name: _read(column, row[column.name], connection.dialect.name) for column in table.columns}
            waiting.append({f"v_{name}": value for name, value in values.items()})
            count += 1
            if len(waiting) == AT_ONCE:
                await connection.execute(statement, waiting)
                waiting = []
        if waiting:
            await connection.execute(statement, waiting)
    except (StatementError, ValueError, TypeError, AttributeError) as problem:
        if isinstance(problem, DBAPIError) and problem.connection_invalidated:
            raise StoreUnavailable(type(problem).__name__) from problem
        raise BackupUnusable(
            f"table {table.name}: a row of the last {AT_ONCE} before {count} does not fit"
        ) from problem
    return count


def _bound(column: Any, dialect: str) -> Any:
    if isinstance(column.type, JSON):  # the text as it was written; SQLite keeps JSON as text
        given = bindparam(f"v_{column.name}", type_=Text())
        return cast(given, JSON) if dialect == "postgresql" else given
    kind = String() if isinstance(column.type, String) else column.type
    return bindparam(f"v_{column.name}", type_=kind)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return value


def _read(column: Any, value: Any, dialect: str) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value).astimezone(timezone.utc)
        return moment.replace(tzinfo=None) if dialect == "sqlite" else moment
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value
