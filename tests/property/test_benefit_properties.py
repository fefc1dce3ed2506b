"""What must hold of every pre-check: monotone in salary, never above the ceiling, deterministic, nothing unfavourable stated; no text breaks the reader."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import load_pack
from jobseeker.benefits import Circumstances, Estimate, estimate
from jobseeker.benefits.plausible import Plausibility
from jobseeker.benefits.records import EARLIER_CLAIMS, REASONS, STATUSES
from language.case_reader import SpokenCaseReader
from language.reading.dates import Window, days_in

pytestmark = pytest.mark.slow  # seconds each: with `make test`


FIGURES = load_pack(Path(__file__).resolve().parents[2]).figures
DAYS = st.dates(date(2018, 6, 1), date(2030, 12, 31))
SALARIES = st.decimals(1, 300_000, places=2)
CASES = st.builds(
    Circumstances,
    left_on=DAYS,
    reason=st.sampled_from([*REASONS, None]),
    age=st.none() | st.integers(15, 99),
    status=st.sampled_from([*STATUSES, None]),
    earlier=st.sampled_from([*EARLIER_CLAIMS, None]),
    paid_months=st.none() | st.decimals(0, 12, places=1),
    insured_months=st.none() | st.integers(0, 36),
    salary=st.none() | SALARIES,
    dependants=st.none() | st.integers(0, 15),
    parents=st.none() | st.integers(0, 4),
    disability=st.none() | st.booleans(),
    income=st.none() | st.decimals(0, 300_000, places=0),
    registered_on=st.none() | DAYS,
    contract_months=st.none() | st.integers(0, 36),
)
GOOD = replace(
    Circumstances(),
    left_on=date(2026, 3, 2), reason="laid_off", age=40, status="national", earlier="none", insured_months=36, salary=Decimal(34800),
    dependants=0, disability=False, income=Decimal(0),
)  # fmt: skip
ON = date(2026, 4, 1)
FAVOURABLE = {"monthly", "addon", "total", "months", "months_again", "months_left", "first_paid_day", "with_income", "early_award", "training_allowance", "health_premium"}  # fmt: skip


def amount(found: Estimate, rule: str) -> Decimal:
    line = found.line(rule)
    assert line is not None
    assert isinstance(line.value, Decimal)
    return line.value


@given(CASES, DAYS)
@settings(max_examples=300, deadline=None)
def test_an_estimate_is_a_function_and_states_only_what_is_favourable(case: Circumstances, on: date) -> None:
    found = estimate(case, FIGURES, on)
    assert json.dumps(found.to_dict()) == json.dumps(
        estimate(Circumstances.from_dict(case.to_dict()), FIGURES, on).to_dict()
    )
    assert {line.rule for line in found.lines} <= FAVOURABLE
    assert all(line.value is not None and line.used for line in found.lines)
    assert not found.lines or not any(point.blocks for point in found.unclear)
    assert found.lines or found.unclear, "silence"
    for line in found.lines:
        if isinstance(line.value, Decimal):
            assert line.value >= 0


@given(CASES, DAYS)
@settings(max_examples=200, deadline=None)
def test_the_ceiling_holds(case: Circumstances, on: date) -> None:
    good = replace(GOOD, salary=case.salary, dependants=case.dependants, left_on=case.left_on, income=case.income)
    found = estimate(good, FIGURES, on)
    if found.line("monthly") is None:
        return
    total = found.line("total")
    most = amount(found, "total" if total else "monthly")
    assert good.salary is not None
    assert most <= (min(good.salary, Decimal(45800)) * Decimal("0.8")) + 1  # two roundings of half a dollar
    assert most <= 36_640
    if found.line("with_income"):
        assert amount(found, "with_income") <= most


@given(SALARIES, SALARIES, st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_more_salary_never_gives_less(one: Decimal, other: Decimal, dependants: int) -> None:
    low, high = sorted((one, other))
    results = [estimate(replace(GOOD, salary=salary, dependants=dependants), FIGURES, ON) for salary in (low, high)]
    for rule in ("monthly", "early_award", "training_allowance", *(("total",) if dependants else ())):
        assert amount(results[0], rule) <= amount(results[1], rule)


@given(st.decimals(0, 29_500, places=0), st.decimals(0, 29_500, places=0))
@settings(max_examples=200, deadline=None)
def test_more_income_never_leaves_more_benefit_once_it_is_cut(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    left = [
        line.value
        if (line := estimate(replace(GOOD, income=income), FIGURES, ON).line("with_income"))
        else Decimal(20880)
        for income in (low, high)
    ]
    assert left[0] >= left[1]  # type: ignore[operator]


@given(st.integers(15, 64), st.integers(0, 10))
@settings(deadline=None)
def test_age_and_dependants_never_take_away(age: int, dependants: int) -> None:
    less = estimate(replace(GOOD, age=age, dependants=dependants), FIGURES, ON)
    more = estimate(replace(GOOD, age=min(age + 1, 64), dependants=dependants + 1), FIGURES, ON)
    assert amount(less, "months") <= amount(more, "months")
    assert amount(less, "monthly") == amount(more, "monthly")


@given(
    st.text(max_size=60),
    st.sampled_from(["", "left_on", "age", "salary", "dependants", "insured_months", "income", "earlier"]),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_the_reader_and_no_reading_is_implausible(text: str, asked: str, english: bool) -> None:
    today = date(2026, 11, 28)
    plausible = Plausibility(FIGURES, today)
    for said in SpokenCaseReader()(text, asked=asked, today=today, english=english):
        judged = plausible(said, Circumstances())
        assert judged.problem or judged.value is not None
        if judged.name in ("salary", "income", "dependants", "insured_months", "age") and not judged.problem:
            assert judged.value >= 0


@given(st.dates(date(2007, 1, 1), date(2026, 11, 28)), st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_a_day_is_read_back_in_every_form(day: date, form: int) -> None:
    roc = day.year - 1911
    text = [
        f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日", f"民國{roc}年{day.month}月{day.day}日", f"民國{roc}/{day.month}/{day.day}",
        f"{day.day} {day:%B} {day.year}", f"{day:%b} {day.day}, {day.year}",
    ][form]  # fmt: skip
    today = date(2026, 11, 28)
    (found,) = days_in(text, Window(today, today - timedelta(days=7400), today + timedelta(days=366)))
    assert found.day == day, text


@pytest.mark.parametrize("text", ["2026/2/30", "115/13/1", "民國115年2月29日", "2025年4月31日", "February 30, 2026"])
def test_a_day_that_is_none_is_never_a_day(text: str) -> None:
    today = date(2026, 11, 28)
    found = days_in(text, Window(today, date(2006, 1, 1), date(2027, 1, 1)))
    assert [one.problem for one in found] == ["impossible"]
