"""People on three channels write while processes are killed and platforms fail: driving it and counting what came of it.

The test is test_nothing_lost.py; `make soak` runs it with 10,000 messages and 30 kills. Gateways, Rasa servers, the action
server and the database are real; LINE and Telegram are the stand-ins of tests/doubles/platforms.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.registry import discover
from tests.doubles.platforms.standin import StandIn, stand_in
from tests.stack import ROOT, free_port

PLATFORMS = ("line", "telegram")
REDELIVERED = REFUSED = 0.10  # of the platforms' requests; of our calls to them
READY_SECONDS, SETTLED_SECONDS = 300.0, 900.0  # of a machine that does other things, too
AT_ONCE = ("crisis", "talk_to_human")  # answered before what was written earlier, by design


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
        given = {name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")}
        platforms = {name: value for each in self.platforms.values() for name, value in each.environment().items()}
        return {
            **given,
            **platforms,
            "JOBSEEKER_VAR_DIR": str(self.var),
            "JOBSEEKER_DATABASE_URL": self.database,
            "JOBSEEKER_TRACKER_URL": self.tracker,
            "JOBSEEKER_PORT": str(self.ports[f"gateway{number}"]),
            "JOBSEEKER_RASA_PORT": str(self.ports[f"rasa{number}"]),
            "JOBSEEKER_ACTIONS_PORT": str(self.ports["actions"]),
            "JOBSEEKER_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}",
            "JOBSEEKER_INTERNAL_TOKEN": self.token,
            "JOBSEEKER_MESSAGES_PER_SECOND": "1000",
            "JOBSEEKER_MESSAGE_BURST": "100000",
            "JOBSEEKER_CONVERSATION_BURST": "100000",
            "JOBSEEKER_ANSWER_ATTEMPTS": "100",  # a machine this busy needs minutes to start Rasa again
            "JOBSEEKER_SAMPLES": "false",
            "OPENBLAS_NUM_THREADS": "1",
            "RASA_TELEMETRY_ENABLED": "false",
        }

    def start(self, name: str) -> None:
        """Start one process."""
        kind, number = name.rstrip("0123456789"), int(name[-1]) if name[-1].isdigit() else 0
        python = ROOT / ("bot/.venv" if kind == "rasa" else ".venv") / "bin" / "python"
        arguments = {
            "rasa": ["-m", "bot.launch", "run", "--port", str(self.ports.get(name))],
            "actions": ["-m", "actions.serve", "--port", str(self.ports["actions"])],
            "gateway": ["-m", "app.gateway_main"],
        }[kind]
        with (self.var / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(python), *arguments], cwd=ROOT, env=self.environment(number), stdout=log, stderr=log
            )

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
        outage: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.fleet, self.http, self.messages, self.kills = fleet, http, messages, kills
        self.random = random.Random(fleet.seed)
        self.numbers = itertools.count()
        self.texts = questions()
        self.people, self.outage = people, outage
        self.writers: list[Writer] = []
        self.paths = {channel: registration.path for channel, registration in discover().items()}

    async def run(self) -> list[Writer]:
        """Until all messages are taken and all kills done."""
        channels = ("web", *PLATFORMS)
        people = [self._person(channels[number % 3]) for number in range(self.people)]
        await asyncio.gather(self._outage(), *people)
        return self.writers

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


class Ledger:
    """Reads the database afterwards."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        async with self.engine.connect() as connection:
            return [tuple(row) for row in (await connection.execute(sql(query), values)).all()]

    async def settle(self) -> None:
        """Until nothing waits any more."""
        query = "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') + (SELECT count(*) FROM outbox WHERE state = 'pending')"
        deadline = time.monotonic() + SETTLED_SECONDS
        while (left := (await self.rows(query))[0][0]) and time.monotonic() < deadline:  # noqa: ASYNC110 - the rows tell
            await asyncio.sleep(0.5)
        why = await self.rows("SELECT last_error, count(*) FROM outbox WHERE state = 'pending' GROUP BY last_error")
        assert not left, f"{left} rows still wait after {SETTLED_SECONDS:.0f} s: {why}"


@dataclass(frozen=True)
class Outcome:
    """What was counted. Every list names what is wrong and should be empty."""

    messages: int
    lost: list[str]
    doubled: list[str]
    unanswered: list[str]
    out_of_order: list[str]
    unseen: list[str]
    dead: int
    kills: int
    retried: int
    redelivered: int
    platform_faults: int
    shown_again: int  # replies a platform showed twice: it took one, and we were killed before we knew
    seconds: float = 0.0

    def problems(self) -> list[str]:
        """All that is wrong, by kind."""
        kinds = ("lost", "doubled", "unanswered", "out_of_order", "unseen")
        found = [f"{kind}: {item}" for kind in kinds for item in getattr(self, kind)[:5]]
        return found + ([f"{self.dead} dead letters"] if self.dead else [])


async def count(ledger: Ledger, writers: Sequence[Writer], fleet: Fleet) -> Outcome:
    """Compare what was sent with what is stored and what people saw."""
    lost: list[str] = []
    doubled: list[str] = []
    unanswered: list[str] = []
    out_of_order: list[str] = []
    unseen: list[str] = []
    again = 0
    for writer in writers:
        [(conversation,)] = await ledger.rows(
            "SELECT id FROM conversation WHERE channel = :channel AND channel_key = :key",
            channel=writer.channel, key=writer.person,
        )  # fmt: skip
        got = await ledger.rows(
            "SELECT id, text FROM inbox WHERE conversation_id = :id AND text <> '' ORDER BY seq", id=conversation
        )
        texts = [text for _, text in got]
        lost += sorted(set(writer.sent) - set(texts))
        doubled += sorted({text for text in texts if texts.count(text) > 1})
        out_of_order += [] if texts == writer.sent else [f"{writer.channel}: {texts[:3]} … {writer.sent[:3]}"]
        said = await ledger.rows(
            "SELECT inbox_id, seq, state, rendered, act FROM outbox WHERE conversation_id = :id AND inbox_id IS NOT NULL ORDER BY seq",
            id=conversation,
        )
        answered = [inbox_id for inbox_id, *_ in said]
        unanswered += [text for number, text in got if number not in answered]
        unanswered += [f"{state}: {number}" for number, _, state, *_ in said if state != "delivered"]
        waiting = [inbox_id for inbox_id, *_, act in said if act not in AT_ONCE]
        out_of_order += [] if waiting == sorted(waiting) else [f"{writer.channel} {writer.person}: {waiting[:10]}"]
        if writer.channel in PLATFORMS:
            missing, repeated = _seen(fleet.platforms[writer.channel].shown(writer.person), [row[3] for row in said])
            unseen += missing
            again += repeated
    [(dead,)] = await ledger.rows("SELECT count(*) FROM inbox WHERE state = 'dead'")
    [(gone,)] = await ledger.rows("SELECT count(*) FROM outbox WHERE state IN ('dead', 'gone')")
    return Outcome(
        messages=sum(len(writer.sent) for writer in writers),
        lost=lost,
        doubled=doubled,
        unanswered=unanswered,
        out_of_order=out_of_order,
        unseen=unseen,
        dead=dead + gone,
        kills=fleet.kills,
        retried=sum(writer.retried for writer in writers),
        redelivered=sum(writer.redelivered for writer in writers),
        platform_faults=sum(platform.tally.faults for platform in fleet.platforms.values()),
        shown_again=again,
    )


def _seen(shown: Iterable[Any], rendered: Sequence[Any]) -> tuple[list[str], int]:
    """(replies that never came on the screen in their order, how many came once more than needed)."""
    screen = [_plain(each.text) for each in shown]
    missing, place, used = [], 0, 0
    for value in rendered:
        reply = json.loads(value) if isinstance(value, str) else value
        beginning = _plain(reply["text"])[:24]
        found = next((number for number in range(place, len(screen)) if beginning in screen[number]), None)
        if found is None:
            missing.append(beginning)
        else:
            place, used = found + 1, used + 1
    openings = [_plain((json.loads(v) if isinstance(v, str) else v)["text"])[:24] for v in rendered]
    total = sum(any(opening in line for opening in set(openings)) for line in screen)
    return missing, max(0, total - used)


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


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
            writers = await Drive(fleet, http, messages, kills, people, outage).run()
        assert fleet.kills == kills, f"{fleet.kills} of {kills} kills happened: nothing was tested"
        await ledger.settle()
        outcome = await count(ledger, writers, fleet)
    finally:
        fleet.stop()
        await ledger.engine.dispose()
        for platform in platforms.values():
            await platform.stop()
    taken = time.monotonic() - began
    sys.stderr.write(f"{outcome.messages} messages, {outcome.kills} kills, {taken:.0f} s\n")
    return Outcome(**{**vars(outcome), "seconds": round(taken, 1)})
