"""Conversations that ask and wait, over HTTP, for bench_load.py. One event loop, keep-alive connections; times in milliseconds."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.load_services import Service

WAIT_SECONDS = 60
FAILED = -1.0


@dataclass
class Load:
    """What came of one run. `took`: milliseconds from the request to the reply, one for each message answered."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def per_second(self) -> float:
        """Messages answered a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """By nearest rank."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class Talker:
    """One person with one conversation at a time."""

    def __init__(self, service: Service, session: aiohttp.ClientSession) -> None:
        self.service, self.session = service, session
        self.id, self.token = "", ""

    async def begin(self) -> None:
        """A new conversation; plain Rasa knows none, a new sender id is enough."""
        if self.service.kind == "plain":
            self.id = uuid.uuid4().hex
            return
        async with self.session.post(f"{self.service.url}/api/v1/conversations", json={}) as answer:
            body = await answer.json()
            assert answer.status == 201, body
            self.id, self.token = body["id"], body["token"]

    async def ask(self, text: str) -> float:
        """Milliseconds until the reply was read; FAILED where there was none."""
        address, body, headers = self._request(text)
        began = time.perf_counter()
        async with self.session.post(address, json=body, headers=headers) as answer:
            read: Any = await answer.json()
        took = (time.perf_counter() - began) * 1000
        said = read if self.service.kind == "plain" else read.get("replies")
        return took if answer.status == 200 and said else FAILED

    def _request(self, text: str) -> tuple[str, dict[str, Any], dict[str, str]]:
        if self.service.kind == "plain":
            return f"{self.service.url}/webhooks/rest/webhook", {"sender": self.id, "message": text}, {}
        address = f"{self.service.url}/api/v1/conversations/{self.id}/messages?wait={WAIT_SECONDS}"
        body = {"text": text, "client_message_id": uuid.uuid4().hex}
        return address, body, {"Authorization": f"Bearer {self.token}"}


def session() -> aiohttp.ClientSession:
    """Without a limit of connections: each conversation has its own."""
    timeout = aiohttp.ClientTimeout(total=WAIT_SECONDS * 3)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout)


async def closed_loop(service: Service, texts: Sequence[str], conversations: int, messages: int) -> Load:
    """So many conversations at once; each asks again as soon as it has its answer, six times, then a new one begins."""
    load = Load()
    numbers = itertools.count()

    async def talk(http: aiohttp.ClientSession) -> None:
        talker, asked = Talker(service, http), 0
        while (number := next(numbers)) < messages:
            if asked % 6 == 0:
                await talker.begin()
            asked += 1
            _note(load, await talker.ask(texts[number % len(texts)]))

    async with session() as http:
        began = time.perf_counter()
        await asyncio.gather(*(talk(http) for _ in range(conversations)))
        load.seconds = time.perf_counter() - began
    return load


async def open_loop(service: Service, texts: Sequence[str], per_second: float, seconds: float) -> Load:
    """Messages at a fixed rate, whether or not earlier ones are answered; each from a conversation of its own."""
    load = Load()
    async with session() as http:
        talkers = [Talker(service, http) for _ in range(64)]
        await asyncio.gather(*(talker.begin() for talker in talkers))
        idle: asyncio.Queue[Talker] = asyncio.Queue()
        for talker in talkers:
            idle.put_nowait(talker)

        async def one(due: float, text: str) -> None:
            talker = await idle.get()
            took = await talker.ask(text)
            waited = (time.perf_counter() - due) * 1000  # from when it was due: a queue in front of the service counts
            _note(load, waited if took != FAILED else FAILED)
            idle.put_nowait(talker)

        began = time.perf_counter()
        tasks = []
        for number in range(int(per_second * seconds)):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(due, texts[number % len(texts)])))
        await asyncio.gather(*tasks)
        load.seconds = time.perf_counter() - began
    return load


async def long_conversation(
    service: Service, texts: Sequence[str], turns: Sequence[int], window: int
) -> dict[int, Load]:
    """One conversation that grows; around each wished length the last `window` turns."""
    took: list[float] = []
    async with session() as http:
        talker = Talker(service, http)
        await talker.begin()
        for number in range(max(turns)):
            took.append(await talker.ask(texts[number % len(texts)]))
    found = {}
    for turn in turns:
        load = Load()
        for value in took[max(0, turn - window) : turn]:
            _note(load, value)
        found[turn] = load
    return found


def _note(load: Load, took: float) -> None:
    if took == FAILED:
        load.failures += 1
    else:
        load.took.append(took)
