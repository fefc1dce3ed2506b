"""Brings a database to the revision that this code expects. The steps are in migrations/versions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from store.engine import Engines
from store.schema import metadata

Standing = Literal["current", "behind", "ahead", "foreign"]
MIGRATIONS = Path(__file__).parent / "migrations"


async def upgrade(engines: Engines, revision: str = "head") -> None:
    """Run what is missing; nothing where nothing is missing. Several processes may ask at once."""
    async with engines.writer.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def downgrade(engines: Engines, revision: str) -> None:
    """Go back to `revision` ("base": no tables)."""
    async with engines.writer.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))


async def upgrade_on(connection: AsyncConnection, revision: str = "head") -> None:
    """The same in a transaction that does more than this."""
    await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def revision_on(connection: AsyncConnection) -> str:
    """Where the database is; "" where it has no tables yet."""
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) or ""


def is_known(revision: str) -> bool:
    """Whether this code can bring a database from that revision to its own."""
    try:
        return ScriptDirectory.from_config(_config(None)).get_revision(revision) is not None
    except CommandError:
        return False


async def is_current(engines: Engines) -> bool:
    """Whether the database is at the revision of this code."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    async with engines.reader.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) == head


async def standing(engines: Engines) -> Standing:
    """Where the database is, seen from this code.

    Returns:
        "current"; "behind": `upgrade` brings it here; "ahead": a newer release has been at it and everything this code
        needs is still there; "foreign": it is not.
    """
    if await is_current(engines):
        return "current"
    async with engines.reader.connect() as connection:
        revision = await revision_on(connection)
        if not revision or is_known(revision):
            return "behind"
        return "foreign" if await connection.run_sync(_lacking) else "ahead"


def _lacking(connection: Connection) -> list[str]:
    """Columns that this code uses and the database does not have."""
    looked_at = inspect(connection)
    there = {name: {column["name"] for column in looked_at.get_columns(name)} for name in looked_at.get_table_names()}
    return [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name not in there.get(table.name, set())
    ]


async def differences(engines: Engines) -> list[object]:
    """What the tables in the database lack or have too much, compared with tables.py."""
    async with engines.reader.connect() as connection:
        return await connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata))
        )


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
