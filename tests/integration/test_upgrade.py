"""An upgrade without a stop, on both databases: the release before reads and writes on while the database is brought to this one's revision, and after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from connectors.web import to_inbound
from jobseeker.errors import StoreUnavailable
from store.engine import Engines, create_engines
from store.migrate import differences, is_current, standing, upgrade
from store.unit_of_work import SqlStore
from tests.doubles.kit import open_kit
from tests.doubles.old_release import OldRelease
from tests.doubles.processes import Gateway
from tests.integration.conftest import Postgres

ROWS = 40  # in every table before the upgrade
BEFORE = "0012"  # the oldest revision whose release could go on: with 0012 the audit became a chain
EXPANDED = (
    "ALTER TABLE inbox ADD COLUMN shade VARCHAR(8)",
    "ALTER TABLE outbox ADD COLUMN weight INTEGER NOT NULL DEFAULT 1",
    "CREATE TABLE novelty (id INTEGER PRIMARY KEY, x TEXT NOT NULL)",
    "UPDATE alembic_version SET version_num = '9999'",
)
WIDENED = "ALTER TABLE conversation ALTER COLUMN last_topic TYPE TEXT"  # PostgreSQL: what was prepared does not fit any more  # fmt: skip
PAIR = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # reflecting a partial index


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """The address of an empty database of this kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{tmp_path}/old.db"
        postgres: Postgres = request.getfixturevalue("postgres")
        with asyncio.Runner() as runner:
            return runner.run(postgres.empty())

    return make


class Living:
    """The release before at work: it writes, changes and reads without a pause until told to stop."""

    def __init__(self, url: str, release: OldRelease) -> None:
        self._engines, self._release = create_engines(url), release
        self._store = SqlStore(self._engines)
        self._stopping, self._round = asyncio.Event(), asyncio.Event()
        self.rounds, self.slowest, self.again = 0, 0.0, 0

    async def run(self) -> None:
        """Raises whatever the database refuses, but for what passes by itself (StoreUnavailable): that is done again."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            try:
                async with self._store.write() as work:
                    await self._release.write(work.connection)
                    await self._release.change(work.connection)
            except StoreUnavailable:
                self.again += 1
                continue
            self.rounds += 1
            try:
                async with self._store.read() as work:
                    await self._release.read(work.connection)
            except StoreUnavailable:
                self.again += 1
            self._round.set()
            self.slowest = max(self.slowest, loop.time() - began)
            await asyncio.sleep(0.01)

    async def until(self, rounds: int) -> None:
        """Wait until it has done so many more."""
        wanted = self.rounds + rounds
        async with asyncio.timeout(60):
            while self.rounds < wanted:
                self._round.clear()
                await self._round.wait()

    async def stop(self) -> None:
        """After the present round."""
        self._stopping.set()

    async def close(self) -> None:
        """Its connections."""
        await self._engines.dispose()


@pytest.fixture
async def databases() -> AsyncIterator[Callable[[str], Engines]]:
    """Opens databases, and closes them."""
    opened: list[Engines] = []

    def make(url: str) -> Engines:
        opened.append(create_engines(url))
        return opened[-1]

    yield make
    for engines in opened:
        await engines.dispose()


@PAIR
def test_the_release_before_goes_on(kind: str, empty: Callable[[str], str]) -> None:
    url = empty(kind)

    async def scene() -> None:
        engines = create_engines(url)
        await upgrade(engines, BEFORE)
        release = await OldRelease.of(engines.reader)
        assert len(release.tables) > 30
        async with engines.writer.begin() as connection:
            for _ in range(ROWS):
                await release.write(connection)
        living = Living(url, release)
        working = asyncio.create_task(living.run())
        await living.until(3)
        await upgrade(engines)
        assert not working.done(), working.exception()
        await living.until(3)
        await living.stop()
        await working
        await living.close()
        assert await is_current(engines)
        assert await differences(engines) == []
        async with engines.reader.connect() as connection:
            counts = await release.read(connection)
        assert set(counts.values()) == {ROWS + living.rounds}
        assert living.again <= 50, "it passes once on every connection and table, not for ever"
        assert living.slowest < 30
        await engines.dispose()

    with asyncio.Runner() as runner:
        runner.run(scene())


@PAIR
def test_a_release_that_could_not_go_on_would_be_found(kind: str, empty: Callable[[str], str]) -> None:
    """The step to 0012 is one that the release before did not survive: its audit rows lack what is asked for now."""
    url = empty(kind)

    async def scene() -> None:
        engines = create_engines(url)
        await upgrade(engines, "0011")
        release = await OldRelease.of(engines.reader)
        await upgrade(engines)
        async with engines.writer.begin() as connection:
            with pytest.raises(IntegrityError, match="audit"):
                await release.write(connection)
        await engines.dispose()

    with asyncio.Runner() as runner:
        runner.run(scene())


@PAIR
def test_what_the_release_before_left_is_gone_on_with(kind: str, empty: Callable[[str], str]) -> None:
    """A conversation that began before the upgrade is answered after it, with everything real but the dialogue engine."""
    url = empty(kind)

    async def scene() -> None:
        engines = create_engines(url)
        await upgrade(engines, BEFORE)
        release = await OldRelease.of(engines.reader)
        by_name = {table.name: table for table in release.tables}
        async with open_kit(url) as kit:
            row: dict[str, Any] = {
                "id": "c" * 32, "channel": "web", "channel_key": "c" * 32, "token_hash": kit.services.secrets.digest("token"),
                "variety": "zh-Hant", "variety_chosen": False, "owner": "bot", "owner_version": 0, "last_topic": "", "last_act": "",
                "failed_turns": 0, "next_seq": 1, "created_at": kit.clock.now(), "updated_at": kit.clock.now(),
            }  # fmt: skip
            if kind == "sqlite":
                row |= {name: row[name].replace(tzinfo=None) for name in ("created_at", "updated_at")}
            async with engines.writer.begin() as connection:
                await connection.execute(by_name["conversation"].insert().values(row))
            await upgrade(engines)
            conversation = await kit.services.read_conversation("c" * 32, "token")
            message = to_inbound(conversation.id, text="失業給付可以領多少", client_message_id="m1", payload=None)
            received = await kit.services.receive_message(message, token="token")
            assert await kit.work() == ["done"]
            assert (await kit.replies_to(received))[0].topic == "ui_amount"
        await engines.dispose()

    with asyncio.Runner() as runner:
        runner.run(scene())


@PAIR
async def test_where_a_database_stands(kind: str, request: pytest.FixtureRequest, tmp_path: Path, databases: Callable[[str], Engines]) -> None:  # fmt: skip
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/stands.db"
        if kind == "sqlite"
        else await request.getfixturevalue("postgres").empty()
    )
    engines = databases(url)
    assert await standing(engines) == "behind"
    await upgrade(engines, "0013")
    assert await standing(engines) == "behind"
    await upgrade(engines)
    assert await standing(engines) == "current"
    async with engines.writer.begin() as connection:
        for statement in EXPANDED:
            await connection.exec_driver_sql(statement)
    assert await standing(engines) == "ahead"
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE alert DROP COLUMN seen_at")
    assert await standing(engines) == "foreign"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("kind", "migrates"), [("sqlite", "true"), pytest.param("postgresql", "false", marks=pytest.mark.postgres)]
)
def test_a_gateway_of_this_release_lives_with_the_next_ones_database(
    kind: str, migrates: str, make_gateway: Callable[..., Gateway], empty: Callable[[str], str]
) -> None:
    """While the others are being replaced: it goes on, and comes up again where it is killed."""
    url = empty(kind)

    async def run(*statements: str) -> None:
        engines = create_engines(url)
        await upgrade(engines) if not statements else None
        async with engines.writer.begin() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)
        await engines.dispose()

    asyncio.run(run())
    gateway = make_gateway(database_url=url, migrate_on_start=migrates).up()
    person = gateway.begin()
    assert person.write("可以領多少", "m1", wait=20)[1]["replies"]
    asyncio.run(run(*EXPANDED, *([WIDENED] if kind == "postgresql" else [])))
    for _ in range(20):  # connections of its pool that meet the change say "come again", as clients do by themselves
        found, body = person.write("可以領多久", "m2", wait=20)
        if found == 200:
            break
        assert (found, body["error"]["code"]) == (503, "JS-STO-001")
    assert body["replies"]
    gateway.kill()
    gateway.up()
    assert person.write("可以領多少", "m3", wait=20)[1]["replies"]
    assert "newer release's" in Path(gateway.log).read_text("utf-8")
    gateway.kill()
    asyncio.run(run("ALTER TABLE alert DROP COLUMN seen_at"))
    with pytest.raises(RuntimeError, match="another release has changed the database"):
        gateway.up()
