"""A store on an empty SQLite database; tests/integration runs the same tests on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.doubles.kit import copied_sqlite, migrated_sqlite


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    return migrated_sqlite(tmp_path_factory.mktemp("store"))


@pytest.fixture
async def store(migrated: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store."""
    engines = create_engines(copied_sqlite(migrated, tmp_path))
    yield SqlStore(engines)
    await engines.dispose()
