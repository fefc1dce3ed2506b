"""Replays the Markdown transcripts through real processes and the trained model. Their form: README.md beside this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Person, Stack, running_stack

HERE = Path(__file__).parent
SCENARIO = re.compile(r"## (?P<title>.+) \((?P<language>zh-Hant|zh-Hans|en)\)$")
REPLY = re.compile(r"- (?P<author>\w+) (?P<act>\S+) (?P<level>none|offer|immediate|\*)$")


@dataclass
class Expected:
    """One reply, and what it must and must not hold."""

    author: str
    act: str
    level: str
    checks: list[str] = field(default_factory=list)


@dataclass
class Turn:
    """What the person writes and what comes back."""

    text: str
    payload: str
    replies: list[Expected] = field(default_factory=list)


@dataclass
class Scenario:
    """One conversation."""

    title: str
    language: str
    turns: list[Turn] = field(default_factory=list)


def read(path: Path) -> list[Scenario]:
    """The conversations of a file. Raises ValueError with the line that is not understood."""
    scenarios: list[Scenario] = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip() or line.startswith("# "):
            continue
        if match := SCENARIO.match(line):
            scenarios.append(Scenario(f"{path.stem}: {match['title']}", match["language"]))
        elif match := re.match(r"> (?:\[(/[^\]]+)\] )?(.+)", line):
            scenarios[-1].turns.append(Turn(match[2], match[1] or ""))
        elif match := REPLY.match(line):
            scenarios[-1].turns[-1].replies.append(Expected(match["author"], match["act"], match["level"]))
        elif match := re.match(r"  - (.+)", line):
            scenarios[-1].turns[-1].replies[-1].checks.append(match[1])
        else:
            raise ValueError(f"{path.name}:{number}: not understood: {line}")
    return scenarios


SCENARIOS = [scenario for path in sorted(HERE.glob("*.md")) if path.name != "README.md" for scenario in read(path)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole service."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def differences(expected: Expected, reply: dict[str, Any]) -> list[str]:
    """What of a reply is not as expected."""
    act = f"faq/{reply['topic']}" if reply["act"] == "faq" else reply["act"]
    found = [
        f"{name} is {actual}, not {wanted}"
        for name, wanted, actual in (
            ("author", expected.author, reply["author"]),
            ("act", expected.act, act),
            ("level", expected.level, reply["escalation"]["level"]),
        )
        if wanted not in ("*", actual)
    ]
    shown = "\n".join([reply["text"], *(card["text"] for card in reply.get("cards", ()))])
    buttons = [*reply["buttons"], *(button for card in reply.get("cards", ()) for button in card.get("buttons", ()))]
    for check in expected.checks:
        kind, _, value = check.partition(": ")
        if kind == "not":
            wrong = value in shown
        elif kind == "button":
            wrong = value not in [button["payload"] for button in buttons]
        elif kind == "language":
            wrong = value != reply["language"]
        else:
            wrong = check not in shown
        if wrong:
            found.append(f"fails: {check}")
    return found


def test_there_are_transcripts() -> None:
    assert len(SCENARIOS) >= 15
    assert all(turn.replies for scenario in SCENARIOS for turn in scenario.turns)


def test_a_wrong_reply_is_noticed() -> None:
    reply: dict[str, Any] = {
        "act": "faq",
        "topic": "ui_amount",
        "author": "bot",
        "text": "60%",
        "language": "en",
        "buttons": [],
        "escalation": {"level": "none"},
    }
    assert differences(Expected("bot", "faq/ui_amount", "none", ["60%"]), reply) == []
    card = {"type": "profile", "text": "forklift", "buttons": [{"title": "Save", "payload": "/confirm"}]}
    expected = Expected("bot", "*", "*", ["forklift", "button: /confirm", "not: forklift", "button: /discard"])
    assert differences(expected, {**reply, "cards": [card]}) == ["fails: not: forklift", "fails: button: /discard"]
    assert (
        len(
            differences(
                Expected(
                    "system", "faq/ui_duration", "offer", ["61%", "not: 60%", "button: /human", "language: zh-Hant"]
                ),
                reply,
            )
        )
        == 7
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
            assert differences(expected, reply) == [], f"{turn.text}: {shown}"
