"""The acts of one's own benefit case: slots and message in, jobseeker/usecases/talk_about_case.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Message, TalkAction, followed_by, question_set, send
from app.desk import Desk
from jobseeker.benefits.talk import CaseTalk
from jobseeker.usecases.talk_about_case import HeardCase

TALK_SLOT = "benefit_talk"


class PrecheckAction(TalkAction):
    """One turn of the pre-check, whichever act or answer brought it up."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        before = CaseTalk.from_dict(tracker.get_slot(TALK_SLOT))
        done = self.desk.talk_about_case(heard(tracker, answered=self.answers), before)
        kept: list[dict[str, Any]] = [SlotSet(TALK_SLOT, done.talk.to_dict())] if done.talk != before else []
        if done.hand_on:
            over = [question_set(None)] if kept else []
            return [*kept, *over, followed_by(self.desk, done.hand_on)]
        send(dispatcher, done.says, done.effects)
        return [*kept, question_set(done.open_question)]


def heard(tracker: Tracker, *, answered: bool) -> HeardCase:
    """The latest message as the use case wants it."""
    message = Message.of(tracker)
    return HeardCase(
        text=message.text,
        variety=message.variety,
        command=message.command,
        act=message.act,
        confidence=message.confidence,
        answered=answered,
        outcome=message.outcome,
    )


def benefit_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    return [
        PrecheckAction(desk, "action_benefit_precheck"),
        PrecheckAction(desk, "action_benefit_deadlines"),
        PrecheckAction(desk, "action_answer_benefits", answers=True),
    ]
