"""Vacancies and courses, as every part of the house sees them. Reading them from files is language/ and app/; ranking is matching/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

PayPeriod = Literal["hour", "day", "month", "year", "piece", "case"]
Hours = Literal["full_time", "part_time", "temporary", "unknown"]
Contract = Literal["permanent", "fixed_term", "dispatch", "contractor", "internship", "unknown"]
VacancyState = Literal["open", "expired", "withdrawn", "duplicate"]
CourseState = Literal["open", "past", "withdrawn"]
SHIFTS = ("day", "evening", "night", "rotating", "weekend")
LANGUAGE_LEVELS = ("basic", "conversational", "fluent", "native")  # in this order


@dataclass(frozen=True)
class Pay:
    """What is offered, in TWD. `low` None: not disclosed. `high` None: open to the top or a single figure."""

    low: Decimal | None = None
    high: Decimal | None = None
    period: PayPeriod = "month"

    @property
    def disclosed(self) -> bool:
        """Whether a figure is given."""
        return self.low is not None


@dataclass(frozen=True)
class Vacancy:
    """One opening. Skill, licence and language ids are of the taxonomy; `text` is what the employer wrote, in `language`.

    `read_from_text` names the fields that were read from the text because the source did not give them.
    """

    id: int
    source: str
    source_id: str
    title: str
    employer: str
    text: str
    language: str
    posted_on: date
    expires_on: date | None = None
    url: str = ""
    occupation_id: str = ""
    essential_skills: tuple[str, ...] = ()
    optional_skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    years_of_experience: float | None = None
    pay: Pay = Pay()
    hours: Hours = "unknown"
    shifts: tuple[str, ...] = ()
    contract: Contract = "unknown"
    place_id: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    remote: bool = False
    openings: int = 1
    title_other: Mapping[str, str] = field(default_factory=dict)
    read_from_text: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as stored."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: list(getattr(self, name)) for name in _LISTS},
            "languages": dict(self.languages),
            "title_other": dict(self.title_other),
            "posted_on": self.posted_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "pay": {
                "low": _written(self.pay.low),
                "high": _written(self.pay.high),
                "period": self.pay.period,
            },
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], **changes: Any) -> Vacancy:
        """Read the JSON form back; `changes` replace fields (the id that the store gave)."""
        pay = value["pay"]
        read: dict[str, Any] = {
            **{name: value[name] for name in _PLAIN},
            **{name: tuple(value[name]) for name in _LISTS},
            "languages": dict(value["languages"]),
            "title_other": dict(value["title_other"]),
            "posted_on": date.fromisoformat(value["posted_on"]),
            "expires_on": date.fromisoformat(value["expires_on"]) if value["expires_on"] else None,
            "pay": Pay(_read(pay["low"]), _read(pay["high"]), pay["period"]),
        }
        return cls(**{**read, **changes})


@dataclass(frozen=True)
class StoredVacancy:
    """A vacancy as the store has it. `revision`: which change of the store it was last touched by, growing over all rows."""

    vacancy: Vacancy
    state: VacancyState
    revision: int
    duplicate_of: int | None = None  # the id of the older posting of the same job, where state is "duplicate"


@dataclass(frozen=True)
class Course:
    """One training course. Money in TWD; `subsidy` is the share of the fee that is paid for (0 to 1), None where unknown."""

    id: int
    source: str
    source_id: str
    title: str
    provider: str
    text: str
    language: str
    skills: tuple[str, ...] = ()
    credential: str = ""
    level: int = 1  # 0: for beginners, no previous knowledge
    hours: int | None = None
    fee: Decimal | None = None
    subsidy: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    place_id: str = ""
    online: bool = False
    url: str = ""
    title_other: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as stored."""
        plain = ("id", "source", "source_id", "title", "provider", "text", "language", "credential", "level", "hours")
        return {
            **{name: getattr(self, name) for name in (*plain, "place_id", "online", "url")},
            "skills": list(self.skills),
            "fee": _written(self.fee),
            "subsidy": _written(self.subsidy),
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "title_other": dict(self.title_other),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], **changes: Any) -> Course:
        """Read the JSON form back; `changes` replace fields."""
        read = {
            **value,
            "skills": tuple(value["skills"]),
            "fee": _read(value["fee"]),
            "subsidy": _read(value["subsidy"]),
            "starts_on": date.fromisoformat(value["starts_on"]) if value["starts_on"] else None,
            "ends_on": date.fromisoformat(value["ends_on"]) if value["ends_on"] else None,
        }
        return cls(**{**read, **changes})


_PLAIN = (
    "id",
    "source",
    "source_id",
    "title",
    "employer",
    "text",
    "language",
    "url",
    "occupation_id",
    "years_of_experience",
    "hours",
    "contract",
    "place_id",
    "address",
    "lat",
    "lon",
    "remote",
    "openings",
)
_LISTS = ("essential_skills", "optional_skills", "licences", "shifts", "read_from_text")


def _written(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _read(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
