"""The gateway without HTTP, for tests of the use cases: real services on a real database, a scripted dialogue engine, a set clock."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.settings import Settings
from app.wiring import Content, Services, build_services, read_content
from connectors.web import to_inbound
from gateway.rasa_client import parse_turn
from jobseeker.clock import TAIPEI, FixedClock
from jobseeker.ports import Sender, Turn, TurnRequest
from jobseeker.records import Account, Conversation, Outbound
from jobseeker.usecases.receive_message import Received
from jobseeker.usecases.start_conversation import Started
from store.engine import create_engines
from store.migrate import upgrade
from tests.doubles.dialogue_server import answer
from tests.stack import KEY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Taipei


@lru_cache
def real_content() -> Content:
    """The real pack and rules, read once."""
    return read_content(Settings())


class QuickHasher:
    """No safe hash: argon2 is slow on purpose, and tested where it matters (tests/unit/test_passwords.py)."""

    async def hash(self, password: str) -> str:
        """As long for every password, as a real one is."""
        return "quick:" + hashlib.sha256(password.encode()).hexdigest()

    async def verify(self, password_hash: str, password: str) -> bool:
        """Compares."""
        return password_hash == await self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        """Marks made by an older version begin differently."""
        return not password_hash.startswith("quick:")


class ScriptedDialogue:
    """Answers like the stand-in server, or fails as told. `before`: runs while the engine "thinks"; `commands`: sent with the
    next answers, one list each."""

    def __init__(self) -> None:
        self.problems: list[Exception] = []
        self.requests: list[TurnRequest] = []
        self.commands: list[list[tuple[str, Mapping[str, Any]]]] = []
        self.before: Callable[[TurnRequest], Any] | None = None
        self.forgotten: list[tuple[str, int]] = []
        self.at_once = 0
        self.most_at_once = 0

    async def turn(self, request: TurnRequest) -> Turn:
        """One turn."""
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if self.before is not None:
                await self.before(request)
            if self.problems:
                raise self.problems.pop(0)
            made = answer(request.to_dict())
            if self.commands:
                made["commands"] += [{"name": name, "params": params} for name, params in self.commands.pop(0)]
            return parse_turn(json.dumps(made).encode(), request.inbox_id)
        finally:
            self.at_once -= 1

    async def forget(self, conversation_id: str, inbox_id: int) -> None:
        """Note it, or fail as told."""
        if self.problems:
            raise self.problems.pop(0)
        self.forgotten.append((conversation_id, inbox_id))

    async def forget_all(self, conversation_id: str) -> None:
        """Note it, or fail as told."""
        if self.problems:
            raise self.problems.pop(0)
        self.forgotten.append((conversation_id, 0))


@dataclass
class Kit:
    """Everything a use-case test needs."""

    services: Services
    dialogue: ScriptedDialogue
    clock: FixedClock
    numbers: Any = field(default_factory=itertools.count)

    async def start(self, variety: str = "zh-Hant", channel: str = "web") -> Started:
        """A new conversation."""
        key = "" if channel == "web" else f"person-{next(self.numbers)}"
        return await self.services.start_conversation(channel=channel, variety=variety, channel_key=key)

    async def say(self, started: Started, text: str, payload: str | None = None, client_id: str = "") -> Received:
        """The person writes."""
        given = client_id or f"m{next(self.numbers)}"
        message = to_inbound(started.conversation.id, text=text, client_message_id=given, payload=payload)
        return await self.services.receive_message(message, token=started.token)

    async def work(self) -> list[str]:
        """Answer all that is due; the outcomes."""
        outcomes: list[str] = []
        while (answered := await self.services.answer_message()) is not None:
            outcomes.append(answered.outcome)
        return outcomes

    async def ask(self, started: Started, text: str, payload: str | None = None) -> list[Outbound]:
        """Write, let it be answered, the replies."""
        received = await self.say(started, text, payload)
        await self.work()
        return await self.replies_to(received)

    async def replies_to(self, received: Received) -> list[Outbound]:
        """The replies to one message; fails when it is not settled."""
        replies = await self.services.read_conversation.replies_to(received.inbox_id)
        assert replies is not None, "not settled"
        return list(replies)

    async def conversation(self, started: Started) -> Conversation:
        """As it is now."""
        return await self.services.read_conversation(started.conversation.id, started.token)

    async def transcript(self, started: Started) -> list[tuple[int, str]]:
        """(seq, author) of all lines."""
        async with self.services.store.read() as work:
            return [(line.seq, line.author) for line in await work.transcripts.lines(started.conversation.id)]

    async def account(self, login: str = "mei", role: str = "counsellor") -> Account:
        """A member of staff; the password is "a long password"."""
        return await self.services.create_account(
            login=login, name=f"{login} 輔導員", password="a long password", role=role
        )

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds, for looking behind the scenes."""
        async with self.services.engines.reader.connect() as connection:
            return [tuple(row) for row in (await connection.exec_driver_sql(sql)).all()]

    async def tick(self) -> list[tuple[str, str]]:
        """What the deadline worker does in one round: (kind, outcome) of what was due."""
        await self.services.assign_cases()
        ran: list[tuple[str, str]] = []
        while (one := await self.services.run_deadlines()) is not None:
            ran.append((one.kind, one.outcome))
            assert len(ran) < 1_000, "a deadline that comes again at once"
        return ran

    async def alerts(self) -> list[str]:
        """The kinds of all alerts, in order."""
        return [str(kind) for (kind,) in await self.rows("SELECT kind FROM alert ORDER BY id")]

    async def last(self, started: Started) -> Outbound:
        """What was said last."""
        async with self.services.store.read() as work:
            return list(await work.outbox.after(started.conversation.id, 0, 1_000))[-1]

    def at(self, local: str) -> None:
        """Set the clock to this time in Taipei: "2026-11-27T18:00"."""
        self.clock.at = datetime.fromisoformat(local).replace(tzinfo=TAIPEI).astimezone(timezone.utc)

    def later(self, seconds: float) -> None:
        """Move the clock."""
        self.clock.at += timedelta(seconds=seconds)


@asynccontextmanager
async def open_kit(
    database_url: str, senders: Mapping[str, Sender] | None = None, **overrides: Any
) -> AsyncIterator[Kit]:
    """A kit on this database, which is already migrated. Environment variables do not reach it."""
    clock, dialogue = FixedClock(NOW), ScriptedDialogue()
    settings = Settings(database_url=database_url, **{"encryption_keys": KEY, **overrides})
    services = build_services(
        settings, dialogue=dialogue, senders=senders, clock=clock, hasher=QuickHasher(), content=real_content()
    )
    try:
        yield Kit(services, dialogue, clock)
    finally:
        await services.close()


def migrated_sqlite(folder: Path) -> Path:
    """A migrated, empty SQLite database to copy from."""
    path = folder / "template.db"

    async def make() -> None:
        engines = create_engines(f"sqlite+aiosqlite:///{path}")
        await upgrade(engines)
        await engines.dispose()

    asyncio.run(make())
    return path


def copied_sqlite(template: Path, folder: Path) -> str:
    """The URL of a fresh copy."""
    path = folder / "jobseeker.db"
    shutil.copy(template, path)
    return f"sqlite+aiosqlite:///{path}"
