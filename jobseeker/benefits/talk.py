"""Where a conversation about the pre-check stands between two messages: a record that a slot of the dialogue keeps. What happens next is dialogue.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from jobseeker.benefits.records import Circumstances
from jobseeker.messages import Command, Say
from jobseeker.open_question import OpenQuestion

NAME, ACT, CLOCK_ACT = "benefits", "benefit_precheck", "benefit_deadlines"  # of the open question
DATES = "dates"  # the question of the clock
SHOWN = "dates_shown"  # the days were listed: nothing is asked, a further or corrected day is heard


@dataclass(frozen=True)
class CaseTalk:
    """The state. case: what is known; question: what is open (questions.py), "" for nothing; previous: what was open before "really
    start over?"; unknown: fields the person could not tell; last: the field that was told last; misses: answers in a row in
    which nothing was found; shown: a result has been shown; dates: CaseDates.to_dict() of what the case itself does not hold."""

    case: Circumstances = field(default_factory=Circumstances)
    question: str = ""
    previous: str = ""
    unknown: tuple[str, ...] = ()
    last: str = ""
    misses: int = 0
    shown: bool = False
    dates: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "case": self.case.to_dict(), "unknown": list(self.unknown), "dates": dict(self.dates)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> CaseTalk:
        """Read the JSON form back; nothing where there is none."""
        if not value:
            return cls()
        kept = {name: one for name, one in value.items() if name in cls.__dataclass_fields__}
        return cls(**{**kept, "case": Circumstances.from_dict(value["case"]), "unknown": tuple(value["unknown"])})

    def asking(self, question: str) -> CaseTalk:
        """The state with this question put."""
        return replace(self, question=question, previous="")


@dataclass(frozen=True)
class CaseHeard:
    """One message. today: where the office is; english: a text without Chinese may be in English; act, confidence: what the
    classifier made of it; answered: it answers the open question; otherwise: what answers it where nobody here does."""

    text: str
    today: date
    english: bool = False
    command: Command | None = None
    act: str = ""
    confidence: float = 0.0
    answered: bool = False
    otherwise: str = "out_of_scope"


@dataclass(frozen=True)
class CaseTold:
    """What follows. effects: (name, params) of usecases/carry_out_effects.py; hand_on: the act whose action should answer instead;
    again: how the open question is put once more, None where nothing is open."""

    talk: CaseTalk
    says: tuple[Say, ...] = ()
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    hand_on: str = ""
    again: Say | None = None

    @property
    def open_question(self) -> OpenQuestion | None:
        """For the slot."""
        if self.again is None or not self.talk.question:
            return None
        if self.talk.question == SHOWN:
            return OpenQuestion(NAME, CLOCK_ACT, self.again, listens=True)
        act = CLOCK_ACT if self.talk.question == DATES else ACT
        return OpenQuestion(NAME, act, self.again, guards_restart=self.talk.case != Circumstances())
