"""A question the assistant has put and waits for the answer to: what counts as an answer, and when it is put again. No wording.

While one is open, a message is an answer to it unless it is clearly something else: a button, a question about a rule, a wish
for a person, another act that the classifier is sure of. What might be either goes to the action that asked; it reads the
text and hands the turn on to the act's own action where it finds no answer in it (docs/adr/0010-open-questions.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jobseeker.messages import Command, Say, Understanding

SLOT = "open_question"  # of domain.yml
PROFILE_TALK_SLOT = "profile_talk"  # of domain.yml: jobseeker.profile.talk.Talk
INTENT = "answer_"  # + the question's name: an intent of domain.yml that no text is ever trained for
CLEAR = 0.8  # confidence from which another act is taken for what it is
ANSWERING_COMMANDS = frozenset({"skip"})
BUTTONS = {"benefits": "answer"}  # by the question's name: the command of the buttons that answer it
NEVER_ANSWERS = frozenset(
    {
        "help", "how_you_work", "talk_to_human", "crisis", "goodbye", "abuse", "thanks", "greet", "repeat", "feedback_positive",
        "feedback_negative", "privacy_export", "privacy_erase", "consent_change", "contest_decision", "show_profile", "make_resume",
    }
)  # fmt: skip
UNDERSTOOD_AS_NOTHING = frozenset(
    {"out_of_scope", "update_profile", "deny", "affirm"}
)  # what a few words right after a list are taken for
PROFILE_ACTS = frozenset(
    {"build_profile", "update_profile", "affirm", "deny", "out_of_scope"}
)  # of answers that look like questions
NOT_ASKED_AGAIN_AFTER = frozenset({"talk_to_human", "crisis", "goodbye", "restart", "abuse"})


@dataclass(frozen=True)
class OpenQuestion:
    """One open question, as a slot keeps it.

    name: its answers have the intent `answer_<name>`; act: what an answer counts as in the record of the conversation;
    again: how it is put again after an interruption; guards_restart: something unsaved would be lost by starting over;
    reminded: it has been put again since the last answer; listens: nothing was asked, only what nobody else answers, or what the
    question's own act answers, is an answer, and nobody is reminded.
    """

    name: str
    act: str
    again: Say
    guards_restart: bool = False
    reminded: bool = False
    listens: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "again": self.again.to_dict()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> OpenQuestion:
        """Read the JSON form back."""
        return cls(**{**value, "again": Say.from_dict(value["again"])})

    @property
    def intent(self) -> str:
        """The intent of an answer to it."""
        return INTENT + self.name

    @property
    def button(self) -> str:
        """The command of its own buttons, "" where it has none."""
        return BUTTONS.get(self.name, "")

    def as_answer(self, understanding: Understanding) -> Understanding:
        """How an answer is recorded: as the act of the question; what the classifier saw stays among the alternatives."""
        seen = ((understanding.label, understanding.confidence), *understanding.alternatives)
        return Understanding(self.act, 1.0, tuple((label, value) for label, value in seen if label != self.act))

    def after_reminder(self) -> OpenQuestion:
        """The same, put again."""
        return replace(self, reminded=True)


def of_restart(open_now: OpenQuestion | None, profile_talk: Mapping[str, Any] | None) -> OpenQuestion | None:
    """The question that decides about starting over: that of an unsaved profile, even where another one has been put since."""
    if profile_talk and profile_talk.get("unsaved"):
        return OpenQuestion("profile", "build_profile", Say("utterance", "profile_check_again"), guards_restart=True)
    return open_now


def is_answer(question: OpenQuestion, understanding: Understanding, command: Command | None, *, asks: bool) -> bool:
    """Whether a message goes to the action that put `question`.

    Args:
        understanding: what the classifier made of it, without knowing of the question.
        command: a button press.
        asks: whether the text has the form of a question.
    """
    if understanding.act == "restart":
        return question.guards_restart
    if command is not None:
        return command.name in ANSWERING_COMMANDS or command.name == question.button
    if understanding.outcome != "answer":
        return True
    if understanding.act == "faq":
        return not asks
    if question.listens:
        return understanding.act in (question.act, *UNDERSTOOD_AS_NOTHING)
    if asks and understanding.confidence >= CLEAR and understanding.act not in (question.act, *PROFILE_ACTS):
        return False
    return understanding.confidence < CLEAR or understanding.act not in NEVER_ANSWERS


def reminder(
    before: OpenQuestion | None, after: OpenQuestion | None, act: str, *, answered: bool
) -> OpenQuestion | None:
    """The question to put again at the end of a turn that was about something else, or None.

    Args:
        before, after: what was open before and after the turn.
        act: what the message was taken for.
        answered: the turn was an answer to `before`.
    """
    if answered or before is None or after is None or after.reminded or after.listens or act in NOT_ASKED_AGAIN_AFTER:
        return None
    return after if after.name == before.name and after.again == before.again else None
