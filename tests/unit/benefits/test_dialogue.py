"""Whole conversations about the pre-check, with the real reader: nothing is asked twice, nothing is lost, nothing doubtful is used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jobseeker.benefits.questions import QUESTIONS
from jobseeker.benefits.records import Circumstances
from tests.unit.benefits.conftest import Asker

ANSWERS = {
    "reason": "公司倒了", "left_on": "115/3/2", "age": "民國70年3月2日", "status": "台灣人", "earlier": "沒有", "insured_months": "2年3個月",
    "salary": "3萬4千8", "dependants": "太太和一個小孩", "disability": "沒有", "income": "沒有", "registered_on": "3/5",
}  # fmt: skip
ANSWERS_EN = {
    "reason": "I was laid off", "left_on": "March 2, 2026", "age": "44", "status": "taiwanese", "earlier": "no", "insured_months": "2 years and 3 months",
    "salary": "34.8k", "dependants": "my wife and one child", "disability": "no", "income": "none", "registered_on": "not yet",
}  # fmt: skip


def fill(asker: Asker, answers: dict[str, str]) -> list[str]:
    """Answer until the check; the questions that were put."""
    asked = []
    while asker.talk.question != "check":
        assert len(asked) < 20, asked
        asked.append(asker.talk.question)
        asker.say(answers[asker.talk.question])
    return asked


def test_the_form_in_chinese_to_the_result(asker: Asker) -> None:
    assert asker.say("/estimate") == ["precheck_intro", "precheck_ask_reason"]
    asked = fill(asker, ANSWERS)
    assert asked == [
        name for name in QUESTIONS if name not in ("contract_months", "disability")
    ]  # 45 already: not needed
    assert "2026年3月2日" in asker.text()
    assert "34,800元" in asker.text()
    assert asker.say("對", "affirm") == ["precheck_result", "precheck_closing"]
    text = asker.text()
    for part in (
        "不是決定",
        "每月20,880元",
        "34,800 × 60% = 20,880",
        "第16條",
        "6,960元",
        "最長9個月",
        "2026年3月19日",
        "規則 monthly",
        "2003-01-01",
    ):
        assert part in text, part
    assert list(asker.effects) == ["log_match"]
    assert asker.effects["log_match"]["query"]["case"]["birth_on"] == "1981-03-02"
    assert asker.last.open_question is None


def test_the_form_in_english_to_the_result(asker: Asker) -> None:
    asker.variety = "en"
    asker.say("/estimate")
    assert "disability" in fill(asker, ANSWERS_EN)
    asker.say("yes", "affirm")
    text = asker.text()
    for part in ("no decision", "NT$20,880 a month", "up to 6 months", "Article 16"):
        assert part in text, part
    assert asker.case.registered is False


def test_what_was_said_at_once_is_not_asked(asker: Asker) -> None:
    keys = asker.say("我三月二日被資遣，45歲，投保薪資34,800，要養太太和兩個小孩", "benefit_precheck")
    assert keys == ["precheck_noted", "precheck_ask_status"]
    assert asker.case == Circumstances(
        left_on=date(2026, 3, 2), reason="laid_off", age=45, salary=Decimal(34800), dependants=3, parents=0
    )
    assert "2026年3月2日" in asker.text()
    asked = fill(asker, ANSWERS)
    assert asked == ["status", "earlier", "insured_months", "income", "registered_on"]


def test_corrections_go_to_what_they_name(asker: Asker) -> None:
    asker.say("/estimate")
    for text in ("被資遣", "3/2", "44"):
        asker.say(text)
    assert asker.talk.question == "status"
    assert asker.say("不對，是45") == ["precheck_noted", "precheck_ask_status"]
    assert asker.case.age == 45
    asker.say("不對，離職日是3月5日")
    assert (asker.case.left_on, asker.talk.question) == (date(2026, 3, 5), "status")
    fill(asker, ANSWERS)
    asker.say("投保薪資改成30000")
    assert (asker.case.salary, asker.talk.question) == (30000, "check")
    assert asker.say("不對", "deny") == ["precheck_what_is_wrong"]
    asker.say("扶養一個人")
    assert asker.case.dependants == 1
    asker.say("/answer yes")
    assert "18,000元" in asker.text()
    asker.say("/estimate")  # later: nothing has to be told again
    assert asker.talk.question == "check"
    asker.say("月薪35000")
    asker.say("/answer yes")
    assert "21,000元" in asker.text()


@pytest.mark.parametrize(
    ("question", "text", "key"),
    [
        ("left_on", "2026/2/30", "precheck_bad_day_impossible"),
        ("left_on", "3月底", "precheck_bad_day_incomplete"),
        ("left_on", "2031/1/1", "precheck_bad_day_future"),
        ("left_on", "1985/1/1", "precheck_bad_day_past"),
        ("left_on", "農曆三月初二", "precheck_bad_day_lunar"),
        ("age", "3", "precheck_bad_age"),
        ("age", "三歲", "precheck_bad_age"),
        ("age", "130", "precheck_bad_age"),
        ("age", "-45", "precheck_bad_negative"),
        ("age", "70/3/2", "precheck_bad_day_ambiguous"),
        ("age", "2020/3/2", "precheck_bad_age"),
        ("salary", "34.8", "precheck_bad_unit"),
        ("salary", "348", "precheck_bad_unit"),
        ("salary", "-34800", "precheck_bad_negative"),
        ("salary", "負三萬", "precheck_bad_negative"),
        ("salary", "0", "precheck_bad_negative"),
        ("salary", "3480000", "precheck_bad_too_much"),
        ("salary", "年薪50萬", "precheck_bad_not_monthly"),
        ("salary", "時薪196", "precheck_bad_not_monthly"),
        ("salary", "3萬到4萬", "precheck_bad_several"),
        ("dependants", "200", "precheck_bad_too_many"),
        ("dependants", "２００", "precheck_bad_too_many"),
        ("dependants", "-1", "precheck_bad_negative"),
        ("insured_months", "3", "precheck_bad_months_or_years"),
        ("insured_months", "400年", "precheck_bad_too_long"),
        ("insured_months", "-5", "precheck_bad_negative"),
        ("income", "-300", "precheck_bad_negative"),
        ("income", "5", "precheck_bad_unit"),
        ("income", "時薪196", "precheck_bad_not_monthly"),
        ("registered_on", "2027/3/5", "precheck_bad_day_future"),
        ("registered_on", "2026/3/1", "precheck_bad_registered_early"),
        ("reason", "我被開除", "precheck_bad_reason_fired"),
        ("reason", "非自願離職", "precheck_bad_reason_which"),
        ("earlier", "有領過", "precheck_bad_earlier_which"),
    ],
)  # fmt: skip
def test_bad_input_is_asked_back(asker: Asker, question: str, text: str, key: str) -> None:
    asker.say("/estimate")
    while asker.talk.question != question:
        asker.say(ANSWERS[asker.talk.question])
    before = asker.case
    assert asker.say(text) == [key]
    assert asker.case == before, "a doubtful value was used"
    assert asker.talk.question == question
    assert asker.last.open_question is not None
    for variety in ("zh-Hant", "en"):
        asker.variety = variety
        assert not any(mark in asker.text() for mark in "{}")
    asker.variety = "zh-Hant"
    asker.say(ANSWERS[question])
    assert asker.talk.question != question


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("left_on", "民國115年3月2日", "2026-03-02"),
        ("left_on", "115/3/2", "2026-03-02"),
        ("left_on", "１１５／３／２", "2026-03-02"),
        ("left_on", "二〇二六年三月二日", "2026-03-02"),
        ("left_on", "3/2", "2026-03-02"),
        ("left_on", "12/15", "2025-12-15"),
        ("salary", "34,800", "34800"),
        ("salary", "３４，８００", "34800"),
        ("salary", "3萬4千8", "34800"),
        ("salary", "34.8k", "34800"),
        ("salary", "三萬四千八", "34800"),
        ("insured_months", "兩年半", "30"),
        ("insured_months", "一直都有", "36"),
        ("insured_months", "10年", "36"),
        ("dependants", "父母和一個小孩", "3"),
        ("dependants", "單身", "0"),
        ("income", "偶爾接案大概五千", "5000"),
    ],
)  # fmt: skip
def test_every_way_to_write_it_is_understood(asker: Asker, question: str, text: str, value: str) -> None:
    asker.say("/estimate")
    while asker.talk.question != question:
        asker.say(ANSWERS[asker.talk.question])
    asker.say(text)
    assert str(getattr(asker.case, question)) == value


def test_the_unit_is_offered_as_a_button(asker: Asker) -> None:
    asker.say("/estimate")
    while asker.talk.question != "salary":
        asker.say(ANSWERS[asker.talk.question])
    asker.say("34.8")
    assert "/answer 34800" in [button.payload for button in asker.read()[0].buttons]
    asker.say("/answer 34800")
    assert asker.case.salary == 34800


def test_an_english_slash_date_is_asked_back(asker: Asker) -> None:
    asker.variety = "en"
    asker.say("/estimate")
    asker.say("laid off")
    assert asker.say("3/2") == ["precheck_bad_day_ambiguous"]
    payloads = [button.payload for button in asker.read()[0].buttons]
    assert payloads[:2] == ["/answer 2026-03-02", "/answer 2026-02-03"]
    asker.say(payloads[0])
    assert asker.case.left_on == date(2026, 3, 2)


@pytest.mark.parametrize("reason", ["自己辭職", "不確定", "退休"])
def test_what_is_unfavourable_goes_to_a_person_without_more_questions(asker: Asker, reason: str) -> None:
    asker.say("/estimate")
    asker.say(reason)
    asker.say("3/2")
    assert asker.talk.question == "check"
    assert asker.say("對", "affirm") == ["precheck_unclear_only", "precheck_closing"]
    assert asker.effects["open_benefit_case"]["points"]
    for variety in ("zh-Hant", "en"):
        asker.variety = variety
        text = asker.text()
        assert "不替您下結論" in text or "no conclusion" in text
        assert not any(word in text for word in ("不符合", "不能領", "沒有資格", "not eligible", "cannot get"))


def test_unknown_answers_are_passed_over_and_named(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("被資遣")
    asker.say("3/2")
    asker.say("45歲")
    asker.say("/answer national")
    asker.say("沒有")
    asker.say("一直都有")
    asker.say("不知道")
    assert asker.talk.unknown == ("salary",)
    asker.say("/skip")
    asker.say("沒有")
    asker.say("還沒")
    assert asker.say("/answer yes")[-1] == "precheck_closing"
    assert asker.effects["open_benefit_case"]["points"] == ["salary_unknown"]
    assert "最長9個月" in asker.text()


def test_another_subject_is_handed_on_and_nothing_is_lost(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("被資遣")
    before = asker.talk
    asker.say("有沒有堆高機的工作", "find_jobs", 0.95)
    assert asker.last.hand_on == "find_jobs"
    assert asker.talk == before
    asker.say("3/2")
    assert asker.case.left_on == date(2026, 3, 2)


def test_starting_over_asks_first(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("被資遣")
    assert asker.say("重新開始", "restart") == ["precheck_restart_ask"]
    assert asker.say("不要", "deny") == ["precheck_ask_left_on"]
    assert asker.case.reason == "laid_off"
    asker.say("/restart", "restart")
    asker.say("/restart", "restart")
    assert asker.last.hand_on == "restart"
    assert asker.case == Circumstances()


def test_nonsense_offers_a_person_at_last(asker: Asker) -> None:
    asker.say("/estimate")
    assert asker.say("嘰哩咕嚕") == ["precheck_not_understood", "precheck_ask_reason"]
    assert asker.say("嘰哩咕嚕") == ["precheck_not_understood_again", "precheck_ask_reason"]
    assert "/human" in [button.payload for reply in asker.read() for button in reply.buttons]


def test_a_stale_button_does_no_harm(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("/answer national")
    assert asker.case == Circumstances()
    assert asker.talk.question == "reason"


@pytest.mark.parametrize(
    ("question", "text", "known"),
    [
        ("reason", "10月15號", {"left_on": date(2026, 10, 15)}),
        ("reason", "我是大陸配偶，有居留證", {"status": "spouse"}),
        ("reason", "我老婆沒工作，有兩個小孩", {"dependants": 3}),
        ("salary", "先生身體不好沒工作，還有一個念高中的女兒", {"dependants": 2}),
        ("age", "I have never claimed unemployment benefit", {"earlier": "none"}),
        ("left_on", "每個月工資四萬二", {"salary": Decimal(42000)}),
        ("age", "今年3/31", {"left_on": date(2026, 3, 31)}),
    ],
)
def test_an_answer_to_another_question_is_not_lost(
    asker: Asker, question: str, text: str, known: dict[str, object]
) -> None:
    asker.variety = "en" if text.isascii() else "zh-Hant"
    asker.say("/estimate")
    while asker.talk.question != question:
        asker.say({"left_on": "不知道"}.get(asker.talk.question, ANSWERS[asker.talk.question]))
    asker.say(text)
    assert {name: getattr(asker.case, name) for name in known} == known
    assert (asker.talk.question, asker.talk.misses) == (question, 0)


def test_a_year_of_birth_is_no_age(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("被資遣")
    asker.say("3/2")
    for text in ("民國58年生", "58年次", "1969年生"):
        assert asker.say(text) == ["precheck_bad_day_incomplete"]
        assert (asker.case.age, asker.case.birth_on, asker.talk.question) == (None, None, "age")
    asker.say("57歲，民國58年生")
    assert asker.case.age == 57


def test_a_wife_without_work_is_a_dependant(asker: Asker) -> None:
    asker.say("/estimate")
    while asker.talk.question != "dependants":
        asker.say(ANSWERS[asker.talk.question])
    asker.say("太太沒工作")
    assert asker.case.dependants == 1


def test_a_day_that_is_corrected_is_no_sum_of_money(asker: Asker) -> None:
    asker.say("/estimate")
    while asker.talk.question != "salary":
        asker.say(ANSWERS[asker.talk.question])
    assert asker.say("等一下我說錯了，是4/30離職") == ["precheck_noted", "precheck_ask_salary"]
    assert asker.case.left_on == date(2026, 4, 30)


def test_going_on_is_no_answer_that_was_missed(asker: Asker) -> None:
    asker.say("/estimate")
    asker.say("被資遣")
    for text, act in (("繼續", ""), ("ok back to my case", ""), ("再幫我算一下", "benefit_precheck")):
        assert asker.say(text, act) == ["precheck_back", "precheck_ask_left_on"]
        assert asker.talk.misses == 0


def test_told_not_to_come_back_is_asked_back(asker: Asker) -> None:
    asker.say("/estimate")
    for text in ("公司突然叫我不用來了", "店長叫我不要再來了"):
        assert asker.say(text) == ["precheck_bad_reason_fired"]
        assert ("不用來了" if "不用" in text else "不要再來了") in asker.text(), "read back as it was written"
