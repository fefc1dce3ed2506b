"""The act make_resume: slots and message in, jobseeker/usecases/make_resume.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.profile import TALK_SLOT, heard, profile_told
from actions.turn import TalkAction, followed_by, question_set, send
from app.desk import Desk
from jobseeker.profile.talk import Talk, Told

KIND_SLOT = "resume_kind"


class ResumeAction(TalkAction):
    """One turn of the conversation about a résumé."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide."""
        talk = Talk.from_dict(tracker.get_slot(TALK_SLOT))
        message, kind = heard(tracker, answered=self.answers), tracker.get_slot(KIND_SLOT) or ""
        done = await self.desk.make_resume(tracker.sender_id, message, talk, kind)
        if isinstance(done, Told):
            return profile_told(self.desk, dispatcher, done, talk)
        if done.hand_on:
            return [followed_by(self.desk, done.hand_on)]
        send(dispatcher, done.says, done.effects)
        return [SlotSet(KIND_SLOT, done.kind or None), question_set(done.open_question)]


def resume_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    return [ResumeAction(desk, "action_make_resume"), ResumeAction(desk, "action_answer_resume", answers=True)]
