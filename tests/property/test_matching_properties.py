"""What must hold for every ranking: exact, order-free, deterministic, monotonous in skills, blind to who somebody is."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jobseeker.matching import facts_of
from jobseeker.matching.index import search
from jobseeker.matching.opening import opened_by
from jobseeker.matching.query import LIMITS
from jobseeker.matching.score import missing, score
from jobseeker.profile import Held, Profile
from jobseeker.vacancies import LANGUAGE_LEVELS, Vacancy
from tests.doubles.matching_world import (
    CATALOGUE,
    DAY,
    LANGUAGES,
    LICENCES,
    PARAMETERS,
    SKILLS,
    as_json,
    by_brute_force,
    matcher,
    profiles,
    vacancy_lists,
)

pytestmark = pytest.mark.slow  # seconds each: with `make test`


MOST = int(os.environ.get("MATCHING_EXAMPLES", "10"))  # 10 for every change, 200 after one to bounds or formulas
few = settings(
    max_examples=MOST,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of a few rows, so that bounds decide in lists this short."""
    monkeypatch.setattr(search, "FIRST_ROWS", 3)
    monkeypatch.setattr(search, "CORNER", 3)
    monkeypatch.setattr(search, "MANY_ROWS", 5)
    monkeypatch.setattr(search, "GROWTH", 2)


def open_facts(found: list[Vacancy]) -> list:  # type: ignore[type-arg]
    facts = [facts_of(vacancy, CATALOGUE, PARAMETERS) for vacancy in found]
    return [item for item in facts if item.expires_on is None or item.expires_on >= DAY]


@few
@given(vacancy_lists(), profiles(), st.integers(1, 6))
def test_top_k_is_what_brute_force_finds(found: list[Vacancy], profile: Profile, k: int) -> None:
    engine = matcher(found)
    ranking = engine.rank(profile, DAY, k)
    facts = open_facts(found)
    expected = by_brute_force(engine.query(profile, DAY), engine.snapshot, facts)
    allowed = [(item.id, scored.score) for item, scored in expected if not scored.broken]
    assert [(match.vacancy_id, match.score) for match in ranking.matches] == allowed[:k]
    assert ranking.considered == len(facts)
    for limit, count in ranking.excluded.items():
        assert count == sum(limit in scored.broken for _, scored in expected), limit
    for limit in {limit for _, scored in expected for limit in scored.broken}:
        assert limit in ranking.excluded
    assert [match.rank for match in ranking.matches] == list(range(1, len(ranking.matches) + 1))


@few
@given(vacancy_lists(), profiles())
def test_reasons_sum_to_the_score(found: list[Vacancy], profile: Profile) -> None:
    for match in matcher(found).rank(profile, DAY, 5).matches:
        assert sum(reason.points for reason in match.reasons) == match.score
        for reason in match.reasons:
            assert reason.points == int(reason.weight * round(reason.value * 1000) + 500) // 1000


@few
@given(vacancy_lists(), profiles(), st.randoms(use_true_random=False))
def test_the_order_of_the_vacancies_changes_nothing(
    found: list[Vacancy], profile: Profile, draw: random.Random
) -> None:
    shuffled = list(found)
    draw.shuffle(shuffled)
    shuffled = [
        replace(item, essential_skills=item.essential_skills[::-1], licences=item.licences[::-1]) for item in shuffled
    ]
    first, second = (matcher(items).rank(profile, DAY, 5, changes=True) for items in (found, shuffled))
    assert json.dumps(as_json(first)) == json.dumps(as_json(second))


@few
@given(
    vacancy_lists(),
    profiles(),
    st.sampled_from([*SKILLS, *LANGUAGES, *LICENCES]),
    st.sampled_from(["stated", "verified"]),
)
def test_one_more_skill_never_lowers_a_score(found: list[Vacancy], profile: Profile, skill: str, evidence: str) -> None:
    engine = matcher(found)
    before = engine.query(profile, DAY)
    after = before.with_profile(replace(profile, held=(*profile.held, Held(skill, evidence))))  # type: ignore[arg-type]
    for facts in engine.snapshot:
        one, two = (score(query, facts, engine.snapshot.rarity_by_name) for query in (before, after))
        assert two.score >= one.score
        assert set(two.broken) <= set(one.broken)
        assert set(missing(after, facts)) <= set(missing(before, facts))


def test_a_certificate_without_a_level_takes_no_level_away() -> None:
    language = sorted(LANGUAGES)[0]
    known = Held(language, level="fluent")
    for held in ((known, Held(language, "verified")), (Held(language, "verified"), known)):
        assert matcher([]).query(Profile(held=held), DAY).language_level(language) == LANGUAGE_LEVELS.index("fluent")


@few
@given(vacancy_lists(), profiles())
def test_a_limit_excludes_only_what_it_names(found: list[Vacancy], profile: Profile) -> None:
    """Taking a limit away brings back vacancies that break it, and no other; the scores stay as they are."""
    engine = matcher(found)
    query = engine.query(profile, DAY)
    free = query.with_profile(replace(profile, wishes=replace(profile.wishes, firm=())))
    for facts in engine.snapshot:
        one, two = (score(item, facts, engine.snapshot.rarity_by_name) for item in (query, free))
        assert one.score == two.score
        assert set(two.broken) <= {"licence_by_law"}
        assert set(one.broken) <= {*query.firm, "licence_by_law"} <= set(LIMITS)
        if facts.hours == "unknown":
            assert "hours" not in one.broken
        if facts.pay_low is None:
            assert "pay" not in one.broken


@few
@given(vacancy_lists(most=25), profiles())
def test_changes_are_what_happens_after_adding_the_skill(found: list[Vacancy], profile: Profile) -> None:
    engine = matcher(found)
    everything = len(found) + 1
    for match in engine.rank(profile, DAY, 2, changes=True).matches:
        for change in match.changes:
            level = next((item.level for item in match.missing if item.id == change.skill_id), "")
            richer = replace(profile, held=(*profile.held, Held(change.skill_id, level=level)))
            after = {item.vacancy_id: item for item in engine.rank(richer, DAY, everything).matches}
            assert (change.score_after, change.rank_after) == (
                after[match.vacancy_id].score,
                after[match.vacancy_id].rank,
            )


@few
@given(vacancy_lists(), profiles(), st.sampled_from([*SKILLS, *LICENCES]))
def test_opened_jobs_are_counted_exactly(found: list[Vacancy], profile: Profile, skill: str) -> None:
    engine = matcher(found)
    before, snapshot = engine.query(profile, DAY), engine.snapshot.on(DAY)
    after = before.with_skill(skill)

    def lacks(query: object, facts: object) -> bool:
        return any(item.kind in ("essential", "licence") for item in missing(query, facts))  # type: ignore[arg-type]

    count = 0
    for facts in snapshot:
        tenths = int(before.tenths[before.locality_number(facts.place, facts.remote)])
        ruled_out = set(score(before, facts, snapshot.rarity_by_name).broken) - {"licence_by_law"}
        if not ruled_out and tenths <= before.reach_tenths:
            count += lacks(before, facts) and not lacks(after, facts)
    assert opened_by(before, snapshot, [skill])[skill] == count


@few
@given(vacancy_lists(most=10), profiles(least_firm=5), st.integers(1, 4))
def test_near_misses_break_exactly_the_limit_they_name(found: list[Vacancy], profile: Profile, k: int) -> None:
    engine = matcher(found)
    ranking = engine.rank(profile, DAY, k)
    assume(not ranking.matches)
    expected = by_brute_force(engine.query(profile, DAY), engine.snapshot, open_facts(found))
    single = [(scored.broken[0], item.id) for item, scored in expected if len(scored.broken) == 1]
    assert [(limit, match.vacancy_id) for limit, match in ranking.near_misses] == [
        pair for pair in single if pair[0] != "licence_by_law"
    ][:k]


WHO = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["王小明", "Nguyễn Thị Lan"]),
        "sex": st.sampled_from(["f", "m", "x"]),
        "age": st.integers(15, 80),
        "nationality": st.sampled_from(["TW", "VN", "ID"]),
        "school": st.sampled_from(["臺大", "none"]),
        "photo": st.just("data:image/png;base64,AAAA"),
        "postcode": st.sampled_from(["106", "881"]),
    },
)


@few
@given(vacancy_lists(most=15), profiles(), WHO, WHO)
def test_who_somebody_is_changes_nothing(found: list[Vacancy], profile: Profile, one: dict, other: dict) -> None:  # type: ignore[type-arg]
    """In the text, the title, the employer and the address of vacancies it makes no difference; a profile cannot even hold it."""
    results = []
    for who in (one, other):
        words = json.dumps(who, ensure_ascii=False).ljust(200)
        told = [
            replace(item, text=words if item.text else "", title=words, employer=words, address=words, url=words)
            for item in found
        ]
        results.append(json.dumps(as_json(matcher(told).rank(profile, DAY, 5, changes=True))))
        for name, value in who.items():
            with pytest.raises(TypeError):
                Profile.from_dict({"held": [{"id": "s01", name: value}]})
            with pytest.raises(TypeError):
                Profile.from_dict({"wishes": {name: value}})
    assert results[0] == results[1]


def test_the_day_decides_what_has_expired() -> None:
    vacancy = Vacancy(1, "t", "1", "t", "e", "", "zh", date(2026, 11, 1), date(2026, 11, 28))
    engine = matcher([vacancy])
    assert engine.rank(Profile(), date(2026, 11, 28)).considered == 1
    assert engine.rank(Profile(), date(2026, 11, 29)).considered == 0
