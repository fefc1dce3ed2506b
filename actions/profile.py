"""The acts of the profile: slots and message in, jobseeker/usecases/talk_about_profile.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Message, TalkAction, followed_by, question_set, send
from app.desk import Desk
from jobseeker.profile import Reading
from jobseeker.profile.talk import Heard, Talk, Told

TALK_SLOT = "profile_talk"


class ProfileAction(TalkAction):
    """One turn of the conversation about the profile, whichever act or answer brought it up."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        talk = Talk.from_dict(tracker.get_slot(TALK_SLOT))
        done = await self.desk.talk_about_profile(tracker.sender_id, heard(tracker, answered=self.answers), talk)
        return profile_told(self.desk, dispatcher, done, talk)


def profile_told(desk: Desk, dispatcher: CollectingDispatcher, done: Told, before: Talk) -> list[dict[str, Any]]:
    """Says and commands to the dispatcher; the events that set the slots, or hand the turn on."""
    if done.hand_on:
        dropped = [SlotSet(TALK_SLOT, done.talk.to_dict()), question_set(None)] if done.talk != before else []
        return [*dropped, followed_by(desk, done.hand_on)]
    send(dispatcher, done.says, done.effects)
    return [SlotSet(TALK_SLOT, done.talk.to_dict()), question_set(done.open_question)]


def heard(tracker: Tracker, *, answered: bool) -> Heard:
    """The latest message as the use case wants it."""
    message = Message.of(tracker)
    return Heard(
        text=message.text,
        command=message.command,
        act=message.act,
        confidence=message.confidence,
        answered=answered,
        resume=Reading.from_dict(message.reading) if message.reading is not None else None,
    )


def profile_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    names = ("action_build_profile", "action_show_profile", "action_update_profile")
    return [*(ProfileAction(desk, name) for name in names), ProfileAction(desk, "action_answer_profile", answers=True)]
