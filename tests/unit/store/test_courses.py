"""The course store. Also run on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

from jobseeker.vacancies import Course
from store.unit_of_work import SqlStore

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 28)


def course(number: int, starts_on: date | None = date(2027, 1, 5)) -> Course:
    """One that begins then."""
    return Course(
        id=0,
        source="sample",
        source_id=f"c{number}",
        title=f"堆高機操作班 {number}",
        provider="職訓中心",
        text="三噸以下堆高機",
        language="zh-Hant",
        skills=("forklift_operation",),
        credential="堆高機操作技術士",
        level=0,
        hours=18,
        fee=Decimal("5800"),
        subsidy=Decimal("0.8"),
        starts_on=starts_on,
        place_id="tw_taoyuan",
    )


async def test_courses_are_kept_changed_and_closed(store: SqlStore) -> None:
    given = [course(1), course(2, None), course(3, date(2026, 11, 1))]
    async with store.write() as work:
        assert await work.courses.put(given, now=NOW, today=TODAY) == {"new": 3}
        assert await work.courses.put(given, now=NOW, today=TODAY) == {"unchanged": 3}
        open_now = await work.courses.all_open()
        version = await work.courses.version()
    assert [replace(item, id=0) for item in open_now] == given[:2]
    async with store.write() as work:
        assert await work.courses.put([replace(given[0], hours=20)], now=NOW, today=TODAY) == {"changed": 1}
        assert await work.courses.version() != version
        assert await work.courses.settle(date(2027, 1, 5), now=NOW) == 0
        assert await work.courses.settle(date(2027, 1, 6), now=NOW) == 1
        assert [item.source_id for item in await work.courses.all_open()] == ["c2"]
        ids = await work.courses.ids_of_source("sample")
        assert sorted(ids) == ["c1", "c2", "c3"]
        assert await work.courses.withdraw([ids["c2"]], now=NOW) == 1
        assert await work.courses.all_open() == []
        assert await work.courses.counts() == {("sample", "past"): 2, ("sample", "withdrawn"): 1}
        assert (await work.courses.by_ids([ids["c1"]]))[ids["c1"]].hours == 20
