"""The tests of alerts, marks and contested results once more, on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.doubles.kit import Kit, open_kit
from tests.doubles.vacancy_world import Walk, fill, walk
from tests.integration.conftest import Postgres
from tests.unit.journeys.test_marks import (  # noqa: F401
    test_not_for_me_asks_why_and_the_list_heeds_it,
    test_undo_brings_it_back,
)
from tests.unit.journeys.test_sending_alerts import (  # noqa: F401 - the tests themselves
    test_a_lost_lease_writes_nothing,
    test_a_new_vacancy_is_told_once,
    test_every_alert_is_logged,
    test_nothing_to_somebody_who_is_gone,
    test_nothing_while_a_crisis_is_open,
    test_the_stop_word_ends_it_at_once,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
async def kit(postgres: Postgres) -> AsyncIterator[Kit]:
    """Services on a fresh database."""
    async with open_kit(await postgres.migrated()) as opened:
        yield opened


@pytest.fixture
async def ids(kit: Kit) -> Mapping[str, int]:
    """The market is open."""
    return await fill(kit)


@pytest.fixture
async def person(kit: Kit, ids: Mapping[str, int], tmp_path: Path) -> Walk:
    """Somebody who has just come."""
    return await walk(kit, tmp_path)
