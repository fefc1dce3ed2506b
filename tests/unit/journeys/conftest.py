"""Journeys run on SQLite with the small market of tests/doubles/vacancy_world.py."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit
from tests.doubles.vacancy_world import Walk, fill, walk


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def kit(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Kit]:
    """Services on a database of their own."""
    async with open_kit(copied_sqlite(sqlite_template, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def ids(kit: Kit) -> Mapping[str, int]:
    """The market is open: source id -> id."""
    return await fill(kit)


@pytest.fixture
async def person(kit: Kit, ids: Mapping[str, int], tmp_path: Path) -> Walk:
    """Somebody who has just come."""
    return await walk(kit, tmp_path)
