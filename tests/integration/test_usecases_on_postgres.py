"""The use-case tests of tests/unit/usecases once more, on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.encryption import new_key
from tests.doubles.kit import Kit, open_kit
from tests.integration.conftest import Postgres
from tests.unit.usecases.test_accounts import *  # noqa: F403 - the tests themselves
from tests.unit.usecases.test_audit_chain import *  # noqa: F403
from tests.unit.usecases.test_canned_replies import *  # noqa: F403
from tests.unit.usecases.test_change_password import *  # noqa: F403
from tests.unit.usecases.test_declare_for_audit import *  # noqa: F403
from tests.unit.usecases.test_deliveries import (  # noqa: F401
    Pigeon,
    pigeon,
    test_a_reply_that_must_wait_holds_back_the_later_ones,
    test_replies_are_sent_in_order,
)
from tests.unit.usecases.test_desk import *  # noqa: F403
from tests.unit.usecases.test_effects import *  # noqa: F403
from tests.unit.usecases.test_files import *  # noqa: F403
from tests.unit.usecases.test_guards import *  # noqa: F403
from tests.unit.usecases.test_handoff import *  # noqa: F403
from tests.unit.usecases.test_language import *  # noqa: F403
from tests.unit.usecases.test_link import *  # noqa: F403
from tests.unit.usecases.test_messages import *  # noqa: F403
from tests.unit.usecases.test_releases import *  # noqa: F403
from tests.unit.usecases.test_second_factor import (  # noqa: F401
    test_guesses_at_once_are_all_counted_and_stop_at_the_lock,
    test_no_code_is_taken_twice_nor_an_older_one_after_it,
    test_one_code_in_two_requests_at_once_opens_one_session,
    test_one_ticket_in_two_requests_at_once_opens_one_session,
    test_wrong_codes_and_wrong_passwords_lock_together,
)
from tests.unit.usecases.test_supervise import *  # noqa: F403
from tests.unit.usecases.test_switches import *  # noqa: F403
from tests.unit.usecases.test_uploads import *  # noqa: F403
from tests.unit.usecases.test_waiting import *  # noqa: F403

pytestmark = pytest.mark.postgres


@pytest.fixture
async def database_url(postgres: Postgres) -> str:
    """A fresh database."""
    return await postgres.migrated()


@pytest.fixture
async def kit(database_url: str, pigeon: Pigeon) -> AsyncIterator[Kit]:  # noqa: F811
    """Services on it."""
    async with open_kit(database_url, senders={"pigeon": pigeon}, encryption_keys=new_key()) as opened:
        yield opened


async def test_it_is_postgresql(kit: Kit) -> None:
    assert kit.services.engines.dialect == "postgresql"
    ((version,),) = await kit.rows("SELECT version()")
    assert version.startswith("PostgreSQL")
