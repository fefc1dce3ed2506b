"""What contract tests share: an empty, migrated database to copy from; which of them need a gateway and a platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.kit import migrated_sqlite

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a gateway in front of a stand-in platform is left to `make test`: together they take a minute."""
    for item in items:
        if item.path.parent == HERE and {"bench", "platform"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.platforms)
