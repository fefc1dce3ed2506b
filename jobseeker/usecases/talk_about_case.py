"""One message about one's own benefit case: the day it is, then benefits/dialogue.py decides. Nothing is written here; effects are sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jobseeker.benefits.clock_dialogue import COMMANDS, ClockDialogue
from jobseeker.benefits.dialogue import CaseDialogue
from jobseeker.benefits.talk import CLOCK_ACT, DATES, SHOWN, CaseHeard, CaseTalk, CaseTold
from jobseeker.clock import Clock, local_day
from jobseeker.messages import Command, Outcome, Variety

OTHERWISE: Mapping[Outcome, str] = {
    "answer": "out_of_scope", "clarify": "clarify", "unsure": "nlu_fallback",
}  # fmt: skip  # intents of the engine, by how sure the classifier was


@dataclass(frozen=True)
class HeardCase:
    """The message. act, confidence, outcome: what the classifier made of it; answered: it answers the open question."""

    text: str
    variety: Variety
    command: Command | None = None
    act: str = ""
    confidence: float = 0.0
    answered: bool = False
    outcome: Outcome = "answer"


class TalkAboutCase:
    """Goes on with the pre-check, or with the days that follow from the case."""

    def __init__(self, clock: Clock, dialogue: CaseDialogue, days: ClockDialogue) -> None:
        self.clock, self.dialogue, self.days = clock, dialogue, days

    def __call__(self, heard: HeardCase, talk: CaseTalk) -> CaseTold:
        """What follows."""
        asked = CaseHeard(
            heard.text,
            local_day(self.clock.now()),
            heard.variety == "en",
            heard.command,
            heard.act,
            heard.confidence,
            heard.answered,
            heard.act or OTHERWISE[heard.outcome],
        )
        about_days = heard.command.name in COMMANDS if heard.command else heard.act == CLOCK_ACT and not heard.answered
        if about_days or (heard.answered and talk.question == DATES and heard.act != "restart"):
            return self.days.turn(asked, talk)
        if talk.question == SHOWN:
            if heard.answered and heard.command is None:
                return self.days.heard_after_list(asked, talk)
            talk = replace(talk, question="")
        return self.dialogue.turn(asked, talk)
