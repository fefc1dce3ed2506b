"""What is said right after a list: a few words steer it; what is about something else goes to whom it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

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


async def test_the_list_can_still_be_steered_after_one_was_explained_or_some_were_compared(looking: Walk) -> None:
    await looking.say("為什麼排第一", seen="explain_match")
    assert looking.memory.ask == "list"
    await looking.say("近的先", seen="out_of_scope")
    assert wishes(looking).wishes.weights["commute"] > 1
    await looking.say("比較一下", seen="out_of_scope")
    await looking.say("錢比較要緊", seen="out_of_scope")
    assert wishes(looking).wishes.weights["pay"] > 1
    assert looking.handed_on == ""


@pytest.mark.parametrize(
    ("words", "feature"), [("遠", "commute"), ("近。", "commute"), ("薪水", "pay"), ("closer ones", "commute")]
)
async def test_one_word_is_enough_right_after_a_list(looking: Walk, words: str, feature: str) -> None:
    await looking.say(words, seen="out_of_scope")
    assert wishes(looking).wishes.weights[feature] > 1


async def test_one_word_counts_alone_only(looking: Walk) -> None:
    await looking.say("老闆跑很遠了", seen="out_of_scope")
    assert looking.handed_on == "out_of_scope"


@pytest.mark.parametrize(
    ("words", "seen", "outcome"),
    [
        ("第二個是什麼", "out_of_scope", "answer"),
        ("第二個", "", "unsure"),
        ("第二個呢", "faq", "answer"),
        ("2", "out_of_scope", "answer"),
        ("可以念第二個給我聽嗎", "", "clarify"),
        ("tell me about the second one please", "", "unsure"),
    ],
)
async def test_counting_off_one_of_the_list_tells_of_that_one(
    looking: Walk, words: str, seen: str, outcome: Outcome
) -> None:
    second = looking.memory.listed[1].vacancy_id
    await looking.say(words, seen=seen, outcome=outcome)
    assert looking.handed_on == ""
    assert looking.memory.focus == second
    assert "現在排第2" in looking.text()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("第二個不適合我，太遠了", "too_far"),
        ("the second one is not for me, the pay is too low", "pay"),
        ("第二個不適合我，因為要輪班", "hours"),
    ],
)
async def test_not_for_me_in_words_hides_the_one_that_is_meant_and_counts_why(
    looking: Walk, words: str, reason: str
) -> None:
    second = looking.memory.listed[1].vacancy_id
    await looking.say(words, seen="faq", outcome="clarify")
    assert await looking.kit.rows("SELECT vacancy_id, kind, reason FROM vacancy_mark") == [
        (second, "not_for_me", reason)
    ]


async def test_not_for_me_without_a_reason_asks_for_one(looking: Walk) -> None:
    await looking.say("這個不適合我", outcome="unsure")
    assert looking.memory.ask == "reason"
    await looking.say("太遠")
    assert [reason for (reason,) in await looking.kit.rows("SELECT reason FROM vacancy_mark")] == ["too_far"]


async def test_saving_twice_in_words_does_not_take_it_away(looking: Walk) -> None:
    for _ in range(2):
        await looking.say("yes save it", seen="affirm")
    assert [kind for (kind,) in await looking.kit.rows("SELECT kind FROM vacancy_mark")] == ["saved"]
    assert "一共1個" in looking.text()


async def test_those_that_are_counted_off_are_compared(looking: Walk) -> None:
    first, second = (one.vacancy_id for one in looking.memory.listed[:2])
    says = await looking.say("compare the first two", seen="find_jobs")
    assert [one["id"] for one in says[0].params["items"][0]["vacancies"]] == [first, second]


async def test_the_second_of_a_list_of_one_is_not_called_no_list(looking: Walk) -> None:
    looking.memory = replace(looking.memory, listed=looking.memory.listed[:1])
    await looking.say("第二個 why", "explain_match")
    assert "列出來的只有1個" in looking.text()


async def test_why_not_of_work_that_is_in_the_list_says_so(looking: Walk) -> None:
    await looking.say("為什麼沒有倉管的工作", "explain_match")
    assert "列出來的就有" in looking.text()
    assert "排在後面" not in looking.text()


async def test_a_bare_yes_to_a_list_asks_which_one(looking: Walk) -> None:
    await looking.say("嗯", seen="affirm")
    assert "要看哪一個" in looking.text()
    assert looking.memory.ask == "list"
