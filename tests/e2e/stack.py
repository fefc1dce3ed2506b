"""Starts, kills and restarts the real processes that a browser test needs. No assertions about pages here.

The gateway is always the real one with its own SQLite file. The dialogue engine is tests/doubles/dialogue_server.py, or the
real Rasa with the real action server (`real_dialogue=True`).
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import Settings
from app.vacancies.samples import load_samples
from app.wiring import build_services
from store.engine import create_engines
from store.migrate import upgrade
from tests.stack import ROOT, end_processes, free_port, service_environment, start_process

READY_SECONDS = 180.0  # of a machine that does other things, too
PASSWORD = "correct-horse-battery-staple"


@dataclass
class Stack:
    """One installation: `url` is where the browser goes."""

    var: Path
    real_dialogue: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    dialogue_port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    gateway: subprocess.Popen[bytes] | None = None
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.var / "jobseeker.db"

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        actions = self.actions_port if self.real_dialogue else self.dialogue_port
        ports = {"gateway": self.port, "rasa": self.dialogue_port, "actions": actions}
        return {**service_environment(self.var, ports, token=self.token), **self.settings}

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        self.var.mkdir(parents=True, exist_ok=True)
        if self.real_dialogue:
            self.start_dialogue()
            log = self.var / "actions.log"
            self.others.append(start_process("actions", self.environment, log=log, port=self.actions_port))
        else:
            self.start_double()
        self.start_gateway()

    def start_dialogue(self) -> None:
        """Start the real Rasa."""
        log = self.var / "rasa.log"
        self.others.append(start_process("rasa", self.environment, log=log, port=self.dialogue_port))

    def start_double(self) -> None:
        """Start the stand-in for the dialogue engine; what it answered before it answers again."""
        record = str(self.var / "turns.jsonl")
        arguments = ("--port", str(self.dialogue_port), "--token", self.token, "--record", record)
        command = [sys.executable, "-m", "tests.doubles.dialogue_server", *arguments]
        with (self.var / "dialogue.log").open("ab") as log:
            self.others.append(
                subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
            )

    def start_gateway(self, *, wait_for: str = "/readyz") -> None:
        """Start the gateway and wait until `wait_for` answers 200."""
        self.gateway = start_process("gateway", self.environment, log=self.var / "gateway.log")
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(self.url + wait_for):
            if self.gateway.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"the gateway is not ready; its log ends with\n{self._log_end('gateway')}\n{self._log_end('rasa')}"
                )
            time.sleep(0.1)

    def kill_gateway(self) -> None:
        """kill -9: nothing can be finished or said."""
        assert self.gateway is not None
        self.gateway.send_signal(signal.SIGKILL)
        self.gateway.wait(timeout=30)
        self.gateway = None

    def control(self, body: bytes) -> None:
        """Tell the stand-in how to behave."""
        address = f"http://127.0.0.1:{self.dialogue_port}/control"
        request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        """Stop what was started."""
        end_processes([process for process in (self.gateway, *self.others) if process is not None], seconds=20)

    # -- the database -------------------------------------------------------------------------------------------------

    def add_account(self, login: str, name: str, role: str = "counsellor") -> None:
        """An account with PASSWORD."""
        self.add_accounts({login: (name, role)})

    def add_accounts(self, accounts: Mapping[str, tuple[str, str]]) -> None:
        """Accounts with PASSWORD: login -> (name, role)."""
        with ThreadPoolExecutor(1) as beside:  # Playwright's own loop runs in this thread
            beside.submit(asyncio.run, _add_accounts(self.var, accounts)).result()

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Read the database directly."""
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def change(self, query: str, *values: object) -> None:
        """Change the database behind the gateway's back (an expired conversation, a session that ran out)."""
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            assert connection.execute(query, values).rowcount > 0, "it was meant to change something"
            connection.commit()
        finally:
            connection.close()

    # -- processes ----------------------------------------------------------------------------------------------------

    def _log_end(self, name: str) -> str:
        log = self.var / f"{name}.log"
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:]) if log.exists() else ""


async def _add_accounts(var: Path, accounts: Mapping[str, tuple[str, str]]) -> None:
    services = build_services(Settings(var_dir=var))
    try:
        await upgrade(services.engines)
        for login, (name, role) in accounts.items():
            await services.create_account(login=login, name=name, password=PASSWORD, role=role)
    finally:
        await services.close()


def load_sample_vacancies(stack: Stack) -> None:
    """The sample vacancies, before anything is started."""
    with ThreadPoolExecutor(1) as beside:  # Playwright's own loop runs in this thread
        beside.submit(asyncio.run, _load_samples(Settings(var_dir=stack.var))).result()


async def _load_samples(settings: Settings) -> None:
    engines = create_engines(settings.database)
    await upgrade(engines)
    await engines.dispose()
    assert await load_samples(settings), "there are no samples to show"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
