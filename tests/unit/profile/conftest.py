"""The real taxonomy, places and reader, loaded once, and a dialogue about the profile that talks without Rasa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from content.places import load_places
from content.taxonomy import load_taxonomy
from jobseeker.answers import Answers
from jobseeker.messages import Reply, parse_command
from jobseeker.places import Place
from jobseeker.profile import Profile
from jobseeker.profile.dialogue import ProfileDialogue
from jobseeker.profile.talk import Heard, Known, Talk, Told
from jobseeker.taxonomy import Taxonomy
from language.remarks import read_remark
from language.resume_reader import ResumeReader
from language.skills import SkillReader


@pytest.fixture(scope="session")
def taxonomy(root: Path) -> Taxonomy:
    """The real one."""
    return load_taxonomy(root)


@pytest.fixture(scope="session")
def places(root: Path) -> Mapping[str, Place]:
    """The real ones."""
    return load_places(root, "tw")


@pytest.fixture(scope="session")
def dialogue(taxonomy: Taxonomy, places: Mapping[str, Place]) -> ProfileDialogue:
    """With the real reader."""
    reader = SkillReader(taxonomy, places)
    return ProfileDialogue(reader, ResumeReader(reader), read_remark, taxonomy, places)


@dataclass
class Person:
    """Somebody who talks about their profile; keeps what would be saved, as the gateway would."""

    dialogue: ProfileDialogue
    answers: Answers
    talk: Talk = field(default_factory=Talk)
    saved: list[Profile] = field(default_factory=list)
    consented: bool = False
    last: Told = field(default_factory=lambda: Told(Talk()))
    keeps: bool = True

    def say(self, text: str, act: str = "", confidence: float = 0.9, **more: Any) -> list[str]:
        """One message; the keys of what is said back."""
        command = parse_command(text)
        answered = self.last.open_question is not None and (command is None or command.name in ("skip", "restart"))
        heard = Heard(text, command, act, confidence, answered, **more)
        talk = Talk.from_dict(self.talk.to_dict())  # as it comes back out of the slot
        known = Known(self.profile, self.saved[-2] if len(self.saved) > 1 else None, self.consented)
        told = self.dialogue.turn(heard, talk, known)
        if told.hand_on and told.talk == talk:
            told = replace(told, again=self.last.again)  # another action answers; the question stays open
        self.last, self.talk = told, told.talk
        for name, params in self.last.effects if self.keeps else ():
            self._keep(name, params)
        return [say.key for say in self.last.says]

    def _keep(self, name: str, params: Mapping[str, Any]) -> None:
        version = len(self.saved) + 1
        if name == "save_profile":
            self.saved.append(replace(Profile.from_dict(params["profile"]), version=version))
        elif name == "undo_profile":
            before = self.saved[-2] if len(self.saved) > 1 else Profile()
            self.saved.append(replace(before, version=version))
        elif name == "give_consent":
            self.consented = True

    @property
    def profile(self) -> Profile:
        """What is saved."""
        return self.saved[-1] if self.saved else Profile()

    @property
    def draft(self) -> Profile:
        """What is understood."""
        return self.talk.draft.profile

    @property
    def held(self) -> dict[str, Any]:
        """Id -> what the draft holds of it."""
        return {held.id: held for held in self.draft.held}

    def read(self, variety: str = "zh-Hant") -> Sequence[Reply]:
        """The last replies as a person reads them."""
        return [self.answers.render(say, variety=variety, day=date(2026, 11, 28)) for say in self.last.says]


@pytest.fixture
def person(dialogue: ProfileDialogue, answers: Answers) -> Person:
    """Nobody has said anything yet."""
    return Person(dialogue, answers)
