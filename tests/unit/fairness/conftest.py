"""A database of its own for each test of the audit of fairness."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("fairness"))


@pytest.fixture
async def kit(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Kit]:
    """Services on a fresh database."""
    async with open_kit(copied_sqlite(sqlite_template, tmp_path)) as opened:
        yield opened
