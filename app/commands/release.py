"""The commands `jobseeker release`: what is served, what may be, compare, activate, go back. Rules: jobseeker/usecases/manage_releases.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from app import processes
from app.model import ModelMissingError
from app.releases.operating import Releases
from app.settings import ROOT, Settings
from jobseeker.errors import ContentError, MalformedRequest, ReleaseError, StoreUnavailable
from jobseeker.releases import Standing

release = typer.Typer(no_args_is_help=True, help="Releases of model and contents: list, compare, activate, go back.")
NUMBER = Annotated[int, typer.Argument(min=1, help="Of the release, as `jobseeker release list` shows it.")]
REASON = Annotated[str, typer.Option(help="Why; it goes into the audit.")]
T = TypeVar("T")


@release.command("list")
def shown() -> None:
    """The newest releases, what of each differs from the one that is served, and who has signed."""
    standings = _do(lambda releases: releases.all())
    for one in standings:
        typer.echo(_line(one))
    if not standings:
        typer.echo("there is no release yet; jobseeker up makes the first one")


@release.command("take")
def take(note: Annotated[str, typer.Option(help="What is new in it.")] = "") -> None:
    """Keep the contents and the model of this checkout as a release, without serving it."""
    kept = _do(lambda releases: releases.take(note))
    typer.echo(f"release {kept.number}, digest {kept.digest[:16]}")


@release.command("compare")
def compare(before: NUMBER, after: NUMBER) -> None:
    """What changes from one to the other, with the lines of ranking and escalation."""
    found = _do(lambda releases: releases.compare(before, after))
    for one in found:
        typer.echo(f"{one.part:11} {one.how:8} {one.file}")
        for line in one.lines:
            typer.echo(f"    {line}")
        if one.more:
            typer.echo(f"    … {one.more} more lines")
    typer.echo(f"{len(found)} files differ")


@release.command("activate")
def activate(number: NUMBER, reason: REASON) -> None:
    """Serve it from now on. Where it changes ranking or escalation, a worker representative must have signed it in the console."""
    _do(lambda releases: releases.activate(number, reason))
    typer.echo(f"release {number} is served")


@release.command("rollback")
def rollback(reason: REASON) -> None:
    """Serve again what was served before."""
    served = _do(lambda releases: releases.go_back(reason))
    typer.echo(f"release {served.number} is served")


def _do(what: Callable[[Releases], T]) -> T:
    settings = Settings()
    place = processes.layout_of(ROOT, settings)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        return what(Releases(settings, place, typer.echo))
    except (ReleaseError, MalformedRequest, StoreUnavailable, ModelMissingError, ContentError) as problem:
        typer.echo(getattr(problem, "detail", "") or str(problem), err=True)
        raise typer.Exit(1) from problem


def _line(one: Standing) -> str:
    state = "served" if one.active else f"waits for a signature ({', '.join(one.waits)})" if one.waits else ""
    made = f"{one.release.made_at:%Y-%m-%d %H:%M} UTC by {one.release.made_by}"
    signed = f"  signed by {', '.join(each.name for each in one.signatures)}" if one.signatures else ""
    changed = "" if one.active else f"  differs in {', '.join(one.changed) or 'nothing'}"
    return (
        f"{one.release.number:4} {one.release.digest[:12]} {made} {one.release.note}{changed}{signed}  {state}".rstrip()
    )
