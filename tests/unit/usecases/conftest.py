"""Use-case tests run on SQLite here; tests/integration/test_usecases_on_postgres.py runs the same tests on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated database."""
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    """Services on that database."""
    async with open_kit(database_url) as opened:
        yield opened
