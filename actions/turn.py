"""What the acts of a dialogue share: the message as a use case wants it, and what it answers as replies, commands and slots. No logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import command, told
from app.desk import Desk
from jobseeker.messages import Command, Outcome, Say, Understanding, parse_command
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.open_question import OpenQuestion


class TalkAction(Action):
    """One turn of a dialogue, whichever act or answer brought it up. `answers`: it was an answer to the open question."""

    def __init__(self, desk: Desk, name: str, *, answers: bool = False) -> None:
        self.desk, self._name, self.answers = desk, name, answers

    def name(self) -> str:
        """As domain.yml names it."""
        return self._name


@dataclass(frozen=True)
class Message:
    """The latest message. act: empty where the classifier was not sure; reading: what was read in a file that came with it."""

    text: str
    variety: str
    inbox_id: int
    command: Command | None
    act: str
    confidence: float
    outcome: Outcome
    reading: Mapping[str, Any] | None

    @classmethod
    def of(cls, tracker: Tracker) -> Message:
        """The latest one of a tracker."""
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        understanding = Understanding.from_dict(message.get("understanding") or {"label": "", "confidence": 0.0})
        return cls(
            text=message.get("text") or "",
            variety=metadata.get("variety") or "zh-Hant",
            inbox_id=int(metadata.get("inbox_id") or 0),
            command=parse_command(metadata.get("command") or ""),
            act=understanding.act if understanding.outcome == "answer" else "",
            confidence=understanding.confidence,
            outcome=understanding.outcome,
            reading=metadata.get("reading"),
        )


def send(
    dispatcher: CollectingDispatcher, says: Sequence[Say], effects: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Have said what a use case wants said, and kept what it wants kept."""
    for say in says:
        told(dispatcher, say)
    for name, params in effects:
        command(dispatcher, name, **params)


def question_set(question: OpenQuestion | None) -> dict[str, Any]:
    """The event that puts the open question, or takes it away."""
    event: dict[str, Any] = SlotSet(QUESTION_SLOT, question.to_dict() if question else None)
    return event


def followed_by(desk: Desk, act: str) -> dict[str, Any]:
    """The action that answers an act; starting over is Rasa's own."""
    event: dict[str, Any] = FollowupAction("action_restart" if act == "restart" else desk.action_of[act])
    return event
