"""The tests of sealed columns once more on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.doubles.kit import Kit, open_kit
from tests.integration.conftest import Postgres
from tests.unit.usecases.test_sealed_columns import *  # noqa: F403 - the tests themselves
from tests.unit.usecases.test_sealed_columns import OLD

pytestmark = pytest.mark.postgres


@pytest.fixture
async def database_url(postgres: Postgres) -> str:
    """A fresh database."""
    return await postgres.migrated()


@pytest.fixture
async def restored_url(postgres: Postgres) -> str:
    """No tables."""
    return await postgres.empty()


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    """Services with the old key."""
    async with open_kit(database_url, encryption_keys=OLD) as opened:
        yield opened


async def test_it_is_postgresql(kit: Kit) -> None:
    assert kit.services.engines.dialect == "postgresql"
