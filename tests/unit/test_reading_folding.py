"""Folding, word forms, numbers: what makes two writings equal, and that no character moves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobseeker.vacancies import Pay
from language.reading import cues
from language.reading.amounts import commute_of, pay_of, years_of
from language.reading.folding import fold
from language.reading.forms import chinese_forms, english_forms

TODAY = date(2026, 11, 28)


@pytest.mark.slow
@settings(deadline=None)  # the first call loads OpenCC
@given(st.text())
def test_folding_moves_no_character(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("臺北", "台北"),
        ("Ｅｘｃｅｌ", "excel"),
        ("堆高機", "堆高机"),
        ("電銲", "电焊"),
        ("part-time", "part time"),
        ("driver’s", "driver's"),
    ],
)
def test_two_writings_become_one(one: str, two: str) -> None:
    assert fold(one) == fold(two)


@pytest.mark.parametrize(
    ("alias", "form"),
    [
        ("drive a forklift", "drove forklifts"),
        ("forklift driving", "drive a forklift"),
        ("welding", "welded"),
        ("waitressing", "waitress"),
        ("driving licence", "driving license"),
        ("driver's license", "drivers license"),
        ("assemble parts", "assembling parts"),
        ("POS machine", "pos machines"),
    ],
)
def test_english_forms(alias: str, form: str) -> None:
    assert form in english_forms(alias)


@pytest.mark.parametrize("alias", ["accounting", "marketing", "engineering", "nursing"])
def test_a_noun_in_ing_has_no_verb(alias: str) -> None:
    assert english_forms(alias) == {alias}


def test_chinese_forms_have_mainland_words_and_blanks() -> None:
    assert {"软体测试", "软件测试"} <= chinese_forms("軟體測試")
    assert {"pos机", "pos 机"} <= chinese_forms("POS機")


def test_no_cue_stands_in_two_rows() -> None:
    for table, separator in ((cues.CHINESE, None), (cues.ENGLISH, "|")):
        rows = cues.phrases(table, separator)
        kinds: dict[str, set[str]] = {}
        for phrase, kind in rows:
            kinds.setdefault(phrase, set()).add(kind)
        assert len(kinds) > 200
        assert {phrase: sorted(kind) for phrase, kind in kinds.items() if len(kind) > 1} == {}


@pytest.mark.parametrize(
    ("text", "low", "high", "period"),
    [
        ("月薪3萬5", 35_000, None, "month"),
        ("希望35k", 35_000, None, "month"),
        ("時薪200", 200, None, "hour"),
        ("3萬4千8", 34_800, None, "month"),
        ("月薪３４，８００", 34_800, None, "month"),
        ("35,000 a month", 35_000, None, "month"),
        ("月薪 36,000~42,000", 36_000, 42_000, "month"),
        ("月薪36000-42000元", 36_000, 42_000, "month"),
        ("薪水三萬二", 32_000, None, "month"),
        ("時薪兩百五", 250, None, "hour"),
        ("3~4萬月薪", 30_000, 40_000, "month"),
        ("日薪1500", 1_500, None, "day"),
        ("年薪60萬", 600_000, None, "year"),
        ("以前月薪28000，現在希望月薪32000", 32_000, None, "month"),
        ("at least NT$190 an hour", 190, None, "hour"),
    ],
)
def test_pay(text: str, low: int, high: int | None, period: str) -> None:
    expected = Pay(Decimal(low), None if high is None else Decimal(high), period)  # type: ignore[arg-type]
    assert pay_of(fold(text)) == expected


@pytest.mark.parametrize("text", ["待遇面議", "做過10年", "我今年35歲", "電話0912345678", "需求人數3人", "民國98年"])
def test_no_pay(text: str) -> None:
    assert not pay_of(fold(text)).disclosed


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("三年", 3), ("3年半", 3.5), ("十幾年", 10), ("since 2015", 11), ("5 yrs", 5), ("民國98年~103年", 5), ("2015/03 - 2018/06", 3.25),
        ("半年", 0.5), ("六個月", 0.5), ("兩三年", 2), ("2019年至今", 7), ("two and a half years", 2.5), ("3-5年經驗", 3), ("快二十年", 20),
    ],
)  # fmt: skip
def test_years(text: str, years: float) -> None:
    assert [span.years for span in years_of(fold(text), TODAY)] == [years]


@pytest.mark.parametrize("text", ["35歲", "20年前", "三年級", "10 years old", "2 years ago", "2026年", "去年"])
def test_no_years(text: str) -> None:
    assert years_of(fold(text), TODAY) == []


def test_commute_needs_a_word_of_distance() -> None:
    assert commute_of(fold("通勤10公里內")) == 10
    assert commute_of("within 15 km of home") == 15
    assert commute_of(fold("我每天跑步10公里")) is None
