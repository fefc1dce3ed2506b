"""One message of the dialogue about vacancies: reads what is needed, lets the journey decide, says which question is open then. Nothing is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from jobseeker.clock import Clock, local_day
from jobseeker.errors import UnknownConversation
from jobseeker.journeys.listing import AFTER_LIST
from jobseeker.journeys.memory import Memory
from jobseeker.journeys.routes import ACT_OF_QUESTION, hands_on, journey_of
from jobseeker.journeys.toolbox import Asked, Step, Toolbox
from jobseeker.messages import Command, Outcome, Say, Variety
from jobseeker.open_question import CLEAR, OpenQuestion
from jobseeker.storage import Store

QUESTION = "jobs"  # the intent `answer_jobs`; which question it is stands in the memory


@dataclass(frozen=True)
class HeardWish:
    """The message. act, confidence, outcome: what the classifier made of it; answers: it answers the open question."""

    text: str
    command: Command | None
    variety: Variety
    inbox_id: int
    act: str
    confidence: float
    outcome: Outcome = "answer"
    answers: bool = False


@dataclass(frozen=True)
class Talked:
    """The step, and the question that is open after it. hand_on: the act whose action should answer instead."""

    step: Step
    question: OpenQuestion | None = None
    hand_on: str = ""


class TalkAboutVacancies:
    """Serves all acts of the vacancy dialogue. `toolbox`: everything as of a day (app/vacancy_tools.py)."""

    def __init__(self, store: Store, clock: Clock, toolbox: Callable[[date], Awaitable[Toolbox]]) -> None:
        self.store, self.clock, self.toolbox = store, clock, toolbox

    async def __call__(self, conversation_id: str, heard: HeardWish, memory: Memory) -> Talked:
        """Answer it. Raises UnknownConversation."""
        async with self.store.read() as work:
            person = await work.conversations.person_of(conversation_id)
        if person is None:
            raise UnknownConversation
        day = local_day(self.clock.now())
        tools = await self.toolbox(day)
        clear = heard.act if heard.confidence >= CLEAR else ""
        asked = Asked(
            text=heard.text,
            command=heard.command,
            variety=heard.variety,
            person=person,
            inbox_id=heard.inbox_id,
            day=day,
            memory=memory,
            folded=tools.fold(heard.text),
            act=clear if heard.answers else heard.act,
        )
        if heard.answers:
            if memory.ask == AFTER_LIST:  # nothing was asked: what the classifier made of it holds
                asked = replace(asked, act=heard.act)
            elsewhere = hands_on(tools, asked, heard.outcome)
            if elsewhere:
                kept = memory.answered().still_listening(AFTER_LIST)
                return Talked(Step((), kept), open_question(kept), hand_on=elsewhere)
        step = await journey_of(asked, answers=heard.answers)(tools, asked)
        step = replace(step, memory=step.memory.still_listening(AFTER_LIST))
        return Talked(step, open_question(step.memory))


def open_question(memory: Memory) -> OpenQuestion | None:
    """The question that the memory says is open, as the dialogue engine keeps it."""
    if not memory.ask:
        return None
    again = Say("cards", f"again_{memory.ask}", {"items": []})
    return OpenQuestion(QUESTION, ACT_OF_QUESTION[memory.ask], again, listens=memory.ask == AFTER_LIST)
