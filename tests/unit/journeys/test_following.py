"""What is said right after a list: a few words steer it; what is about something else goes to whom it belongs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from jobseeker.journeys.search import Search
from jobseeker.messages import Outcome
from jobseeker.usecases.talk_about_vacancies import open_question
from tests.doubles.vacancy_world import Walk

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture
async def looking(person: Walk) -> Walk:
    """A list has been shown."""
    await person.say("桃園的倉管工作", "find_jobs")
    assert person.memory.ask == "list"
    return person


def wishes(person: Walk) -> Search:
    return Search.from_dict(person.memory.search or {})


@pytest.mark.parametrize("outcome", ["clarify", "unsure"])
async def test_no_nights_narrows_the_list_though_the_classifier_was_not_sure(looking: Walk, outcome: Outcome) -> None:
    await looking.say("不要大夜", outcome=outcome)
    assert looking.handed_on == ""
    assert wishes(looking).wishes.avoid_shifts == ("night",)
    assert wishes(looking).wishes.occupations, "it is still the same search"


@pytest.mark.parametrize(
    ("words", "feature"), [("太遠了", "commute"), ("too far for me", "commute"), ("這個薪水太低了啦", "pay")]
)
async def test_a_complaint_about_the_list_weighs_it_anew(looking: Walk, words: str, feature: str) -> None:
    await looking.say(words, seen="out_of_scope")
    assert wishes(looking).wishes.weights[feature] > 1


async def test_one_is_kept_and_some_are_compared_in_words(looking: Walk) -> None:
    second = looking.memory.listed[1].vacancy_id
    await looking.say("第二個先留著", seen="out_of_scope")
    assert await looking.kit.rows("SELECT vacancy_id, kind FROM vacancy_mark") == [(second, "saved")]
    says = await looking.say("剛剛那幾個比較一下", seen="out_of_scope")
    assert says[0].params["items"][0]["type"] == "compare"


@pytest.mark.parametrize(
    ("words", "seen", "outcome", "goes_to"),
    [
        ("公司欠我三個月薪水", "faq", "answer", "faq"),
        ("我在餐廳打工被老闆欠薪", "faq", "answer", "faq"),  # 餐廳 is no wish here
        ("嗯哼", "", "unsure", "nlu_fallback"),
        ("那個什麼的", "", "clarify", "clarify"),
        ("我會開堆高機三年了", "build_profile", "answer", "build_profile"),
        ("幫我訂披薩", "out_of_scope", "answer", "out_of_scope"),
    ],
)
async def test_what_is_not_about_the_list_goes_on(
    looking: Walk, words: str, seen: str, outcome: Outcome, goes_to: str
) -> None:
    before = looking.memory.search
    await looking.say(words, seen=seen, outcome=outcome)
    assert looking.handed_on == goes_to
    assert looking.memory.search == before
    assert looking.memory.ask == "list", "the list can still be steered afterwards"


async def test_other_acts_of_the_dialogue_are_answered_here(looking: Walk, ids: Mapping[str, int]) -> None:
    await looking.say("為什麼排第一", seen="explain_match")
    assert looking.handed_on == ""
    assert "現在排第1" in looking.text()


async def test_nobody_is_reminded_of_a_list(looking: Walk) -> None:
    question = open_question(looking.memory)
    assert question is not None
    assert question.listens
