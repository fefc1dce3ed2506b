"""Sample vacancies and courses for a first try-out: into an empty store, and kept young while nothing else is there. The data is packs/<country>/samples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.settings import Settings
from app.vacancies.importing import Wish
from app.vacancies.report import Report
from app.vacancies.workbench import Source, Workbench
from jobseeker.clock import Clock
from store.unit_of_work import SqlStore

YOUNG = timedelta(days=7)  # older samples get new dates


@dataclass(frozen=True)
class Loaded:
    """What is there now. `fresh`: it was loaded or got new dates just now."""

    vacancies: int
    courses: int
    source: str
    fresh: bool


async def load_samples(settings: Settings, clock: Clock | None = None) -> Loaded | None:
    """Load or refresh the samples; None where there is other data, where they were removed, or where the setting is off."""
    folder = settings.content_dir / "packs" / settings.country / "samples"
    if not settings.samples or not folder.is_dir():
        return None
    bench = Workbench(settings, clock)
    async with bench.store() as store:
        if not await _wanted(store, bench.words.sample_source):
            return None
        fresh = await _is_old(store, bench)
        if fresh:
            with Report(bench.words, None) as report:
                wish, source = Wish(full=True), bench.words.sample_source
                file = Source(folder / "vacancies.jsonl", source)
                await bench.import_vacancies(file, wish, report, store, lambda done, total, rows: None)
                if await _courses_wanted(store, source):
                    await bench.import_courses(Source(folder / "courses.jsonl", source), wish, report, store)
        async with store.read() as work:
            vacancies = await work.vacancies.counts()
            courses = await work.courses.counts()
    source = bench.words.sample_source
    return Loaded(vacancies.get((source, "open"), 0), courses.get((source, "open"), 0), source, fresh)


async def _wanted(store: SqlStore, source: str) -> bool:
    """Whether the store is empty or holds the samples and nothing else."""
    async with store.read() as work:
        states = await work.vacancies.counts()
    if not states:
        return True
    only = all(name == source for name, _ in states)
    return only and any(state != "withdrawn" for _, state in states)


async def _courses_wanted(store: SqlStore, source: str) -> bool:
    async with store.read() as work:
        return all(name == source for name, _ in await work.courses.counts())


async def _is_old(store: SqlStore, bench: Workbench) -> bool:
    async with store.read() as work:
        newest = await work.vacancies.listed(state="open", source=bench.words.sample_source, limit=1)
        courses = await work.courses.counts()
    return not newest or not courses or newest[0].vacancy.posted_on < bench.today - YOUNG
