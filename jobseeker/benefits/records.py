"""What a person tells about their own case and what a pre-check gives back: records only. The rules are estimating.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

REASONS = ("laid_off", "employer_breach", "fixed_term_ended", "resigned", "dismissed", "retired", "unsure")
STATUSES = ("national", "spouse", "permanent_resident", "foreign_worker", "other")
EARLIER_CLAIMS = ("none", "used_up", "partly")
UNIT_TWD, UNIT_MONTHS, UNIT_DAY, UNIT_PERCENT = "twd", "months", "date", "percent"


@dataclass(frozen=True)
class Circumstances:
    """A case in the person's own words, as values. None: not known; nothing is ever guessed in its place.

    left_on: the day of leaving and being taken off the insurance; reason: one of REASONS; birth_on, or age: whole years on
    that day; status: one of STATUSES; earlier: one of EARLIER_CLAIMS ("used_up": within the years that halve a new claim);
    paid_months: of an earlier claim that was not used up; insured_months: within the years before leaving (since the last full
    claim, where there was one); salary: average insured salary per month in NT$; dependants: without income from work, parents
    included; parents: how many of them are parents; disability: holds a certificate; income: from work per month while on
    benefit, in NT$; registered_on: for work at an employment centre; registered: False where they have not yet;
    contract_months: of fixed-term contracts in the year before leaving.
    """

    left_on: date | None = None
    reason: str | None = None
    birth_on: date | None = None
    age: int | None = None
    status: str | None = None
    earlier: str | None = None
    paid_months: Decimal | None = None
    insured_months: int | None = None
    salary: Decimal | None = None
    dependants: int | None = None
    parents: int | None = None
    disability: bool | None = None
    income: Decimal | None = None
    registered_on: date | None = None
    registered: bool | None = None
    contract_months: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form: days as ISO text, amounts as text, without what is not known."""
        return {one.name: _plain(value) for one in fields(self) if (value := getattr(self, one.name)) is not None}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Circumstances:
        """Read the JSON form back. Raises ValueError or TypeError for what is not of this form."""
        known: dict[str, Any] = {name: _read(name, one) for name, one in (value or {}).items()}
        return cls(**known)

    def age_on_leaving(self) -> int | None:
        """Whole years on the day of leaving, from the day of birth where it is known."""
        if self.birth_on is None or self.left_on is None:
            return self.age
        had_birthday = (self.left_on.month, self.left_on.day) >= (self.birth_on.month, self.birth_on.day)
        return self.left_on.year - self.birth_on.year - (0 if had_birthday else 1)


DAYS = frozenset({"left_on", "birth_on", "registered_on"})
AMOUNTS = frozenset({"salary", "income", "paid_months"})


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(name: str, value: Any) -> Any:
    if name in DAYS:
        return date.fromisoformat(value)
    return Decimal(value) if name in AMOUNTS else value


@dataclass(frozen=True)
class Used:
    """A row of packs/*/policy that a result rests on."""

    name: str
    value: int | float | str
    valid_from: date
    clause: Mapping[str, str]
    url: str
    confidence: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "valid_from": self.valid_from.isoformat(), "clause": dict(self.clause)}


@dataclass(frozen=True)
class Line:
    """One favourable result. rule: its stable id, the key of its text; value: in `unit`; working: the sum, in figures alone;
    more: further values its text names; used: the rows it rests on."""

    rule: str
    value: Decimal | date | None
    unit: str
    working: str
    used: tuple[Used, ...]
    more: Mapping[str, Decimal] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "rule": self.rule,
            "value": None if self.value is None else str(_plain(self.value)),
            "unit": self.unit,
            "working": self.working,
            "more": {name: str(value) for name, value in (self.more or {}).items()},
            "used": [one.to_dict() for one in self.used],
        }


@dataclass(frozen=True)
class Unclear:
    """Something only a person can settle. point: its stable id, the key of its text; blocks: no amount is stated before it is settled."""

    point: str
    blocks: bool = True
    used: tuple[Used, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"point": self.point, "blocks": self.blocks, "used": [one.to_dict() for one in self.used]}


@dataclass(frozen=True)
class Estimate:
    """The pre-check: no decision. on: the day it was asked for; figures_on: the day whose rows count."""

    on: date
    figures_on: date | None
    lines: tuple[Line, ...]
    unclear: tuple[Unclear, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "on": self.on.isoformat(),
            "figures_on": self.figures_on.isoformat() if self.figures_on else None,
            "lines": [line.to_dict() for line in self.lines],
            "unclear": [point.to_dict() for point in self.unclear],
        }

    def line(self, rule: str) -> Line | None:
        """The result of a rule, where it was favourable."""
        return next((line for line in self.lines if line.rule == rule), None)
