"""Rasa's message processor, but a turn that failed is known to have failed. Nothing is answered or stored here.

Rasa 3.6 logs an exception that an action raises, goes on without the action's events and answers 200. For a person that
is silence or half an answer, so here every such exception ends the turn (pinned by tests/bot/test_processor.py).
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.acceleration import PlannedGraphRunner, index_rules, skip_debug_copies, states_needed
from bot.turn import TurnFailed
from jobseeker.messages import Understanding, parse_command
from jobseeker.open_question import PROFILE_TALK_SLOT, SLOT, OpenQuestion, is_answer, of_restart
from language.questions import asks

UNDERSTANDING = "understanding"  # what bot/components/understanding.py writes
QUESTION = "open_question"  # in a parsed message: the question that was open before it, as a slot keeps it
ANSWERED = "answered"  # in a parsed message: whether it is the answer
MOST_REFUSALS = 5  # forms refuse once or twice in a turn; Rasa itself would ask the same action again for ever


@dataclass
class _Record:
    """What went wrong in the turn under way."""

    problem: Exception | None = None
    refusals: int = 0
    handed_on: bool = False


_record: ContextVar[_Record | None] = ContextVar("record", default=None)


def _note(problem: Exception) -> None:
    record = _record.get()
    if record is not None and record.problem is None:
        record.problem = problem


def _note_refusal(name: str) -> None:
    record = _record.get()
    if record is not None:
        record.refusals += 1
        if record.refusals > MOST_REFUSALS:
            _note(TurnFailed(f"{name} refuses to run again and again"))


class _Watched(Action):
    """An action whose exceptions are noted before Rasa hides them."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    def name(self) -> str:
        return self._action.name()

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        try:
            return await self._action.run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:  # a form says "not this": part of the protocol, other policies go on
            _note_refusal(self.name())
            raise
        except Exception as problem:
            _note(problem)
            raise

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> Any:
        return self._action.event_for_successful_execution(prediction)


class TurnProcessor(MessageProcessor):
    """Runs a turn without storing it; raises TurnFailed where plain Rasa would carry on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_circuit_break = lambda *_: _note(
            TurnFailed("the action limit of a turn was reached: the rules go in circles")
        )

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, PlannedGraphRunner]:
        """As Rasa does it, with our graph runner; a model that cannot be read raises."""
        with TempDirectoryPath(get_temp_dir_name()) as directory:
            metadata, runner = load_predict_graph_runner(
                Path(directory), Path(model_path), LocalModelStorage, PlannedGraphRunner
            )
        return Path(model_path).name, metadata, runner  # type: ignore[return-value]

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Rasa warns about an intent that the domain does not know, and then no rule fits. It must not happen."""
        name = (parse_data.get("intent") or {}).get("name")
        if name not in self.domain.intents:
            raise TurnFailed(f"the message was read as {name!r}, which domain.yml does not know")

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """As Rasa does it; what answers an open question becomes an intent of its own, `answer_<question>`."""
        parsed: dict[str, Any] = await super().parse_message(message, tracker, only_output_properties)
        if tracker is None or UNDERSTANDING not in parsed:
            return parsed
        understanding = Understanding.from_dict(parsed[UNDERSTANDING])
        question = open_question(tracker)
        if understanding.act == "restart":
            question = of_restart(question, slot_value(tracker, PROFILE_TALK_SLOT))
        if question is None:
            return parsed
        command = parse_command((message.metadata or {}).get("command") or "")
        parsed[QUESTION] = question.to_dict()
        parsed[ANSWERED] = is_answer(question, understanding, command, asks=asks(message.text or ""))
        if parsed[ANSWERED]:
            parsed["intent"] = {"name": question.intent, "confidence": understanding.confidence}
            self._check_for_unseen_features(parsed)
        return parsed

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """An action that another one named (FollowupAction) ends the turn: no rule knows what would come after it."""
        record = _record.get()
        if record is not None and tracker.followup_action:
            record.handed_on = True
        elif record is not None and record.handed_on:
            return PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME, "handed_on")
        return super()._predict_next_with_tracker(tracker)

    async def run_turn(self, message: UserMessage) -> tuple[DialogueStateTracker, dict[str, Any]]:
        """Understand a message and act on it. What is said is in `message.output_channel`.

        Returns:
            The tracker with the turn's events, not stored yet, and what the message was parsed to.

        Raises:
            TurnFailed: an action raised, or the action server could not be reached.
        """
        record = _Record()
        token = _record.set(record)
        try:
            tracker = await self.log_message(message, should_save_tracker=False)
            parsed: dict[str, Any] = tracker.latest_message.parse_data  # now: a restart takes it from the tracker
            tracker = await self.run_action_extract_slots(message.output_channel, tracker)
            await self._run_prediction_loop(message.output_channel, tracker)
        finally:
            _record.reset(token)
        if record.problem:
            raise _failure(record.problem)
        if record.handed_on:  # the action that asked found no answer in it
            parsed = {**parsed, ANSWERED: False}
        return tracker, parsed

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        go_on = await super()._run_action(_Watched(action), tracker, output_channel, nlg, prediction)
        record = _record.get()
        if record and record.problem:
            raise _failure(record.problem)
        return go_on


def open_question(tracker: DialogueStateTracker) -> OpenQuestion | None:
    """The question that waits for an answer, if any."""
    value = slot_value(tracker, SLOT)
    return OpenQuestion.from_dict(value) if value else None


def slot_value(tracker: DialogueStateTracker, name: str) -> Any:
    """What a slot holds; None where the domain has no such slot."""
    return tracker.slots[name].value if name in tracker.slots else None


def _failure(problem: Exception) -> TurnFailed:
    failure = problem if isinstance(problem, TurnFailed) else TurnFailed(f"an action failed: {problem}")
    if failure is not problem:
        failure.__cause__ = problem
    return failure


class TurnAgent(Agent):
    """Rasa's agent with TurnProcessor, and with the tracker store as it is.

    Rasa wraps every store so that a failure to read looks like a new conversation and a failure to write like success.
    """

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("endpoints.yml names no tracker store: conversations would be lost")
        store.domain = domain
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model archive. Raises what reading it raises."""
        note_remote_failures()
        skip_debug_copies()
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            http_interpreter=self.http_interpreter,
        )
        self.domain = self.processor.domain
        components = self.processor.graph_runner.components
        index_rules(components)
        self.tracker_store.states_needed = states_needed(components)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses
        self._set_fingerprint(fingerprint)


def note_remote_failures() -> None:
    """Note what remote actions raise wherever they are called from: forms and slot validation only log it."""
    original = RemoteAction.run
    if getattr(original, "noted", False):
        return

    async def run(self: RemoteAction, *args: Any, **kwargs: Any) -> list[Event]:
        try:
            return await original(self, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as problem:
            _note(problem)
            raise

    run.noted = True  # type: ignore[attr-defined]
    RemoteAction.run = run
