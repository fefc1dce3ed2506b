"""What the engines promise: durable settings, writers in line, readers that cannot write, times that keep their zone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from store.engine import Engines, create_engines, sqlite_path
from store.migrate import upgrade
from store.sqlite_driver import OneVisitConnection
from store.tables import alert
from store.unit_of_work import SqlStore

pytestmark = pytest.mark.slow  # with `make test`


AT = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    """A migrated database."""
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path}/jobseeker.db")
    await upgrade(made)
    yield made
    await made.dispose()


async def test_settings_of_the_database(engines: Engines) -> None:
    async with engines.writer.connect() as connection:
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only"):
            found[name] = (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 15_000,
        "query_only": 0,
    }


async def test_a_reader_cannot_write(engines: Engines) -> None:
    async with engines.reader.connect() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(insert(alert), {"at": AT, "kind": "x", "detail": {}})


async def test_writers_take_turns_and_lose_nothing(engines: Engines) -> None:
    async def add() -> None:
        async with engines.writer.begin() as connection:
            await connection.execute(insert(alert), {"at": AT, "kind": "x", "detail": {}})

    await asyncio.gather(*(add() for _ in range(50)))
    async with engines.reader.connect() as connection:
        assert len((await connection.execute(select(alert.c.id))).all()) == 50


async def test_what_fails_is_rolled_back(engines: Engines) -> None:
    store = SqlStore(engines)

    async def fail() -> None:
        async with store.write() as work:
            await work.ledger.alert(at=AT, kind="x", conversation_id=None, detail={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with store.read() as work:
        assert await work.ledger.alerts_after(0) == []


async def test_an_error_does_not_show_what_a_person_wrote(engines: Engines) -> None:
    async with engines.writer.begin() as connection:
        with pytest.raises(IntegrityError) as raised:
            await connection.execute(insert(alert), {"at": AT, "kind": None, "detail": {"text": "my secret"}})
    assert "my secret" not in str(raised.value)


async def test_times_come_back_as_they_were_in_utc(engines: Engines) -> None:
    taipei = AT.astimezone(timezone(timedelta(hours=8)))
    async with engines.writer.begin() as connection:
        await connection.execute(insert(alert), {"at": taipei, "kind": "x", "detail": {}})
        found = (await connection.execute(select(alert.c.at).where(alert.c.at == AT))).scalar_one()
        assert (found, found.tzinfo) == (AT, timezone.utc)
        with pytest.raises(StatementError):
            await connection.execute(insert(alert), {"at": AT.replace(tzinfo=None), "kind": "x", "detail": {}})


async def test_a_number_is_not_given_out_again_after_deletion(engines: Engines) -> None:
    """The dialogue engine answers a message number it has seen with the recorded turn."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    async with engines.reader.connect() as connection:
        names = {row[0] for row in (await connection.exec_driver_sql(sql)).all()}
    assert {"inbox", "outbox", "handoff_case", "account"} <= names


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "sqlite:///x.db", "mysql://x", "postgresql://x/y"]
)
def test_a_database_that_does_not_keep_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        create_engines(url)


def test_the_file_of_a_database() -> None:
    assert sqlite_path("sqlite+aiosqlite:////tmp/x.db") == Path("/tmp/x.db")
    assert sqlite_path("postgresql+asyncpg://u:p@h/x") is None


async def test_one_visit_of_the_thread_per_statement(engines: Engines) -> None:
    """The names of aiosqlite that store/sqlite_driver.py leans on are there, and do what it thinks."""
    async with engines.reader.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, OneVisitConnection)
        assert isinstance(raw, aiosqlite.Connection)
        visits = 0
        put = raw._tx.put_nowait

        class Counting:
            def put_nowait(self, item: object) -> None:
                nonlocal visits
                visits += 1
                put(item)  # type: ignore[arg-type]

        raw._tx = Counting()  # type: ignore[assignment]
        rows = (await connection.execute(select(alert.c.id))).all()
        assert rows == []
        assert visits == 2  # BEGIN and the SELECT
