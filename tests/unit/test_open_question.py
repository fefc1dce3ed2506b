"""What counts as an answer to an open question, how it is recorded, and when the question is put again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobseeker.messages import ACT_OF_COMMAND, COMMANDS, Command, Say, Understanding, act_of_command
from jobseeker.open_question import OpenQuestion, is_answer, of_restart, reminder
from language.questions import asks

QUESTION = OpenQuestion("profile", "build_profile", Say("utterance", "profile_ask_place", {"n": 1}))


def understood(label: str, confidence: float = 0.95, outcome: str = "answer") -> Understanding:
    return Understanding(label, confidence, (("greet", 0.01),), outcome)  # type: ignore[arg-type]


def test_a_question_comes_back_whole() -> None:
    assert OpenQuestion.from_dict(QUESTION.to_dict()) == QUESTION
    assert QUESTION.intent == "answer_profile"


@pytest.mark.parametrize(
    ("text", "label", "confidence", "outcome", "expected"),
    [
        ("三年", "nlu_fallback", 0.2, "unsure", True),
        ("月薪三萬五", "faq/minimum_wage", 0.95, "answer", True),  # a statement, whatever it looks like
        ("失業給付可以領多久？", "faq/ui_duration", 0.95, "answer", False),
        ("how long is benefit paid", "faq/ui_duration", 0.95, "answer", False),
        ("失業給付可以領多久？", "faq/ui_duration", 0.5, "clarify", True),  # not sure enough to leave
        ("我想找白天的工作", "find_jobs", 0.97, "answer", True),  # the action hands it on where it reads nothing in it
        (
            "what am I missing for a forklift driver job",
            "skill_gap",
            0.99,
            "answer",
            False,
        ),  # asked, and not of the profile
        ("我還會開堆高機，可以加嗎", "update_profile", 0.99, "answer", True),
        ("謝謝", "thanks", 0.99, "answer", False),
        ("刪除我的資料", "privacy_erase", 0.99, "answer", False),
        ("刪掉 Excel", "privacy_erase", 0.6, "answer", True),
        ("對", "affirm", 0.99, "answer", True),
        ("重新開始", "restart", 0.99, "answer", False),
    ],
)
def test_what_an_answer_is(text: str, label: str, confidence: float, outcome: str, expected: bool) -> None:
    assert is_answer(QUESTION, understood(label, confidence, outcome), None, asks=asks(text)) is expected


@pytest.mark.parametrize(
    ("text", "label", "confidence", "outcome", "expected"),
    [
        ("不要夜班", "update_profile", 0.45, "clarify", True),
        ("太遠了", "out_of_scope", 0.98, "answer", True),
        ("桃園的呢", "find_jobs", 0.9, "answer", True),
        (
            "公司欠我薪水",
            "faq/unpaid_wages",
            0.95,
            "answer",
            True,
        ),  # read, and handed on where nothing in it is about the list
        ("有新的通知我", "job_alert_on", 0.99, "answer", False),
        ("我會開堆高機", "build_profile", 0.7, "answer", False),
        ("謝謝", "thanks", 0.99, "answer", False),
    ],
)
def test_what_is_heard_right_after_a_list(
    text: str, label: str, confidence: float, outcome: str, expected: bool
) -> None:
    heard = OpenQuestion("jobs", "find_jobs", Say("cards", "again_list"), listens=True)
    assert is_answer(heard, understood(label, confidence, outcome), None, asks=asks(text)) is expected
    assert reminder(heard, heard, "faq", answered=False) is None


def test_starting_over_is_an_answer_where_something_would_be_lost() -> None:
    guarded = replace(QUESTION, guards_restart=True)
    assert is_answer(guarded, understood("restart"), None, asks=False)
    assert is_answer(guarded, understood("restart"), Command("restart"), asks=False)


def test_an_unsaved_profile_guards_starting_over_whatever_was_asked_since() -> None:
    jobs = OpenQuestion("jobs", "find_jobs", Say("utterance", "jobs_ask"))
    guard = of_restart(jobs, {"unsaved": True})
    assert guard is not None
    assert (guard.name, guard.guards_restart) == ("profile", True)
    assert of_restart(jobs, {"unsaved": False}) == jobs
    assert of_restart(None, None) is None


def test_of_the_buttons_only_skip_is_an_answer() -> None:
    assert is_answer(QUESTION, understood("update_profile", 1.0), Command("skip"), asks=False)
    assert not is_answer(QUESTION, understood("update_profile", 1.0), Command("confirm"), asks=False)
    assert not is_answer(QUESTION, understood("faq/ui_amount", 1.0), Command("topic", "ui_amount"), asks=True)


def test_an_answer_is_recorded_as_the_act_of_the_question_and_hides_nothing() -> None:
    recorded = QUESTION.as_answer(understood("crisis", 0.4))
    assert (recorded.label, recorded.outcome) == ("build_profile", "answer")
    assert ("crisis", 0.4) in recorded.alternatives


def test_it_is_put_again_once_after_an_interruption() -> None:
    assert reminder(QUESTION, QUESTION, "faq", answered=False) == QUESTION
    assert reminder(QUESTION, QUESTION.after_reminder(), "faq", answered=False) is None
    assert reminder(QUESTION, QUESTION, "build_profile", answered=True) is None
    assert reminder(QUESTION, None, "faq", answered=False) is None
    assert reminder(None, QUESTION, "find_jobs", answered=False) is None  # asked in this very turn
    other = replace(QUESTION, again=Say("utterance", "profile_ask_pay"))
    assert reminder(QUESTION, other, "update_profile", answered=False) is None
    for act in ("crisis", "talk_to_human", "goodbye"):
        assert reminder(QUESTION, QUESTION, act, answered=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("可以領多少", True), ("要怎么申请", True), ("會不會影響失業給付", True), ("am I entitled", True), ("tell me how much", True),
        ("做了三年倉管", False), ("住在中壢", False), ("I drove a forklift for 3 years", False), ("I can do welding", False), ("", False),
    ],
)  # fmt: skip
def test_questions_are_told_by_their_form(text: str, expected: bool) -> None:
    assert asks(text) is expected


def test_every_command_is_understood_by_the_table_or_by_the_classifier() -> None:
    known = {"human", "topic", "more", "language", "restart", "help"}  # language/nlu answers these
    known |= {"link", "unlink", "basis"}  # the gateway carries them out by itself
    known |= {
        "wait",
        "callback",
        "message",
        "summary",
        "leave",
        "rate",
        "comment",
    }  # so it does these steps of the hand-off
    assert len(COMMANDS) > 25
    for name, takes_argument in COMMANDS.items():
        assert bool(act_of_command(Command(name, "x" if takes_argument else ""))) != (name in known), name
    assert act_of_command(Command("alert", "off")) == "job_alert_off"
    assert {key.split()[0] for key in ACT_OF_COMMAND} <= set(COMMANDS)
