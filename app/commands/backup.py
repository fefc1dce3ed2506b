"""The commands `jobseeker backup` and `jobseeker restore`. What a backup is: app/backups.py, app/restoring.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.backups import back_up
from app.restoring import read_tombstones, restore
from app.settings import Settings
from jobseeker.errors import BackupError, EncryptionError, RestoreRefused, StoreUnavailable

NOBODY_SAID = (
    "say who was erased after this backup: --tombstones FILE (what `jobseeker privacy tombstones` printed last), "
    "or --no-tombstones where nobody can have been"
)


def register(app: typer.Typer, fail: Callable[[str], typer.Exit]) -> None:
    """Add the commands."""

    def told(problem: BackupError | EncryptionError | StoreUnavailable) -> typer.Exit:
        return fail(f"{problem.code} {problem.en} {problem}")

    @app.command("backup")
    def make(
        file: Annotated[Path, typer.Argument(help="The zip file to write. It holds personal data: encrypt it.")],
        without_tracker: Annotated[
            bool, typer.Option("--without-tracker", help="Leave out what the dialogue engine remembers.")
        ] = False,
    ) -> None:
        """Write the database and the dialogue engine's tracker into one file; the service may go on meanwhile."""
        try:
            manifest = asyncio.run(back_up(Settings(), file, without_tracker=without_tracker))
        except (BackupError, StoreUnavailable) as problem:
            raise told(problem) from problem
        count = sum(manifest.rows.values())
        typer.echo(f"{file}: {count} rows of {len(manifest.rows)} tables, revision {manifest.revision}")
        typer.echo("not in it: the encryption keys and the settings; keep those elsewhere (docs/runbooks/backup.md)")

    @app.command("restore")
    def put_back(
        file: Annotated[Path, typer.Argument(help="What `jobseeker backup` wrote.")],
        tombstones: Annotated[
            list[Path] | None,
            typer.Option(help="What `jobseeker privacy tombstones` printed last: who was erased since."),
        ] = None,
        no_tombstones: Annotated[
            bool, typer.Option("--no-tombstones", help="Nobody was erased after the backup.")
        ] = False,
    ) -> None:
        """Fill an empty database and tracker from a backup; who was erased since is erased again. The service must be down."""
        try:
            if not tombstones and not no_tombstones:
                raise RestoreRefused(NOBODY_SAID)
            done = asyncio.run(restore(Settings(), file, read_tombstones(tombstones or ())))
        except (BackupError, EncryptionError, StoreUnavailable) as problem:
            raise told(problem) from problem
        typer.echo(
            f"{done.rows} rows and {done.turns} turns restored, {done.erased_again} persons erased again, "
            f"audit of {done.audit_rows} rows whole"
        )
