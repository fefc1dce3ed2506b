"""What was read in a text, before anybody has confirmed it: plain records. Reading is language/'s, making a profile of it drafting.py's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

Status = Literal["held", "wanted", "negated"]
STATUSES: tuple[Status, ...] = ("held", "wanted", "negated")


@dataclass(frozen=True)
class Found:
    """One thing found: a skill, licence, language, occupation or place, by its id in the taxonomy or the list of places.

    status: "held" has it, did it, lives there; "wanted" would like it, wants to work there; "negated" has not, not there.
    words: text[start:end], the person's own; hedged: "a little", 「應該會」; years: of experience with it;
    level: of a language (jobseeker.vacancies.LANGUAGE_LEVELS), "" where none is said.
    """

    id: str
    words: str
    start: int
    end: int
    status: Status = "held"
    hedged: bool = False
    years: float | None = None
    level: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Found:
        """Read the JSON form back. Raises TypeError on a field that does not exist."""
        return cls(**value)


@dataclass(frozen=True)
class Reading:
    """All that was found in one text, each in the order of the text. Pay in TWD per `pay_period`; ids of hours and shifts as in
    jobseeker.vacancies; `remote` None: nothing was said of it."""

    skills: tuple[Found, ...] = ()
    licences: tuple[Found, ...] = ()
    languages: tuple[Found, ...] = ()
    occupations: tuple[Found, ...] = ()
    places: tuple[Found, ...] = ()
    pay_low: Decimal | None = None
    pay_period: str = "month"
    hours: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    avoid_shifts: tuple[str, ...] = ()
    commute_km: float | None = None
    remote: bool | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return self == Reading(pay_period=self.pay_period)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as it comes back from a reader in another process."""
        return {
            **{name: [found.to_dict() for found in getattr(self, name)] for name in _FOUND},
            **{name: list(getattr(self, name)) for name in ("hours", "shifts", "avoid_shifts")},
            "pay_low": None if self.pay_low is None else str(self.pay_low),
            "pay_period": self.pay_period,
            "commute_km": self.commute_km,
            "remote": self.remote,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Reading:
        """Read the JSON form back; what is missing is empty. Raises TypeError on a field that does not exist."""
        read: dict[str, Any] = dict(value)
        for name in _FOUND:
            read[name] = tuple(Found.from_dict(item) for item in read.get(name) or ())
        for name in ("hours", "shifts", "avoid_shifts"):
            read[name] = tuple(read.get(name) or ())
        if read.get("pay_low") is not None:
            read["pay_low"] = Decimal(str(read["pay_low"]))
        return cls(**read)


@dataclass(frozen=True)
class Remark:
    """How a short text relates to what was just said or asked, whatever it is about.

    yes, no: it agrees or disagrees, alone or before something else; bare: there is nothing but that;
    removes: something is to be taken out; declined: stretches [start, end) of the text that say what is not wanted (any more),
    rather than what is not there;
    claims: says what the person is, has or can;
    passes: has no answer or no wish ("don't know", 「都可以」);
    years_before, years: "not 3 but 5 years": what was wrong and what is right; years alone where only one is named;
    amount: a bare number, as an answer to "how much" or "how far".
    """

    yes: bool = False
    no: bool = False
    bare: bool = False
    removes: bool = False
    declined: tuple[tuple[int, int], ...] = ()
    claims: bool = False
    passes: bool = False
    years_before: float | None = None
    years: float | None = None
    amount: Decimal | None = None

    def declines(self, at: int) -> bool:
        """Whether what stands at this place of the text is not wanted."""
        return any(start <= at < end for start, end in self.declined)


class RemarkReader(Protocol):
    """language.remarks.read_remark."""

    def __call__(self, text: str) -> Remark: ...


class TextReader(Protocol):
    """language.skills.SkillReader, and whatever else reads what a person says of themselves."""

    def read(self, text: str) -> Reading:
        """All that is found in a text. Never raises on any text."""
        ...


_FOUND = ("skills", "licences", "languages", "occupations", "places")
