"""The report of an audit as plain values, which the page and the files are made from. No personal data: groups, rates, swaps of made-up people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from app.fairness.sample import swaps_dict
from jobseeker.clock import TAIPEI
from jobseeker.fairness.audit import Audit, Rules
from jobseeker.fairness.counterfactual import Counterfactual
from jobseeker.knowledge import Figure

FORMAT = 1
FIGURES = ("smallest_group", "four_fifths", "confidence", "least_difference", "least_share")
MONTHS = 12  # an audit looks back a year, as Local Law 144 has it


@dataclass(frozen=True)
class Period:
    """Whole months, both included: with any days to choose, one person could be counted by the difference of two reports."""

    begin: str
    end: str

    @classmethod
    def of(cls, begin: str, end: str, today: date) -> Period:
        """Months as "2026-11"; empty ones: the twelve that end with this month. Raises ValueError."""
        end = end or f"{today:%Y-%m}"
        last = datetime.strptime(end, "%Y-%m").date()  # noqa: DTZ007 - a month, no moment
        first = last.year * 12 + last.month - MONTHS
        begin = begin or f"{first // 12:04}-{first % 12 + 1:02}"
        if datetime.strptime(begin, "%Y-%m").date() > last:  # noqa: DTZ007
            raise ValueError("the period ends before it begins")
        return cls(begin, end)

    def moments(self) -> tuple[datetime, datetime]:
        """[since, until) where the offices are."""
        first = date.fromisoformat(f"{self.begin}-01")
        last = date.fromisoformat(f"{self.end}-01")
        after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        return datetime.combine(first, time(), TAIPEI), datetime.combine(after, time(), TAIPEI)


def rules_of(figures: Mapping[str, Figure], day: date) -> Rules:
    """The numbers in force on a day."""
    value = {name: float(figures[f"fairness.{name}"].on(day).value) for name in FIGURES}
    shares = {name: value[name] / 100 for name in FIGURES if name != "smallest_group"}
    return Rules(smallest_group=int(value["smallest_group"]), **shares)


def report_of(
    audit: Audit, swaps: Counterfactual | None, period: Period, figures: Mapping[str, Figure], day: date, vacancies: int
) -> dict[str, Any]:
    """{"format", "period", "made_on", "rules", "people", "comparisons", "cells", "counterfactual", "flagged"}."""
    rows = {name: figures[f"fairness.{name}"].on(day) for name in FIGURES}
    changed = {change.attribute for change in swaps.changes} if swaps else set()
    return {
        "format": FORMAT,
        "period": asdict(period),
        "made_on": day.isoformat(),
        "rules": {
            name: {"value": row.value, "valid_from": row.valid_from.isoformat()} for name, row in sorted(rows.items())
        },
        "people": audit.people,
        "comparisons": audit.comparisons,
        "cells": [_rounded(asdict(cell)) for cell in audit.cells],
        "counterfactual": None if swaps is None else swaps_dict(swaps, vacancies),
        "flagged": len(audit.flagged) + len(changed),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value
