"""The windowed store and our processor answer exactly as plain Rasa with the whole history does."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore

from bot.processor import TurnAgent
from bot.tracker_store import TurnTrackerStore

MESSAGES = 300
INTENTS = ["faq"] * 8 + ["greet", "thanks", "thanks", "affirm", "find_training", "find_training", "restart"]


def parse(intent: str, text: str) -> dict[str, Any]:
    return {"intent": {"name": intent, "confidence": 1.0}, "entities": [], "text": text}


def plain_agent(model: Path, folder: Path) -> Agent:
    return Agent.load(model, tracker_store=SQLTrackerStore(db=str(folder / "plain.db")))


def our_agent(model: Path, folder: Path, name: str = "ours.db") -> TurnAgent:
    agent = TurnAgent(tracker_store=TurnTrackerStore(url=f"sqlite:///{folder / name}"))
    agent.load_model(model)
    return agent


async def say_plain(agent: Agent, conversation: str, intent: str, text: str) -> list[dict[str, Any]]:
    output = CollectingOutputChannel()
    await agent.handle_message(UserMessage(text, output, conversation, parse_data=parse(intent, text)))
    return output.messages


async def say_ours(agent: TurnAgent, conversation: str, intent: str, text: str, number: int) -> list[dict[str, Any]]:
    output = CollectingOutputChannel()
    assert await agent.tracker_store.begin_turn(conversation, number) is None
    tracker, _ = await agent.processor.run_turn(UserMessage(text, output, conversation, parse_data=parse(intent, text)))
    await agent.tracker_store.finish_turn(tracker, number, {"inbox_id": number})
    return output.messages


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_conversations_get_the_same_replies(dialogue_model: Path, tmp_path: Path, seed: int) -> None:
    async def run() -> None:
        plain, ours = plain_agent(dialogue_model, tmp_path), our_agent(dialogue_model, tmp_path)
        assert type(plain.processor) is MessageProcessor  # the comparison is with Rasa's own code
        choose = random.Random(seed)
        said: set[str] = set()
        for number in range(1, MESSAGES + 1):
            conversation = "a" if number < 220 or choose.random() < 0.7 else "b"
            intent = "affirm" if number == 4 else choose.choice(INTENTS)
            text = f"{intent} {number}"
            expected = await say_plain(plain, conversation, intent, text)
            got = await say_ours(ours, conversation, intent, text, number)
            assert got == expected, f"message {number}: {text}"
            said |= {message.get("text", "") for message in got}
        assert {"thanks, your wish is kept", "restart"} <= said  # the random conversation did reach these
        assert any(" in " in text for text in said), "no form was completed"
        for conversation in ("a", "b"):
            whole = await ours.tracker_store.retrieve_full_tracker(conversation)
            reference = await plain.tracker_store.retrieve_full_tracker(conversation)
            assert [type(event) for event in whole.events] == [type(event) for event in reference.events]
            assert list(whole.events) == list(reference.events)
            window = await ours.tracker_store.retrieve(conversation)
            assert window.current_slot_values() == reference.current_slot_values()
            assert window.active_loop_name == reference.active_loop_name
            assert len(window.events) < 90 < len(whole.events) or conversation == "b"
        ours.tracker_store.close()

    asyncio.run(run())


def test_a_slot_set_early_and_a_form_left_open_are_there_after_a_hundred_turns_and_a_restart_of_the_server(
    dialogue_model: Path, tmp_path: Path
) -> None:
    async def run() -> None:
        ours = our_agent(dialogue_model, tmp_path)
        await say_ours(ours, "c", "affirm", "yes", 1)
        for number in range(2, 60):
            await say_ours(ours, "c", "faq", "q", number)
        asked = await say_ours(ours, "c", "find_training", "a course", 60)
        assert [message["text"] for message in asked] == ["which area? yes"]
        ours.tracker_store.close()

        again = our_agent(dialogue_model, tmp_path)
        tracker = await again.tracker_store.retrieve("c")
        assert tracker.active_loop_name == "course_form"
        assert tracker.get_slot("wish") == "yes"
        assert len(tracker.events) < 70
        first = await say_ours(again, "c", "faq", "welding", 61)
        assert [message["text"] for message in first] == ["which city for welding?"]
        last = await say_ours(again, "c", "faq", "Tainan", 62)
        assert [message["text"] for message in last] == ["welding in Tainan, wish yes"]
        again.tracker_store.close()

    asyncio.run(run())


def test_an_open_form_survives_the_cut_of_the_window(dialogue_model: Path, tmp_path: Path) -> None:
    """The person greets again and again while a form is open: the window moves past the form's beginning."""

    async def run() -> None:
        plain, ours = plain_agent(dialogue_model, tmp_path), our_agent(dialogue_model, tmp_path)
        number = 0
        for intent, text in [
            ("affirm", "y"),
            *[("faq", "q")] * 9,
            ("restart", "r"),
            ("affirm", "y"),
            ("find_training", "course"),
        ]:
            number += 1
            assert await say_ours(ours, "d", intent, text, number) == await say_plain(plain, "d", intent, text)
        for _ in range(30):
            number += 1
            greeted = await say_ours(ours, "d", "greet", "hi", number)
            assert greeted == await say_plain(plain, "d", "greet", "hi")
            assert [message["text"] for message in greeted] == ["greet", "which area? yes"]  # and back to the form
        window = await ours.tracker_store.retrieve("d")
        assert window.active_loop_name == "course_form"
        assert window.position.window.head, "the window was never cut"
        for text in ("welding", "Tainan"):
            number += 1
            assert await say_ours(ours, "d", "faq", text, number) == await say_plain(plain, "d", "faq", text)
        assert (await ours.tracker_store.retrieve("d")).active_loop_name is None
        ours.tracker_store.close()

    asyncio.run(run())
