"""`jobseeker up`, `status`, `down`: what a newcomer runs. Real supervisord; a killed process comes back; a second `up` is quick."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.processes import Layout, is_healthy
from app.releases.operating import Releases
from app.settings import Settings
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


@pytest.mark.timeout(900)
def test_up_kill_up_down(environment: Mapping[str, str]) -> None:
    first = run(environment, "up")
    assert re.search(r"password \S{20,}", first)
    gateway = f"http://127.0.0.1:{environment['JOBSEEKER_PORT']}"
    assert f"{gateway}/" in first
    assert is_healthy(gateway + "/readyz")

    began = time.monotonic()
    second = run(environment, "up")
    assert time.monotonic() - began < 60, "nothing is trained or set up again; how long it takes is no test's matter"
    assert "password" not in second

    for name in ("rasa", "actions", "gateway"):
        victim = pid_of(run(environment, "status"), name)
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 180  # of a machine that does other things, too
        while time.monotonic() < deadline:
            status = run(environment, "status")
            if re.search(rf"^{name} +RUNNING +answers ", status, re.MULTILINE) and pid_of(status, name) != victim:
                break
            time.sleep(0.5)
        else:
            raise AssertionError(f"{name} did not come back:\n{status}")

    served = run(environment, "release", "list")
    assert re.search(r"^ +1 [0-9a-f]{12} .* served$", served, re.MULTILINE), served
    another_release(environment, gateway)

    assert "stopped" in run(environment, "down")
    assert not is_healthy(gateway + "/healthz")
    assert "nothing was running" in run(environment, "down")
    assert "nothing is running" in run(environment, "status")


def another_release(environment: Mapping[str, str], gateway: str) -> None:
    """A changed answer is served from the moment its release is; one that cannot be served leaves the one before; back again."""
    tree = Path(environment["JOBSEEKER_VAR_DIR"]).parent / "tree"
    for name in ("packs", "data", "models"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("config.yml", "domain.yml"):
        shutil.copyfile(ROOT / name, tree / name)
    settings = Settings(var_dir=Path(environment["JOBSEEKER_VAR_DIR"]))
    releases = Releases(settings, Layout(tree, settings.var_dir), print)
    responses, rules = tree / "data" / "responses" / "dialogue.yml", next((tree / "data" / "rules").glob("*.yml"))
    old = "Hello, I am an automatic program"
    assert greeting(gateway).startswith(old)

    responses.write_text(responses.read_text("utf-8").replace(old, "Welcome. I am an automatic program"), "utf-8")
    assert releases.take("another greeting").number == 2
    assert greeting(gateway).startswith(old), "taken is not served"
    told = run(environment, "release", "activate", "2", "--reason", "a test")
    assert re.search(r"actions serves release 2\ngateway serves release 2\nrelease 2 is served", told)
    assert "rasa" not in told, "its model is the same"
    assert greeting(gateway).startswith("Welcome. I am"), "the same supervisord, the next release"

    rules.write_text("rules: [", "utf-8")
    assert releases.take("a broken file that taking does not read").number == 3
    told = run(environment, "release", "activate", "3", "--reason", "a test", code=1)
    assert "release 3 did not come up; release 2 is served again" in told
    assert greeting(gateway).startswith("Welcome. I am")

    assert "release 1 is served" in run(environment, "release", "rollback", "--reason", "a test")
    assert greeting(gateway).startswith(old)
    assert "release 2 is served" in run(environment, "release", "rollback", "--reason", "and forward")
    assert "was taken out of service (and forward): release 2 is served" in run(environment, "up")
    assert greeting(gateway).startswith("Welcome. I am"), "up does not undo what somebody chose"


def greeting(gateway: str) -> str:
    """What a new conversation begins with."""
    body = json.dumps({"language": "en"}).encode()
    request = urllib.request.Request(f"{gateway}/api/v1/conversations", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)
    return str(found["replies"][0]["text"])


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
