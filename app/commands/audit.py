"""The commands `jobseeker audit`: the chain of the audit (jobseeker/audit_chain.py) and whether groups are treated alike (app/fairness/)."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.database import open_database
from app.settings import Settings
from jobseeker.audit_chain import Anchor, Verdict, verify
from jobseeker.clock import SystemClock, local_day
from jobseeker.errors import ContentError, StoreUnavailable
from jobseeker.usecases.anchor_audit import AnchorAudit
from store.unit_of_work import SqlStore

audit = typer.Typer(
    no_args_is_help=True,
    help="The chain of the audit: check it, write down where it is. Fairness: are groups treated alike?",
)
BROKEN, UNREADABLE = 1, 2  # exit codes
ROOT = Path(__file__).resolve().parent.parent.parent
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


@audit.command("fairness")
def fairness(
    begin: Annotated[
        str, typer.Option("--from", help="First month, as 2026-01 (default: eleven before the last).")
    ] = "",
    end: Annotated[str, typer.Option("--until", help="Last month, included (default: this one).")] = "",
    html: Annotated[
        Path | None, typer.Option(help="The page; var/reports/fairness-<month>.html where not given.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write the figures as well.")] = None,
    language: Annotated[str, typer.Option(help="Of the page: zh or en.")] = "zh",
    swaps: Annotated[bool, typer.Option(help="Also swap name, sex, age … of made-up people and compare lists.")] = True,
) -> None:
    """Are groups treated alike? Exit code 0: nothing flagged; 1: something is, see the page; 2: the audit could not be made."""
    from app.fairness.running import Wish, run_audit

    settings = Settings()
    try:
        wish = Wish(begin, end, language, swaps)
        report, page = asyncio.run(run_audit(settings, SystemClock(), wish))
        file = html or settings.var_dir / "reports" / f"fairness-{report['period']['end']}.html"
        for path, content in (
            (file, page),
            *([(json_file, json.dumps(report, ensure_ascii=False, indent=1) + "\n")] if json_file else []),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
    except (StoreUnavailable, ContentError, OSError, ValueError) as problem:
        typer.echo(f"the audit of fairness cannot be made: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from problem
    typer.echo(f"{report['flagged']} flagged of {report['comparisons']} comparisons; {file}")
    if report["flagged"]:
        raise typer.Exit(BROKEN)


@audit.command("swaps")
def swaps_report(
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Where to write the result (default: the committed docs/reports/fairness.json)."),
    ] = None,
) -> None:
    """The counterfactual test over the sample vacancies alone: no data of this installation. Exit code 1: a list changed."""
    from app.fairness.sample import sample_swaps

    try:
        found = asyncio.run(sample_swaps(Settings(), SystemClock()))
    except (StoreUnavailable, ContentError, OSError) as problem:
        typer.echo(f"the swaps cannot be tried: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from problem
    (json_file or ROOT / "docs" / "reports" / "fairness.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    typer.echo(f"{sum(found['tried'].values())} swaps, {len(found['changes'])} changed a list")
    if found["changes"] or found["empty_lists"]:
        raise typer.Exit(BROKEN)


@audit.command("pages")
def pages(
    write: Annotated[bool, typer.Option("--write", help="Write them anew, as of --day.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare the committed ones with the configuration.")] = False,
    day: Annotated[str, typer.Option(help="As 2026-11-28 (default: today).")] = "",
) -> None:
    """Impact assessment and transparency record (docs/reports), from the live configuration. --check: exit code 1 where they differ."""
    from app.disclosure import pages as made

    if write == check:
        raise typer.BadParameter("say --write or --check")
    country = Settings().country
    try:
        if write:
            as_of = date.fromisoformat(day) if day else local_day(SystemClock().now())
            changed = made.write(ROOT, country, as_of)
            typer.echo("\n".join(changed) or "nothing changed")
            return
        differing = made.differences(ROOT, country)
    except (ContentError, ValueError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(UNREADABLE) from problem
    for line in differing:
        typer.echo(line)
    if differing:
        typer.echo(
            "the committed pages are not what the configuration says: run jobseeker audit pages --write", err=True
        )
        raise typer.Exit(BROKEN)
    typer.echo(f"{len(made.PAGES)} pages are what the configuration says")


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
    engines = open_database(settings)
    try:
        async with SqlStore(engines).read() as work:
            return await verify(work.ledger.links(), await work.ledger.head(), anchors)
    finally:
        await engines.dispose()


async def taken(settings: Settings) -> Anchor:
    """Where it is now. Raises ValueError where there is no chain."""
    engines = open_database(settings)
    try:
        anchor = await AnchorAudit(SqlStore(engines), SystemClock())()
    finally:
        await engines.dispose()
    if anchor is None:
        raise ValueError("the head of the chain is missing")
    return anchor
