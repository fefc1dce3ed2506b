"""The migrations make exactly the tables of store/tables.py on PostgreSQL, too. SQLite: tests/unit/store/test_migrations.py."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from store.engine import Engines, create_engines
from store.migrate import differences, downgrade, is_current, upgrade
from store.schema import metadata
from tests.integration.conftest import Postgres
from tests.unit.store.test_migrations import (  # noqa: F401 - the same on PostgreSQL
    test_audit_rows_from_before_become_a_chain_in_their_order,
    test_contacts_from_before_stay_findable_and_are_sealed,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
async def engines(postgres: Postgres) -> AsyncIterator[Engines]:
    """An empty database."""
    made = create_engines(await postgres.empty())
    yield made
    await made.dispose()


async def test_head_is_the_tables(engines: Engines) -> None:
    assert engines.dialect == "postgresql"
    assert len(await differences(engines)) >= len(metadata.tables)
    await upgrade(engines)
    assert await is_current(engines)
    assert await differences(engines) == []
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE alert ALTER COLUMN at TYPE date")
    assert len(await differences(engines)) == 1


async def test_down_and_up_again(engines: Engines) -> None:
    await upgrade(engines)
    await downgrade(engines, "base")
    await upgrade(engines)
    assert await differences(engines) == []


UPGRADE = """
import asyncio, sys
from store.engine import create_engines
from store.migrate import upgrade
asyncio.run(upgrade(create_engines(sys.argv[1])))
"""


@pytest.mark.processes
async def test_several_processes_may_migrate_at_once(engines: Engines) -> None:
    url = engines.writer.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", UPGRADE, url]
    running = [await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE) for _ in range(3)]
    for process in running:
        _, problem = await process.communicate()
        assert process.returncode == 0, problem
    assert await is_current(engines)
