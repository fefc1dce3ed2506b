"""The vacancy store: upsert by source id, revisions, duplicates over sources, expiry. Also run on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from jobseeker.vacancies import Pay, StoredVacancy, Vacancy
from store.unit_of_work import SqlStore

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 28)


def vacancy(number: int, source: str = "board", **changes: object) -> Vacancy:
    """One that is unlike the others."""
    base = Vacancy(
        id=0,
        source=source,
        source_id=f"v{number}",
        title=f"倉儲人員 {number}",
        employer="安穩物流股份有限公司",
        text=f"理貨、堆高機操作。第{number}班",
        language="zh-Hant",
        posted_on=date(2026, 11, 20),
        expires_on=date(2026, 12, 20),
        essential_skills=("forklift_operation",),
        languages={"english": "basic"},
        pay=Pay(Decimal(36000), Decimal(42000)),
        place_id="tw_taoyuan_zhongli",
        title_other={"en": "Warehouse worker"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


async def put(store: SqlStore, *items: Vacancy, today: date = TODAY) -> dict[str, int]:
    async with store.write() as work:
        return dict(await work.vacancies.put(items, now=NOW, today=today))


async def changes(store: SqlStore, since: int) -> Sequence[StoredVacancy]:
    async with store.read() as work:
        return await work.vacancies.changed_since(since, 100)


async def found(store: SqlStore, source_id: str, source: str = "board") -> StoredVacancy:
    async with store.read() as work:
        stored = await work.vacancies.find(source, source_id)
    assert stored is not None
    return stored


async def test_what_is_put_is_found_as_it_was(store: SqlStore) -> None:
    assert await put(store, vacancy(1), vacancy(2)) == {"new": 2}
    stored = await found(store, "v1")
    assert stored.vacancy == replace(vacancy(1), id=stored.vacancy.id)
    assert stored.vacancy.id > 0
    assert (stored.state, stored.duplicate_of) == ("open", None)
    async with store.read() as work:
        assert await work.vacancies.by_ids([stored.vacancy.id, 999]) == {stored.vacancy.id: stored}
        assert await work.vacancies.counts() == {("board", "open"): 2}
        assert [s.vacancy.source_id for s in await work.vacancies.open_after(0, 10)] == ["v1", "v2"]
        assert [s.vacancy.source_id for s in await work.vacancies.open_after(stored.vacancy.id, 10)] == ["v2"]
        assert await work.vacancies.ids_of_source("other") == {}


async def test_the_same_again_changes_nothing_and_a_change_is_one_new_revision(store: SqlStore) -> None:
    await put(store, vacancy(1), vacancy(2))
    async with store.read() as work:
        before = await work.vacancies.revision()
    assert await put(store, vacancy(1), vacancy(2)) == {"unchanged": 2}
    assert await changes(store, before) == []
    assert await put(store, vacancy(1), vacancy(2, title="堆高機司機")) == {"unchanged": 1, "changed": 1}
    (changed,) = await changes(store, before)
    assert (changed.vacancy.title, changed.revision) == ("堆高機司機", before + 1)
    assert changed.vacancy.id == (await found(store, "v2")).vacancy.id


async def test_a_batch_with_the_same_id_twice_is_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="twice"):
        await put(store, vacancy(1), vacancy(1, title="x"))


async def test_expiry_closes_after_the_last_day(store: SqlStore) -> None:
    await put(store, vacancy(1), vacancy(2, expires_on=None), vacancy(3, expires_on=TODAY - timedelta(days=1)))
    assert (await found(store, "v3")).state == "expired"
    async with store.write() as work:
        assert await work.vacancies.expire(date(2026, 12, 20), now=NOW) == 0
        assert await work.vacancies.expire(date(2026, 12, 21), now=NOW) == 1
    assert (await found(store, "v1")).state == "expired"
    assert (await found(store, "v2")).state == "open"
    assert await put(store, vacancy(1, expires_on=date(2027, 1, 9)), today=date(2026, 12, 22)) == {"changed": 1}
    assert (await found(store, "v1")).state == "open"


async def test_the_same_job_from_two_sources_is_shown_once(store: SqlStore) -> None:
    twin = {"title": "【急徵】倉儲人員 1", "employer": "安穩物流有限公司"}
    await put(store, vacancy(1))
    await put(store, vacancy(7, source="agency", **twin))
    first, second = await found(store, "v1"), await found(store, "v7", "agency")
    assert (second.state, second.duplicate_of) == ("duplicate", first.vacancy.id)
    assert await put(store, vacancy(7, source="agency", **twin)) == {"unchanged": 1}
    before = second.revision
    async with store.write() as work:
        assert await work.vacancies.withdraw([first.vacancy.id], now=NOW) == 1
        assert await work.vacancies.withdraw([first.vacancy.id], now=NOW) == 0
    alive = await found(store, "v7", "agency")
    assert (alive.state, alive.duplicate_of) == ("open", None)
    assert alive.revision > before
    assert await put(store, vacancy(1)) == {"changed": 1}, "it is there again"
    assert (await found(store, "v1")).state == "open"
    assert (await found(store, "v7", "agency")).state == "duplicate"


async def test_one_source_may_seek_two_people_with_different_texts(store: SqlStore) -> None:
    await put(store, vacancy(1), vacancy(2, title="倉儲人員 1"), vacancy(3, title="倉儲人員 1", text=vacancy(1).text))
    assert [(await found(store, f"v{n}")).state for n in (1, 2, 3)] == ["open", "open", "duplicate"]


async def test_a_change_of_title_parts_duplicates(store: SqlStore) -> None:
    await put(store, vacancy(1), vacancy(7, source="agency", title="倉儲人員 1"))
    assert (await found(store, "v7", "agency")).state == "duplicate"
    await put(store, vacancy(1, title="品管員"))
    assert (await found(store, "v7", "agency")).state == "open"


async def test_without_an_employer_nothing_is_taken_for_the_same(store: SqlStore) -> None:
    await put(store, vacancy(1, employer=""), vacancy(7, source="agency", title="倉儲人員 1", employer=""))
    async with store.read() as work:
        assert {state for (_, state) in await work.vacancies.counts()} == {"open"}


async def test_every_step_is_seen_by_who_reads_on_from_a_revision(store: SqlStore) -> None:
    seen: dict[int, str] = {}
    last = 0

    async def read_on() -> None:
        nonlocal last
        while page := await changes(store, last):
            for item in page:
                assert item.revision > last
                last, seen[item.vacancy.id] = item.revision, item.state

    await put(store, *(vacancy(n) for n in range(150)))
    await read_on()
    assert len(seen) == 150
    async with store.write() as work:
        await work.vacancies.withdraw(list(seen)[:120], now=NOW)
    await read_on()
    assert sorted(seen.values()) == ["open"] * 30 + ["withdrawn"] * 120


async def test_lists_are_newest_first(store: SqlStore) -> None:
    await put(store, vacancy(1), vacancy(2, posted_on=date(2026, 11, 27)), vacancy(3, source="agency"))
    async with store.read() as work:
        assert [s.vacancy.source_id for s in await work.vacancies.listed()] == ["v2", "v3", "v1"]
        assert [s.vacancy.source_id for s in await work.vacancies.listed(source="board", limit=1)] == ["v2"]
        assert await work.vacancies.listed(state="expired") == []
