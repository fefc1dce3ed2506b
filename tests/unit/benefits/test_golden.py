"""The table of hand-checked cases (tests/data/benefits/golden.yml): its own arithmetic first, then ours against it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobseeker.benefits import Circumstances, estimate
from jobseeker.knowledge import Pack

TABLE = yaml.safe_load((Path(__file__).parents[2] / "data" / "benefits" / "golden.yml").read_text("utf-8"))
CASES = TABLE["cases"]
SUM = re.compile(r"(?P<left>[\d. ×/+-]+) = (?P<right>[\d.]+)(?: ~ (?P<rounded>\d+))?")
AMOUNTS = (
    "monthly",
    "addon",
    "total",
    "with_income",
    "early_award",
    "training_allowance",
    "months_again",
    "months_left",
)


def circumstances(changes: dict[str, Any]) -> tuple[Circumstances, date]:
    known = {**TABLE["base"], **changes}
    on = known.pop("asked_on")
    for name in ("salary", "income", "paid_months"):
        if known.get(name) is not None:
            known[name] = Decimal(str(known[name]))
    return replace(Circumstances(), **known), on


def worked_out(expression: str) -> Decimal:
    """A sum of products, from left to right; "×" and "/" before "+" and "-"."""
    total, sign = Decimal(0), 1
    for part in re.split(r" ([+-]) ", expression.strip()):
        if part in "+-":
            sign = 1 if part == "+" else -1
            continue
        numbers = re.split(r" ([×/]) ", part)
        value = Decimal(numbers[0])
        for operator, number in zip(numbers[1::2], numbers[2::2], strict=True):
            value = value * Decimal(number) if operator == "×" else value / Decimal(number)
        total += sign * value
    return total


def test_there_are_enough_cases_and_every_amount_has_its_sum() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
    checked = 0
    for case in CASES:
        results = set()
        for text in case.get("sums", ()):
            found = SUM.fullmatch(text)
            assert found, text
            right = Decimal(found["right"])
            assert worked_out(found["left"]) == right, text
            if found["rounded"]:
                assert right.quantize(Decimal(1), ROUND_HALF_UP) == Decimal(found["rounded"]), text
            results.add(Decimal(found["rounded"] or found["right"]))
            checked += 1
        for rule, value in case.get("expect", {}).items():
            assert rule not in AMOUNTS or Decimal(str(value)) in results, f"{case['name']}: {rule} has no sum"
    assert checked >= 60


def test_a_wrong_sum_would_be_seen() -> None:
    assert worked_out("34800 × 60 / 100") == 20880
    assert worked_out("20880 + 8000 - 3") == 28877
    assert not SUM.fullmatch("about 20880")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_case(case: dict[str, Any], pack: Pack) -> None:
    known, on = circumstances(case.get("case", {}))
    found = estimate(known, pack.figures, on)
    assert [point.point for point in found.unclear] == case.get("unclear", [])
    if case.get("nothing"):
        assert found.lines == ()
    for rule, value in case.get("expect", {}).items():
        line = found.line(rule)
        assert line is not None, rule
        assert line.value == (value if isinstance(value, date) else Decimal(str(value))), rule
        assert line.used
        assert all(
            used.valid_from <= known.left_on or used.name == "minimum_wage.monthly"
            for used in line.used
            if known.left_on
        )
    for rule in case.get("absent", ()):
        assert found.line(rule) is None
    if "most" in case:
        award = found.line("early_award")
        assert award is not None
        assert award.more is not None
        assert award.more["most"] == case["most"]
