"""The state machine of the hand-off (tests/doubles/owner_machine.py) on SQLite, whose one writer two gateways share here."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.doubles.kit import copied_sqlite, migrated_sqlite, open_kit
from tests.doubles.owner_machine import OwnerMachine

pytestmark = pytest.mark.slow  # seconds each: with `make test`


_TEMPLATES = Path(tempfile.mkdtemp(prefix="owner-machine-"))


class OnSqlite(OwnerMachine):
    """Two gateways in one process on one file."""

    def open(self) -> None:
        """A fresh copy of a migrated file."""
        self.folder = Path(tempfile.mkdtemp(dir=_TEMPLATES))
        template = _TEMPLATES / "template.db"
        if not template.exists():
            migrated_sqlite(_TEMPLATES)
        url = copied_sqlite(template, self.folder)
        self.opened = [open_kit(url), open_kit(url)]
        self.kits = [self.run(one.__aenter__()) for one in self.opened]

    def close(self) -> None:
        """Close both and delete the file."""
        for one in self.opened:
            self.run(one.__aexit__(None, None, None))
        shutil.rmtree(self.folder)


OnSqlite.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=16,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing walk is short enough to read
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestOwnerMachine = OnSqlite.TestCase
