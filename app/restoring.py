"""Restores a backup into empty databases: all of it in one transaction, whoever was erased since is erased again in it, the audit is checked. The file is app/backups.py."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.backups import ANCHORS, BROKEN, Manifest, checked, lines
from app.database import open_database
from app.settings import Settings
from jobseeker.audit_chain import verify
from jobseeker.clock import Clock, SystemClock
from jobseeker.errors import BackupUnusable, RestoreRefused
from jobseeker.storage_privacy import Tombstone
from jobseeker.usecases.privacy_effects import erase
from store import backup, tracker
from store.migrate import revision_on, upgrade_on
from store.privacy import buried
from store.unit_of_work import SqlStore, SqlUnitOfWork


@dataclass(frozen=True)
class Restored:
    """What was done. turns: of the dialogue engine's tracker; audit_rows: of the chain that was found whole."""

    rows: int
    turns: int
    erased_again: int
    audit_rows: int


async def restore(
    settings: Settings, file: Path, tombstones: Sequence[Tombstone], clock: Clock | None = None
) -> Restored:
    """Fill an empty database, and an empty tracker, from the file. All or nothing. The service must be down.

    Args:
        tombstones: of what was erased, the newest there are: who was erased after the backup does not come back.

    Raises:
        BackupUnusable: no backup, changed since, of a newer release, or its audit chain is broken.
        RestoreRefused: the database or the tracker holds something.
        StoreUnavailable: a database does not answer.
    """
    clock = clock or SystemClock()
    try:
        bundle = zipfile.ZipFile(file)
    except BROKEN as problem:
        raise BackupUnusable(f"{file}: {problem}") from problem
    async with AsyncExitStack() as stack:
        stack.enter_context(bundle)
        manifest = checked(bundle)
        engines = open_database(settings)
        stack.push_async_callback(engines.dispose)
        others = tracker.tracker_engines(settings.tracker)
        stack.push_async_callback(others.dispose)
        store = SqlStore(engines)
        async with SqlStore(others).write() as side:
            await _empty_tracker(side)
            async with store.write() as work:
                await _load_main(work, bundle, manifest)
                new = await work.privacy.take_in(tombstones)
                again = await _erase_again(work, new, clock.now())
                turns = await _load_tracker(work, side, bundle, manifest, set(new))
                counts = {"made_at": manifest.made_at, "release": manifest.release, "erased_again": again}
                await work.ledger.record(at=clock.now(), actor="command line", action="backup.restored", detail=counts)
                await work.ledger.seal()
                audit_rows = await _check_audit(work)
        _put_anchors(settings, bundle, manifest)
    return Restored(
        sum(manifest.rows[f"main/{name}.jsonl"] for name in manifest.tables("main")), turns, again, audit_rows
    )


async def _empty_tracker(side: SqlUnitOfWork) -> None:
    await tracker.make_tables(side.connection)
    if await backup.filled(side.connection, await backup.reflected(side.connection, tracker.TABLES)):
        raise RestoreRefused(
            "the tracker (JOBSEEKER_TRACKER_URL) holds conversations: name another one, or move it away"
        )


async def _load_main(work: SqlUnitOfWork, bundle: zipfile.ZipFile, manifest: Manifest) -> None:
    connection = work.connection
    at = await revision_on(connection)
    full = await backup.filled(connection, await backup.reflected(connection, backup.TABLES))
    if full:
        raise RestoreRefused(
            f"the database holds something ({', '.join(full[:3])}): set JOBSEEKER_DATABASE_URL to a new one, or move it away"
        )
    if at not in ("", manifest.revision):
        raise RestoreRefused(
            f"the database is at revision {at}, the backup at {manifest.revision}: a new database without tables is needed"
        )
    await upgrade_on(connection, manifest.revision)
    tables = await backup.reflected(connection, manifest.tables("main"))
    for table in tables:
        entry = f"main/{table.name}.jsonl"
        if await backup.load(connection, table, _told(bundle, entry)) != manifest.rows[entry]:
            raise BackupUnusable(f"{entry} does not hold the rows its manifest names")
    if len(tables) != len(manifest.tables("main")):
        raise BackupUnusable("it names tables that its revision does not have")
    await backup.count_on(connection, tables, manifest.counters)
    await upgrade_on(connection)


async def _erase_again(work: SqlUnitOfWork, hashes: Sequence[str], now: datetime) -> int:
    persons = await work.privacy.persons_among(hashes)
    for person in persons:
        await erase(work, person, now)
    return len(persons)


async def _load_tracker(
    work: SqlUnitOfWork, side: SqlUnitOfWork, bundle: zipfile.ZipFile, manifest: Manifest, gone: set[str]
) -> int:
    """Conversations that the main database knows and nobody has erased; how many rows.

    The tracker was read a moment after the main database: messages that came between are answered in it under numbers that the
    main database must not give out again.
    """
    known = {key for key in await backup.conversation_ids(work.connection) if buried(key) not in gone}
    highest = manifest.counters.get("inbox", 0)
    count = 0

    def theirs(entry: str) -> Iterator[Mapping[str, Any]]:
        nonlocal highest
        for row in _told(bundle, entry):
            if row.get("sender_id") in known:
                highest = max(highest, int(row.get("inbox_id") or 0))
                yield row

    tables = await backup.reflected(side.connection, tracker.TABLES)
    for table in tables:
        if (entry := f"tracker/{table.name}.jsonl") in manifest.rows:
            count += await backup.load(side.connection, table, theirs(entry))
    await backup.count_on(side.connection, tables, {})
    inbox = await backup.reflected(work.connection, ("inbox",))
    await backup.count_on(work.connection, inbox, {"inbox": highest})
    return count


async def _check_audit(work: SqlUnitOfWork) -> int:
    verdict = await verify(work.ledger.links(), await work.ledger.head())
    if verdict.problems:
        raise BackupUnusable(f"the chain of its audit is broken: {verdict.problems[0]}")
    return verdict.rows


def _told(bundle: zipfile.ZipFile, entry: str) -> Iterator[Mapping[str, Any]]:
    try:
        yield from lines(bundle, entry)
    except BROKEN as problem:
        raise BackupUnusable(f"{entry}: {problem}") from problem


def _put_anchors(settings: Settings, bundle: zipfile.ZipFile, manifest: Manifest) -> None:
    target = settings.var_dir / "audit-anchors.jsonl"
    if ANCHORS in manifest.sha256 and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bundle.read(ANCHORS))


def read_tombstones(files: Iterable[Path]) -> list[Tombstone]:
    """Of files that `jobseeker privacy tombstones` wrote. Raises RestoreRefused: one is not such a file."""
    found = []
    for file in files:
        try:
            for line in file.read_text("utf-8").splitlines():
                if line.strip():
                    given = json.loads(line)
                    found.append(Tombstone(str(given["id_hash"]), datetime.fromisoformat(given["at"])))
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise RestoreRefused(f"{file}: no file of tombstones ({problem})") from problem
    return found
