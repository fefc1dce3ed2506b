"""Real processes for tests: started, watched, killed. Each test ends what it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.stack import KEY, ROOT, free_port

TOKEN = "test-token"


def call(url: str, body: object = None, *, token: str = "", method: str = "", timeout: float = 30) -> tuple[int, Any]:
    """One HTTP request; status and JSON."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method or None)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as problem:
        return problem.code, json.loads(problem.read() or b"null")


class Process:
    """One process with its own log file."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name, self.command, self.environment = name, list(command), dict(environment)
        self.log = folder / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self, ready: str, seconds: float = 180) -> None:
        """Start and wait until `ready` answers 200."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env={**clean, **self.environment}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + seconds
        while not answers(ready):
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As a crash does: no chance to clean up."""
        self.end(signal.SIGKILL)

    def terminate(self) -> int:
        """As an operator does. The exit code."""
        return self.end(signal.SIGTERM)

    def end(self, number: signal.Signals) -> int:
        """Send the signal and wait."""
        if self.running is None:
            return 0
        self.running.send_signal(number)
        code = self.running.wait(60)
        self.running = None
        return code


def answers(url: str) -> bool:
    """Whether it answers 200."""
    try:
        return call(url, timeout=2)[0] == 200
    except OSError:
        return False


class DialogueServer(Process):
    """The stand-in for Rasa (tests/doubles/dialogue_server.py)."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "tests.doubles.dialogue_server", "--port", str(self.port), "--token", TOKEN]
        super().__init__("dialogue", [*command, "--record", str(folder / "turns.jsonl")], folder, {})

    def up(self) -> DialogueServer:
        """Start it."""
        self.start(f"{self.url}/webhooks/jobseeker/health")
        return self

    def control(self, **settings: Any) -> Any:
        """Set what it does; what it has done so far."""
        return call(f"{self.url}/control", settings or None)[1]


class Gateway(Process):
    """A real gateway."""

    def __init__(self, folder: Path, dialogue_url: str, name: str = "gateway", **settings: object) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            "VAR_DIR": folder,
            "PORT": self.port,
            "RASA_URL": dialogue_url,
            "ACTIONS_URL": dialogue_url,
            "INTERNAL_TOKEN": TOKEN,
            "ENCRYPTION_KEYS": KEY,
            "MESSAGE_BURST": 10_000,
            "CONVERSATION_BURST": 10_000,
            **settings,
        }
        super().__init__(
            name,
            [sys.executable, "-m", "app.gateway_main"],
            folder,
            {f"JOBSEEKER_{key}".upper(): str(value) for key, value in environment.items()},
        )

    def up(self) -> Gateway:
        """Start it."""
        self.start(f"{self.url}/healthz")
        return self

    def begin(self, language: str = "zh-Hant") -> Person:
        """Somebody starts a conversation."""
        status, body = call(f"{self.url}/api/v1/conversations", {"language": language})
        assert status == 201, body
        return Person(self.url, body["id"], body["token"])


class Person:
    """A jobseeker at one gateway. `url` may change: the conversation is not bound to a process."""

    def __init__(self, url: str, conversation_id: str, token: str) -> None:
        self.url, self.id, self.token = url, conversation_id, token

    @property
    def path(self) -> str:
        """The address of the conversation."""
        return f"{self.url}/api/v1/conversations/{self.id}"

    def write(self, text: str, client_id: str, wait: int = 0) -> tuple[int, Any]:
        """Send a message."""
        query = f"?wait={wait}" if wait else ""
        return call(
            f"{self.path}/messages{query}",
            {"text": text, "client_message_id": client_id},
            token=self.token,
            timeout=wait + 30,
        )

    def events(self, after: int = 0, seconds: float = 20, until: int | None = None) -> list[tuple[str, Any]]:
        """(event, data) of the stream, until the seq `until` has come or `seconds` have passed."""
        found: list[tuple[str, Any]] = []
        request = urllib.request.Request(
            f"{self.path}/events?after={after}&own=1", headers={"Authorization": f"Bearer {self.token}"}
        )
        deadline = time.monotonic() + seconds
        kind = ""
        try:
            with urllib.request.urlopen(request, timeout=seconds) as stream:
                for raw in stream:
                    line = raw.decode().rstrip("\n")
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        found.append((kind, json.loads(line[6:])))
                        if until is not None and found[-1][1].get("seq") == until:
                            break
                    if time.monotonic() > deadline:
                        break
        except (TimeoutError, OSError):
            pass
        return found

    def transcript(self, until: int, seconds: float = 60) -> list[tuple[int, str, str]]:
        """(seq, author, text) of everything up to `until`; waits for it."""
        lines = [data for kind, data in self.events(0, seconds, until) if kind != "state"]
        return [(line["seq"], line["author"], line["text"]) for line in lines]
