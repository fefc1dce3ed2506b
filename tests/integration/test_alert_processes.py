"""Job alerts with real gateways: each person is told once, whoever does it and whoever is killed meanwhile; nothing at night or after "stop"."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from jobseeker.clock import TAIPEI, local_day
from jobseeker.journeys.search import Search
from jobseeker.profile import Profile, Wishes
from jobseeker.storage_jobs import JobAlert
from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.doubles.kit import copied_sqlite
from tests.doubles.processes import DialogueServer, Gateway
from tests.doubles.vacancy_world import VACANCIES
from tests.integration.conftest import Postgres

pytestmark = [pytest.mark.processes, pytest.mark.postgres]
PEOPLE = 12
SEARCH = Search(Profile(wishes=Wishes(occupations=("warehouse_clerk",), places=("tw_taoyuan",))))


def own_content(folder: Path, quiet_from: int, quiet_until: int) -> Path:
    """The project's content with other quiet hours and a look every minute."""
    root = Settings().content_dir
    packs = folder / "packs" / "tw"
    (packs / "policy").mkdir(parents=True)
    (folder / "data").symlink_to(root / "data")
    for path in (root / "packs" / "tw").iterdir():
        if path.name != "policy":
            (packs / path.name).symlink_to(path)
    for path in (root / "packs" / "tw" / "policy").iterdir():
        if path.name != "matching.yml":
            (packs / "policy" / path.name).symlink_to(path)
    text = (root / "packs" / "tw" / "policy" / "matching.yml").read_text("utf-8")
    for figure, value in (
        ("alert.quiet_from", quiet_from),
        ("alert.quiet_until", quiet_until),
        ("alert.check_minutes", 1),
    ):
        text, found = re.subn(
            rf"(  {re.escape(figure)}:\n(?:    .*\n)*?      - value: )\d+\n", rf"\g<1>{value}\n", text
        )
        assert found == 1, figure
    (packs / "policy" / "matching.yml").write_text(text, "utf-8")
    return folder


def today() -> date:
    """Where the people are."""
    return local_day(datetime.now(timezone.utc))


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """The PostgreSQL server, or None for SQLite."""
    found: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return found


@pytest.fixture
async def database(
    server: Postgres | None, sqlite_template: Path, tmp_path: Path
) -> AsyncIterator[tuple[str, SqlStore]]:
    """(its URL, a store on it)."""
    url = await server.migrated() if server is not None else copied_sqlite(sqlite_template, tmp_path)
    engines = create_engines(url)
    yield url, SqlStore(engines)
    await engines.dispose()


@asynccontextmanager
async def gateways(url: str, folder: Path, content: Path, count: int) -> AsyncIterator[list[Gateway]]:
    """So many gateways on one database, and the stand-in of the dialogue engine."""
    dialogue = await asyncio.to_thread(DialogueServer(folder).up)
    settings: dict[str, Any] = {
        "database_url": url,
        "content_dir": content,
        "alert_poll_seconds": 0.2,
        "rasa_timeout_seconds": 1,
        "lease_seconds": 3,
    }
    running = [Gateway(folder, dialogue.url, f"gateway{number}", **settings) for number in range(count)]
    try:
        for one in running:
            await asyncio.to_thread(one.up)
        yield running
    finally:
        for process in (*running, dialogue):
            await asyncio.to_thread(process.terminate)


async def switch_on(store: SqlStore, conversation_id: str) -> None:
    """As the dialogue does it, by its effects."""
    now = datetime.now(timezone.utc)
    async with store.write() as work:
        revision = await work.vacancies.revision()
        await work.profiles.note_consent(conversation_id, "alerts", given=True, notice_version="test", now=now)
        alert = JobAlert(conversation_id, conversation_id, True, SEARCH.to_dict(), revision, now)
        await work.job_alerts.put(alert, now=now)


async def comes_in(store: SqlStore, number: int) -> None:
    """A new vacancy."""
    new = replace(
        VACANCIES[0],
        source_id=f"new{number}",
        employer=f"新公司{number}",
        posted_on=today(),
        expires_on=today() + timedelta(days=30),
    )
    async with store.write() as work:
        await work.vacancies.put([new], now=datetime.now(timezone.utc), today=today())


async def told(store: SqlStore) -> list[str]:
    """The conversation of every alert that was written."""
    async with store.read() as work:
        rows = await work.connection.exec_driver_sql("SELECT conversation_id FROM outbox WHERE act = 'job_alert'")
        return [row[0] for row in rows]


async def until(check: Callable[[], Awaitable[bool]], seconds: float = 90) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < deadline, "it did not come"
        await asyncio.sleep(0.1)


async def test_everybody_is_told_exactly_once_though_a_gateway_is_killed(
    database: tuple[str, SqlStore], tmp_path: Path
) -> None:
    url, store = database
    count = 1 if url.startswith("sqlite") else 2
    content = own_content(tmp_path / "content", 0, 0)
    async with gateways(url, tmp_path, content, count) as running:
        people = [await asyncio.to_thread(running[-1].begin) for _ in range(PEOPLE)]
        for person in people:
            await switch_on(store, person.id)
        await comes_in(store, 1)

        async def some() -> bool:
            return len(await told(store)) >= 2

        await until(some)
        await asyncio.to_thread(running[0].kill)
        if count == 1:
            await asyncio.to_thread(running[0].up)

        async def all_of_them() -> bool:
            return set(await told(store)) == {person.id for person in people}

        await until(all_of_them)
        await asyncio.sleep(4)  # longer than a lease: nobody tells it again
        assert sorted(await told(store)) == sorted(person.id for person in people)
        shown = await asyncio.to_thread(people[0].transcript, 2, 20)
        assert "停止通知" in shown[-1][2]


async def test_nothing_at_night_and_nothing_after_stop(database: tuple[str, SqlStore], tmp_path: Path) -> None:
    url, store = database
    hour = datetime.now(timezone.utc).astimezone(TAIPEI).hour
    night = own_content(tmp_path / "night", (hour - 1) % 24, (hour + 2) % 24)
    async with gateways(url, tmp_path, night, 1) as [gateway]:
        sleeper, stopper = [await asyncio.to_thread(gateway.begin) for _ in range(2)]
        for person in (sleeper, stopper):
            await switch_on(store, person.id)
        await comes_in(store, 1)
        await asyncio.sleep(3)
        assert await told(store) == []
        status, body = await asyncio.to_thread(stopper.write, "停止通知", "m1", 20)
        assert status == 200
        assert "關掉" in body["replies"][-1]["text"]
    day = own_content(tmp_path / "day", 0, 0)
    async with gateways(url, tmp_path, day, 1):

        async def sleeper_told() -> bool:
            return sleeper.id in await told(store)

        await until(sleeper_told)
        await asyncio.sleep(2)
        assert await told(store) == [sleeper.id]
