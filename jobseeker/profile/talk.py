"""Where a conversation about the profile stands between two messages: a record that a slot of the dialogue keeps. What happens next is dialogue.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jobseeker.messages import Command, Say
from jobseeker.open_question import OpenQuestion
from jobseeker.profile.drafting import Draft
from jobseeker.profile.reading import Reading
from jobseeker.profile.records import Profile

NAME, ACT = "profile", "build_profile"  # of the open question


@dataclass(frozen=True)
class Talk:
    """The state.

    draft: what is understood, unsaved where `unsaved`; question: what is open (questions.py), "" for nothing; previous: what was
    open before "really start over?"; asked: put or passed over already; guided: question by question; put_again: the open one
    was put a second time; misses: answers in a row in which nothing was found; saving: the version that the last confirmation
    must have made: while the store does not show it, the draft is not given up.
    """

    draft: Draft = field(default_factory=Draft)
    question: str = ""
    previous: str = ""
    asked: tuple[str, ...] = ()
    guided: bool = False
    unsaved: bool = False
    put_again: bool = False
    misses: int = 0
    saving: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "draft": self.draft.to_dict(), "asked": list(self.asked)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Talk:
        """Read the JSON form back; nothing where there is none."""
        if not value:
            return cls()
        return cls(**{**value, "draft": Draft.from_dict(value["draft"]), "asked": tuple(value["asked"])})

    def reconciled(self, profile: Profile) -> Talk:
        """The state in the light of what the store has: a confirmation that was not kept is not done; one that was, is."""
        if not self.saving:
            return self
        if profile.version >= self.saving:
            return replace(self, saving=0, draft=Draft(profile), unsaved=False)
        return replace(self, saving=0, unsaved=True)

    def on_top_of(self, profile: Profile) -> Talk:
        """The state to change something in: the unsaved draft, or a new one that starts from what is saved."""
        return self if self.unsaved else replace(self, draft=Draft(profile), asked=(), misses=0)

    def with_question(self, name: str) -> Talk:
        """The state with this question put."""
        asked = self.asked if name in self.asked else (*self.asked, name)
        return replace(self, question=name, asked=asked, put_again=name == self.question, previous="")


@dataclass(frozen=True)
class Known:
    """What the store knows of the person. `before`: the version before the one in force, where there is one."""

    profile: Profile = field(default_factory=Profile)
    before: Profile | None = None
    consented: bool = False


@dataclass(frozen=True)
class Heard:
    """One message. act, confidence: what the classifier made of it; answered: it answers the open question;
    resume: what was read in a file that came with it."""

    text: str
    command: Command | None = None
    act: str = ""
    confidence: float = 0.0
    answered: bool = False
    resume: Reading | None = None


@dataclass(frozen=True)
class Told:
    """What follows. effects: (name, params) of usecases/carry_out_effects.py; hand_on: the act whose action should answer instead;
    again: how the open question is put once more, None where nothing is open."""

    talk: Talk
    says: tuple[Say, ...] = ()
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    hand_on: str = ""
    again: Say | None = None

    @property
    def open_question(self) -> OpenQuestion | None:
        """For the slot."""
        if self.again is None or not self.talk.question:
            return None
        return OpenQuestion(NAME, ACT, self.again, guards_restart=self.talk.unsaved)
