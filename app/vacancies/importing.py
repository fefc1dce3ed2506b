"""A file of vacancies into the store: batch by batch, good rows kept, bad rows and doubts reported. Formats and values are read elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from app.vacancies.building import Built, VacancyBuilder
from app.vacancies.checking import VacancyChecker
from app.vacancies.formats import SourceFile
from app.vacancies.report import Line, Report
from app.vacancies.rows import BadRow, RawPosting, Reason
from app.vacancies.values import Doubt, clean
from jobseeker.storage import Store
from jobseeker.vacancies import Vacancy

BATCH = 500


class TextReader(Protocol):
    """Fills what a source does not say in fields from the text of the posting."""

    def fill(self, vacancy: Vacancy, extra_text: str) -> Vacancy:
        """The vacancy with `read_from_text` naming what was read. `extra_text`: from fields that no taxonomy knows."""
        ...


@dataclass(frozen=True)
class Wish:
    """What the operator asked for. `full`: what the file no longer has is withdrawn. `sample_source` gives way to real data."""

    full: bool = False
    dry_run: bool = False
    sample_source: str = ""


@dataclass
class Summary:
    """What came of it. `kept_open`: why nothing was withdrawn although the file was said to be whole."""

    rows: int = 0
    bad: int = 0
    doubts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    samples_removed: int = 0
    kept_open: str = ""
    unused_columns: tuple[str, ...] = ()

    @property
    def good(self) -> int:
        """Rows that are in the store now, or would be."""
        return sum(self.outcomes.values())


class VacancyImport:
    """One import.

    Args:
        store: where they go; each batch is one transaction, so that an import that is stopped can be run again.
        progress: told (done, total, rows) after each batch; the unit is the file's.
    """

    def __init__(
        self,
        store: Store,
        builder: VacancyBuilder,
        reader: TextReader | None,
        checker: VacancyChecker,
        report: Report,
        wish: Wish,
        *,
        now: datetime,
        today: date,
        progress: Callable[[int, int, int], None] = lambda done, total, rows: None,
    ) -> None:
        self._store, self._builder, self._reader, self._checker = store, builder, reader, checker
        self._report, self._wish, self._now, self._today, self._progress = report, wish, now, today, progress
        self._seen: dict[str, set[str]] = {}
        self._gone: dict[str, set[str]] = {}
        self._unnamed_bad_rows = 0
        self.summary = Summary()

    async def run(self, file: SourceFile) -> Summary:
        """Read it all. Raises UnreadableFile at a file that is none of its format; batches before that stay."""
        batch: list[Built] = []
        for row in file.rows():
            self.summary.rows += 1
            built = self._built(file.path.name, row)
            if built is not None:
                batch.append(built)
            if len(batch) >= BATCH:
                await self._keep(batch)
                batch = []
                self._progress(file.meter.done, file.meter.total, self.summary.rows)
        if batch:
            await self._keep(batch)
        await self._withdraw()
        self._progress(file.meter.total, file.meter.total, self.summary.rows)
        self.summary.unused_columns = tuple(file.columns.unused)
        return self.summary

    def _built(self, file: str, row: RawPosting | BadRow) -> Built | None:
        """A vacancy that can be kept; else the row is reported."""
        if isinstance(row, BadRow):
            self._refuse(Line(file, row.number, row.source_id, row.title, False, row.reason))
            self._unnamed_bad_rows += not row.source_id
            return None
        source_id, title = clean(row.fields.get("source_id")), clean(row.fields.get("title"))
        source = self._builder.source_of(row.fields)
        if row.fields.get("withdrawn") is True:
            self._gone.setdefault(source, set()).add(source_id)
            return None
        try:
            built = self._builder.build(row)
            seen = self._seen.setdefault(source, set())
            if built.vacancy.source_id in seen:
                raise Doubt(Reason("same_id_twice", {"value": built.vacancy.source_id}))
            seen.add(built.vacancy.source_id)
        except Doubt as doubt:
            self._refuse(Line(file, row.number, source_id, title, False, doubt.reason))
            self._unnamed_bad_rows += not source_id
            if source_id:
                self._seen.setdefault(source, set()).add(source_id)  # it is still in the file: not to be withdrawn
            return None
        vacancy = built.vacancy
        if self._reader is not None:
            vacancy = self._reader.fill(vacancy, built.extra_text)
        for reason in (*built.notes, *self._checker.notes(vacancy), *self._closed(vacancy)):
            self.summary.doubts += 1
            self._report.add(Line(file, row.number, vacancy.source_id, vacancy.title, True, reason))
        return replace(built, vacancy=vacancy)

    def _closed(self, vacancy: Vacancy) -> Sequence[Reason]:
        if vacancy.expires_on is not None and vacancy.expires_on < self._today:
            return [Reason("already_closed", {"value": vacancy.expires_on.isoformat()})]
        return []

    def _refuse(self, line: Line) -> None:
        self.summary.bad += 1
        self._report.add(line)

    async def _keep(self, batch: Sequence[Built]) -> None:
        async with self._store.read() as work:
            dated = await self._dated(batch, work.vacancies.posted_on)
            if self._wish.dry_run:
                self.summary.outcomes += await work.vacancies.compare(dated)
                return
        async with self._store.write() as work:
            self.summary.outcomes += await work.vacancies.put(dated, now=self._now, today=self._today)

    async def _dated(
        self, batch: Sequence[Built], posted_on: Callable[[str, Sequence[str]], Awaitable[Mapping[str, date]]]
    ) -> list[Vacancy]:
        """A posting without a date keeps the day on which it was first seen."""
        undated: dict[str, list[str]] = {}
        for built in batch:
            if not built.has_date:
                undated.setdefault(built.vacancy.source, []).append(built.vacancy.source_id)
        known: dict[tuple[str, str], date] = {}
        for source, ids in undated.items():
            for source_id, day in (await posted_on(source, ids)).items():
                known[source, source_id] = day
        return [
            replace(b.vacancy, posted_on=known.get((b.vacancy.source, b.vacancy.source_id), b.vacancy.posted_on))
            if not b.has_date
            else b.vacancy
            for b in batch
        ]

    async def _withdraw(self) -> None:
        """What the file says is gone; with `full` also what it does not have; and the samples, once there is real data."""
        sources = set(self._gone)
        if self._wish.full:
            sources |= set(self._seen)
            if self._unnamed_bad_rows:
                self.summary.kept_open = "bad_rows"
            elif not self.summary.good:
                self.summary.kept_open = "empty"
        ids: list[int] = []
        async with self._store.read() as work:
            for source in sorted(sources):
                there = await work.vacancies.ids_of_source(source)
                gone = self._gone.get(source, set())
                if self._wish.full and not self.summary.kept_open:
                    gone = gone | (set(there) - self._seen.get(source, set()))
                ids += [there[source_id] for source_id in sorted(gone) if source_id in there]
            samples = dict(await work.vacancies.ids_of_source(self._wish.sample_source))
        real = self.summary.good and self._wish.sample_source and set(self._seen) != {self._wish.sample_source}
        if self._wish.dry_run:
            self.summary.withdrawn, self.summary.samples_removed = len(ids), len(samples) if real else 0
            return
        async with self._store.write() as work:
            self.summary.withdrawn = await work.vacancies.withdraw(ids, now=self._now)
            if real:
                self.summary.samples_removed = await work.vacancies.withdraw(list(samples.values()), now=self._now)
