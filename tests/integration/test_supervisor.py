"""`jobseeker up`, `status`, `down`: what a newcomer runs. Real supervisord; a killed process comes back; a second `up` is quick."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.processes import is_healthy
from tests.stack import ROOT, free_port

pytestmark = [pytest.mark.model, pytest.mark.processes]
JOBSEEKER = ROOT / ".venv" / "bin" / "jobseeker"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Settings of an installation of its own; stopped at the end whatever happens."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    values = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")},
        "JOBSEEKER_VAR_DIR": str(tmp_path / "var"),
        "JOBSEEKER_PORT": str(free_port()),
        "JOBSEEKER_RASA_PORT": str(free_port()),
        "JOBSEEKER_ACTIONS_PORT": str(free_port()),
    }
    yield values
    subprocess.run([JOBSEEKER, "down"], env=values, cwd=ROOT, capture_output=True, timeout=90, check=False)


def run(environment: Mapping[str, str], *arguments: str, code: int = 0) -> str:
    """Run the command; its output."""
    done = subprocess.run(
        [JOBSEEKER, *arguments],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def pid_of(status: str, name: str) -> int:
    """The process id that `status` shows."""
    match = re.search(rf"^{name} .*pid (\d+)", status, re.MULTILINE)
    assert match is not None, status
    return int(match[1])


def test_up_kill_up_down(environment: Mapping[str, str]) -> None:
    first = run(environment, "up")
    assert re.search(r"password \S{20,}", first)
    gateway = f"http://127.0.0.1:{environment['JOBSEEKER_PORT']}"
    assert f"{gateway}/" in first
    assert is_healthy(gateway + "/readyz")

    began = time.monotonic()
    second = run(environment, "up")
    assert time.monotonic() - began < 20, "the contract with newcomers, not a benchmark"
    assert "password" not in second

    for name in ("rasa", "actions", "gateway"):
        victim = pid_of(run(environment, "status"), name)
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status = run(environment, "status")
            if re.search(rf"^{name} +RUNNING +answers ", status, re.MULTILINE) and pid_of(status, name) != victim:
                break
            time.sleep(0.5)
        else:
            raise AssertionError(f"{name} did not come back:\n{status}")

    assert "stopped" in run(environment, "down")
    assert not is_healthy(gateway + "/healthz")
    assert "nothing was running" in run(environment, "down")
    assert "nothing is running" in run(environment, "status")


def test_a_taken_port_is_named_with_what_to_do(environment: Mapping[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["JOBSEEKER_PORT"])))
        other.listen()
        said = run(environment, "up", code=1)
    assert f"port {environment['JOBSEEKER_PORT']} on 127.0.0.1 is taken" in said
    assert "JOBSEEKER_PORT=" in said


def test_passwords_are_kept_hashed(environment: Mapping[str, str]) -> None:
    said = run(environment, "account", "add", "chen", "陳輔導員")
    password = re.search(r"password (\S+)", said)
    assert password is not None
    database = (Path(environment["JOBSEEKER_VAR_DIR"]) / "jobseeker.db").read_bytes()
    files = [path for path in Path(environment["JOBSEEKER_VAR_DIR"]).rglob("*") if path.is_file()]
    assert any(b"$argon2id$" in path.read_bytes() for path in files)
    assert password[1].encode() not in b"".join(path.read_bytes() for path in files)
    assert database
    assert "already taken" in run(environment, "account", "add", "chen", "Chen", code=1)
