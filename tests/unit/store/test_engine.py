"""What the engines promise: durable settings, writers in line, readers that cannot write, times that keep their zone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.engine import Engines, create_engines, sqlite_path
from store.migrate import upgrade
from store.sqlite_driver import OneVisitConnection, connect
from store.tables import alert
from store.unit_of_work import SqlStore

pytestmark = pytest.mark.slow  # with `make test`


AT = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
ALERT = {"at": AT, "kind": "x", "detail": {}}


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    """A migrated database."""
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path}/jobseeker.db")
    await upgrade(made)
    yield made
    await made.dispose()


@pytest.fixture
def store(engines: Engines) -> SqlStore:
    """Transactions on it."""
    return SqlStore(engines)


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
        raw = await driver(connection)
        assert isinstance(raw, aiosqlite.Connection)
        visits = count_visits(raw)
        rows = (await connection.execute(select(alert.c.id))).all()
        assert rows == []
        assert len(visits) == 1  # BEGIN and the SELECT
        assert raw.in_transaction
    assert not raw.in_transaction, "the pool has taken it back"
    assert len(visits) == 1, "nothing was written: no visit to undo it"


async def test_a_transaction_that_writes_takes_a_visit_for_each_statement_and_one_to_commit(engines: Engines) -> None:
    async with engines.writer.begin() as connection:
        raw = await driver(connection)
        visits = count_visits(raw)
        assert not raw.in_transaction, "it begins with its first statement"
        await connection.execute(insert(alert), ALERT)
        assert raw.in_transaction
    assert len(visits) == 2
    assert not raw.in_transaction
    async with engines.writer.begin():
        pass
    assert len(visits) == 2, "a transaction without statements never began"


async def test_the_write_lock_is_taken_before_the_first_statement_of_a_transaction_reads(engines: Engines) -> None:
    other = sqlite3.connect(str(engines.writer.url.database), timeout=0, isolation_level=None)
    async with engines.writer.begin() as connection:
        await connection.execute(select(alert.c.id))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")  # free again
    other.close()


async def test_one_who_is_stopped_in_the_middle_of_a_statement_leaves_no_transaction_behind(tmp_path: Path) -> None:
    """The thread begins the transaction only after the one who asked for it has given up."""
    raw = await connect(str(tmp_path / "x.db"), query_only=False)
    free, reached = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        free.wait(10)

    raw._tx.put_nowait((None, hold))
    raw.begin_with("BEGIN IMMEDIATE")
    cursor = await raw.cursor()
    asked = asyncio.create_task(cursor.execute("CREATE TABLE t (x)"))
    await asyncio.to_thread(reached.wait, 10)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert asked.cancelled()
    assert not raw.in_transaction
    undoing = asyncio.create_task(raw.rollback())
    await asyncio.sleep(0.05)
    free.set()
    await undoing
    assert not raw.in_transaction
    assert await raw.visit(lambda: raw._conn.execute("SELECT name FROM sqlite_master").fetchall()) == []
    await raw.close()


async def test_a_brief_transaction_visits_the_thread_to_commit_only(store: SqlStore) -> None:
    async with store.write(brief=True) as work:
        raw = await driver(work.connection)
        visits = count_visits(raw)
        await work.connection.execute(insert(alert), ALERT)
        assert (await work.connection.execute(select(alert.c.kind))).scalar_one() == "x"
        assert visits == []
        assert raw.in_transaction
    assert len(visits) == 1
    assert not raw.brief, "the next transaction on this connection is an ordinary one"
    async with store.read(brief=True) as work:
        visits = count_visits(await driver(work.connection))
        assert (await work.connection.execute(select(alert.c.kind))).scalar_one() == "x"
    assert visits == []


async def test_a_brief_transaction_that_fails_is_undone(store: SqlStore) -> None:
    async def fail() -> None:
        async with store.write(brief=True) as work:
            await work.connection.execute(insert(alert), ALERT)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail()
    async with store.read() as work:
        assert (await work.connection.execute(select(alert.c.kind))).all() == []
        assert not (await driver(work.connection)).brief


async def test_a_brief_transaction_waits_in_the_thread_for_another_process_that_writes(store: SqlStore) -> None:
    """The event loop goes on meanwhile."""
    other = sqlite3.connect(str(store.engines.writer.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    turns = 0

    async def write() -> None:
        async with store.write(brief=True) as work:
            await work.connection.execute(insert(alert), ALERT)

    writing = asyncio.create_task(write())
    for _ in range(20):
        await asyncio.sleep(0.01)
        turns += 1
        assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(writing, 10)
    assert turns == 20
    async with store.read() as work:
        assert (await work.connection.execute(select(alert.c.kind))).scalar_one() == "x"
        timeout = await work.connection.exec_driver_sql("PRAGMA busy_timeout")
        assert timeout.scalar_one() == 15_000


async def driver(connection: AsyncConnection) -> OneVisitConnection:
    """The driver's connection under one of the engine."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, OneVisitConnection)
    return raw


def count_visits(raw: OneVisitConnection) -> list[object]:
    """What is put into the queue of the connection's thread from now on."""
    visits: list[object] = []
    put = raw._tx.put_nowait

    class Counting:
        def put_nowait(self, item: object) -> None:
            visits.append(item)
            put(item)  # type: ignore[arg-type]

    raw._tx = Counting()  # type: ignore[assignment]
    return visits
