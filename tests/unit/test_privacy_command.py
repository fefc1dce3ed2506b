"""`jobseeker privacy`: tombstones out, and a restored database erased again by them."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from jobseeker.usecases.privacy_effects import erase
from tests.doubles.kit import NOW, copied_sqlite, migrated_sqlite, open_kit


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["privacy", *arguments])
    return done.exit_code, done.stdout


async def lived(url: str) -> str:
    """Somebody who wrote something; their conversation."""
    async with open_kit(url) as kit:
        started = await kit.start()
        await kit.ask(started, "我叫王小明，謝謝")
        return started.conversation.id


async def erased(url: str, person: str) -> None:
    async with open_kit(url) as kit, kit.services.store.write() as work:
        await erase(work, person, NOW)


async def words(url: str) -> list[Any]:
    async with open_kit(url) as kit:
        return await kit.rows("SELECT text FROM inbox WHERE text <> ''")


def test_a_restored_backup_is_erased_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = copied_sqlite(migrated_sqlite(tmp_path), tmp_path)
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", url)
    person = asyncio.run(lived(url))
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    shutil.copy(path, tmp_path / "backup.db")
    asyncio.run(erased(url, person))
    code, out = run("tombstones")
    assert code == 0
    assert person not in out
    assert len(out.splitlines()) >= 1
    assert set(json.loads(out.splitlines()[0])) == {"id_hash", "at"}
    kept = tmp_path / "tombstones.jsonl"
    kept.write_text(out, "utf-8")
    for leftover in tmp_path.glob("jobseeker.db-*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup.db", path)  # the restore brings the words back
    assert asyncio.run(words(url)) != []
    assert run("reapply", str(kept)) == (0, "1 persons erased again\n")
    assert asyncio.run(words(url)) == []


def test_a_wrong_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("not json", "utf-8")
    assert run("reapply", str(file))[0] == 1
