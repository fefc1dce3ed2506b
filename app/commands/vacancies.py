"""`jobseeker vacancies …`: import, list, show, report, expire. The work is in app/vacancies/."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.settings import Settings
from jobseeker.clock import SystemClock
from jobseeker.errors import ContentError, StoreUnavailable, UnreadableFile
from jobseeker.usecases.close_ended import Closed, CloseEnded
from jobseeker.vacancies import StoredVacancy

if TYPE_CHECKING:  # what an import needs takes a second to load: not for every `jobseeker status`
    from app.vacancies.report import Report
    from app.vacancies.workbench import Progress as Told
    from app.vacancies.workbench import Workbench

vacancies = typer.Typer(no_args_is_help=True, help="Vacancies: import files, look at them, close what has ended.")
BAD_ROWS = 3  # exit code: imported, but not every row
KEPT_OPEN = {
    "bad_rows": "nothing was withdrawn: some bad rows have no id, so it is not known what the file still has",
    "empty": "nothing was withdrawn: the file holds no good row",
}
PAGE = 500


class Outcome(Protocol):
    """What both kinds of import tell."""

    rows: int
    bad: int
    doubts: int
    withdrawn: int
    samples_removed: int
    kept_open: str
    unused_columns: tuple[str, ...]
    outcomes: Any


@vacancies.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, JSON-LD (also in HTML), JSON Lines or JobTech JSON.")],
    source: Annotated[
        str, typer.Option(help="Name of the source, as jobseekers see it (default: the file's name).")
    ] = "",
    columns: Annotated[Path | None, typer.Option(help="A column map (docs/vacancies.md).")] = None,
    format_: Annotated[str, typer.Option("--format", help="auto, jsonld, csv, tsv, xlsx, jsonl or jobtech.")] = "auto",
    encoding: Annotated[str, typer.Option(help="utf-8, cp950, big5hkscs …; found out where none is given.")] = "",
    full: Annotated[
        bool, typer.Option("--full", help="The file is all the source has: withdraw what is not in it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where to write bad and doubtful rows (default: var/imports).")
    ] = None,
) -> None:
    """Import a file. Good rows are kept, bad ones reported. Exit code 0: all rows; 3: not all; 1: nothing could be read."""
    from app.vacancies.formats import FORMATS
    from app.vacancies.importing import Wish
    from app.vacancies.report import Report
    from app.vacancies.workbench import Source

    if format_ not in FORMATS:
        raise typer.BadParameter(f"there are {', '.join(FORMATS)}", param_hint="--format")
    settings = Settings()
    bench = make_bench(settings)

    async def run(written: Report, told: Told) -> Outcome:
        async with bench.store() as store:
            wish = Wish(full, dry_run, bench.words.sample_source)
            given = Source(file, source, format_, encoding, columns)
            return await bench.import_vacancies(given, wish, written, store, told)

    with friendly(), Report(bench.words, report or report_path(settings, file)) as written, bar() as told:
        outcome = asyncio.run(run(written, told))
    tell(outcome, written, bench, dry_run)


@vacancies.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    state: Annotated[str, typer.Option(help="open, expired, withdrawn, duplicate or all.")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
) -> None:
    """The newest vacancies, one line each."""
    states: Any = {"open", "expired", "withdrawn", "duplicate"}
    if state not in states | {"all"}:
        raise typer.BadParameter("there are open, expired, withdrawn, duplicate, all", param_hint="--state")
    bench = make_bench(Settings())

    async def run() -> Sequence[StoredVacancy]:
        async with bench.store() as store, store.read() as work:
            wanted: Any = None if state == "all" else state
            return await work.vacancies.listed(state=wanted, source=source, limit=limit)

    with friendly():
        rows = asyncio.run(run())
    for stored in rows:
        item = stored.vacancy
        typer.echo(f"{item.id:>8}  {stored.state:9}  {item.posted_on}  {item.title} | {item.employer} | {item.source}")
    if not rows:
        typer.echo("there are none", err=True)


@vacancies.command("show")
def show(vacancy_id: Annotated[int, typer.Argument(help="The number that `list` shows.")]) -> None:
    """One vacancy with all that is known of it, as JSON, and what is doubtful about it."""
    from app.vacancies.report import sentence

    bench = make_bench(Settings())

    async def run() -> StoredVacancy | None:
        async with bench.store() as store, store.read() as work:
            return (await work.vacancies.by_ids([vacancy_id])).get(vacancy_id)

    with friendly():
        stored = asyncio.run(run())
        if stored is None:
            raise UnreadableFile(f"there is no vacancy {vacancy_id}")
        value = {
            **stored.vacancy.to_dict(),
            "state": stored.state,
            "revision": stored.revision,
            "duplicate_of": stored.duplicate_of,
        }
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
        for reason in bench.checker.notes(stored.vacancy):
            typer.echo(f"{sentence(bench.words, reason, 'zh')} / {sentence(bench.words, reason, 'en')}", err=True)


@vacancies.command("report")
def report_(
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write every doubtful open vacancy there.")] = None,
) -> None:
    """How many there are of each source and state, and what is doubtful about the open ones."""
    from app.vacancies.report import sentence, write_table

    bench = make_bench(Settings())

    async def run() -> tuple[Any, list[Sequence[object]]]:
        async with bench.store() as store, store.read() as work:
            counts = await work.vacancies.counts()
            found: list[Sequence[object]] = []
            last = 0
            while page := await work.vacancies.open_after(last, PAGE):
                for stored in page:
                    last, item = stored.vacancy.id, stored.vacancy
                    for reason in bench.checker.notes(item):
                        texts = [sentence(bench.words, reason, language) for language in ("zh", "en")]
                        found.append((item.id, item.source, item.source_id, item.title, reason.code, *texts))
            return counts, found

    with friendly():
        counts, doubts = asyncio.run(run())
        for (source, state), number in sorted(counts.items()):
            typer.echo(f"{number:>9}  {state:9}  {source}")
        kinds = sorted({str(row[4]) for row in doubts})
        for kind in kinds:
            typer.echo(f"{sum(row[4] == kind for row in doubts):>9}  open and doubtful: {kind}")
        if csv_file is not None:
            header = ("id", "source", "source_id", "title", "code", "reason_zh", "reason_en")
            typer.echo(f"{csv_file}: {write_table(csv_file, header, doubts)} rows")


@vacancies.command("expire")
def expire() -> None:
    """Close what ended before today. The gateway does it by itself every hour."""
    bench = make_bench(Settings())

    async def run() -> Closed:
        async with bench.store() as store:
            return await CloseEnded(store, SystemClock())()

    with friendly():
        closed = asyncio.run(run())
    typer.echo(f"{closed.vacancies} vacancies expired, {closed.courses} courses have begun")


@vacancies.command("remove-samples")
def remove_samples() -> None:
    """Withdraw the sample vacancies and courses; `make up` does not bring them back."""
    bench = make_bench(Settings())

    async def run() -> tuple[int, int]:
        source = bench.words.sample_source
        async with bench.store() as store, store.write() as work:
            ids = await work.vacancies.ids_of_source(source)
            courses = await work.courses.ids_of_source(source)
            return (
                await work.vacancies.withdraw(list(ids.values()), now=bench.now),
                await work.courses.withdraw(list(courses.values()), now=bench.now),
            )

    with friendly():
        gone, courses_gone = asyncio.run(run())
    typer.echo(f"{gone} sample vacancies and {courses_gone} sample courses withdrawn")


def make_bench(settings: Settings) -> Workbench:
    """What the commands work with."""
    from app.vacancies.workbench import Workbench

    return Workbench(settings)


def report_path(settings: Settings, file: Path) -> Path:
    """Where the report of an import goes by itself."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    return settings.var_dir / "imports" / f"{file.stem}-{stamp}.csv"


@contextmanager
def friendly() -> Iterator[None]:
    """What an operator can put right ends the command with a sentence on standard error and exit code 1."""
    try:
        yield
    except (UnreadableFile, ContentError) as problem:
        typer.echo(f"{problem.code}: {problem}" if isinstance(problem, UnreadableFile) else str(problem), err=True)
        raise typer.Exit(1) from problem
    except StoreUnavailable as problem:
        typer.echo(f"{problem.code}: {problem.en} What was imported so far stays; run it again.", err=True)
        raise typer.Exit(1) from problem


@contextmanager
def bar() -> Iterator[Told]:
    """A progress bar on standard error; nothing where that is not a terminal."""
    columns = (
        TextColumn("{task.fields[rows]} rows"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=Console(file=sys.stderr), disable=not sys.stderr.isatty(), transient=True)
    with progress:
        task = progress.add_task("import", total=None, rows=0)

        def told(done: int, total: int, rows: int) -> None:
            progress.update(task, completed=done, total=total or None, rows=rows)

        yield told


def tell(outcome: Outcome, written: Report, bench: Workbench, dry_run: bool) -> None:
    """Say what came of an import; leave with 3 when rows were refused."""
    from app.vacancies.report import sentence

    would = "would be " if dry_run else ""
    counts = ", ".join(f"{outcome.outcomes[name]} {name}" for name in ("new", "changed", "unchanged"))
    typer.echo(f"{outcome.rows} rows: {would}{counts}; {outcome.bad} refused, {outcome.doubts} remarks")
    if outcome.withdrawn:
        typer.echo(f"{outcome.withdrawn} {would}withdrawn")
    if outcome.samples_removed:
        typer.echo(f"the {outcome.samples_removed} samples {would}withdrawn: there is real data now")
    if outcome.kept_open:
        typer.echo(KEPT_OPEN[outcome.kept_open], err=True)
    if outcome.unused_columns:
        typer.echo(f"columns not used: {', '.join(outcome.unused_columns)}", err=True)
    for line in written.first:
        zh, en = (sentence(bench.words, line.reason, language) for language in ("zh", "en"))
        typer.echo(f"row {line.number}: {zh} / {en}", err=True)
    if written.written:
        typer.echo(f"all refused and doubtful rows: {written.path}", err=True)
    if outcome.bad:
        raise typer.Exit(BAD_ROWS)
