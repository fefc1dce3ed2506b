"""The acts of one's own benefit case: slots and message in, jobseeker/usecases/talk_about_case.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.profile import followed_by
from actions.replies import command, told
from app.desk import Desk
from jobseeker.benefits.talk import CaseTalk
from jobseeker.messages import Understanding, parse_command
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.usecases.talk_about_case import HeardCase

TALK_SLOT = "benefit_talk"


class PrecheckAction(Action):
    """One turn of the pre-check, whichever act or answer brought it up."""

    def __init__(self, desk: Desk, name: str, *, answers: bool = False) -> None:
        self.desk, self._name, self.answers = desk, name, answers

    def name(self) -> str:
        """As domain.yml names it."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        before = CaseTalk.from_dict(tracker.get_slot(TALK_SLOT))
        done = self.desk.talk_about_case(heard(tracker, answered=self.answers), before)
        kept: list[dict[str, Any]] = [SlotSet(TALK_SLOT, done.talk.to_dict())] if done.talk != before else []
        if done.hand_on:
            over = [SlotSet(QUESTION_SLOT, None)] if kept else []
            return [*kept, *over, followed_by(self.desk, done.hand_on)]
        for say in done.says:
            told(dispatcher, say)
        for name, params in done.effects:
            command(dispatcher, name, **params)
        question = done.open_question
        return [*kept, SlotSet(QUESTION_SLOT, question.to_dict() if question else None)]


def heard(tracker: Tracker, *, answered: bool) -> HeardCase:
    """The latest message as the use case wants it."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    understanding = Understanding.from_dict(message.get("understanding") or {"label": "", "confidence": 0.0})
    return HeardCase(
        text=message.get("text") or "",
        variety=metadata.get("variety") or "zh-Hant",
        command=parse_command(metadata.get("command") or ""),
        act=understanding.act if understanding.outcome == "answer" else "",
        confidence=understanding.confidence,
        answered=answered,
    )


def benefit_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    return [
        PrecheckAction(desk, "action_benefit_precheck"),
        PrecheckAction(desk, "action_benefit_deadlines"),
        PrecheckAction(desk, "action_answer_benefits", answers=True),
    ]
