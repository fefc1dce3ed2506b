"""A backup: one zip file with the rows of every table, the dialogue engine's tracker, anchors of the audit, and a manifest. Rows are store/backup.py.

Reading it back is app/restoring.py (docs/adr/0044-backups.md).
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app.database import open_database
from app.settings import Settings
from jobseeker.clock import Clock, SystemClock
from jobseeker.errors import BackupNotMade, BackupUnusable
from store import backup, tracker
from store.engine import Engines, sqlite_path
from store.migrate import is_current, is_known, revision_on
from store.unit_of_work import SqlStore

FORMAT, FORMAT_VERSION = "jobseeker backup", 1
MANIFEST, ANCHORS = "manifest.json", "files/audit-anchors.jsonl"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, TypeError, NotImplementedError)
CHUNK = 1 << 20
NO_TRACKER = (
    "there is no tracker of the dialogue engine where JOBSEEKER_TRACKER_URL says: set it as Rasa has it, "
    "or say --without-tracker (conversations then begin anew, in mid-dialogue)"
)


@dataclass
class Manifest:
    """What a backup says of itself. rows, sha256: by entry ("main/inbox.jsonl"); counters: the highest number given out, by table."""

    made_at: str
    release: str
    revision: str  # of the main database
    database: str  # "sqlite" or "postgresql": for information, it can be restored on both
    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    rows: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def tables(self, part: str) -> list[str]:
        """Names of the tables of "main" or "tracker"."""
        return [name.split("/")[1].removesuffix(".jsonl") for name in self.rows if name.startswith(f"{part}/")]


async def back_up(
    settings: Settings, file: Path, clock: Clock | None = None, *, without_tracker: bool = False
) -> Manifest:
    """Write the file, readable by its owner alone. The service may go on meanwhile.

    Raises:
        BackupNotMade: the file is there already, there is no tracker, or the database is not at the revision of this release.
        StoreUnavailable: a database does not answer.
    """
    if file.exists():
        raise BackupNotMade(f"{file} is there already; name another file")
    clock, engines = clock or SystemClock(), open_database(settings)
    part = file.with_name(file.name + ".part")
    try:
        if not await is_current(engines):
            raise BackupNotMade("the database is not at the revision of this release: start the service once (make up)")
        async with SqlStore(engines).write() as work:
            await work.ledger.record(at=clock.now(), actor="command line", action="backup.made")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as bundle:
                manifest = await write_archive(engines, settings, bundle, clock, without_tracker)
            raw.flush()
            os.fsync(raw.fileno())
        os.link(part, file)  # unlike a rename, never over another file
        return manifest
    except OSError as problem:
        raise BackupNotMade(str(problem)) from problem
    finally:
        part.unlink(missing_ok=True)
        await engines.dispose()


async def write_archive(
    engines: Engines, settings: Settings, bundle: zipfile.ZipFile, clock: Clock, without_tracker: bool = False
) -> Manifest:
    """The main database first: what the tracker has beyond it is then known by its number and not answered twice."""
    manifest = Manifest(clock.now().isoformat(), release(), "", engines.dialect)
    await _dump(engines, "main", backup.TABLES, bundle, manifest)
    if not without_tracker:
        path = sqlite_path(settings.tracker)
        if path is not None and not path.exists():
            raise BackupNotMade(NO_TRACKER)
        others = tracker.tracker_engines(settings.tracker)
        try:
            await _dump(others, "tracker", tracker.TABLES, bundle, manifest)
            if manifest.tables("tracker") != sorted(tracker.TABLES):
                raise BackupNotMade(NO_TRACKER)
        finally:
            await others.dispose()
    anchors = settings.var_dir / "audit-anchors.jsonl"
    if anchors.exists():
        content = anchors.read_bytes()
        bundle.writestr(ANCHORS, content)
        manifest.sha256[ANCHORS] = hashlib.sha256(content).hexdigest()
    bundle.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


async def _dump(
    engines: Engines, part: str, names: tuple[str, ...], bundle: zipfile.ZipFile, manifest: Manifest
) -> None:
    async with SqlStore(engines).read() as work:
        connection = work.connection
        await backup.steady(connection)
        tables = await backup.reflected(connection, names)
        if part == "main":
            manifest.revision = await revision_on(connection)
            manifest.counters = dict(await backup.counters(connection, tables))
        for table in tables:
            entry = f"{part}/{table.name}.jsonl"
            rows = backup.dumped(connection, table)
            manifest.rows[entry], manifest.sha256[entry] = await _write_rows(bundle, entry, rows)


async def _write_rows(bundle: zipfile.ZipFile, entry: str, rows: AsyncIterator[Mapping[str, Any]]) -> tuple[int, str]:
    """A line for each; how many, and the SHA-256 of all."""
    digest, count = hashlib.sha256(), 0
    with bundle.open(entry, "w", force_zip64=True) as written:
        async for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            written.write(line)
            digest.update(line)
            count += 1
    return count, digest.hexdigest()


def release() -> str:
    """Of this code; "" where it is not installed as a package."""
    try:
        return version("jobseeker")
    except PackageNotFoundError:
        return ""


def checked(bundle: zipfile.ZipFile) -> Manifest:
    """The manifest, after every entry was compared with its hash. Raises BackupUnusable."""
    try:
        given = json.loads(bundle.read(MANIFEST))
        if given.get("format") != FORMAT:
            raise BackupUnusable("its manifest is not one of this service")
        if given.get("format_version") != FORMAT_VERSION:
            raise BackupUnusable(f"its form {given.get('format_version')} is not known to this release")
        manifest = Manifest(**given)
        if not is_known(manifest.revision):
            raise BackupUnusable(f"its revision {manifest.revision} is not known: restore with the release it is of")
        if not manifest.tables("main") or set(bundle.namelist()) != {MANIFEST, *manifest.sha256}:
            raise BackupUnusable("it does not hold the entries its manifest names")
        for name, expected in manifest.sha256.items():
            if _digest(bundle, name) != expected:
                raise BackupUnusable(f"{name} was changed after it was made")
        return manifest
    except BROKEN as problem:
        raise BackupUnusable(f"it is damaged, or no backup: {problem}") from problem


def _digest(bundle: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with bundle.open(name) as entry:
        while chunk := entry.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def lines(bundle: zipfile.ZipFile, entry: str) -> Iterator[Mapping[str, Any]]:
    """The rows of an entry."""
    with bundle.open(entry) as opened:
        for line in opened:
            yield json.loads(line)
