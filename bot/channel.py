"""The gateway's way into Rasa: one turn in, one reply or an honest failure out (docs/contracts.md). No other door is open."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import async_timeout
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.processor import ANSWERED, QUESTION, UNDERSTANDING, open_question
from bot.tracker_store.database import TrackerConflict
from bot.turn import WHOLE, TurnFailed, TurnRequest, compose, forgettable
from jobseeker.errors import JobseekerError, MalformedRequest, NotSignedIn
from jobseeker.messages import Understanding
from jobseeker.open_question import SLOT, OpenQuestion, reminder
from telemetry.tracing import NoTracing, Tracing

TOKEN_VARIABLE = "JOBSEEKER_INTERNAL_TOKEN"
SECONDS_VARIABLE = "JOBSEEKER_TURN_SECONDS"
DEFAULT_SECONDS = 15.0  # the gateway waits longer: a turn that hangs must end here, while it can still be told apart
logger = logging.getLogger(__name__)


class TurnInput(InputChannel):
    """`POST turn` and `GET health` below /webhooks/jobseeker/."""

    def __init__(self, token: str, seconds: float = DEFAULT_SECONDS) -> None:
        self._token = token.encode()
        self._seconds = seconds
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.tracing: Tracing = NoTracing()

    @classmethod
    def name(cls) -> str:
        """Part of the address: /webhooks/jobseeker."""
        return "jobseeker"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnInput:
        """Made from credentials.yml; the token is in the environment. Raises ValueError without one."""
        token = os.environ.get(TOKEN_VARIABLE, "")
        if len(token) < 16:
            raise ValueError(f"{TOKEN_VARIABLE} should hold the gateway's token, at least 16 characters")
        return cls(token, float(os.environ.get(SECONDS_VARIABLE) or DEFAULT_SECONDS))

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it does not tell whether a turn worked."""
        routes = Blueprint("jobseeker_turn")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return response.json({"status": "starting"}, 503)
            return response.json({"status": "ok", "model": model_name(agent)})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = request.headers.get("x-internal-token", "").encode(errors="surrogateescape")
            if not hmac.compare_digest(given, self._token):
                return _refused(NotSignedIn("wrong token"), 401)
            try:
                asked = TurnRequest.parse(request.json)
            except MalformedRequest as problem:
                return _refused(problem, 400, problem.detail)
            except InvalidUsage:
                return _refused(MalformedRequest(), 400, "the body is not JSON")
            with self.tracing.span("turn", request.headers) as span:
                answered = await self._answer(_agent(request), asked)
                span.note("outcome", "ok" if answered.status == 200 else "failed")
            return answered

        @routes.post("/forget")
        async def forget(request: Request) -> HTTPResponse:
            given = request.headers.get("x-internal-token", "").encode(errors="surrogateescape")
            if not hmac.compare_digest(given, self._token):
                return _refused(NotSignedIn("wrong token"), 401)
            try:
                conversation_id, inbox_id = forgettable(request.json)
            except MalformedRequest as problem:
                return _refused(problem, 400, problem.detail)
            except InvalidUsage:
                return _refused(MalformedRequest(), 400, "the body is not JSON")
            return await self._forget(_agent(request), conversation_id, inbox_id)

        return routes

    async def _forget(self, agent: Agent | None, conversation_id: str, inbox_id: int) -> HTTPResponse:
        if agent is None:
            return _refused(TurnFailed(), 503, "no model is loaded")
        store: Any = agent.tracker_store
        lock = self._locks.get(conversation_id) or self._locks.setdefault(conversation_id, asyncio.Lock())
        try:
            async with lock:
                found = await (
                    store.forget_all(conversation_id)
                    if inbox_id == WHOLE
                    else store.forget_turn(conversation_id, inbox_id)
                )
        except Exception as problem:  # whatever it is, the gateway must learn that the words are still there
            logger.exception("turn %s cannot be forgotten", inbox_id)
            return _refused(TurnFailed(), 503, type(problem).__name__)
        return response.json({"forgotten": found})

    async def _answer(self, agent: Agent | None, asked: TurnRequest) -> HTTPResponse:
        try:
            if agent is None:
                raise TurnFailed("no model is loaded")
            return response.json(await self.take_turn(agent, asked))
        except TurnFailed as problem:
            logger.error("turn %s failed: %s (trace %s)", asked.inbox_id, problem, asked.trace_id)
            return _refused(problem, 503, str(problem))
        except Exception as problem:  # whatever it is, the gateway must learn that there is no reply
            logger.exception("turn %s failed (trace %s)", asked.inbox_id, asked.trace_id)
            return _refused(TurnFailed(), 503, type(problem).__name__)

    async def take_turn(self, agent: Agent, asked: TurnRequest) -> dict[str, Any]:
        """Answer a message once: run the turn, or repeat the reply that was recorded for it.

        Raises:
            TurnFailed: something in it went wrong; nothing was kept.
        """
        store: Any = agent.tracker_store
        lock = self._locks.get(asked.conversation_id) or self._locks.setdefault(asked.conversation_id, asyncio.Lock())
        async with lock:
            recorded = await store.begin_turn(asked.conversation_id, asked.inbox_id)
            if recorded is not None:
                return {**recorded, "replayed": True}
            try:
                return await self._run(agent, asked)
            except TrackerConflict as conflict:  # another Rasa server was faster, perhaps with this very message
                recorded = await store.begin_turn(asked.conversation_id, asked.inbox_id)
                if recorded is None:
                    raise TurnFailed("another server has added to this conversation") from conflict
                return {**recorded, "replayed": True}

    async def _run(self, agent: Agent, asked: TurnRequest) -> dict[str, Any]:
        store: Any = agent.tracker_store
        processor: Any = agent.processor
        said = CollectingOutputChannel()
        message = UserMessage(
            asked.spoken, said, asked.conversation_id,
            input_channel=asked.channel, message_id=str(asked.inbox_id), metadata=asked.metadata(),
        )  # fmt: skip
        try:
            async with async_timeout.timeout(self._seconds):
                tracker, parsed = await processor.run_turn(message)
        except asyncio.TimeoutError as problem:
            raise TurnFailed(f"the turn took longer than {self._seconds:g} s") from problem
        understood = parsed.get(UNDERSTANDING)
        if not understood:
            raise TurnFailed("the message was not understood by the model's own component")
        understanding = Understanding.from_dict(understood)
        question = OpenQuestion.from_dict(parsed[QUESTION]) if QUESTION in parsed else None
        again = _put_again(tracker, question, understanding.act, answered=bool(parsed.get(ANSWERED)))
        if question is not None and parsed[ANSWERED]:
            understanding = question.as_answer(understanding)
        reply = {
            "inbox_id": asked.inbox_id,
            "replayed": False,
            **compose(understanding, said.messages, again.again if again else None),
            "model": model_name(agent),
        }
        await store.finish_turn(tracker, asked.inbox_id, reply)
        return reply


def _put_again(
    tracker: DialogueStateTracker, before: OpenQuestion | None, act: str, *, answered: bool
) -> OpenQuestion | None:
    """The open question that a turn about something else interrupted; the tracker remembers that it is put again."""
    if _asked_now(tracker):
        return None  # the action has put it itself
    again = reminder(before, open_question(tracker), act, answered=answered)
    if again is not None:
        tracker.update(SlotSet(SLOT, again.after_reminder().to_dict()))
    return again


def _asked_now(tracker: DialogueStateTracker) -> bool:
    """Whether an action has set the open question since the person's last message."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, SlotSet) and event.key == SLOT:
            return True
    return False


def model_name(agent: Agent) -> str:
    """The model's name without its file ending."""
    return Path(agent.processor.model_filename).name.removesuffix(".tar.gz")


def _agent(request: Request) -> Agent | None:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _refused(problem: JobseekerError, status: int, detail: str = "") -> HTTPResponse:
    return response.json({"error": {"code": problem.code, "message": detail or problem.message("en")}}, status)
