"""The acts about vacancies, courses and alerts: slots and message in, jobseeker/usecases/talk_about_vacancies.py, says, commands and slots out."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Message, TalkAction, followed_by, question_set, send
from app.desk import Desk
from jobseeker.journeys.memory import Memory
from jobseeker.open_question import SLOT as QUESTION_SLOT
from jobseeker.usecases.talk_about_vacancies import QUESTION, HeardWish

MEMORY_SLOT = "vacancy_talk"


class VacancyAction(TalkAction):
    """One turn of it, whichever act, button or answer brought it up."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide; hand the turn on where the message was about something else."""
        memory = Memory.from_dict(tracker.get_slot(MEMORY_SLOT))
        talked = await self.desk.talk_about_vacancies(tracker.sender_id, heard(tracker, answers=self.answers), memory)
        kept = [SlotSet(MEMORY_SLOT, talked.step.memory.to_dict()), *_question(tracker, talked.question)]
        if talked.hand_on:
            return [*kept, followed_by(self.desk, talked.hand_on)]
        send(dispatcher, talked.step.says, talked.step.effects)
        return kept


def _question(tracker: Tracker, question: Any) -> list[dict[str, Any]]:
    """The open question afterwards. One that another dialogue has put stays, unless there is a new one that is really asked."""
    open_before = tracker.get_slot(QUESTION_SLOT) or {}
    if question is not None and question.listens and open_before.get("name", QUESTION) != QUESTION:
        return []
    if question is not None:
        return [question_set(question)]
    return [question_set(None)] if open_before.get("name") == QUESTION else []


def heard(tracker: Tracker, *, answers: bool) -> HeardWish:
    """The latest message as the use case wants it."""
    message = Message.of(tracker)
    return HeardWish(
        text=message.text,
        command=message.command,
        variety=message.variety,
        inbox_id=message.inbox_id,
        act=message.act,
        confidence=message.confidence,
        outcome=message.outcome,
        answers=answers,
    )


def vacancy_actions(desk: Desk) -> list[Action]:
    """Both, as domain.yml names them."""
    return [VacancyAction(desk, "action_vacancies"), VacancyAction(desk, "action_answer_jobs", answers=True)]
