"""The dialogue engine's tables, for backups alone: they belong to bot/tracker_store/database.py, and a test holds the two the same."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from store.engine import Engines, create_engines

metadata = MetaData()

turn = Table(
    "tracker_turn",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("sender_id", String(128), nullable=False),
    Column("number", Integer, nullable=False),
    Column("inbox_id", BigInteger),
    Column("event_count", Integer, nullable=False),
    Column("events", Text, nullable=False),
    Column("reply", Text),
    Column("at", Float, nullable=False),
    UniqueConstraint("sender_id", "number", name="uq_tracker_turn_sender_id_number"),
    UniqueConstraint("sender_id", "inbox_id", name="uq_tracker_turn_sender_id_inbox_id"),
)

head = Table(
    "tracker_head",
    metadata,
    Column("sender_id", String(128), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("events", Text, nullable=False),
)
TABLES = tuple(metadata.tables)


def tracker_engines(url: str) -> Engines:
    """Engines for a tracker's URL, which names the drivers of the dialogue engine's environment. Raises ValueError on another kind."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return create_engines(parsed.set(drivername="sqlite+aiosqlite").render_as_string(hide_password=False))
    if backend != "postgresql":
        raise ValueError(f"a tracker on {backend} cannot be backed up, only on sqlite:/// and postgresql://")
    query = dict(parsed.query)
    if "sslmode" in query:  # the same under the name of this driver
        query["ssl"] = query.pop("sslmode")
    parsed = parsed.set(drivername="postgresql+asyncpg", query=query)
    return create_engines(parsed.render_as_string(hide_password=False))


async def make_tables(connection: AsyncConnection) -> None:
    """As the dialogue engine makes them when it starts, where they are not there."""
    await connection.run_sync(metadata.create_all)
