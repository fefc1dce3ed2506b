"""A vacancy as matching sees it: ids and figures only. Its text, title, employer, address and exact point never get here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.policy import Parameters
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS, Vacancy

QUALITY = ("pay", "text", "place", "hours", "occupation", "skills")  # what a vacancy may tell or leave out
MOST_SKILLS = 60  # of one kind in one vacancy; more is a word list
EARLIEST, LATEST = date(2000, 1, 1), date(2179, 1, 1)  # what the index can hold
MOST_PAY = 2_000_000_000  # TWD; what is above is not a wage but a slip


@dataclass(frozen=True)
class Facts:
    """What a score is made of. Ids are known to the catalogue; lists are sorted, so that the order of a source changes nothing.

    pay_low, pay_high: TWD per `pay_period`, None where not disclosed; years: in steps of half a year, 0 where none are asked.
    """

    id: int
    posted_on: date
    expires_on: date | None = None
    occupation: str = ""
    essential: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    years: float = 0.0
    pay_low: int | None = None
    pay_high: int | None = None
    pay_period: str = "month"
    hours: str = "unknown"
    shifts: tuple[str, ...] = ()
    contract: str = "unknown"
    place: str = ""
    remote: bool = False
    told: tuple[str, ...] = ()  # of QUALITY

    def to_dict(self) -> dict[str, Any]:
        """JSON form, for the log of a result: enough to score it again when the vacancy has changed."""
        value = {name: list(item) if isinstance(item, tuple) else item for name, item in vars(self).items()}
        return value | {
            "posted_on": self.posted_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "languages": dict(self.languages),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Facts:
        """Read the JSON form back."""
        read: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
        read["posted_on"] = date.fromisoformat(value["posted_on"])
        read["expires_on"] = date.fromisoformat(value["expires_on"]) if value["expires_on"] else None
        return cls(**read)

    @property
    def digest(self) -> str:
        """A short name for this content."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()[:16]


def facts_of(vacancy: Vacancy, catalogue: Catalogue, parameters: Parameters) -> Facts:
    """Reduce a vacancy to its facts. Ids that the taxonomy or the list of places does not know are left out.

    A place that is missing is taken from the coordinates: the district whose centre is nearest.
    """
    skills = catalogue.skill_number
    essential = tuple(sorted({name for name in vacancy.essential_skills if name in skills})[:MOST_SKILLS])
    optional = tuple(
        sorted({name for name in vacancy.optional_skills if name in skills} - set(essential))[:MOST_SKILLS]
    )
    occupation = vacancy.occupation_id if vacancy.occupation_id in catalogue.occupation_number else ""
    place = vacancy.place_id if vacancy.place_id in catalogue.places else ""
    if not place and vacancy.lat is not None and vacancy.lon is not None:
        place = catalogue.nearest_place(vacancy.lat, vacancy.lon)
    low, high = _twd(vacancy.pay.low), _twd(vacancy.pay.high)
    hours = vacancy.hours
    present = {
        "pay": low is not None,
        "text": len(vacancy.text) >= parameters.number("quality.text_characters"),
        "place": bool(place) or vacancy.remote,
        "hours": hours != "unknown",
        "occupation": bool(occupation),
        "skills": bool(essential or optional),
    }
    return Facts(
        id=vacancy.id,
        posted_on=min(LATEST, max(EARLIEST, vacancy.posted_on)),
        expires_on=min(LATEST, max(EARLIEST, vacancy.expires_on)) if vacancy.expires_on else None,
        occupation=occupation,
        essential=essential,
        optional=optional,
        licences=tuple(sorted({name for name in vacancy.licences if name in skills})),
        languages={
            name: level if level in LANGUAGE_LEVELS else LANGUAGE_LEVELS[0]
            for name, level in sorted(vacancy.languages.items())
            if name in skills
        },
        years=min(127.0, round(2 * (vacancy.years_of_experience or 0)) / 2),
        pay_low=low,
        pay_high=high if low is not None else None,
        pay_period=vacancy.pay.period,
        hours=hours,
        shifts=tuple(name for name in SHIFTS if name in vacancy.shifts),
        contract=vacancy.contract,
        place=place,
        remote=vacancy.remote,
        told=tuple(name for name in QUALITY if present[name]),
    )


def _twd(value: Decimal | None) -> int | None:
    if value is None or not 0 < value <= MOST_PAY:
        return None
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def monthly(amount: int, period: str, parameters: Parameters) -> int | None:
    """TWD in a month of full-time work, rounded down; None where a period says nothing about time (by the piece, by the case)."""
    if period == "month":
        value = amount
    elif period == "hour":
        value = amount * parameters.number("pay.hours_per_month")
    elif period == "day":
        value = amount * parameters.number("pay.days_per_month")
    elif period == "year":
        value = amount // parameters.number("pay.months_per_year")
    else:
        return None
    return min(value, MOST_PAY)


def monthly_offer(facts: Facts, parameters: Parameters) -> tuple[int | None, int | None]:
    """(middle, top) of the offer in TWD a month; (None, None) where it is not disclosed or cannot be compared."""
    if facts.pay_low is None:
        return None, None
    low = monthly(facts.pay_low, facts.pay_period, parameters)
    if low is None:
        return None, None
    high = low if facts.pay_high is None else max(low, monthly(facts.pay_high, facts.pay_period, parameters) or low)
    return (low + high) // 2, high
