"""`jobseeker courses …`: import, list. The work is in app/vacancies/."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.commands.vacancies import Outcome, friendly, make_bench, report_path, tell
from app.settings import Settings
from jobseeker.vacancies import Course

courses = typer.Typer(no_args_is_help=True, help="Training courses: import files, look at them.")
COURSE_FORMATS = ("auto", "csv", "tsv", "xlsx", "jsonl")


@courses.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX or JSON Lines.")],
    source: Annotated[str, typer.Option(help="Name of the source (default: the file's name).")] = "",
    columns: Annotated[Path | None, typer.Option(help="A column map (docs/vacancies.md).")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"One of {', '.join(COURSE_FORMATS)}.")] = "auto",
    encoding: Annotated[str, typer.Option(help="utf-8, cp950 …; found out where none is given.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Withdraw what is not in the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write bad and doubtful rows.")] = None,
) -> None:
    """Import a file of courses. Exit code 0: all rows; 3: not all; 1: nothing could be read."""
    from app.vacancies.importing import Wish
    from app.vacancies.report import Report
    from app.vacancies.workbench import Source

    if format_ not in COURSE_FORMATS:
        raise typer.BadParameter(f"there are {', '.join(COURSE_FORMATS)}", param_hint="--format")
    settings = Settings()
    bench = make_bench(settings)

    async def run(written: Report) -> Outcome:
        async with bench.store() as store:
            wish = Wish(full, dry_run, bench.words.sample_source)
            return await bench.import_courses(Source(file, source, format_, encoding, columns), wish, written, store)

    with friendly(), Report(bench.words, report or report_path(settings, file)) as written:
        outcome = asyncio.run(run(written))
    tell(outcome, written, bench, dry_run)


@courses.command("list")
def list_() -> None:
    """The courses one can still join, one line each."""
    bench = make_bench(Settings())

    async def run() -> Sequence[Course]:
        async with bench.store() as store, store.read() as work:
            return await work.courses.all_open()

    with friendly():
        found = asyncio.run(run())
    for item in found:
        typer.echo(f"{item.id:>6}  {item.starts_on or 'any day':10}  {item.title} | {item.provider} | {item.source}")
    if not found:
        typer.echo("there are none", err=True)
