"""The audit of fairness over a real PostgreSQL server: the same tests as on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.doubles.kit import Kit, open_kit
from tests.integration.conftest import Postgres
from tests.unit.fairness.test_audit import *  # noqa: F403 - the tests themselves

pytestmark = pytest.mark.postgres


@pytest.fixture
async def kit(postgres: Postgres) -> AsyncIterator[Kit]:
    """Services on a fresh database."""
    async with open_kit(await postgres.migrated()) as opened:
        assert opened.services.engines.dialect == "postgresql"
        yield opened
