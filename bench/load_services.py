"""The two services that bench_load.py compares, as real processes on the same cores. What is asked of them is load_driver.py."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.turn_projects import TOKEN, System

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 300.0
PER_CONVERSATION = 4  # stored messages and replies of one stored conversation


@dataclass
class Service:
    """A running service: what `kind` of API it has, where, and its processes."""

    kind: str  # "ours" | "plain"
    port: int
    processes: list[psutil.Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def rss_mb(self) -> float:
        """Resident memory of all its processes."""
        family = {each.pid: each for root in self.processes for each in (root, *root.children(recursive=True))}
        return sum(each.memory_info().rss for each in family.values()) / 1e6


@contextmanager
def ours(system: System, var: Path, log: Path, **settings: str) -> Iterator[Service]:
    """Gateway, Rasa and action server with their databases in `var`; without limits for floods unless `settings` say so."""
    ports = {name: free_port() for name in ("gateway", "rasa", "actions")}
    environment = {
        **system.env(),
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
        "JOBSEEKER_VAR_DIR": str(var),
        "JOBSEEKER_PORT": str(ports["gateway"]),
        "JOBSEEKER_RASA_PORT": str(ports["rasa"]),
        "JOBSEEKER_ACTIONS_PORT": str(ports["actions"]),
        "JOBSEEKER_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
        "JOBSEEKER_TRACKER_URL": f"sqlite:///{var / 'tracker.db'}",
        "JOBSEEKER_INTERNAL_TOKEN": TOKEN,
        "JOBSEEKER_ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "JOBSEEKER_MESSAGES_PER_SECOND": "100000",
        "JOBSEEKER_MESSAGE_BURST": "1000000",
        "JOBSEEKER_CONVERSATION_BURST": "1000000",
        "JOBSEEKER_CONVERSATIONS_PER_SECOND": "100000",
        "JOBSEEKER_LOG_LEVEL": "WARNING",
        **settings,
    }
    commands = {
        "rasa": [part.format(port=ports["rasa"]) for part in system.serve],
        "actions": [sys.executable, "-m", "actions.serve", "--port", str(ports["actions"])],
        "gateway": [sys.executable, "-m", "app.gateway_main"],
    }
    with log.open("ab") as out:
        started = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
            for command in commands.values()
        ]
    try:
        until_answers(ports["rasa"], system.health)
        until_answers(ports["gateway"], "/readyz")
        yield Service("ours", ports["gateway"], [psutil.Process(process.pid) for process in started])
    finally:
        stop(started)


@contextmanager
def plain(system: System, log: Path) -> Iterator[Service]:
    """`rasa run` with its REST channel."""
    port = free_port()
    with log.open("ab") as out:
        command = [part.format(port=port) for part in system.serve]
        process = subprocess.Popen(command, cwd=system.folder, env=system.env(), stdout=out, stderr=out)
    try:
        until_answers(port, system.health)
        yield Service("plain", port, [psutil.Process(process.pid)])
    finally:
        stop([process])


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End them, kindly first."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_answers(port: int, path: str) -> None:
    """Wait for a 200. Raises RuntimeError after READY_SECONDS."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"nothing healthy on port {port} after {READY_SECONDS:.0f} s")


def fill(var: Path, rows: int, template: dict[str, Any]) -> None:
    """Add stored conversations, until inbox, outbox and tracker hold about `rows` rows each, to the databases in `var`.

    The service must be stopped. `template`: one real conversation's rows by table, copied with ids of their own.
    """
    gateway, tracker = sqlite3.connect(var / "jobseeker.db"), sqlite3.connect(var / "tracker.db")
    for connection in (gateway, tracker):
        connection.execute("PRAGMA synchronous = OFF")  # of this connection only; nobody minds losing what is made up
    have = gateway.execute("SELECT count(*) FROM inbox").fetchone()[0]
    conversations = max(0, (rows - have) // PER_CONVERSATION)
    stored = gateway.execute("SELECT count(*) FROM person WHERE id LIKE 'stored%'").fetchone()[0]
    numbers = range(stored, stored + conversations)
    with gateway:
        for table in ("person", "conversation", "inbox", "outbox"):
            row = template[table]
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            made = _copies(table, row, numbers)
            gateway.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", made)
        gateway.execute("ANALYZE")
    with tracker:
        row = template["tracker_turn"]
        sql = f"INSERT INTO tracker_turn ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})"
        tracker.executemany(sql, _copies("tracker_turn", row, numbers))
    gateway.close()
    tracker.close()


def read_template(var: Path) -> dict[str, Any]:
    """One row of each table of a real conversation that was answered."""
    found: dict[str, Any] = {}
    gateway, tracker = sqlite3.connect(var / "jobseeker.db"), sqlite3.connect(var / "tracker.db")
    for connection in (gateway, tracker):
        connection.row_factory = sqlite3.Row
    for table in ("person", "conversation"):
        found[table] = dict(gateway.execute(f"SELECT * FROM {table} LIMIT 1").fetchone())
    found["inbox"] = dict(gateway.execute("SELECT * FROM inbox WHERE state = 'done' LIMIT 1").fetchone())
    query = "SELECT * FROM outbox WHERE state = 'delivered' AND inbox_id IS NOT NULL LIMIT 1"
    found["outbox"] = dict(gateway.execute(query).fetchone())
    found["tracker_turn"] = dict(tracker.execute("SELECT * FROM tracker_turn LIMIT 1").fetchone())
    gateway.close()
    tracker.close()
    for table in ("inbox", "outbox", "tracker_turn"):
        del found[table]["id"]
    return found


def _copies(table: str, row: dict[str, Any], numbers: range) -> Iterator[tuple[Any, ...]]:
    for number in numbers:
        key = f"stored{number:026d}"
        if table == "person":
            yield tuple({**row, "id": key}.values())
        elif table == "conversation":
            yield tuple({**row, "id": key, "channel_key": key, "person_id": key, "next_seq": 99}.values())
        else:
            for turn in range(PER_CONVERSATION):
                yield tuple(_turn(table, row, key, number, turn).values())


def _turn(table: str, row: dict[str, Any], key: str, number: int, turn: int) -> dict[str, Any]:
    unique = f"{key}:{turn}"
    if table == "inbox":
        return {**row, "conversation_id": key, "event_id": unique, "seq": 2 * turn + 2}
    if table == "outbox":
        return {**row, "conversation_id": key, "key": unique, "seq": 2 * turn + 3, "inbox_id": None}
    return {**row, "sender_id": key, "number": turn + 1, "inbox_id": 2**40 + number * PER_CONVERSATION + turn}
