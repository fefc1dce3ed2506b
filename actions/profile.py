"""The acts of the profile: slots and message in, jobseeker/usecases/talk_about_profile.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import command, told
from app.desk import Desk
from jobseeker.messages import Understanding, parse_command
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.profile import Reading
from jobseeker.profile.talk import Heard, Talk, Told

TALK_SLOT = "profile_talk"


class ProfileAction(Action):
    """One turn of the conversation about the profile, whichever act or answer brought it up."""

    def __init__(self, desk: Desk, name: str, *, answers: bool = False) -> None:
        self.desk, self._name, self.answers = desk, name, answers

    def name(self) -> str:
        """As domain.yml names it."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        talk = Talk.from_dict(tracker.get_slot(TALK_SLOT))
        done = await self.desk.talk_about_profile(tracker.sender_id, heard(tracker, answered=self.answers), talk)
        return send(self.desk, dispatcher, done, talk)


def send(desk: Desk, dispatcher: CollectingDispatcher, done: Told, before: Talk) -> list[dict[str, Any]]:
    """Says and commands to the dispatcher; the events that set the slots, or hand the turn on."""
    if done.hand_on:
        dropped = [SlotSet(TALK_SLOT, done.talk.to_dict()), SlotSet(QUESTION_SLOT, None)] if done.talk != before else []
        return [*dropped, followed_by(desk, done.hand_on)]
    for say in done.says:
        told(dispatcher, say)
    for name, params in done.effects:
        command(dispatcher, name, **params)
    question = done.open_question
    return [SlotSet(TALK_SLOT, done.talk.to_dict()), SlotSet(QUESTION_SLOT, question.to_dict() if question else None)]


def followed_by(desk: Desk, act: str) -> dict[str, Any]:
    """The action that answers an act; starting over is Rasa's own."""
    event: dict[str, Any] = FollowupAction("action_restart" if act == "restart" else desk.action_of[act])
    return event


def heard(tracker: Tracker, *, answered: bool) -> Heard:
    """The latest message as the use case wants it."""
    message = tracker.latest_message
    reading = (message.get("metadata") or {}).get("reading")
    understanding = Understanding.from_dict(message.get("understanding") or {"label": "", "confidence": 0.0})
    return Heard(
        text=message.get("text") or "",
        command=parse_command((message.get("metadata") or {}).get("command") or ""),
        act=understanding.act if understanding.outcome == "answer" else "",
        confidence=understanding.confidence,
        answered=answered,
        resume=Reading.from_dict(reading) if reading is not None else None,
    )


def profile_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    names = ("action_build_profile", "action_show_profile", "action_update_profile")
    return [*(ProfileAction(desk, name) for name in names), ProfileAction(desk, "action_answer_profile", answers=True)]
