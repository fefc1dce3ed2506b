"""The service as real processes on free ports, for tests: Rasa with the trained model, action server, gateway. No supervisor.

The one place that says how a process of ours is started. Several gateways that are killed at random are
integration/nothing_lost.py, what a browser needs is e2e/stack.py, gateways alone are doubles/processes.py.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = "dGhlIGtleSBvZiBhbGwgdGVzdHMsIDMyIGJ5dGVzISE="  # no secret
READY_SECONDS = 180.0  # of a machine that does other things, too


_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on now and that was not given out before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


def service_environment(var: Path, ports: Mapping[str, int], *, token: str, **settings: str) -> dict[str, str]:
    """What the processes of one machine are told: where things are, and no limits on how much is written.

    Args:
        ports: of "gateway", "rasa" and "actions".
        settings: further JOBSEEKER_… settings, by their lower-case name without the prefix.
    """
    given = {name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")}
    own = {
        "var_dir": str(var),
        "port": str(ports["gateway"]),
        "rasa_port": str(ports["rasa"]),
        "actions_port": str(ports["actions"]),
        "actions_url": f"http://127.0.0.1:{ports['actions']}",
        "tracker_url": f"sqlite:///{var / 'tracker.db'}",
        "internal_token": token,
        "encryption_keys": KEY,
        "messages_per_second": "1000",
        "message_burst": "100000",
        "conversation_burst": "100000",
        **settings,
    }
    told = {f"JOBSEEKER_{name.upper()}": value for name, value in own.items()}
    return {**given, **told, "OPENBLAS_NUM_THREADS": "1", "RASA_TELEMETRY_ENABLED": "false"}


def start_process(name: str, environment: Mapping[str, str], *, log: Path, port: int = 0) -> subprocess.Popen[bytes]:
    """Start "rasa", "actions" or "gateway" (whose port is in the environment); it writes to the end of `log`."""
    python = ROOT / ("bot/.venv" if name == "rasa" else ".venv") / "bin" / "python"
    arguments = {
        "rasa": ["-m", "bot.launch", "run", "--port", str(port)],
        "actions": ["-m", "actions.serve", "--port", str(port)],
        "gateway": ["-m", "app.gateway_main"],
    }[name]
    with log.open("ab") as out:
        return subprocess.Popen([str(python), *arguments], cwd=ROOT, env=dict(environment), stdout=out, stderr=out)


def end_processes(processes: Iterable[subprocess.Popen[bytes]], seconds: float = 15) -> None:
    """Kindly first."""
    running = list(processes)
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(seconds)


@dataclass
class Stack:
    """Processes by name ("rasa", "actions", "gateway"); each can be killed and started again."""

    var: Path
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def start(self, name: str, wait: bool = True) -> None:
        """Start one process and wait until it answers."""
        log = self.var / f"{name}.log"
        self.processes[name] = start_process(name, self.environment, log=log, port=self.ports[name])
        if wait:
            self.wait_ready(name)

    def wait_ready(self, name: str) -> None:
        """Wait until a process answers at its health address. Fails with the end of its log."""
        path = {"rasa": "/webhooks/jobseeker/health", "actions": "/health", "gateway": "/healthz"}[name]
        address = f"http://127.0.0.1:{self.ports[name]}{path}"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(address, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
            if self.processes[name].poll() is not None:
                break
        raise AssertionError(
            f"{name} is not ready:\n" + (self.var / f"{name}.log").read_text("utf-8", "replace")[-3000:]
        )

    def kill(self, name: str) -> None:
        """kill -9."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        """End all, kindly first."""
        end_processes(self.processes.values())
        self.processes.clear()

    def call(self, method: str, path: str, body: Any = None, token: str = "", timeout: float = 60) -> tuple[int, Any]:
        """(status, JSON) of a call to the gateway."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.loads(problem.read() or b"null")


class Person:
    """Somebody with a conversation."""

    def __init__(self, stack: Stack, language: str = "zh-Hant") -> None:
        self.stack = stack
        status, body = stack.call("POST", "/api/v1/conversations", {"language": language})
        assert status == 201, body
        self.id, self.token, self.greeting = body["id"], body["token"], body["replies"]

    def send(self, text: str, payload: str = "", wait: int = 30, message_id: str = "") -> tuple[int, Any]:
        """Post a message; the raw answer."""
        body = {
            "text": text,
            "client_message_id": message_id or uuid.uuid4().hex,
            **({"payload": payload} if payload else {}),
        }
        query = f"?wait={wait}" if wait else ""
        return self.stack.call(
            "POST", f"/api/v1/conversations/{self.id}/messages{query}", body, self.token, timeout=wait + 30
        )

    def ask(self, text: str, payload: str = "") -> list[dict[str, Any]]:
        """Post a message and return the replies to it."""
        status, body = self.send(text, payload)
        assert status == 200, body
        return list(body["replies"])


@contextmanager
def running_stack(
    var: Path, start: tuple[str, ...] = ("rasa", "actions", "gateway"), **settings: str
) -> Iterator[Stack]:
    """Start the service with its data in `var`; stop it at the end. Skips where there is no trained model.

    `settings`: further JOBSEEKER_… settings, by their lower-case name without the prefix.
    """
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    ports = {name: free_port() for name in ("rasa", "actions", "gateway")}
    environment = service_environment(var, ports, token=secrets.token_urlsafe(16), **settings)
    stack = Stack(var, environment, ports)
    try:
        for name in start:
            stack.start(name, wait=False)
        for name in start:
            stack.wait_ready(name)
        yield stack
    finally:
        stack.stop()
