"""A release of before, as far as the database sees it: reads and writes the tables and columns that there were at a revision, and no others."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

NOT_ITS_BUSINESS = {"alembic_version", "audit_head"}  # one row, by the migration itself
START = datetime(2026, 11, 1, 8, tzinfo=timezone.utc)


class OldRelease:
    """Its tables, as they were when it was made. Rows it writes hold a value in every column it knows."""

    def __init__(self, tables: sa.MetaData) -> None:
        self.tables = [table for table in tables.sorted_tables if table.name not in NOT_ITS_BUSINESS]
        self._numbers = itertools.count(1)

    @classmethod
    async def of(cls, engine: AsyncEngine) -> OldRelease:
        """The release whose tables these are now."""
        tables = sa.MetaData()
        async with engine.connect() as connection:
            await connection.run_sync(tables.reflect)
        return cls(tables)

    async def write(self, connection: AsyncConnection) -> None:
        """One row in every table."""
        number, made = next(self._numbers), {}
        for table in self.tables:
            row = {column.name: self._value(column, number, made) for column in table.columns}
            await connection.execute(sa.insert(table).values(row))
            made[table.name] = row

    async def read(self, connection: AsyncConnection) -> dict[str, int]:
        """Every column it knows of every row; how many rows there are by table."""
        return {table.name: len((await connection.execute(sa.select(*table.columns))).all()) for table in self.tables}

    async def change(self, connection: AsyncConnection) -> None:
        """What is done with every message: a number of its row moves on."""
        by_name = {table.name: table for table in self.tables}
        for name, column in (("conversation", "next_seq"), ("inbox", "attempts"), ("outbox", "attempts")):
            table = by_name[name]
            await connection.execute(sa.update(table).values({column: table.c[column] + 1}))

    def _value(self, column: sa.Column[Any], number: int, made: dict[str, dict[str, Any]]) -> Any:
        for key in column.foreign_keys:
            parent = key.column.table.name
            if parent != column.table.name and parent in made:
                return made[parent][key.column.name]
            return None
        kind = column.type
        if isinstance(kind, sa.Boolean):
            return False
        if isinstance(kind, sa.Integer):  # BigInteger, too
            return 1_000 + number
        if isinstance(kind, sa.Float | sa.Numeric):
            return 1.5
        if isinstance(kind, sa.JSON):
            return []
        if isinstance(kind, sa.DateTime):
            moment = START + timedelta(seconds=number)
            return moment if kind.timezone else moment.replace(tzinfo=None)
        if isinstance(kind, sa.Date):
            return date(2026, 11, 1)
        if isinstance(kind, sa.LargeBinary):
            return b"x"
        length = getattr(kind, "length", None) or 64
        return f"{column.name}-{number}"[-min(length, 60) :]
