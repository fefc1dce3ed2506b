"""A conversation about the pre-check without Rasa: the real reader, figures and wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from jobseeker.answers import Answers
from jobseeker.benefits.dialogue import CaseDialogue
from jobseeker.benefits.records import Circumstances
from jobseeker.benefits.talk import CaseHeard, CaseTalk, CaseTold
from jobseeker.knowledge import Pack
from jobseeker.messages import Reply, parse_command
from language.case_reader import SpokenCaseReader
from language.remarks import read_remark

TODAY = date(2026, 11, 28)


@dataclass
class Asker:
    """Somebody who wants their case looked at."""

    dialogue: CaseDialogue
    answers: Answers
    variety: str = "zh-Hant"
    talk: CaseTalk = field(default_factory=CaseTalk)
    last: CaseTold = field(default_factory=lambda: CaseTold(CaseTalk()))

    def say(self, text: str, act: str = "", confidence: float = 0.9) -> list[str]:
        """One message; the keys of what is said back."""
        command = parse_command(text)
        open_now = self.last.open_question is not None
        answered = open_now and (command is None or command.name in ("skip", "answer", "restart"))
        heard = CaseHeard(text, TODAY, self.variety == "en", command, act, confidence, answered)
        talk = CaseTalk.from_dict(self.talk.to_dict())  # as it comes back out of the slot
        told = self.dialogue.turn(heard, talk)
        if told.hand_on and told.talk == talk:
            told = replace(told, again=self.last.again)
        self.last, self.talk = told, told.talk
        return [say.key for say in told.says]

    @property
    def case(self) -> Circumstances:
        """What is known."""
        return self.talk.case

    @property
    def effects(self) -> Mapping[str, Any]:
        """What would be kept because of the last message."""
        return dict(self.last.effects)

    def read(self) -> Sequence[Reply]:
        """The last replies as a person reads them."""
        return [self.answers.render(say, variety=self.variety, day=TODAY) for say in self.last.says]

    def text(self) -> str:
        """All of it."""
        return "\n".join(reply.text for reply in self.read())


@pytest.fixture
def asker(pack: Pack, answers: Answers) -> Asker:
    """Nobody has said anything yet."""
    return Asker(CaseDialogue(SpokenCaseReader(), read_remark, pack.figures, {"knowledge": pack.version}), answers)
