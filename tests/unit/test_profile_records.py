"""Profile, reading, vacancy and course survive their JSON form unchanged."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from jobseeker.places import distance_km
from jobseeker.profile import Found, Held, Job, Profile, Reading, Wishes
from jobseeker.taxonomy import Occupation, Relation, Skill, Taxonomy
from jobseeker.vacancies import Course, Pay, Vacancy


def test_a_profile_comes_back_whole() -> None:
    profile = Profile(
        held=(Held("forklift_driving", "evidenced", 3.5, words="開堆高機", hedged=True),),
        jobs=(Job("warehouse_worker", "倉管", 4, latest=True),),
        wishes=Wishes(places=("tw_zhongli",), pay_low=Decimal("36000"), shifts=("day",), firm=("pay",), weights={"commute": 2.0}),
        home="tw_taoyuan",
        version=3,
    )  # fmt: skip
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile
    assert Profile.from_dict({}) == Profile()
    with pytest.raises(TypeError, match="age"):
        Profile.from_dict({"held": [{"id": "x", "age": 58}]})


def test_a_reading_comes_back_whole_and_knows_when_it_is_empty() -> None:
    found = Found("forklift_driving", "堆高機", 6, 9, "negated", True, 3, "fluent")
    reading = Reading(skills=(found,), pay_low=Decimal("200"), pay_period="hour", avoid_shifts=("night",), remote=False)
    assert Reading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading
    assert Reading.from_dict({}) == Reading()
    assert Reading().empty
    assert Reading(pay_period="hour").empty
    assert not reading.empty
    assert not Reading(remote=False).empty
    with pytest.raises(TypeError, match="age"):
        Reading.from_dict({"age": 58})


def test_a_vacancy_and_a_course_come_back_whole() -> None:
    vacancy = Vacancy(
        7, "sample", "v-7", "堆高機司機", "大同倉儲", "日班", "zh", date(2026, 11, 1), date(2026, 12, 1), licences=("l",),
        languages={"lang_english": "basic"}, pay=Pay(Decimal("36000"), Decimal("40000.50")), shifts=("day",), lat=24.9, lon=121.2,
    )  # fmt: skip
    assert Vacancy.from_dict(json.loads(json.dumps(vacancy.to_dict()))) == vacancy
    assert Vacancy.from_dict(vacancy.to_dict(), id=9).id == 9
    assert not Pay().disclosed
    assert vacancy.pay.disclosed
    course = Course(
        1,
        "sample",
        "c-1",
        "堆高機班",
        "職訓中心",
        "…",
        "zh",
        ("forklift_driving",),
        fee=Decimal("8000"),
        starts_on=date(2027, 1, 4),
    )
    assert Course.from_dict(json.loads(json.dumps(course.to_dict()))) == course


def test_the_taxonomy_answers_both_ways_where_it_should() -> None:
    taxonomy = Taxonomy(
        {name: Skill(name, "hard", {"zh": name, "en": name}) for name in ("a", "b")},
        {"o": Occupation("o", "8344", {"zh": "o", "en": "o"})},
        [Relation("essential", "o", "a"), Relation("transferable", "a", "b"), Relation("broader", "a", "b")],
    )
    assert taxonomy.essential("o") == ("a",)
    assert taxonomy.optional("o") == ()
    assert taxonomy.transferable("b") == ("a",)
    assert taxonomy.broader("b") == ()


def test_distance_from_taipei_main_station_to_kaohsiung_station() -> None:
    assert distance_km(25.0478, 121.5170, 22.6394, 120.3025) == pytest.approx(294.9, abs=1.0)
    assert distance_km(25, 121, 25, 121) == 0
