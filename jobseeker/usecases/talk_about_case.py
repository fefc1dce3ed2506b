"""One message about one's own benefit case: the day it is, then benefits/dialogue.py decides. Nothing is written here; effects are sent on."""

from __future__ import annotations

from dataclasses import dataclass

from jobseeker.benefits.clock_dialogue import COMMANDS, ClockDialogue
from jobseeker.benefits.dialogue import CaseDialogue
from jobseeker.benefits.talk import CLOCK_ACT, DATES, CaseHeard, CaseTalk, CaseTold
from jobseeker.clock import Clock, local_day
from jobseeker.messages import Command, Variety


@dataclass(frozen=True)
class HeardCase:
    """The message. act, confidence: what the classifier made of it; answered: it answers the open question."""

    text: str
    variety: Variety
    command: Command | None = None
    act: str = ""
    confidence: float = 0.0
    answered: bool = False


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
        )
        about_days = heard.command.name in COMMANDS if heard.command else heard.act == CLOCK_ACT and not heard.answered
        if about_days or (heard.answered and talk.question == DATES and heard.act != "restart"):
            return self.days.turn(asked, talk)
        return self.dialogue.turn(asked, talk)
