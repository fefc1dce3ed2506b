"""The profile as records with their JSON form. Changing it is profile/editing; saving it is usecases/. Nothing here is a score of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Evidence = Literal["stated", "evidenced", "verified"]  # said; shown by an episode or a document; checked by a person
EVIDENCE: tuple[Evidence, ...] = ("stated", "evidenced", "verified")


@dataclass(frozen=True)
class Held:
    """One skill, licence or language the person has. `level` for languages (jobseeker.vacancies.LANGUAGE_LEVELS).

    words: the person's own words it was read from; hedged: "a little", 「應該會」; episode: the concrete situation told.
    """

    id: str
    evidence: Evidence = "stated"
    years: float | None = None
    level: str = ""
    words: str = ""
    hedged: bool = False
    episode: str = ""


@dataclass(frozen=True)
class Job:
    """A job held. `occupation_id` "" where the taxonomy has none for the person's words."""

    occupation_id: str
    words: str = ""
    years: float | None = None
    latest: bool = False


@dataclass(frozen=True)
class Wishes:
    """What the person looks for. Empty means: no wish. Pay in TWD per `pay_period`; `firm` names wishes that are a limit, not
    a preference ("pay", "hours", "shifts", "commute", "occupation", "contract", "remote")."""

    occupations: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()  # wants to learn or to use
    avoid_skills: tuple[str, ...] = ()
    avoid_occupations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    commute_km: float | None = None
    pay_low: Decimal | None = None
    pay_period: str = "month"
    hours: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    avoid_shifts: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    remote: bool = False
    firm: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)  # feature -> factor, "closer matters more"


@dataclass(frozen=True)
class Profile:
    """All that is known and confirmed. `version` counts confirmations; 0: nothing saved yet."""

    held: tuple[Held, ...] = ()  # skills, licences and languages alike; the taxonomy knows the kind
    jobs: tuple[Job, ...] = ()
    wishes: Wishes = Wishes()
    home: str = ""  # place id
    version: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as stored and as `jobseeker match --profile FILE` reads it."""
        wishes = {**vars(self.wishes), "pay_low": None if self.wishes.pay_low is None else str(self.wishes.pay_low)}
        return {
            "held": [dict(vars(held)) for held in self.held],
            "jobs": [dict(vars(job)) for job in self.jobs],
            "wishes": {name: list(value) if isinstance(value, tuple) else value for name, value in wishes.items()}
            | {"weights": dict(self.wishes.weights)},
            "home": self.home,
            "version": self.version,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Profile:
        """Read the JSON form back; what is missing is empty. Raises TypeError on a field that does not exist."""
        wished = dict(value.get("wishes") or {})
        wishes: dict[str, Any] = {
            name: tuple(item) if isinstance(item, list) else item for name, item in wished.items()
        }
        if wishes.get("pay_low") is not None:
            wishes["pay_low"] = Decimal(str(wishes["pay_low"]))
        return cls(
            held=tuple(Held(**item) for item in value.get("held") or ()),
            jobs=tuple(Job(**item) for item in value.get("jobs") or ()),
            wishes=Wishes(**wishes),
            home=value.get("home") or "",
            version=int(value.get("version") or 0),
        )
