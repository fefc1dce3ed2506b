"""A backup restores every row and every counter into empty databases; who was erased since stays erased; what is no whole backup is refused."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Text, insert, select, text
from sqlalchemy.schema import CreateTable
from typer.testing import CliRunner

from app.backups import write_archive
from app.cli import app
from app.encryption import FernetVault
from app.settings import Settings
from jobseeker.audit_chain import verify
from jobseeker.clock import FixedClock
from jobseeker.usecases.privacy_effects import erase
from jobseeker.usecases.start_conversation import Started
from store import tracker
from store.engine import Engines, create_engines
from store.migrate import upgrade
from store.schema import metadata
from store.unit_of_work import SqlStore
from tests.doubles.kit import NOW, Kit
from tests.stack import KEY
from tests.unit.usecases.test_erasure import mark_every_table

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """Where to restore to: no tables."""
    return f"sqlite+aiosqlite:///{tmp_path}/restored.db"


@pytest.fixture
def older_url(tmp_path: Path) -> str:
    """No tables yet, either."""
    return f"sqlite+aiosqlite:///{tmp_path}/older.db"


@pytest.fixture
def tracker_urls(tmp_path: Path) -> tuple[str, str]:
    """The tracker that is backed up, and the empty one; as the dialogue engine's environment names them."""
    return f"sqlite:///{tmp_path}/tracker.db", f"sqlite:///{tmp_path}/tracker-restored.db"


class Machine:
    """`jobseeker` with the settings of the old machine (0) or the new one (1)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, databases: tuple[str, str], trackers: tuple[str, str]) -> None:
        self.monkeypatch, self.databases, self.trackers = monkeypatch, databases, trackers

    async def run(self, which: int, *arguments: str) -> Any:
        """The command, in a thread of its own."""
        self.monkeypatch.setenv("JOBSEEKER_DATABASE_URL", self.databases[which])
        self.monkeypatch.setenv("JOBSEEKER_TRACKER_URL", self.trackers[which])
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    async def ok(self, which: int, *arguments: str) -> str:
        """Its output; fails where it does."""
        done = await self.run(which, *arguments)
        assert done.exit_code == 0, done.output
        return str(done.output)

    async def refused(self, which: int, *arguments: str) -> str:
        """What it says; fails where it does not refuse."""
        done = await self.run(which, *arguments)
        assert (done.exit_code, done.exception.__class__) == (1, SystemExit), (done.output, done.exception)
        return str(done.output)


@pytest.fixture
def machine(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    database_url: str,
    empty_url: str,
    tracker_urls: tuple[str, str],
    old_tracker: Engines,
) -> Machine:
    """Both."""
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))
    return Machine(monkeypatch, (database_url, empty_url), tracker_urls)


@pytest.fixture
async def old_tracker(tracker_urls: tuple[str, str]) -> AsyncIterator[Engines]:
    """The tracker that is backed up, with its tables."""
    engines = tracker.tracker_engines(tracker_urls[0])
    async with engines.writer.begin() as connection:
        await tracker.make_tables(connection)
    yield engines
    await engines.dispose()


async def add_turn(engines: Engines, sender: str, number: int, inbox_id: int | None, events: str) -> None:
    """As the dialogue engine does, with its summary."""
    values = {"sender_id": sender, "number": number, "inbox_id": inbox_id, "event_count": 1, "events": events}
    async with engines.writer.begin() as connection:
        await connection.execute(insert(tracker.turn), {**values, "reply": None, "at": 1764300000.123456})
        await connection.execute(insert(tracker.head), {"sender_id": sender, "number": number, "events": events})


async def content(url: str, tables: Any = metadata) -> dict[str, list[str]]:
    """All rows of all tables."""
    vault = FernetVault([KEY])
    engines = create_engines(url, vault=vault) if tables is metadata else tracker.tracker_engines(url)
    found = {}
    async with engines.reader.connect() as connection:
        for name, table in tables.tables.items():
            rows = (await connection.execute(select(table))).all()
            found[name] = sorted(repr(tuple(row)) for row in rows)
    await engines.dispose()
    return found


async def next_inbox_id(url: str) -> int:
    """The number that the next message gets."""
    engines = create_engines(url)
    async with engines.writer.begin() as connection:
        row = (await connection.execute(select(metadata.tables["inbox"]))).mappings().first()
        assert row is not None
        values = {**row, "event_id": "one more", "seq": 999_999, "id": None}
        values.pop("id")
        done = await connection.execute(insert(metadata.tables["inbox"]).values(values))
        assert done.inserted_primary_key is not None
        number = int(done.inserted_primary_key[0])
    await engines.dispose()
    return number


async def test_everything_comes_back(
    kit: Kit, machine: Machine, old_tracker: Engines, tracker_urls: tuple[str, str], tmp_path: Path
) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await kit.ask(started, "/human")
    marked = await mark_every_table(kit, started)
    assert len(marked) > 15
    await add_turn(old_tracker, started.conversation.id, 1, 1, '[{"event": "action", "text": "「引號」"}]')
    await add_turn(old_tracker, "of nobody", 1, 1, "[]")
    file = tmp_path / "backup.zip"
    said = await machine.ok(0, "backup", str(file))
    assert f"of {len(metadata.tables) + 2} tables" in said
    assert file.stat().st_mode & 0o077 == 0
    assert "JS-BAK-001" in await machine.refused(0, "backup", str(file)), "nothing is written over"
    assert "audit of" in await machine.ok(1, "restore", str(file), "--no-tombstones")
    before, after = [await content(url) for url in machine.databases]
    assert sum(map(len, before.values())) > 40
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"audit", "audit_head"}
    assert set(before["audit"]) < set(after["audit"])
    assert len(after["audit"]) == len(before["audit"]) + 1, "that it was restored is noted"
    turns = await content(tracker_urls[1], tracker.metadata)
    assert [len(rows) for rows in turns.values()] == [1, 1], "of a conversation that there is"
    assert "「引號」" in str(turns)
    assert "1764300000.123456" in str(turns)


async def test_the_chain_of_the_audit_goes_on(kit: Kit, machine: Machine, empty_url: str, tmp_path: Path) -> None:
    await kit.services.open_case((await kit.start()).conversation.id, reasons=("asked_for_human",))
    await machine.ok(0, "backup", str(tmp_path / "b.zip"))
    await machine.ok(1, "restore", str(tmp_path / "b.zip"), "--no-tombstones")
    engines = create_engines(empty_url)
    async with SqlStore(engines).write() as work:
        await work.ledger.record(at=NOW, actor="system", action="test.row")
    async with SqlStore(engines).read() as work:
        verdict = await verify(work.ledger.links(), await work.ledger.head())
    await engines.dispose()
    assert verdict.problems == []
    assert verdict.rows >= 4


async def test_no_number_is_given_out_twice(
    kit: Kit, machine: Machine, old_tracker: Engines, empty_url: str, tmp_path: Path
) -> None:
    started, gone = await kit.start(), await kit.start()
    await kit.ask(started, "可以領多少")
    await kit.ask(gone, "謝謝")
    ((highest,),) = await kit.rows("SELECT max(id) FROM inbox")
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(text(f"DELETE FROM outbox WHERE inbox_id = {highest}"))
        await connection.execute(text(f"DELETE FROM inbox WHERE id = {highest}"))
    await machine.ok(0, "backup", str(tmp_path / "one.zip"))
    await machine.ok(1, "restore", str(tmp_path / "one.zip"), "--no-tombstones")
    assert await next_inbox_id(empty_url) > highest, "the highest that was given out, not the highest that is left"


async def test_a_number_that_the_tracker_has_already_is_not_given_out(
    kit: Kit, machine: Machine, old_tracker: Engines, empty_url: str, tmp_path: Path
) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await add_turn(old_tracker, started.conversation.id, 1, 5_000, "[]")  # came between the two
    await machine.ok(0, "backup", str(tmp_path / "one.zip"))
    await machine.ok(1, "restore", str(tmp_path / "one.zip"), "--no-tombstones")
    assert await next_inbox_id(empty_url) == 5_001


async def _erased(kit: Kit, started: Started, seconds: int) -> None:
    kit.later(seconds)
    async with kit.services.store.write() as work:
        await erase(work, (await kit.conversation(started)).person, kit.clock.now())


async def test_whoever_was_erased_since_does_not_come_back(
    kit: Kit, machine: Machine, old_tracker: Engines, tracker_urls: tuple[str, str], tmp_path: Path
) -> None:
    gone, stays, twice, back = [await kit.start() for _ in range(4)]
    for started in (twice, back):
        await _erased(kit, started, 1)
    for started, word in ((gone, "紫色長頸鹿"), (stays, "綠色大象"), (twice, "藍色河馬"), (back, "黃色犀牛")):
        await kit.ask(started, f"{word} 可以領多少")
        await add_turn(old_tracker, started.conversation.id, 1, None, f'[{{"text": "{word}"}}]')
    file, marks = tmp_path / "backup.zip", tmp_path / "tombstones.jsonl"
    await machine.ok(0, "backup", str(file))
    for started in (gone, twice):
        await _erased(kit, started, 60)
    marks.write_text(await machine.ok(0, "privacy", "tombstones"), "utf-8")
    assert "JS-BAK-003" in await machine.refused(1, "restore", str(file)), "somebody must say who was erased"
    assert "2 persons erased again" in await machine.ok(1, "restore", str(file), "--tombstones", str(marks))
    found = str(await content(machine.databases[1])) + str(await content(tracker_urls[1], tracker.metadata))
    assert [word for word in ("紫色長頸鹿", "藍色河馬") if word in found] == []
    assert found.count("綠色大象") >= 3
    assert found.count("黃色犀牛") >= 3, "who wrote again after an erasure that the backup knows stays"
    assert "the chain is whole" in await machine.ok(1, "audit", "verify")


async def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(
    kit: Kit, machine: Machine, empty_url: str, tmp_path: Path
) -> None:
    await kit.ask(await kit.start(), "可以領多少")
    file, changed = tmp_path / "backup.zip", tmp_path / "changed.zip"
    await machine.ok(0, "backup", str(file))

    def rewritten(change: Any) -> str:
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
            for name in source.namelist():
                target.writestr(name, change(name, source.read(name)))
        return str(changed)

    def manifest(**values: Any) -> Any:
        return lambda name, data: json.dumps({**json.loads(data), **values}) if name == "manifest.json" else data

    other = rewritten(lambda _, data: data.replace("可以領多少".encode(), "可以領很多".encode()))
    assert "main/inbox.jsonl was changed" in await machine.refused(1, "restore", other, "--no-tombstones")
    for values, said in (
        ({"format": "another program's"}, "not one of this service"),
        ({"format_version": 99}, "not known to this release"),
        ({"revision": "9999"}, "restore with the release it is of"),
        ({"rows": {}}, "does not hold the entries"),
    ):
        assert said in await machine.refused(1, "restore", rewritten(manifest(**values)), "--no-tombstones")
    whole = file.read_bytes()
    for cut in (b"", b"no zip", whole[: len(whole) // 2], whole[:200] + b"\0" * 50 + whole[250:]):
        changed.write_bytes(cut)
        assert "JS-BAK-002" in await machine.refused(1, "restore", str(changed), "--no-tombstones")
    assert "JS-BAK-002" in await machine.refused(1, "restore", str(tmp_path / "nowhere.zip"), "--no-tombstones")
    assert "JS-BAK-003" in await machine.refused(1, "restore", str(file), "--tombstones", str(file))
    assert "holds something" in await machine.refused(0, "restore", str(file), "--no-tombstones")
    await machine.ok(1, "restore", str(file), "--no-tombstones")
    assert "holds something" in await machine.refused(1, "restore", str(file), "--no-tombstones")


async def test_a_backup_whose_audit_was_changed_is_refused(kit: Kit, machine: Machine, tmp_path: Path) -> None:
    await kit.services.open_case((await kit.start()).conversation.id, reasons=("asked_for_human",))
    drop = "DROP TRIGGER audit_fixed" + (" ON audit" if kit.services.engines.dialect == "postgresql" else "")
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(text(drop))
        await connection.execute(text("UPDATE audit SET actor = 'somebody else'"))
    await machine.ok(0, "backup", str(tmp_path / "b.zip"))
    said = await machine.refused(1, "restore", str(tmp_path / "b.zip"), "--no-tombstones")
    assert "the chain of its audit is broken" in said


async def test_a_backup_says_that_there_is_no_tracker(kit: Kit, machine: Machine, tmp_path: Path) -> None:
    await kit.ask(await kit.start(), "可以領多少")
    machine.trackers = (f"sqlite:///{tmp_path}/nowhere.db", machine.trackers[1])
    file = tmp_path / "b.zip"
    assert "--without-tracker" in await machine.refused(0, "backup", str(file))
    assert list(tmp_path.glob("b.zip*")) == []
    await machine.ok(0, "backup", str(file), "--without-tracker")
    assert " 0 turns" in await machine.ok(1, "restore", str(file), "--no-tombstones")


async def test_a_tracker_that_holds_something_is_left_alone(
    kit: Kit, machine: Machine, old_tracker: Engines, tmp_path: Path
) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await add_turn(old_tracker, started.conversation.id, 1, None, "[]")
    await machine.ok(0, "backup", str(tmp_path / "b.zip"))
    machine.trackers = (machine.trackers[0], machine.trackers[0])
    assert "the tracker" in await machine.refused(1, "restore", str(tmp_path / "b.zip"), "--no-tombstones")


async def test_a_backup_of_an_older_release_is_brought_to_this_one(
    older_url: str, machine: Machine, tmp_path: Path
) -> None:
    older, file = create_engines(older_url), tmp_path / "older.zip"
    await upgrade(older, "0011")
    zone = "+00:00" if older.dialect == "postgresql" else ""
    async with older.writer.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO audit (at, actor, action, conversation_id, case_id, detail) VALUES"
            f" ('2026-11-08 08:00:00.123456{zone}', 'account:1', 'case.opened', 'c1', NULL, '{{\"名\": 0.1}}')"
        )
    with zipfile.ZipFile(file, "w") as bundle:
        made = await write_archive(older, Settings(), bundle, FixedClock(NOW), without_tracker=True)
    await older.dispose()
    assert made.revision == "0011"
    assert "audit of 2 rows whole" in await machine.ok(1, "restore", str(file), "--no-tombstones")
    assert "2026, 11, 8, 8, 0, 0, 123456" in str((await content(machine.databases[1]))["audit"])


async def test_a_database_that_is_not_of_this_release_is_not_backed_up(
    older_url: str, machine: Machine, tmp_path: Path
) -> None:
    older = create_engines(older_url)
    await upgrade(older, "0011")
    await older.dispose()
    machine.databases = (older_url, machine.databases[1])
    assert "JS-BAK-001" in await machine.refused(0, "backup", str(tmp_path / "b.zip"))
    assert list(tmp_path.glob("b.zip*")) == []


def test_the_tracker_has_the_tables_of_the_dialogue_engine(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("tracker_of_the_bot", root / "bot/tracker_store/database.py")
    assert spec is not None
    assert spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = theirs
    try:
        spec.loader.exec_module(theirs)
    finally:
        del sys.modules[spec.name]

    def ddl(tables: Any) -> list[str]:
        return [str(CreateTable(table)) for table in tables.sorted_tables]

    assert len(ddl(tracker.metadata)) == 2
    assert ddl(theirs.metadata) == ddl(tracker.metadata)
    theirs.turn.append_column(Column("more", Text))
    assert ddl(theirs.metadata) != ddl(tracker.metadata)
