"""People on three channels write while processes are killed and platforms fail. What came of it is counted by soak_count.py.

The test is test_nothing_lost.py; `make soak` runs it with 10,000 messages and 30 kills. Gateways, Rasa servers, the action
server and the database are real; LINE and Telegram are the stand-ins of tests/doubles/platforms.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import secrets
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from sqlalchemy.exc import DBAPIError

from connectors.registry import discover
from tests.doubles.platforms.standin import StandIn, stand_in
from tests.integration.soak_count import Ledger, Outcome, count
from tests.stack import ROOT, free_port, service_environment, start_process

PLATFORMS = ("line", "telegram")
REDELIVERED = REFUSED = 0.10  # of the platforms' requests; of our calls to them
MOST_WAITING = (
    300  # messages without an answer; people wait for one before they go on, so that kills meet all of the work
)
READY_SECONDS = 300.0  # of a machine that does other things, too


@dataclass
class Fleet:
    """The processes of one installation. Each has a name and can be killed and started again at any time."""

    var: Path
    database: str
    tracker: str
    gateways: int
    platforms: Mapping[str, StandIn]
    seed: int = 11
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    def __post_init__(self) -> None:
        self.ports = {f"{kind}{number}": free_port() for kind in ("gateway", "rasa") for number in range(self.gateways)}
        self.ports["actions"] = free_port()
        self.random = random.Random(self.seed)
        self.token = secrets.token_urlsafe(16)

    def environment(self, number: int) -> dict[str, str]:
        """What the processes of one machine are told."""
        platforms = {name: value for each in self.platforms.values() for name, value in each.environment().items()}
        machine = {"gateway": f"gateway{number}", "rasa": f"rasa{number}", "actions": "actions"}
        told = service_environment(
            self.var,
            {kind: self.ports[name] for kind, name in machine.items()},
            token=self.token,
            database_url=self.database,
            tracker_url=self.tracker,
            answer_attempts="100",  # a machine this busy needs minutes to start Rasa again
            samples="false",
        )
        return {**told, **platforms}

    def start(self, name: str) -> None:
        """Start one process."""
        kind, number = name.rstrip("0123456789"), int(name[-1]) if name[-1].isdigit() else 0
        environment, log = self.environment(number), self.var / f"{name}.log"
        self.processes[name] = start_process(kind, environment, log=log, port=self.ports[name])

    def kill_one(self) -> str:
        """kill -9 for one at random; it is started again at once."""
        name = self.random.choice(sorted(self.processes))
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        self.kills += 1
        self.start(name)
        return name

    def stop(self) -> None:
        """End all."""
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait(30)

    async def until_ready(self) -> None:
        """Until every gateway reaches everything it needs."""
        deadline = time.monotonic() + READY_SECONDS
        async with aiohttp.ClientSession() as http:
            for number in range(self.gateways):
                while not await _answers(http, f"http://127.0.0.1:{self.ports[f'gateway{number}']}/readyz"):
                    log = (self.var / f"gateway{number}.log").read_text("utf-8", "replace")[-2_000:]
                    assert time.monotonic() < deadline, f"gateway{number} is not ready:\n{log}"
                    await asyncio.sleep(0.2)

    def address(self) -> str:
        """One of the gateways, as a load balancer would choose."""
        return f"http://127.0.0.1:{self.ports[f'gateway{self.random.randrange(self.gateways)}']}"


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url, timeout=aiohttp.ClientTimeout(total=3)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError):
        return False


@dataclass
class Writer:
    """One person on one channel; `sent` is what the service has taken, in order."""

    channel: str
    person: str
    token: str = ""
    sent: list[str] = field(default_factory=list)
    redelivered: int = 0
    retried: int = 0


class Drive:
    """Everybody writes; every so many messages a process is killed."""

    def __init__(
        self,
        fleet: Fleet,
        http: aiohttp.ClientSession,
        messages: int,
        kills: int,
        people: int,
        ledger: Ledger,
        outage: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.fleet, self.http, self.messages, self.kills = fleet, http, messages, kills
        self.random = random.Random(fleet.seed)
        self.numbers = itertools.count()
        self.texts = questions()
        self.people, self.outage = people, outage
        self.writers: list[Writer] = []
        self.ledger, self.waiting = ledger, 0
        self.paths = {channel: registration.path for channel, registration in discover().items()}

    async def run(self) -> list[Writer]:
        """Until all messages are taken and all kills done."""
        channels = ("web", *PLATFORMS)
        people = [self._person(channels[number % 3]) for number in range(self.people)]
        looking = asyncio.create_task(self._look())
        try:
            await asyncio.gather(self._outage(), *people)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        return self.writers

    async def _look(self) -> None:
        """How many messages wait; while the database is away, what was known last."""
        while True:
            with contextlib.suppress(DBAPIError, OSError):
                self.waiting = (await self.ledger.rows("SELECT count(*) FROM inbox WHERE state = 'pending'"))[0][0]
            await asyncio.sleep(0.5)

    async def _outage(self) -> None:
        """When half of all is written."""
        if self.outage is not None:
            while sum(len(writer.sent) for writer in self.writers) < self.messages // 2:  # noqa: ASYNC110 - theirs to say
                await asyncio.sleep(0.2)
            await self.outage()

    async def _person(self, channel: str) -> None:
        writer = Writer(channel, "")
        if channel == "web":
            begun = await self._until_taken("/api/v1/conversations", b'{"language": "zh-Hant"}', {}, writer)
            writer.person, writer.token = begun["id"], begun["token"]
        else:
            writer.person = self.fleet.platforms[channel].person()
        self.writers.append(writer)
        while (number := next(self.numbers)) < self.messages:
            if (
                self.kills
                and number
                and number % max(1, self.messages // (self.kills + 1)) == 0
                and self.fleet.kills < self.kills
            ):
                self.fleet.kill_one()
            while self.waiting > MOST_WAITING:  # noqa: ASYNC110 - the rows tell
                await asyncio.sleep(0.2)
            await self._write(writer, f"{self.texts[number % len(self.texts)]} #{number}")

    async def _write(self, writer: Writer, text: str) -> None:
        path, body, headers = self._request(writer, text)
        await self._until_taken(path, body, headers, writer)
        writer.sent.append(text)
        if self.random.random() < REDELIVERED:
            writer.redelivered += 1
            again = body if writer.channel == "web" else self.fleet.platforms[writer.channel].again(body)
            fresh = headers if writer.channel == "web" else self.fleet.platforms[writer.channel].headers(again)
            await self._until_taken(path, again, fresh, writer)

    def _request(self, writer: Writer, text: str) -> tuple[str, bytes, Mapping[str, str]]:
        if writer.channel == "web":
            body = json.dumps({"text": text, "client_message_id": uuid.uuid4().hex}).encode()
            return f"/api/v1/conversations/{writer.person}/messages", body, {"Authorization": f"Bearer {writer.token}"}
        platform = self.fleet.platforms[writer.channel]
        body = platform.text(writer.person, text)
        return self.paths[writer.channel], body, platform.headers(body)

    async def _until_taken(self, path: str, body: bytes, headers: Mapping[str, str], writer: Writer) -> Any:
        """As a platform or the web page does: again and again until a gateway says that it has it."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                async with self.http.post(
                    self.fleet.address() + path, data=body, headers={"Content-Type": "application/json", **headers}
                ) as answer:
                    if answer.status in (200, 201, 202):
                        return await answer.json() if writer.channel == "web" else None
                    assert answer.status in (429, 500, 502, 503), f"{path}: {answer.status} {await answer.text()}"
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            writer.retried += 1
            await asyncio.sleep(0.1)
        raise AssertionError(f"nobody took {path} for {READY_SECONDS:.0f} s")


def questions() -> list[str]:
    """What people ask: the held-out questions about topics, none of which is a hand-off."""
    files = sorted((ROOT / "tests" / "data" / "heldout").glob("topics_*.yml"))
    cases = [case for file in files for case in yaml.safe_load(file.read_text("utf-8"))["cases"]]
    found = [case["text"] for case in cases if case["label"] != "faq/crisis_support"]
    assert len(found) > 500
    return found


async def soak(
    var: Path,
    database: str,
    tracker: str,
    *,
    gateways: int,
    messages: int,
    kills: int,
    people: int = 60,
    seed: int = 11,
    outage: Callable[[], Awaitable[None]] | None = None,
) -> Outcome:
    """The whole run.

    Args:
        var: a folder for logs and files.
        database: URL of the gateway's database (asynchronous driver); made by the first gateway.
        tracker: URL of Rasa's.
        gateways: how many gateways, each with a Rasa server of its own; they share the action server.
        outage: something that happens to all of them when half of the messages are written.
    """
    platforms = {channel: stand_in(channel) for channel in PLATFORMS}
    for platform in platforms.values():
        await platform.start()
        platform.fault_rate = REFUSED
    fleet = Fleet(var, database, tracker, gateways, platforms, seed)
    ledger = Ledger(database)
    began = time.monotonic()
    try:
        for name in fleet.ports:
            fleet.start(name)
        await fleet.until_ready()
        timeout = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            writers = await Drive(fleet, http, messages, kills, people, ledger, outage).run()
        assert fleet.kills == kills, f"{fleet.kills} of {kills} kills happened: nothing was tested"
        await ledger.settle()
        outcome = await count(ledger, writers, platforms, fleet.kills)
    finally:
        fleet.stop()
        await ledger.engine.dispose()
        for platform in platforms.values():
            await platform.stop()
    taken = time.monotonic() - began
    sys.stderr.write(f"{outcome.messages} messages, {outcome.kills} kills, {taken:.0f} s\n")
    return Outcome(**{**vars(outcome), "seconds": round(taken, 1)})
