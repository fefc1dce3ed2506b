"""Runs migrations for store/migrate.py and the alembic command. The migrations themselves are in versions/."""

from __future__ import annotations

import asyncio
import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection, text

from store.engine import create_engines
from store.moment import Moment
from store.schema import metadata

DEFAULT_URL = "sqlite+aiosqlite:///var/jobseeker.db"
LOCK = 7_305_114  # any number: two processes that migrate the same PostgreSQL database take turns


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """A migration must not change when our own types do: write what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run(connection: Connection) -> None:
    """Run what was asked for on this connection, all of it in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


async def run_online(url: str) -> None:
    """Open the database and run."""
    engines = create_engines(url)
    try:
        async with engines.writer.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engines.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_online(os.environ.get("JOBSEEKER_DATABASE_URL", DEFAULT_URL)))
