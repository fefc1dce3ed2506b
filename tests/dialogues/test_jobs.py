"""Replays tests/dialogues/jobs/*.md: the dialogue about vacancies through real processes, the trained model and a small market.

Their form is that of README.md beside this file, and: `card: text` stands in a card, `card-button: payload` is a button of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dialogues.test_transcripts import Expected, Scenario, differences, read
from tests.doubles.open_market import open_market
from tests.stack import Person, Stack, running_stack

HERE = Path(__file__).parent / "jobs"
SCENARIOS = [scenario for path in sorted(HERE.glob("*.md")) for scenario in read(path)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole service with vacancies in it."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        ids = open_market(running)
        assert (ids["v1"], ids["v9"], ids["c1"]) == (1, 9, 1), "the transcripts name vacancies by these ids"
        yield running


def wrong(expected: Expected, reply: dict[str, Any]) -> list[str]:
    """What of a reply, its cards included, is not as expected."""
    cards = [check for check in expected.checks if check.startswith("card")]
    plain = Expected(expected.author, expected.act, expected.level, [c for c in expected.checks if c not in cards])
    texts = [card["text"] for card in reply["cards"]]
    payloads = [button["payload"] for card in reply["cards"] for button in card.get("buttons", ())]
    found = differences(plain, reply)
    for check in cards:
        kind, _, value = check.partition(": ")
        if not (value in payloads if kind == "card-button" else any(value in text for text in texts)):
            found.append(f"fails: {check}")
    return found


def test_there_are_transcripts_of_every_act() -> None:
    acts = {expected.act for scenario in SCENARIOS for turn in scenario.turns for expected in turn.replies}
    assert acts >= {
        "find_jobs", "explain_match", "skill_gap", "find_training", "contest_decision", "job_alert_on", "job_alert_off",
        "barrier_support", "explore_occupations",
    }  # fmt: skip
    assert {scenario.language for scenario in SCENARIOS} == {"zh-Hant", "zh-Hans", "en"}


def test_a_wrong_card_is_noticed() -> None:
    reply = {
        "author": "bot",
        "act": "find_jobs",
        "topic": "",
        "text": "a list",
        "language": "en",
        "buttons": [],
        "escalation": {"level": "none"},
        "cards": [{"text": "Forklift driver", "buttons": [{"payload": "/why 1"}]}],
    }
    assert wrong(Expected("bot", "find_jobs", "none", ["card: Forklift", "card-button: /why 1"]), reply) == []
    assert (
        len(wrong(Expected("bot", "find_jobs", "none", ["card: Nurse", "card-button: /why 2", "a table"]), reply)) == 3
    )


@pytest.mark.model
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_transcript(stack: Stack, scenario: Scenario) -> None:
    person = Person(stack, scenario.language)
    for turn in scenario.turns:
        replies = person.ask(turn.text, turn.payload)
        shown = [(r["author"], r["act"], r["topic"], r["escalation"]["level"], r["text"][:60]) for r in replies]
        assert len(replies) == len(turn.replies), f"{turn.text}: {shown}"
        for expected, reply in zip(turn.replies, replies, strict=True):
            assert wrong(expected, reply) == [], f"{turn.text}: {shown}"
