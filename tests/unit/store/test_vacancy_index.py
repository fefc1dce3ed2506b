"""The index follows the store: what is committed is found at once, what is withdrawn is gone, and a misfit is built anew. Also run on PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app import vacancy_index
from app.vacancy_index import VacancyIndex
from jobseeker.matching import Catalogue, RankingPolicy, facts_of
from jobseeker.matching.index import IndexFolder
from jobseeker.matching.index.build import build
from jobseeker.profile import Profile
from jobseeker.vacancies import Vacancy
from store.unit_of_work import SqlStore
from tests.doubles.matching_world import CATALOGUE, DAY, PARAMETERS, POLICY, places, taxonomy, vacancy

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)


def openings(count: int, seed: int = 1) -> list[Vacancy]:
    source = random.Random(seed)
    return [
        replace(
            vacancy(source, number),
            id=0,
            source_id=f"{seed}-{number}",
            title=f"t{seed}-{number}",
            employer=f"e{number}",
            expires_on=None,
        )
        for number in range(count)
    ]


async def put(store: SqlStore, items: Sequence[Vacancy]) -> None:
    async with store.write() as work:
        await work.vacancies.put(items, now=NOW, today=DAY)


async def titles(index: VacancyIndex) -> set[int]:
    matcher = await index.matcher(DAY)
    return {match.vacancy_id for match in matcher.rank(Profile(), DAY, 1_000).matches}


def opened(
    store: SqlStore, path: Path, policy: RankingPolicy = POLICY, catalogue: Catalogue = CATALOGUE
) -> VacancyIndex:
    return VacancyIndex(store, path, catalogue, policy)


async def open_ids(store: SqlStore) -> set[int]:
    """Those the empty profile may see: no licence required by law."""
    async with store.read() as work:
        rows = await work.vacancies.open_after(0, 10_000)
    return {row.vacancy.id for row in rows if "c0" not in row.vacancy.licences and row.vacancy.occupation_id != "o03"}


async def test_what_is_committed_is_found_at_once(store: SqlStore, tmp_path: Path) -> None:
    index = opened(store, tmp_path / "index")
    assert await titles(index) == set(), "an empty store is no error"
    await put(store, openings(30))
    assert await titles(index) == await open_ids(store)
    assert len(await titles(index)) > 15
    async with store.write() as work:
        await work.vacancies.withdraw([1, 2, 3], now=NOW)
    changed = [replace(item, hours="part_time") for item in openings(30)[10:20]]
    await put(store, [*changed, *openings(5, seed=2)])
    assert await titles(index) == await open_ids(store)
    assert not {1, 2, 3} & await titles(index)
    async with store.write() as work:
        await work.vacancies.expire(DAY + timedelta(90), now=NOW)
    assert await titles(index) == await open_ids(store)


async def test_another_process_starts_from_the_files_and_reads_on(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index"
    await put(store, openings(20))
    name, count = await opened(store, path).build(DAY)
    assert count == 20
    await put(store, openings(3, seed=2))

    async def must_not(*_: object) -> tuple[str, int]:
        raise AssertionError("built although the files are good")

    monkeypatch.setattr(VacancyIndex, "_build", must_not)
    index = opened(store, path)
    assert await titles(index) == await open_ids(store)
    matcher = await index.matcher(DAY)
    assert (matcher.snapshot.version, len(matcher.snapshot)) == (name, 23)


async def test_a_change_of_policy_or_taxonomy_builds_anew(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "index"
    await put(store, openings(20))
    index = opened(store, path)
    first = (await index.matcher(DAY)).snapshot.version
    later = date(2027, 3, 1)
    rows = dict(POLICY.rows)
    [row] = rows["rarity.base"]
    rows["rarity.base"] = (row, replace(row, value=5, valid_from=later))
    index.policy = RankingPolicy(rows, POLICY.requirements, POLICY.labels)
    assert (await index.matcher(DAY)).snapshot.version == first, "the new row is not in force yet"
    assert (await index.matcher(later)).snapshot.version != first
    fewer = taxonomy()
    fewer.skills = {name: skill for name, skill in fewer.skills.items() if name != "s29"}  # type: ignore[misc]
    other = opened(store, path, catalogue=Catalogue(fewer, places()))
    assert len((await other.matcher(DAY)).snapshot) == 20


async def test_an_index_of_another_database_is_not_used(store: SqlStore, tmp_path: Path) -> None:
    """As after a database was set up anew in the same place: revisions and ids begin again, the vacancies are others."""
    await put(store, openings(20))
    with_other_rows = build(
        [facts_of(item, CATALOGUE, PARAMETERS) for item in openings(20, seed=9)], CATALOGUE, PARAMETERS
    )
    for revision in (1, 20, 999):
        folder = IndexFolder(tmp_path / f"index-{revision}")
        folder.write(*with_other_rows, CATALOGUE, PARAMETERS, revision)
        assert await titles(opened(store, folder.path)) == await open_ids(store)


async def test_many_changes_are_built_in_behind_the_scenes(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobseeker.matching.index.live.LEAST_CHANGES", 4)
    await put(store, openings(20))
    index = opened(store, tmp_path / "index")
    first = await index.matcher(DAY)
    await put(store, openings(10, seed=2))
    second = await index.matcher(DAY)
    assert (len(second.snapshot.parts), second.snapshot.version) == (2, first.snapshot.version)
    assert index._building is not None
    await index._building
    third = await index.matcher(DAY)
    assert (len(third.snapshot.parts), len(third.snapshot)) == (1, 30)
    assert len(first.snapshot) == 20, "a search that began before goes on with what it had"
    await index.close()


async def test_of_several_that_find_no_index_one_builds(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, openings(20))
    built: list[str] = []
    real = VacancyIndex._build

    async def counted(self: VacancyIndex, *arguments: object) -> tuple[str, int]:
        result = await real(self, *arguments)  # type: ignore[arg-type]
        built.append(result[0])
        return result

    monkeypatch.setattr(VacancyIndex, "_build", counted)
    several = [opened(store, tmp_path / "index") for _ in range(3)]
    found = await asyncio.gather(*(titles(index) for index in several))
    assert found[0] == found[1] == found[2]
    assert len(built) == 1


async def test_a_build_that_fails_frees_the_lock(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, openings(5))
    index = opened(store, tmp_path / "index")

    async def fails(*_: object) -> tuple[str, int]:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(VacancyIndex, "_build", fails)
        with pytest.raises(OSError, match="no space"):
            await index.matcher(DAY)
    assert len((await asyncio.wait_for(index.matcher(DAY), 20)).snapshot) == 5
    assert vacancy_index.PAGE >= 100
