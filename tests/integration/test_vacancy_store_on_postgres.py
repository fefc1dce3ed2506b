"""The store tests of vacancies and courses on a real PostgreSQL server, and revisions with several writers at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.integration.conftest import Postgres
from tests.unit.store.test_courses import *  # noqa: F403 - the tests themselves
from tests.unit.store.test_vacancies import *  # noqa: F403
from tests.unit.store.test_vacancies import NOW, TODAY
from tests.unit.store.test_vacancies import vacancy as numbered  # the other module has a `vacancy` too
from tests.unit.store.test_vacancy_index import *  # noqa: F403

pytestmark = pytest.mark.postgres


@pytest.fixture
async def store(postgres: Postgres) -> AsyncIterator[SqlStore]:
    """On a fresh database."""
    engines = create_engines(await postgres.migrated())
    yield SqlStore(engines)
    await engines.dispose()


async def test_a_reader_misses_nothing_while_many_write(store: SqlStore) -> None:
    """Without the lock a writer could commit a lower revision after a reader has gone past it."""
    writers, rounds, each = 6, 8, 5
    done = False
    seen: dict[str, str] = {}
    revisions: list[int] = []

    async def write(writer: int) -> None:
        for turn in range(rounds):
            items = [numbered(100 * writer + n, source=f"s{writer}", title=f"{turn}") for n in range(each)]
            items = [replace(item, title=f"職稱{item.source_id}第{turn}版") for item in items]
            async with store.write() as work:
                await work.vacancies.put(items, now=NOW, today=TODAY)
                await asyncio.sleep(0.002)  # the revision is taken, the commit is not there yet

    async def read_on() -> None:
        last = 0
        while True:
            finished = done
            async with store.read() as work:
                page = await work.vacancies.changed_since(last, 7)
            for item in page:
                revisions.append(item.revision)
                last, seen[item.vacancy.source + item.vacancy.source_id] = item.revision, item.vacancy.title
            if finished and not page:
                return
            await asyncio.sleep(0)

    reader = asyncio.create_task(read_on())
    await asyncio.gather(*(write(n) for n in range(writers)))
    done = True
    await reader
    assert revisions == sorted(set(revisions))
    assert len(seen) == writers * each
    assert {title[-3:] for title in seen.values()} == {f"第{rounds - 1}版"}
