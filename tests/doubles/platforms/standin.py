"""What every stand-in platform can do: real HTTP on loopback, faults on demand, a record of what people were shown."""

from __future__ import annotations

import abc
import asyncio
import importlib
import itertools
import random
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

FAULTS = ("429", "500", "reset", "lost", "slow")
"""429, 500: refused. reset: the connection breaks before anything happened. lost: the message is taken, then the connection
breaks before the answer. slow: the answer takes `slow_seconds`."""


@dataclass(frozen=True)
class Shown:
    """One message as a person sees it. buttons: (title, what a press of it sends back). sender: the name above it."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    sender: str = ""


@dataclass
class Tally:
    """What the platform counted."""

    calls: int = 0
    faults: int = 0
    refused: list[str] = field(default_factory=list)  # requests that its specification does not allow


class StandIn(abc.ABC):
    """One platform. Subclasses add its routes, its bodies and its signature."""

    channel: str
    retry_after_seconds = 1
    slow_seconds = 0.2

    def __init__(self) -> None:
        self.faults: deque[str] = deque()
        self.fault_rate = 0.0
        self.random = random.Random(7)
        self.tally = Tally()
        self.seen: dict[str, list[Shown]] = {}
        self.counter = itertools.count(1)
        self.url = ""
        self.reorder = 0  # so many of the next webhook calls are each overtaken by the one after it
        self._held: bytes | None = None
        self._runner: web.AppRunner | None = None

    # -- its server ----------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        """Listen on loopback."""
        app = web.Application(client_max_size=20_000_000)
        self.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def fault(self, request: web.Request) -> str:
        """The fault for this call, carried out as far as it comes before the work; "lost" is for the caller to finish."""
        self.tally.calls += 1
        kind = self.faults.popleft() if self.faults else ""
        if not kind and self.fault_rate and self.random.random() < self.fault_rate:
            kind = self.random.choice(("429", "500"))
        if not kind:
            return ""
        self.tally.faults += 1
        if kind == "slow":
            await asyncio.sleep(self.slow_seconds)
            return ""
        if kind == "reset":
            break_off(request)
        return kind

    def show(self, person: str, shown: Shown) -> None:
        """A person sees a message."""
        self.seen.setdefault(person, []).append(shown)

    def shown(self, person: str) -> list[Shown]:
        """What this person has seen, in order."""
        return self.seen.get(person, [])

    # -- what a gateway is given ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def add_routes(self, app: web.Application) -> None: ...

    @abc.abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The settings that make a gateway talk to this server."""

    @abc.abstractmethod
    def headers(self, body: bytes) -> Mapping[str, str]:
        """What proves that the platform sent this body."""

    def bad_headers(self, body: bytes) -> Sequence[Mapping[str, str]]:
        """Headers that prove nothing: for another body, cut, empty, strange."""
        good = self.headers(body)
        cut = {name: value[:-1] for name, value in good.items()}
        return [cut, dict.fromkeys(good, ""), dict.fromkeys(good, "é" * 44), dict.fromkeys(good, "x")]

    # -- what people do ------------------------------------------------------------------------------------------------

    @abc.abstractmethod
    def person(self) -> str:
        """A new person's id."""

    @abc.abstractmethod
    def text(self, person: str, text: str) -> bytes:
        """A person writes."""

    @abc.abstractmethod
    def press(self, person: str, data: str) -> bytes:
        """A person presses a button."""

    @abc.abstractmethod
    def attachments(self, person: str) -> Mapping[str, bytes]:
        """A message of every kind that is not text, by jobseeker.channels.ATTACHMENTS."""

    @abc.abstractmethod
    def strange(self) -> Sequence[bytes]:
        """Well-formed requests from which nothing follows: kinds of events that we do not know or need."""

    def due(self, body: bytes) -> Sequence[bytes]:
        """The calls that are made when `body` is to be brought: none while it is held back, both once it was overtaken."""
        if self._held is not None:
            held, self._held = self._held, None
            return [body, held]
        if self.reorder:
            self.reorder, self._held = self.reorder - 1, body
            return []
        return [body]

    def questions(self) -> Sequence[tuple[Mapping[str, str], str]]:
        """What anybody may ask by GET whether the address is ours, and what must be answered; "": that it is refused."""
        return [({}, ""), ({"challenge": "x"}, "")]

    def again(self, body: bytes) -> bytes:
        """The same event once more, as the platform redelivers it."""
        return body

    def unique(self) -> str:
        """A string that has not been used."""
        return uuid.uuid4().hex


def break_off(request: web.Request) -> None:
    """Break the connection without an answer. Raises ConnectionResetError."""
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError


async def post(session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
    """Status and body of a webhook call."""
    async with session.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
        return answer.status, await answer.text()


def stand_in(channel: str) -> StandIn:
    """The stand-in of a channel: the class `Platform` of the module with its name. Raises ModuleNotFoundError."""
    module = importlib.import_module(f"tests.doubles.platforms.{channel}")
    made: StandIn = module.Platform()
    return made
