"""The sample vacancies and courses: sound, spread over the country, loaded into an empty store only, gone when real data comes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from app.vacancies.importing import Wish
from app.vacancies.report import Report
from app.vacancies.samples import load_samples
from app.vacancies.workbench import Source, Workbench
from content import load_places
from jobseeker.clock import FixedClock
from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.conftest import ROOT
from tests.unit.store.conftest import migrated
from tests.unit.vacancies.conftest import NOW
from tests.unit.vacancies.test_sample_texts import lines

__all__ = ["migrated"]


@pytest.fixture(scope="module")
def loaded(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the samples, to copy from."""
    import asyncio

    folder = tmp_path_factory.mktemp("samples")
    (folder / "jobseeker.db").write_bytes(migrated.read_bytes())
    done = asyncio.run(load_samples(Settings(var_dir=folder), FixedClock(NOW)))
    assert done is not None
    assert done.fresh
    return folder / "jobseeker.db"


@pytest.fixture
def settings(loaded: Path, tmp_path: Path) -> Settings:
    """An installation with the samples."""
    (tmp_path / "jobseeker.db").write_bytes(loaded.read_bytes())
    return Settings(var_dir=tmp_path)


async def test_all_of_them_are_sound_and_in_every_county(settings: Settings) -> None:
    bench, places = Workbench(settings, FixedClock(NOW)), load_places(ROOT)
    async with bench.store() as store, store.read() as work:
        items = [stored.vacancy for stored in await work.vacancies.open_after(0, 1_000)]
        courses = await work.courses.all_open()
    assert len(items) == len(lines("vacancies.jsonl")), "none refused, none taken for another"
    assert [(item.source_id, note) for item in items for note in bench.checker.notes(item)] == []
    counties = Counter(places[item.place_id].county for item in items)
    assert len(counties) == 22
    assert counties["tw_taipei"] > counties["tw_taoyuan"] > counties["tw_hualien"] > counties["tw_lienchiang"]
    assert sum(bool(item.essential_skills) for item in items) > 0.93 * len(items)
    assert len({item.occupation_id for item in items}) > 120
    assert sum(not item.pay.disclosed for item in items) >= 5
    assert {item.pay.period for item in items} >= {"hour", "day", "month", "year"}
    assert all(item.expires_on and item.expires_on > bench.today for item in items)
    assert {item.source for item in items} == {bench.words.sample_source}
    assert len(courses) == len(lines("courses.jsonl")) >= 120
    assert all(item.skills for item in courses)
    assert sum(item.level == 0 for item in courses) > 60
    assert any(item.online for item in courses)
    shares = {item.subsidy for item in courses} - {None}
    figure = bench_figure()
    assert figure in shares, "the share is the policy's"


def bench_figure() -> Any:
    """The government's share of pre-employment training."""
    from decimal import Decimal

    from content import load_pack

    return Decimal(str(load_pack(ROOT).figures["pre_training.government"].on(NOW.date()).value)) / 100


async def test_samples_stay_young_and_are_left_alone_otherwise(settings: Settings) -> None:
    again = await load_samples(settings, FixedClock(NOW + timedelta(days=2)))
    assert again is not None
    assert not again.fresh
    later = await load_samples(settings, FixedClock(NOW + timedelta(days=100)))
    assert later is not None
    assert later.fresh
    assert later.vacancies == len(lines("vacancies.jsonl"))


async def test_samples_do_not_come_back(settings: Settings, tmp_path: Path) -> None:
    bench = Workbench(settings, FixedClock(NOW))
    async with bench.store() as store, store.write() as work:
        ids = await work.vacancies.ids_of_source(bench.words.sample_source)
        await work.vacancies.withdraw(list(ids.values()), now=NOW)
    assert await load_samples(settings, FixedClock(NOW)) is None


async def test_real_data_ends_them(settings: Settings, tmp_path: Path) -> None:
    bench = Workbench(settings, FixedClock(NOW))
    file = tmp_path / "a.csv"
    file.write_text("職稱,公司名稱,工作內容\n木工,某行,裝潢\n", "utf-8")
    async with bench.store() as store:
        with Report(bench.words, None) as report:
            wish = Wish(sample_source=bench.words.sample_source)
            done = await bench.import_vacancies(Source(file), wish, report, store, lambda done, total, rows: None)
    assert done.samples_removed == len(lines("vacancies.jsonl"))
    assert await load_samples(settings, FixedClock(NOW)) is None


async def test_an_installation_may_do_without(tmp_path: Path) -> None:
    assert await load_samples(Settings(var_dir=tmp_path, samples=False), FixedClock(NOW)) is None
    assert not (tmp_path / "jobseeker.db").exists()


async def test_what_has_ended_is_closed_by_the_use_case(settings: Settings) -> None:
    from jobseeker.usecases.close_ended import CloseEnded

    engines = create_engines(settings.database)
    store = SqlStore(engines)
    assert (await CloseEnded(store, FixedClock(NOW))()).vacancies == 0
    closed = await CloseEnded(store, FixedClock(NOW + timedelta(days=30)))()
    assert closed.vacancies > 20
    assert closed.courses > 20
    assert (await CloseEnded(store, FixedClock(NOW + timedelta(days=30)))()).vacancies == 0
    await engines.dispose()
