"""The migrations make exactly the tables of store/tables.py, and can be taken back. PostgreSQL: tests/integration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.engine import Engines, create_engines
from store.migrate import differences, downgrade, is_current, upgrade
from store.tables import metadata


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    """An empty database."""
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    yield made
    await made.dispose()


async def test_head_is_the_tables(engines: Engines) -> None:
    assert len(metadata.tables) >= 8
    assert not await is_current(engines)
    assert len(await differences(engines)) >= len(metadata.tables)  # the comparison does see what is missing
    await upgrade(engines)
    assert await is_current(engines)
    assert await differences(engines) == []
    await upgrade(engines)  # nothing to do


async def test_a_changed_table_is_noticed(engines: Engines) -> None:
    await upgrade(engines)
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE alert DROP COLUMN seen_at")
        await connection.exec_driver_sql("DROP INDEX ix_outbox_inbox_id")
    assert len(await differences(engines)) == 2


async def test_down_and_up_again(engines: Engines) -> None:
    await upgrade(engines)
    await downgrade(engines, "base")
    assert len(await differences(engines)) >= len(metadata.tables)
    await upgrade(engines)
    assert await differences(engines) == []
