"""Swapping protected attributes changes no list with the real reader and ranking; a reader or ranking that looks at them is caught."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from app.fairness.sample import load_people, ranking_of, vacancies_of
from app.settings import Settings
from jobseeker.clock import FixedClock
from jobseeker.fairness.counterfactual import Listed, Rank, SamplePeople, first_difference, swapped, try_swaps
from tests.doubles.kit import NOW

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture(scope="module")
def people(root: Path) -> SamplePeople:
    return load_people(root, "tw")


@pytest.fixture(scope="module")
def rank(tmp_path_factory: pytest.TempPathFactory) -> Rank:
    """The real reading and ranking over the sample vacancies."""
    import asyncio

    settings = Settings(var_dir=tmp_path_factory.mktemp("fairness"), samples=True, database_url="")
    vacancies = asyncio.run(vacancies_of(settings, FixedClock(NOW)))
    assert len(vacancies) > 400
    return lru_cache(maxsize=None)(ranking_of(settings, vacancies, NOW.date()))


def test_no_swap_changes_anything_and_the_committed_report_says_so(
    people: SamplePeople, rank: Rank, root: Path
) -> None:
    result = try_swaps(people, rank)
    committed = json.loads((root / "docs/reports/fairness.json").read_text("utf-8"))
    assert committed["tried"] == result.tried, (
        "other people or sentences: run jobseeker audit swaps, then audit pages --write"
    )
    assert (committed["changed"], committed["people"]) == ({}, result.people)
    assert result.changes == ()
    assert result.empty == (), "everybody is listed something, or the test proves nothing"
    assert result.swaps >= 500
    assert {"name", "sex", "age", "nationality", "together"} <= set(result.tried)


def test_each_made_up_person_is_told_apart_by_what_they_can(people: SamplePeople, rank: Rank) -> None:
    lists = {rank(texts[language].replace("{who}", "")) for texts in people.texts.values() for language in ("zh", "en")}
    assert len(lists) > len(people.texts), "other skills give another list: the ranking does read the text"


@pytest.mark.parametrize(
    ("word", "attribute"),
    [("女", "sex"), ("58", "age"), ("Nguyen", "name"), ("越南", "nationality"), ("pregnant", "sex")],
)
def test_a_ranking_that_looks_at_them_is_caught(people: SamplePeople, rank: Rank, word: str, attribute: str) -> None:
    """A seeded bias: ten points off everything for whoever says this word."""

    def biased(said: str) -> Listed:
        listed = rank(said)
        return tuple((vacancy, points - 10) for vacancy, points in listed) if word in said else listed

    found = try_swaps(people, biased)
    assert {change.attribute for change in found.changes} >= {attribute, "together"}
    assert all(word in change.sentence for change in found.changes)
    assert all(change.place == 1 for change in found.changes)


def test_another_order_and_a_missing_place_are_differences() -> None:
    assert first_difference(((1, 9.0), (2, 8.0)), ((1, 9.0), (2, 8.0))) == 0
    assert first_difference(((1, 9.0), (2, 8.0)), ((2, 8.0), (1, 9.0))) == 1
    assert first_difference(((1, 9.0), (2, 8.0)), ((1, 9.0),)) == 2
    assert first_difference((), ((1, 9.0),)) == 1


def test_all_sentences_are_tried_and_together(people: SamplePeople) -> None:
    tried = list(swapped(people, "en"))
    assert len(tried) > 30
    both = [sentence for name, sentence in tried if name == "together"]
    assert "Nguyen" in "".join(both)
    assert "Taiwanese" in "".join(both)
