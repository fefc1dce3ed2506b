"""The state machine of the hand-off (tests/doubles/owner_machine.py) on a real PostgreSQL server, with two gateways."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.doubles.kit import open_kit
from tests.doubles.owner_machine import OwnerMachine
from tests.integration.conftest import Postgres

pytestmark = pytest.mark.postgres


def test_the_rules_hold_with_two_gateways(postgres: Postgres) -> None:
    class OnPostgres(OwnerMachine):
        def open(self) -> None:
            url = self.run(postgres.migrated())
            self.opened = [open_kit(url), open_kit(url)]
            self.kits = [self.run(one.__aenter__()) for one in self.opened]
            assert self.kits[0].services.engines.dialect == "postgresql"

        def close(self) -> None:
            for one in self.opened:
                self.run(one.__aexit__(None, None, None))

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnPostgres,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.function_scoped_fixture,
            ],
        ),
    )
