"""A draft of a profile outlives the death of every process between two turns: nothing is lost, nothing is asked twice, nothing saved twice."""

from __future__ import annotations

import sqlite3
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Person, Stack, running_stack

pytestmark = [pytest.mark.model, pytest.mark.processes]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path) as running:
        yield running


def again(stack: Stack, *names: str) -> None:
    """kill -9, and start again."""
    for name in names:
        stack.kill(name)
    for name in names:
        stack.start(name)


def shown(replies: list[dict[str, Any]]) -> str:
    """All that the person reads."""
    return "\n".join(part for reply in replies for part in (reply["text"], *(card["text"] for card in reply["cards"])))


def test_a_draft_survives_the_death_of_rasa_the_action_server_and_the_gateway(stack: Stack) -> None:
    person = Person(stack)
    person.ask("一題一題問我", "/fill")
    assert "您會什麼" in shown(person.ask("洗碗工，做了兩年"))
    again(stack, "rasa")
    assert "語言" in shown(person.ask("堆高機"))  # it goes on where it was
    again(stack, "actions")
    assert "住在" in shown(person.ask("英文"))
    again(stack, "rasa", "actions", "gateway")
    while "/confirm" not in str(replies := person.ask("跳過這題", "/skip")):
        text = shown(replies)
        assert "您會什麼" not in text  # nothing that was said is asked again
        assert "語言" not in text
    for part in ("洗碗人員（2年", "堆高機操作", "英語"):
        assert part in shown(replies), part
    again(stack, "rasa", "actions")
    assert "保存好了" in shown(person.ask("對，保存", "/confirm"))
    with sqlite3.connect(stack.var / "jobseeker.db") as database:
        assert database.execute("SELECT version FROM profile").fetchall() == [(1,)]
        assert database.execute("SELECT purpose, given FROM consent").fetchall() == [("profile", 1)]


def test_a_message_sent_while_the_action_server_is_dead_is_answered_once_it_is_back(stack: Stack) -> None:
    person = Person(stack, "en")
    person.ask("I can drive a forklift and I can weld")
    stack.kill("actions")
    status, body = person.send("also Excel", wait=0)
    assert status == 202, body
    stack.start("actions")
    replies = person.ask("Show it again", "/profile")
    for part in ("forklift driving", "Excel", "welding"):
        assert part in shown(replies), part


def test_a_resume_is_made_once_and_fetched_by_its_link(stack: Stack) -> None:
    person = Person(stack, "en")
    person.ask("I worked as a welder for 4 years and I can drive a forklift")
    person.ask("Right, save it", "/confirm")
    person.ask("Make my CV", "/resume pdf")
    again(stack, "actions", "rasa")
    (card,) = person.ask("Ann Lee 0912-345-678")[-1]["cards"]
    with urllib.request.urlopen(stack.url + card["url"]) as answer:
        content = answer.read()
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert content.startswith(b"%PDF")
    with sqlite3.connect(stack.var / "jobseeker.db") as database:
        assert database.execute("SELECT count(*) FROM stored_file").fetchone() == (1,)
        assert "Ann" not in str(database.execute("SELECT content FROM profile").fetchall())
