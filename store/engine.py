"""Engines for SQLite and PostgreSQL with the settings that make them durable and quick. No tables, no queries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jobseeker.ports import Vault
from store.sealed import equip
from store.sqlite_driver import OneVisitConnection, connect

SQLITE_READERS = 4


@dataclass(frozen=True)
class Engines:
    """Where to write and where to read; the same engine on PostgreSQL."""

    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.writer.dialect.name

    async def dispose(self) -> None:
        """Close all connections."""
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


def create_engines(url: str, *, pool_size: int = 10, vault: Vault | None = None) -> Engines:
    """Engines whose sealed columns open with `vault`; without one nothing is read from them or written to them. Raises like `_made`."""
    engines = _made(url, pool_size)
    if vault is not None:
        equip(engines.writer, vault)
        equip(engines.reader, vault)
    return engines


def _made(url: str, pool_size: int) -> Engines:
    """Engines for `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`. Raises ValueError on another kind.

    SQLite allows one writer at a time: writers of this process queue for one connection (fair, no busy waiting), and
    `BEGIN IMMEDIATE` takes the lock at the start, so that a transaction never fails in the middle for want of it.
    """
    parsed = make_url(url)
    settings: dict[str, Any] = {
        "json_serializer": _dumps,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # an error in a log must not show what a person wrote
        "max_overflow": 0,
        "pool_timeout": 60,
    }
    if parsed.drivername == "postgresql+asyncpg":
        engine = create_async_engine(parsed, pool_size=pool_size, pool_pre_ping=True, **settings)
        return Engines(engine, engine)
    if parsed.drivername != "sqlite+aiosqlite":
        raise ValueError(
            f"database URL must start with sqlite+aiosqlite:// or postgresql+asyncpg://, not {parsed.drivername}://"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("a SQLite database needs a file: what is kept only in memory is not kept")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    path = parsed.database
    writer = create_async_engine(
        parsed, pool_size=1, async_creator=partial(connect, path, query_only=False), **settings
    )
    reader = create_async_engine(
        parsed, pool_size=SQLITE_READERS, async_creator=partial(connect, path, query_only=True), **settings
    )
    _begin_with(writer, "BEGIN IMMEDIATE")
    _begin_with(reader, "BEGIN")
    return Engines(writer, reader)


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, OneVisitConnection), "only these engines are listened to"
        driver.begin_with(statement)


@contextmanager
def brief_statements(connection: AsyncConnection, brief: bool) -> Iterator[None]:
    """On SQLite: run the statements of this transaction on the event loop, if it is `brief`. PostgreSQL is asked as ever."""
    driver = connection.sync_connection.connection.driver_connection if brief and connection.sync_connection else None
    if not isinstance(driver, OneVisitConnection):
        yield
        return
    driver.brief = True
    try:
        yield
    finally:
        driver.brief = False


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


async def wait_until_reachable(engines: Engines, seconds: float) -> None:
    """Wait for the database server, for as long as `seconds`. Raises what the last attempt raised."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            async with engines.reader.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
                return
        except OSError:
            if asyncio.get_running_loop().time() >= deadline:
                raise
            await asyncio.sleep(0.25)
