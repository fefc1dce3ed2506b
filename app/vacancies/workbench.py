"""Puts together what an import needs from settings and packs: the store, readers, rules. No formats, no arguments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from app.database import open_database
from app.settings import Settings
from app.vacancies.addresses import AddressReader
from app.vacancies.building import FIELDS, OWN_NAMES, VacancyBuilder
from app.vacancies.checking import VacancyChecker, minimum_wage
from app.vacancies.columns import ColumnReader, read_column_map
from app.vacancies.course_importing import COURSE_FIELDS, CourseBuilder, CourseSummary, import_courses
from app.vacancies.formats import COURSE_NEEDS, VACANCY_NEEDS, SourceFile
from app.vacancies.importing import Summary, VacancyImport, Wish
from app.vacancies.reading import FieldFiller
from app.vacancies.report import Report
from app.vacancies.terms import TermFinder
from content import load_pack, load_places, load_taxonomy
from content.vacancy_files import VacancyFiles, load_vacancy_files
from jobseeker.clock import Clock, SystemClock, local_day
from language.skills import SkillReader
from language.vacancy_reader import VacancyReader
from store.migrate import upgrade
from store.unit_of_work import SqlStore

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Source:
    """A file as the operator describes it. Empty texts: found out."""

    path: Path
    source: str = ""
    format: str = "auto"
    encoding: str = ""
    columns: Path | None = None


class Workbench:
    """Everything for one command. Content is read when it is first needed."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._settings, self._root, self._country = settings, settings.content_dir, settings.country
        self.now: datetime = (clock or SystemClock()).now()
        self.today: date = local_day(self.now)

    @cached_property
    def words(self) -> VacancyFiles:
        """What the pack says about files."""
        return load_vacancy_files(self._root, self._country)

    @cached_property
    def checker(self) -> VacancyChecker:
        """Pay and wording."""
        return VacancyChecker(self.words, minimum_wage(load_pack(self._root, self._country), self.today))

    @cached_property
    def _filler(self) -> FieldFiller:
        places = load_places(self._root, self._country)
        return FieldFiller(VacancyReader(SkillReader(load_taxonomy(self._root), places)), places)

    @cached_property
    def _addresses(self) -> AddressReader:
        return AddressReader(load_places(self._root, self._country))

    @cached_property
    def _terms(self) -> TermFinder:
        return TermFinder(load_taxonomy(self._root))

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SqlStore]:
        """The store of this installation, migrated."""
        engines = open_database(self._settings, pool_size=self._settings.database_pool_size)
        try:
            await upgrade(engines)
            yield SqlStore(engines)
        finally:
            await engines.dispose()

    async def import_vacancies(
        self, given: Source, wish: Wish, report: Report, store: SqlStore, progress: Progress
    ) -> Summary:
        """One file of vacancies. Raises UnreadableFile, ContentError, StoreUnavailable."""
        file = self._file(given, self.words.columns, OWN_NAMES, FIELDS, VACANCY_NEEDS)
        builder = VacancyBuilder(self.words, self._addresses, self._terms, self.today, given.source, given.path.stem)
        job = VacancyImport(
            store, builder, self._filler, self.checker, report, wish, now=self.now, today=self.today, progress=progress
        )
        return await job.run(file)

    async def import_courses(self, given: Source, wish: Wish, report: Report, store: SqlStore) -> CourseSummary:
        """One file of courses. Raises like the above."""
        own = {name: name for name in COURSE_FIELDS} | {
            "place_id": "place",
            "title_other": "title_en",
            "state": "ignore",
        }
        file = self._file(given, self.words.course_columns, own, COURSE_FIELDS, COURSE_NEEDS)
        figures = load_pack(self._root, self._country).figures
        builder = CourseBuilder(
            self.words, self._addresses, self._terms, figures, self.today, given.source, given.path.stem
        )
        return await import_courses(file, builder, store, report, wish, now=self.now, today=self.today)

    def _file(
        self,
        given: Source,
        usual: Mapping[str, str],
        own: Mapping[str, str],
        fields: frozenset[str],
        needs: dict[str, tuple[str, ...]],
    ) -> SourceFile:
        column_map = read_column_map(given.columns, fields) if given.columns else None
        reader = ColumnReader(usual, own, column_map)
        return SourceFile(given.path, given.format, given.encoding, reader, needs)
