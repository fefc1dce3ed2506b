"""What contract tests share: an empty, migrated database to copy from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.kit import migrated_sqlite


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))
