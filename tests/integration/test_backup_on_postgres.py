"""The backup tests of tests/unit/usecases once more from PostgreSQL to PostgreSQL, trackers too; and from SQLite to PostgreSQL and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import tracker
from tests.doubles.kit import Kit, copied_sqlite, open_kit
from tests.integration.conftest import Postgres
from tests.unit.usecases.test_backup import *  # noqa: F403 - the tests themselves
from tests.unit.usecases.test_backup import Machine, add_turn, content, machine, next_inbox_id, old_tracker  # noqa: F401
from tests.unit.usecases.test_erasure import mark_every_table

pytestmark = pytest.mark.postgres


@pytest.fixture
async def database_url(postgres: Postgres) -> str:
    """What is backed up."""
    return await postgres.migrated()


@pytest.fixture
async def empty_url(postgres: Postgres) -> str:
    """Where to restore to: no tables."""
    return await postgres.empty()


@pytest.fixture
async def older_url(postgres: Postgres) -> str:
    """No tables yet, either."""
    return await postgres.empty()


@pytest.fixture
async def tracker_urls(postgres: Postgres) -> tuple[str, str]:
    """Two, as the dialogue engine's environment names them."""
    both = [(await postgres.empty()).replace("postgresql+asyncpg", "postgresql") for _ in range(2)]
    return both[0], both[1]


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    """Services on what is backed up."""
    async with open_kit(database_url) as opened:
        yield opened


async def test_it_is_postgresql(kit: Kit) -> None:
    assert kit.services.engines.dialect == "postgresql"


async def test_from_sqlite_to_postgresql_and_back(
    sqlite_template: Path,
    empty_url: str,
    tracker_urls: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    small = copied_sqlite(sqlite_template, tmp_path)
    again = f"sqlite+aiosqlite:///{tmp_path}/again.db"
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))
    async with open_kit(small) as kit:
        started = await kit.start()
        await kit.ask(started, "可以領多少")
        await mark_every_table(kit, started)
        ((highest,),) = await kit.rows("SELECT max(id) FROM inbox")
    there = Machine(monkeypatch, (small, empty_url), (f"sqlite:///{tmp_path}/none.db", tracker_urls[0]))
    await there.ok(0, "backup", str(tmp_path / "1.zip"), "--without-tracker")
    await there.ok(1, "restore", str(tmp_path / "1.zip"), "--no-tombstones")
    back = Machine(monkeypatch, (empty_url, again), (tracker_urls[0], f"sqlite:///{tmp_path}/new.db"))
    await back.ok(0, "backup", str(tmp_path / "2.zip"))
    await back.ok(1, "restore", str(tmp_path / "2.zip"), "--no-tombstones")
    before, after = await content(small), await content(again)
    assert sum(map(len, before.values())) > 30
    assert {name for name in before if before[name] != after[name]} == {"audit", "audit_head"}
    assert await next_inbox_id(empty_url) > highest
    assert await next_inbox_id(again) > highest


async def test_a_tracker_in_the_same_database(
    database_url: str, empty_url: str, kit: Kit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As deploy/compose.yml has it."""
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))
    urls = (database_url, empty_url)
    trackers = (urls[0].replace("+asyncpg", ""), urls[1].replace("+asyncpg", ""))
    both = Machine(monkeypatch, urls, trackers)
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    engines = tracker.tracker_engines(trackers[0])
    async with engines.writer.begin() as connection:
        await tracker.make_tables(connection)
    await add_turn(engines, started.conversation.id, 1, 1, "[]")
    await engines.dispose()
    await both.ok(0, "backup", str(tmp_path / "b.zip"))
    assert " 2 turns" in await both.ok(1, "restore", str(tmp_path / "b.zip"), "--no-tombstones")
    before, after = await content(urls[0]), await content(urls[1])
    assert {name for name in before if before[name] != after[name]} == {"audit", "audit_head"}
