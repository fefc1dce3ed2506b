"""The index on disk and in motion: what comes back is what was put in, changes count at once, readers never see half a build."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from jobseeker.matching import Matcher, facts_of
from jobseeker.matching.index import IndexFolder, LiveIndex, Snapshot
from jobseeker.matching.index.build import Builder, build
from jobseeker.matching.index.search import Search
from jobseeker.matching.index.segment import read_meta, write_meta
from jobseeker.matching.index.snapshot import Part
from jobseeker.profile import Held, Profile, Wishes
from tests.doubles.matching_world import CATALOGUE, DAY, PARAMETERS, POLICY, as_json, by_brute_force, vacancy

pytestmark = pytest.mark.slow  # with `make test`


PROFILE = Profile(
    (Held("s01"), Held("s07", "verified"), Held("c0")),
    (),
    Wishes(("o03",), firm=("hours",), hours=("full_time",)),
    "p1d2",
)


def facts(seed: int, count: int, first: int = 1) -> list:  # type: ignore[type-arg]
    source = random.Random(seed)
    return [facts_of(vacancy(source, number), CATALOGUE, PARAMETERS) for number in range(first, first + count)]


def test_a_build_comes_back_from_disk_whole(tmp_path: Path) -> None:
    folder, items = IndexFolder(tmp_path / "index"), facts(1, 300)
    assert folder.load(CATALOGUE, PARAMETERS) is None
    segment, rarity = build(items, CATALOGUE, PARAMETERS)
    name = folder.write(segment, rarity, CATALOGUE, PARAMETERS, revision=17)
    loaded = folder.load(CATALOGUE, PARAMETERS)
    assert loaded is not None
    assert (loaded.revision, loaded.version, len(loaded)) == (17, name, 300)
    assert sorted(loaded, key=lambda item: item.id) == items
    columns = loaded.parts[0].segment.columns
    assert not columns["skills"].flags.writeable, "mapped read-only, shared by all processes"
    in_memory = Matcher(CATALOGUE, POLICY, Snapshot(CATALOGUE, (Part(segment),), rarity, 17, name))
    on_disk = Matcher(CATALOGUE, POLICY, loaded)
    one, two = (json.dumps(as_json(engine.rank(PROFILE, DAY, 9, changes=True))) for engine in (in_memory, on_disk))
    assert one == two


def test_an_index_of_other_policy_taxonomy_or_code_is_not_used(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    name = folder.write(*build(facts(1, 5), CATALOGUE, PARAMETERS), CATALOGUE, PARAMETERS, revision=1)
    assert folder.load(CATALOGUE, PARAMETERS) is not None
    other = replace(PARAMETERS, values={**PARAMETERS.values, "rarity.base": 5})
    assert folder.load(CATALOGUE, other) is None
    write_meta(tmp_path / name, {**read_meta(tmp_path / name), "format": 0})
    assert folder.load(CATALOGUE, PARAMETERS) is None


def test_old_builds_go_and_a_reader_keeps_what_it_has(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    names, readers = [], []
    for revision in range(1, 5):
        names.append(folder.write(*build(facts(revision, 40), CATALOGUE, PARAMETERS), CATALOGUE, PARAMETERS, revision))
        readers.append(folder.load(CATALOGUE, PARAMETERS))
    assert folder.current() == names[-1]
    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert kept == {names[-1], names[-2]}
    assert all(reader is not None and len(list(reader)) == 40 for reader in readers)


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = IndexFolder(tmp_path)
    name = folder.write(*build(facts(1, 5), CATALOGUE, PARAMETERS), CATALOGUE, PARAMETERS, revision=1)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="no space"):
        folder.write(*build(facts(2, 5), CATALOGUE, PARAMETERS), CATALOGUE, PARAMETERS, revision=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "current"])


@pytest.mark.parametrize("seed", range(6))
def test_changes_count_at_once(seed: int) -> None:
    """After changes, additions and withdrawals the ranking is that of the vacancies as they are now, with the rarity of the build."""
    before = facts(seed, 200)
    segment, rarity = build(before, CATALOGUE, PARAMETERS)
    base = Snapshot(CATALOGUE, (Part(segment),), rarity, 10, "b")
    live = LiveIndex(base, CATALOGUE, PARAMETERS)
    changed, added = facts(seed + 100, 30, first=21), facts(seed + 200, 25, first=900)
    live.apply([(item.id, item) for item in changed], 11)
    live.apply([*((item.id, item) for item in added), *((number, None) for number in (1, 2, 25, 901, 5_000))], 12)
    now = {item.id: item for item in (*before, *changed, *added) if item.id not in (1, 2, 25, 901)}
    snapshot = live.snapshot.on(DAY)
    open_now = [item for item in now.values() if item.expires_on is None or item.expires_on >= DAY]
    assert (live.revision, len(snapshot)) == (12, len(open_now))
    assert {item.id: item for item in snapshot} == {item.id: item for item in open_now}
    engine = Matcher(CATALOGUE, POLICY, live.snapshot)
    ranking = engine.rank(PROFILE, DAY, 12)
    expected = by_brute_force(engine.query(PROFILE, DAY), snapshot, open_now)
    assert [(match.vacancy_id, match.score) for match in ranking.matches] == [
        (item.id, scored.score) for item, scored in expected if not scored.broken
    ][:12]
    for limit, count in ranking.excluded.items():
        assert count == sum(limit in scored.broken for _, scored in expected)
    assert snapshot.find(25) is None
    assert snapshot.find(30) == now.get(30) or now[30].expires_on < DAY  # type: ignore[operator]
    assert len(base) == 200, "whoever still searches the old snapshot sees what it held"


def test_one_more_change_does_not_build_the_earlier_ones_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = facts(3, 60)
    segment, rarity = build(before, CATALOGUE, PARAMETERS)
    live = LiveIndex(Snapshot(CATALOGUE, (Part(segment),), rarity, 1, "b"), CATALOGUE, PARAMETERS)
    added = []
    add = Builder.add
    monkeypatch.setattr(Builder, "add", lambda self, item: (added.append(item.id), add(self, item))[1])
    live.apply([(item.id, item) for item in facts(4, 400, first=1_000)], 2)
    now = {item.id: item for item in (*before, *facts(4, 400, first=1_000))}
    for number in range(
        60
    ):  # one at a time: new ones, changed ones of the build and of the first batch, withdrawn ones
        [item] = facts(500 + number, 1, first=(2_000 + number, 1 + number, 1_000 + number)[number % 3])
        live.apply([(item.id, item if number % 5 else None)], 3 + number)
        now[item.id] = item
        if not number % 5:
            del now[item.id]
    assert len(added) < 400 + 60 * 20, "not all 400 each time"
    assert len(live.snapshot.parts) <= 5
    open_now = {key: item for key, item in now.items() if item.expires_on is None or item.expires_on >= DAY}
    assert {item.id: item for item in live.snapshot.on(DAY)} == open_now
    engine = Matcher(CATALOGUE, POLICY, live.snapshot)
    expected = by_brute_force(engine.query(PROFILE, DAY), live.snapshot.on(DAY), list(open_now.values()))
    assert [(match.vacancy_id, match.score) for match in engine.rank(PROFILE, DAY, 12).matches] == [
        (item.id, scored.score) for item, scored in expected if not scored.broken
    ][:12]


def test_a_live_index_says_when_to_build_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobseeker.matching.index.live.LEAST_CHANGES", 5)
    segment, rarity = build(facts(1, 100), CATALOGUE, PARAMETERS)
    live = LiveIndex(Snapshot(CATALOGUE, (Part(segment),), rarity), CATALOGUE, PARAMETERS)
    live.apply([(number, None) for number in range(5)], 1)
    assert not live.needs_building
    live.apply([(number, None) for number in range(6)], 2)
    assert live.needs_building


@pytest.mark.slow
def test_bounds_leave_most_rows_out() -> None:
    """On many vacancies of few kinds, a search with a clear wish looks at a part of them only: the bounds are not for nothing."""
    source = random.Random(3)
    items = [replace(item, expires_on=None, posted_on=DAY - timedelta(item.id % 50)) for item in facts(3, 200)]
    many = [replace(source.choice(items), id=number) for number in range(30_000)]
    segment, rarity = build(many, CATALOGUE, PARAMETERS)
    snapshot = Snapshot(CATALOGUE, (Part(segment),), rarity)
    search = Search(Matcher(CATALOGUE, POLICY, snapshot).query(PROFILE, DAY), snapshot)
    assert len(search.top(10)) >= 10
    assert search.looked_at < 15_000
