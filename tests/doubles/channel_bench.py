"""One channel in front of a real gateway, in this process: what people do on it, and what they see. For the contract suite."""

from __future__ import annotations

import abc
import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import web

from app.settings import Settings
from app.wiring import Services, build_services
from connectors.base import Connector, Registration
from connectors.registry import discover
from gateway.application import build_application
from gateway.rasa_client import RasaClient
from jobseeker.clock import local_day
from jobseeker.handoff_records import OfficeDay
from tests.doubles.kit import QuickHasher, ScriptedDialogue, copied_sqlite, real_content
from tests.doubles.platforms.standin import Shown, StandIn, post, stand_in
from tests.stack import KEY

SETTLED_SECONDS = 20.0


class Bench(abc.ABC):
    """What the suite does, the same on every channel."""

    channel: str

    def __init__(self, url: str, http: aiohttp.ClientSession, services: Services, dialogue: ScriptedDialogue) -> None:
        self.url, self.http, self.services, self.dialogue = url, http, services, dialogue

    @abc.abstractmethod
    async def newcomer(self) -> str:
        """Somebody who comes for the first time."""

    @abc.abstractmethod
    async def write(self, person: str, text: str) -> Any:
        """They write; something that `repeat` takes."""

    @abc.abstractmethod
    async def repeat(self, written: Any) -> None:
        """The same event comes once more."""

    @abc.abstractmethod
    async def press(self, person: str, title: str) -> None:
        """They press the button with this title, as they last saw it."""

    @abc.abstractmethod
    async def forged(self, person: str, text: str) -> list[int]:
        """The statuses of requests that look like theirs and prove nothing."""

    @abc.abstractmethod
    async def shown(self, person: str) -> list[Shown]:
        """All they have seen, in order."""

    async def conversation_id(self, person: str) -> str:
        """Theirs."""
        async with self.services.store.read() as work:
            found = await work.conversations.find(self.channel, person)
        assert found is not None, "nobody of that name has a conversation"
        return found.id

    async def settle(self) -> None:
        """Until every message is answered and every reply sent."""
        deadline = time.monotonic() + SETTLED_SECONDS
        query = "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') + (SELECT count(*) FROM outbox WHERE state = 'pending')"
        while (left := (await self.rows(query))[0][0]) and time.monotonic() < deadline:  # noqa: ASYNC110 - the rows tell
            await asyncio.sleep(0.02)
        assert not left, await self.rows(
            "SELECT state, last_error, attempts FROM outbox UNION SELECT state, last_error, attempts FROM inbox"
        )

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        async with self.services.engines.reader.connect() as connection:
            return [tuple(row) for row in (await connection.exec_driver_sql(sql)).all()]

    async def open_offices(self) -> None:
        """Whatever day and hour it is, counsellors are at work: the suite uses the machine's clock."""
        boss = await self.services.create_account(
            login="boss", name="林主任", password="a long password", role="supervisor"
        )
        today = local_day(self.services.clock.now())
        for days in (-1, 0, 1):  # the day may end while a test runs
            day = OfficeDay(today + timedelta(days), "00:00", "24:00", {"zh": "測試", "en": "test"})
            await self.services.staff_presence.add_day(boss, day)

    async def ask(self, person: str, text: str) -> list[Shown]:
        """Write, and what they see of it afterwards."""
        before = len(await self.shown(person))
        await self.write(person, text)
        await self.settle()
        return (await self.shown(person))[before:]


class PlatformBench(Bench):
    """A channel whose platform calls a webhook."""

    def __init__(self, *parts: Any, platform: StandIn, connector: Connector, path: str) -> None:
        super().__init__(*parts)
        self.platform, self.connector, self.path, self.channel = platform, connector, path, connector.channel

    async def send(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """A webhook call; its status."""
        given = self.platform.headers(body) if headers is None else headers
        return (await post(self.http, self.url + self.path, body, given))[0]

    async def newcomer(self) -> str:
        return self.platform.person()

    async def write(self, person: str, text: str) -> bytes:
        body = self.platform.text(person, text)
        for due in self.platform.due(body):
            assert await self.send(due) == 200
        return body

    async def repeat(self, written: bytes) -> None:
        assert await self.send(self.platform.again(written)) == 200

    async def press(self, person: str, title: str) -> None:
        for shown in reversed(self.platform.shown(person)):
            for label, data in shown.buttons:
                if label == title or title.startswith(label.rstrip("…")):
                    assert await self.send(self.platform.press(person, data)) == 200
                    return
        raise AssertionError(f"no button {title!r} was shown")

    async def forged(self, person: str, text: str) -> list[int]:
        body = self.platform.text(person, text)
        statuses = [await self.send(body, headers) for headers in (*self.platform.bad_headers(body), {})]
        return [*statuses, await self.send(body + b" ", self.signature_of_another())]

    def signature_of_another(self) -> Mapping[str, str]:
        """Headers of another request; a channel with one secret for all has no such thing and sends them cut."""
        other = self.platform.headers(b"another body")
        return other if other != self.platform.headers(b"a third") else self.platform.bad_headers(b"")[0]

    async def shown(self, person: str) -> list[Shown]:
        return self.platform.shown(person)


class WebBench(Bench):
    """The web page: it has a token instead of a signature and reads its replies itself."""

    channel = "web"

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.tokens: dict[str, str] = {}
        self.numbers = iter(range(1, 1_000_000))

    async def newcomer(self) -> str:
        async with self.http.post(f"{self.url}/api/v1/conversations", json={}) as answer:
            made = await answer.json()
        self.tokens[made["id"]] = made["token"]
        return str(made["id"])

    async def _post(self, person: str, body: Mapping[str, Any], token: str) -> int:
        address = f"{self.url}/api/v1/conversations/{person}/messages"
        async with self.http.post(address, json=body, headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status

    async def write(self, person: str, text: str, payload: str = "") -> tuple[str, Mapping[str, Any]]:
        body = {
            "text": text,
            "client_message_id": f"m{next(self.numbers)}",
            **({"payload": payload} if payload else {}),
        }
        assert await self._post(person, body, self.tokens[person]) == 202
        return person, body

    async def repeat(self, written: tuple[str, Mapping[str, Any]]) -> None:
        assert await self._post(*written, self.tokens[written[0]]) == 202

    async def press(self, person: str, title: str) -> None:
        for shown in reversed(await self.shown(person)):
            for label, data in shown.buttons:
                if label == title:
                    await self.write(person, label, data)
                    return
        raise AssertionError(f"no button {title!r} was shown")

    async def forged(self, person: str, text: str) -> list[int]:
        body = {"text": text, "client_message_id": "forged"}
        return [await self._post(person, body, token) for token in ("", "x", self.tokens[person][:-1])]

    async def shown(self, person: str) -> list[Shown]:
        news = await self.services.read_conversation.news(person, 0, own=False)
        assert news is not None
        replies = [row for row in news.lines if getattr(row, "rendered", None)]
        return [
            Shown(row.rendered["text"], tuple((b["title"], b["payload"]) for b in row.rendered["buttons"]))
            for row in replies
        ]


def connector_for(registration: Registration, environment: Mapping[str, str]) -> Connector:
    """The connector as the gateway builds it from this environment alone."""
    assert registration.settings is not None
    assert registration.build is not None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")}
    with patch.dict(os.environ, {**kept, **environment}, clear=True):
        return registration.build(registration.settings())


@asynccontextmanager
async def open_bench(channel: str, template: Path, folder: Path, **settings: Any) -> AsyncIterator[Any]:
    """A running gateway on a database of its own with this channel, and its platform's stand-in."""
    registration = discover()[channel]
    platform = None if registration.settings is None else stand_in(channel)
    connectors: dict[str, Connector] = {}
    if platform is not None:
        await platform.start()
        connectors[channel] = connector_for(registration, platform.environment())
    dialogue = ScriptedDialogue()
    common = {"message_burst": 1_000, "poll_seconds": 0.05, "retry_first_seconds": 0.02, "retry_longest_seconds": 0.1}
    given = Settings(database_url=copied_sqlite(template, folder), **{"encryption_keys": KEY, **common, **settings})
    services = build_services(
        given, dialogue=dialogue, connectors=connectors, hasher=QuickHasher(), content=real_content()
    )
    rasa = RasaClient("http://127.0.0.1:9", "none", timeout_seconds=1)
    runner = web.AppRunner(build_application(services, rasa), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession() as http:
            parts = (url, http, services, dialogue)
            if platform is None:
                yield WebBench(*parts)
            else:
                yield PlatformBench(*parts, platform=platform, connector=connectors[channel], path=registration.path)
    finally:
        await runner.cleanup()
        await rasa.close()
        await services.close()
        if platform is not None:
            await platform.stop()
