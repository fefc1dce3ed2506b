"""The acts about vacancies, courses and alerts: slots and message in, jobseeker/usecases/talk_about_vacancies.py, says, commands and slots out."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import command, told
from app.desk import Desk
from jobseeker.journeys.memory import Memory
from jobseeker.messages import Understanding, parse_command
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.usecases.talk_about_vacancies import QUESTION, HeardWish

MEMORY_SLOT = "vacancy_talk"


class VacancyAction(Action):
    """One turn of it, whichever act, button or answer brought it up."""

    def __init__(self, desk: Desk, name: str, *, answers: bool = False) -> None:
        self.desk, self._name, self.answers = desk, name, answers

    def name(self) -> str:
        """As domain.yml names it."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        memory = Memory.from_dict(tracker.get_slot(MEMORY_SLOT))
        talked = await self.desk.talk_about_vacancies(tracker.sender_id, heard(tracker, answers=self.answers), memory)
        kept = [SlotSet(MEMORY_SLOT, talked.step.memory.to_dict()), *_question(tracker, talked.question)]
        if talked.hand_on:
            return [*kept, FollowupAction(self.desk.action_of[talked.hand_on])]
        for say in talked.step.says:
            told(dispatcher, say)
        for name, params in talked.step.effects:
            command(dispatcher, name, **params)
        return kept


def _question(tracker: Tracker, question: Any) -> list[dict[str, Any]]:
    """The open question afterwards. One that another dialogue has put stays, unless there is a new one that is really asked."""
    open_before = tracker.get_slot(QUESTION_SLOT) or {}
    if question is not None and question.listens and open_before.get("name", QUESTION) != QUESTION:
        return []
    if question is not None:
        return [SlotSet(QUESTION_SLOT, question.to_dict())]
    return [SlotSet(QUESTION_SLOT, None)] if open_before.get("name") == QUESTION else []


def heard(tracker: Tracker, *, answers: bool) -> HeardWish:
    """The latest message as the use case wants it."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    understanding = Understanding.from_dict(message.get("understanding") or {"label": "", "confidence": 0.0})
    return HeardWish(
        text=message.get("text") or "",
        command=parse_command(metadata.get("command") or ""),
        variety=metadata.get("variety") or "zh-Hant",
        inbox_id=int(metadata.get("inbox_id") or 0),
        act=understanding.act if understanding.outcome == "answer" else "",
        confidence=understanding.confidence,
        outcome=understanding.outcome,
        answers=answers,
    )


def vacancy_actions(desk: Desk) -> list[Action]:
    """Both, as domain.yml names them."""
    return [VacancyAction(desk, "action_vacancies"), VacancyAction(desk, "action_answer_jobs", answers=True)]
