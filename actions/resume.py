"""The act make_resume: slots and message in, jobseeker/usecases/make_resume.py, says, commands and slots out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.profile import TALK_SLOT, followed_by, heard, send
from actions.replies import command, told
from app.desk import Desk
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.profile.talk import Talk, Told

KIND_SLOT = "resume_kind"


class ResumeAction(Action):
    """One turn of the conversation about a résumé."""

    def __init__(self, desk: Desk, name: str, *, answers: bool = False) -> None:
        self.desk, self._name, self.answers = desk, name, answers

    def name(self) -> str:
        """As domain.yml names it."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide."""
        talk = Talk.from_dict(tracker.get_slot(TALK_SLOT))
        message, kind = heard(tracker, answered=self.answers), tracker.get_slot(KIND_SLOT) or ""
        done = await self.desk.make_resume(tracker.sender_id, message, talk, kind)
        if isinstance(done, Told):
            return send(self.desk, dispatcher, done, talk)
        if done.hand_on:
            return [followed_by(self.desk, done.hand_on)]
        for say in done.says:
            told(dispatcher, say)
        for name, params in done.effects:
            command(dispatcher, name, **params)
        question = done.open_question
        return [SlotSet(KIND_SLOT, done.kind or None), SlotSet(QUESTION_SLOT, question.to_dict() if question else None)]


def resume_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    return [ResumeAction(desk, "action_make_resume"), ResumeAction(desk, "action_answer_resume", answers=True)]
