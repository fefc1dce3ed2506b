"""The commands `jobseeker privacy`: tombstones of what was erased, to be kept beside backups, and erasing again after a restore."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from app.database import open_database
from app.settings import Settings
from jobseeker.clock import SystemClock
from jobseeker.errors import EncryptionError
from jobseeker.usecases.privacy_effects import erase
from store.unit_of_work import SqlStore

privacy = typer.Typer(no_args_is_help=True, help="What was erased, and erasing it again after a backup was restored.")


@privacy.command("tombstones")
def tombstones() -> None:
    """Print a line of JSON for each erased id (a hash): keep this beside every backup."""
    for line in asyncio.run(read_tombstones(Settings())):
        typer.echo(line)


@privacy.command("reapply")
def reapply(
    file: Annotated[Path, typer.Argument(help="The lines that `jobseeker privacy tombstones` printed.")],
) -> None:
    """Erase again whoever was erased after the restored backup was made."""
    try:
        hashes = [json.loads(line)["id_hash"] for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        typer.echo(f"{file}: no file of tombstones ({problem})", err=True)
        raise typer.Exit(1) from problem
    try:
        typer.echo(f"{asyncio.run(erase_again(Settings(), hashes))} persons erased again")
    except EncryptionError as problem:
        typer.echo(f"{problem.code} {problem.en}", err=True)
        raise typer.Exit(1) from problem


async def read_tombstones(settings: Settings) -> list[str]:
    """One line for each."""
    engines = open_database(settings)
    try:
        async with SqlStore(engines).read() as work:
            found = await work.privacy.tombstones()
    finally:
        await engines.dispose()
    return [json.dumps({"id_hash": one.id_hash, "at": one.at.isoformat()}) for one in found]


async def erase_again(settings: Settings, hashes: list[str]) -> int:
    """How many persons were still there, or there again."""
    engines = open_database(settings)
    store, now = SqlStore(engines), SystemClock().now()
    try:
        async with store.read() as work:
            persons = await work.privacy.persons_among(hashes)
        for person in persons:
            async with store.write() as work:
                await erase(work, person, now)
    finally:
        await engines.dispose()
    return len(persons)
