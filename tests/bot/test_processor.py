"""A failure in a turn is a failure of the turn; and why that needs our own processor."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import ActionBotResponse, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import FollowupAction, SlotSet
from rasa.utils.endpoints import EndpointConfig

from bot.processor import ANSWERED, QUESTION, TurnAgent, TurnProcessor
from bot.tracker_store import TurnTrackerStore
from bot.turn import TurnFailed
from jobseeker.messages import Say, Understanding
from jobseeker.open_question import OpenQuestion


@pytest.fixture
def agent(dialogue_model: Path, store: TurnTrackerStore) -> TurnAgent:
    made = TurnAgent(tracker_store=store, action_endpoint=EndpointConfig("http://127.0.0.1:9/webhook"))
    made.load_model(dialogue_model)
    return made


def message(intent: str = "faq") -> UserMessage:
    parsed = {"intent": {"name": intent, "confidence": 1.0}, "entities": [], "text": "x"}
    return UserMessage("x", CollectingOutputChannel(), "c", parse_data=parsed)


def test_the_agent_uses_our_processor_and_the_store_itself(agent: TurnAgent, store: TurnTrackerStore) -> None:
    assert type(agent.processor) is TurnProcessor
    assert agent.tracker_store is store is agent.processor.tracker_store
    assert store.states_needed
    assert isinstance(
        Agent(tracker_store=InMemoryTrackerStore(Domain.empty())).tracker_store, FailSafeTrackerStore
    )  # plain Rasa hides failures
    with pytest.raises(ValueError, match="no tracker store"):
        TurnAgent()


def test_an_action_that_raises_fails_the_turn(
    agent: TurnAgent, store: TurnTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("inside")

    monkeypatch.setattr(ActionBotResponse, "run", broken)
    with pytest.raises(TurnFailed, match="inside") as caught:
        asyncio.run(agent.processor.run_turn(message()))
    assert isinstance(caught.value.__cause__, KeyError)
    assert asyncio.run(store.retrieve("c")) is None


def test_plain_rasa_hides_it(
    agent: TurnAgent, store: TurnTrackerStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If this fails, Rasa has learned to tell, and TurnProcessor may go."""

    async def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("inside")

    monkeypatch.setattr(ActionBotResponse, "run", broken)
    with caplog.at_level(logging.ERROR):
        assert asyncio.run(agent.handle_message(message())) == []
    assert "Bot will continue" in caplog.text
    assert asyncio.run(store.retrieve("c")) is not None


def test_an_action_server_that_is_down_fails_the_turn_wherever_it_is_called_from(
    agent: TurnAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def calls_remote_and_hides(self: Any, channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        try:
            return await RemoteAction("action_x", agent.action_endpoint).run(channel, nlg, tracker, domain)
        except Exception:  # noqa: BLE001 - as Rasa's own slot validation does
            return []

    monkeypatch.setattr(ActionBotResponse, "run", calls_remote_and_hides)
    with pytest.raises(TurnFailed, match="action_x"):
        asyncio.run(agent.processor.run_turn(message()))


def test_endless_refusal_is_a_failure(agent: TurnAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(self: Any, *_: Any, **__: Any) -> Any:
        raise ActionExecutionRejection(self.name())

    monkeypatch.setattr(ActionBotResponse, "run", refuses)
    with pytest.raises(TurnFailed, match="again and again"):  # plain Rasa would ask it for ever
        asyncio.run(agent.processor.run_turn(message()))


def test_a_failure_of_one_turn_is_not_held_against_the_next(agent: TurnAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        original = ActionBotResponse.run

        async def broken_once(self: Any, *arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(ActionBotResponse, "run", original)
            raise KeyError("once")

        monkeypatch.setattr(ActionBotResponse, "run", broken_once)
        with pytest.raises(TurnFailed):
            await agent.processor.run_turn(message())
        again = message()
        tracker, parsed = await agent.processor.run_turn(again)
        assert parsed["intent"]["name"] == "faq"
        assert again.output_channel.messages == [{"recipient_id": "c", "text": "faq"}]
        assert tracker.latest_action_name == "action_listen"

    asyncio.run(work())


def test_an_intent_the_domain_does_not_know_fails_the_turn(agent: TurnAgent) -> None:
    with pytest.raises(TurnFailed, match="unheard_of"):
        agent.processor._check_for_unseen_features({"intent": {"name": "unheard_of"}, "entities": []})


# -- an open question --------------------------------------------------------------------------------------------------

ASKED = OpenQuestion("course", "find_training", Say("utterance", "which_course"))


async def turn(
    agent: TurnAgent, text: str, understanding: Understanding, command: str = ""
) -> tuple[Any, Any, list[Any]]:
    """One turn with this understanding while a question is open: the tracker, the parsed message, what was said."""
    parsed = {
        "text": text, "entities": [], "understanding": understanding.to_dict(),
        "intent": {"name": understanding.act, "confidence": understanding.confidence},
    }  # fmt: skip
    agent.processor._parse_message_with_graph = lambda *_: dict(parsed)
    said = UserMessage(text, CollectingOutputChannel(), "c", metadata={"command": command})
    tracker = await agent.processor.fetch_tracker_and_update_session("c")
    tracker.update(SlotSet("open_question", ASKED.to_dict()))
    agent.processor.fetch_tracker_and_update_session = lambda *_: _given(tracker)
    tracker, parsed_then = await agent.processor.run_turn(said)
    return tracker, parsed_then, [message["text"] for message in said.output_channel.messages]


async def _given(value: Any) -> Any:
    return value


def test_what_answers_an_open_question_is_an_intent_of_its_own(agent: TurnAgent) -> None:
    tracker, parsed, said = asyncio.run(turn(agent, "三年", Understanding("faq/x", 0.3, outcome="unsure")))
    assert (parsed["intent"]["name"], parsed[ANSWERED]) == ("answer_course", True)
    assert OpenQuestion.from_dict(parsed[QUESTION]) == ASKED
    assert said == ["your answer"]
    assert tracker.latest_action_name == "action_listen"


def test_a_clear_question_in_the_middle_is_what_it_is(agent: TurnAgent) -> None:
    _, parsed, said = asyncio.run(turn(agent, "可以領多久?", Understanding("faq/x", 0.97, topics=("x",))))
    assert (parsed["intent"]["name"], parsed[ANSWERED], said) == ("faq", False, ["faq"])
    assert QUESTION in parsed


def test_an_action_may_hand_the_turn_on_and_that_ends_it(agent: TurnAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    original = ActionBotResponse.run

    async def hands_on(self: Any, *arguments: Any, **options: Any) -> Any:
        if self.name() == "utter_answer":
            return [FollowupAction("utter_faq")]
        return await original(self, *arguments, **options)

    monkeypatch.setattr(ActionBotResponse, "run", hands_on)
    tracker, parsed, said = asyncio.run(turn(agent, "失業給付", Understanding("faq/x", 0.97, topics=("x",))))
    assert said == ["faq"]
    assert parsed[ANSWERED] is False  # it was none after all
    names = [event.action_name for event in tracker.events if event.type_name == "action"]
    assert names[-3:] == ["utter_answer", "utter_faq", "action_listen"]
