"""The commands `jobseeker audit`: checking the chain of the audit, and writing down where it is. What a chain is: jobseeker/audit_chain.py."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from app.settings import Settings
from jobseeker.audit_chain import Anchor, Verdict, verify
from jobseeker.clock import SystemClock
from jobseeker.errors import StoreUnavailable
from jobseeker.usecases.anchor_audit import AnchorAudit
from store.engine import create_engines
from store.unit_of_work import SqlStore

audit = typer.Typer(no_args_is_help=True, help="The chain of the audit: check it, write down where it is.")
BROKEN, UNREADABLE = 1, 2  # exit codes
ANCHORS = Annotated[
    Path | None, typer.Option(help="The file of anchors; audit-anchors.jsonl in the var folder, where not given.")
]


@audit.command("verify")
def verify_chain(anchors: ANCHORS = None) -> None:
    """Check every row. Exit code 0: whole; 1: it says where it is broken; 2: it could not be read."""
    settings = Settings()
    try:
        verdict = asyncio.run(checked(settings, read_anchors(anchors or anchors_file(settings), anchors is not None)))
    except (StoreUnavailable, OSError, ValueError) as problem:
        typer.echo(f"the audit cannot be checked: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from problem
    for found in verdict.problems:
        typer.echo(f"BROKEN {found}", err=True)
    typer.echo(f"{verdict.rows} rows ({verdict.erased} of erased people), {verdict.anchors} anchors: {word(verdict)}")
    if verdict.problems:
        raise typer.Exit(BROKEN)


@audit.command("anchor")
def write_anchor(anchors: ANCHORS = None) -> None:
    """Write down where the chain is now, in a file that belongs on another machine: what is cut off at the end shows only there."""
    settings = Settings()
    file = anchors or anchors_file(settings)
    try:
        anchor = asyncio.run(taken(settings))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(vars(anchor)) + "\n")
    except (StoreUnavailable, OSError, ValueError) as problem:
        typer.echo(f"no anchor was written: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from problem
    typer.echo(f"position {anchor.position}, hash {anchor.hash}, written to {file}")


def word(verdict: Verdict) -> str:
    """How it stands."""
    return "BROKEN" if verdict.problems else "the chain is whole"


def anchors_file(settings: Settings) -> Path:
    """Where they are by default."""
    return settings.var_dir / "audit-anchors.jsonl"


def read_anchors(file: Path, needed: bool) -> list[Anchor]:
    """The anchors of a file: its own form, or the gateway's log, which has one every hour.

    Raises OSError where it is needed and not there, ValueError where none is in it.
    """
    if not needed and not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.startswith("{")]
    found = [
        Anchor(str(line["genesis"]), int(line["position"]), str(line["hash"]), str(line.get("at", "")))
        for line in lines
        if line.keys() >= {"genesis", "position", "hash"}
    ]
    if not found:
        raise ValueError(f"{file}: no anchors are in it")
    return found


async def checked(settings: Settings, anchors: list[Anchor]) -> Verdict:
    """The verdict on the chain of this database."""
    engines = create_engines(settings.database)
    try:
        async with SqlStore(engines).read() as work:
            return await verify(work.ledger.links(), await work.ledger.head(), anchors)
    finally:
        await engines.dispose()


async def taken(settings: Settings) -> Anchor:
    """Where it is now. Raises ValueError where there is no chain."""
    engines = create_engines(settings.database)
    try:
        anchor = await AnchorAudit(SqlStore(engines), SystemClock())()
    finally:
        await engines.dispose()
    if anchor is None:
        raise ValueError("the head of the chain is missing")
    return anchor
