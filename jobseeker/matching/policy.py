"""The numbers of a ranking as dated rows, and those in force on a day. Reading packs/*/policy/ranking.yml is content/ranking.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from jobseeker.errors import CannotRepeat

FEATURES = (
    "essential_skills",
    "optional_skills",
    "occupation",
    "commute",
    "pay",
    "hours",
    "shifts",
    "licence",
    "language",
    "contract",
    "freshness",
    "quality",
)
NAMES = frozenset(
    {f"weight.{feature}" for feature in FEATURES}
    | {"factor.least", "factor.most", "neutral.value", "pay.undisclosed", "pay.nothing_at", "pay.hours_per_month"}
    | {"pay.days_per_month", "pay.months_per_year", "commute.half_km", "commute.firm_km", "reach.km"}
    | {f"credit.{how}" for how in ("stated", "evidenced", "verified", "hedged", "narrower", "transferable", "wanted")}
    | {"rarity.base", "rarity.per_doubling", "rarity.most", "freshness.half_days", "quality.text_characters"}
    | {f"occupation.{name}" for name in ("shared_digits", "related", "latest_job", "earlier_job", "firm_at_least")}
    | {"language.levels_short"}
)
ENCODED = (  # these go into an index when it is built
    "rarity.base",
    "rarity.per_doubling",
    "rarity.most",
    "pay.hours_per_month",
    "pay.days_per_month",
    "pay.months_per_year",
    "quality.text_characters",
)
Value = int | tuple[int, ...]


@dataclass(frozen=True)
class PolicyRow:
    """A value from a day on, with where it comes from."""

    value: Value
    valid_from: date
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Requirement:
    """A licence without which the law forbids the work; no wish and no skill makes up for it.

    occupations: those that need it even where the vacancy does not say so; it also counts wherever a vacancy asks for it.
    """

    licence: str
    occupations: tuple[str, ...]
    valid_from: date
    instead: tuple[str, ...] = ()  # licences that will do as well
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameters:
    """The values in force on one day. `valid_from`: which row each one came from, as logged with every result."""

    values: Mapping[str, Value]
    valid_from: Mapping[str, str]
    by_law: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # licence -> occupations
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # licence -> those that will do as well

    def number(self, name: str) -> int:
        """A single value."""
        value = self.values[name]
        assert isinstance(value, int), name
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of values."""
        value = self.values[name]
        assert isinstance(value, tuple), name
        return value

    @property
    def encoding(self) -> tuple[tuple[str, Value], ...]:
        """What an index has built in: an index with other values must be built anew."""
        laws = tuple(
            sorted((f"law.{name}.{item}", 1) for name, items in self.by_law.items() for item in (name, *items))
        )
        return (*((name, self.values[name]) for name in ENCODED), *laws)


@dataclass(frozen=True)
class RankingPolicy:
    """All rows of ranking.yml. `labels`: what people call each of them (zh, en)."""

    rows: Mapping[str, tuple[PolicyRow, ...]]
    requirements: tuple[Requirement, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def on(self, day: date) -> Parameters:
        """The values in force on a day. Raises LookupError before the first row of any."""
        if day not in self._by_day:
            self._by_day.clear()  # one day follows the other; an earlier one comes back only to repeat a result
            self._by_day[day] = self._on(day)
        return self._by_day[day]

    @cached_property
    def _by_day(self) -> dict[date, Parameters]:
        return {}

    def _on(self, day: date) -> Parameters:
        chosen = {}
        for name, rows in self.rows.items():
            current = [row for row in rows if row.valid_from <= day]
            if not current:
                raise LookupError(f"ranking.yml: {name} has no value for {day.isoformat()}")
            chosen[name] = current[-1]
        return self._of(chosen, [rule for rule in self.requirements if rule.valid_from <= day])

    def repeat(self, valid_from: Mapping[str, str]) -> Parameters:
        """The values of an earlier result, from the rows its log names. Raises CannotRepeat where a row is gone."""
        chosen = {}
        for name, rows in self.rows.items():
            [*same] = [row for row in rows if row.valid_from.isoformat() == valid_from.get(name)]
            if not same:
                raise CannotRepeat(f"ranking.yml has no row of {name} that is valid from {valid_from.get(name)}")
            chosen[name] = same[0]
        laws = [
            rule for rule in self.requirements if valid_from.get(f"law.{rule.licence}") == rule.valid_from.isoformat()
        ]
        return self._of(chosen, laws)

    @staticmethod
    def _of(chosen: Mapping[str, PolicyRow], laws: list[Requirement]) -> Parameters:
        valid_from = {name: row.valid_from.isoformat() for name, row in sorted(chosen.items())}
        valid_from |= {f"law.{rule.licence}": rule.valid_from.isoformat() for rule in laws}
        return Parameters(
            {name: row.value for name, row in chosen.items()},
            valid_from,
            {rule.licence: rule.occupations for rule in laws},
            {rule.licence: rule.instead for rule in laws},
        )
