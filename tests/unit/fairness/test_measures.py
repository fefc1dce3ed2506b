"""The arithmetic against scipy and against numbers worked out by hand."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from jobseeker.fairness.measures import Rate, difference_p, fisher_exact, holm, impact_ratio, median, rate_of


def plain(yes: int, total: int) -> Rate:
    """Each count is another person."""
    found = rate_of((str(number), int(number < yes), 1) for number in range(total))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "table", [(3, 10, 9, 10), (0, 12, 5, 9), (48, 80, 12, 80), (7, 7, 7, 7), (0, 5, 0, 9), (120, 400, 170, 380)]
)
def test_fisher_is_scipys(table: tuple[int, int, int, int]) -> None:
    a, n, b, m = table
    assert fisher_exact(*table) == pytest.approx(stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue, rel=1e-6)


@pytest.mark.parametrize(("yes", "total"), [(0, 10), (3, 10), (48, 80), (80, 80)])
def test_wilson_is_scipys(yes: int, total: int) -> None:
    rate = Rate(yes, total, total, float(total))
    theirs = stats.binomtest(yes, total).proportion_ci(0.95, method="wilson")
    assert rate.interval(0.95) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_interval_of_a_ratio_is_scipys() -> None:
    group, best = Rate(48, 80, 80, 80.0), Rate(72, 90, 90, 90.0)
    theirs = stats.contingency.relative_risk(48, 80, 72, 90)
    interval = theirs.confidence_interval(0.95)
    assert impact_ratio(group, best, adverse=False, confidence=0.95) == pytest.approx(
        (theirs.relative_risk, interval.low, interval.high)
    )


def test_an_example_of_the_guidelines() -> None:
    """48 of 80 against 12 of 40: 60 % and 30 %, an impact ratio of one half (EEOC, Questions and Answers on the Guidelines, question 12)."""
    ratio, low, high = impact_ratio(plain(12, 40), plain(48, 80), adverse=False, confidence=0.95)
    assert ratio == pytest.approx(0.5)
    assert low < 0.5 < high < 0.9
    assert difference_p(plain(12, 40), plain(48, 80)) < 0.01


def test_a_bad_outcome_is_turned_round() -> None:
    assert impact_ratio(plain(30, 100), plain(15, 100), adverse=True, confidence=0.95)[0] == pytest.approx(0.5)
    assert impact_ratio(plain(0, 20), plain(0, 20), adverse=True, confidence=0.95)[0] == 1.0
    ratio, low, high = impact_ratio(plain(0, 20), plain(10, 20), adverse=False, confidence=0.95)
    assert (ratio, low < high < 1.0) == (0.0, True)


def test_counts_of_one_person_do_not_count_as_many() -> None:
    one_each = rate_of((str(number), number % 2, 1) for number in range(100))
    ten_each = rate_of((str(number), 10 * (number % 2), 10) for number in range(10))
    assert one_each is not None
    assert ten_each is not None
    assert one_each.value == ten_each.value == 0.5
    assert one_each.effective > 90
    assert ten_each.effective < 12, "ten people, however much each of them writes"
    assert ten_each.interval(0.95)[0] < one_each.interval(0.95)[0]
    assert rate_of([("a", 0, 0)]) is None
    assert rate_of([("a", 4, 4), ("b", 2, 2)]) == Rate(6, 6, 2, 2.0)


def test_independent_messages_are_worth_about_their_number() -> None:
    chance = random.Random(5)
    rate = rate_of((str(number // 5), int(chance.random() < 0.3), 1) for number in range(4_000))
    assert rate is not None
    assert 3_000 < rate.effective <= 4_000


def test_holm_steps_down() -> None:
    values = {("a",): 0.01, ("b",): 0.04, ("c",): 0.03}
    assert holm(values) == pytest.approx({("a",): 0.03, ("c",): 0.06, ("b",): 0.06})
    assert holm({}) == {}
    assert holm({("a",): 0.9, ("b",): 0.8})["a",] == 1.0


def test_median() -> None:
    assert median([3, 1, 2]) == 2
    assert median([1, 2, 3, 10]) == 2.5
    with pytest.raises(ValueError, match="nothing"):
        median([])
    assert not math.isnan(median([0.0]))
