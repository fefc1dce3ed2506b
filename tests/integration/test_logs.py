"""The logs of real processes after a conversation full of identifiers: JSON where it is promised, and nothing of the person in any of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.stack import Person, Stack, running_stack

pytestmark = [pytest.mark.model, pytest.mark.processes]
SAID = {
    "name": "王小明",
    "identity number": "A123456789",
    "telephone": "0912-345-678",
    "e-mail": "ming.wang@example.org",
    "words": "老闆上禮拜叫我不用來了",
    "English words": "my landlord threatens to throw us out",
    "crisis": "我不想活了",
    "file": "王小明履歷.pdf",
}


def leaks(text: str, secrets: dict[str, str]) -> list[str]:
    """Which of these stand in a log, as written, escaped as in JSON, or in a Python repr of bytes."""
    return [
        name
        for name, value in secrets.items()
        if any(form in text for form in (value, json.dumps(value)[1:-1], repr(value.encode())[2:-1]))
    ]


def test_a_leak_would_be_found() -> None:
    assert leaks('{"event": "x", "text": "\\u738b\\u5c0f\\u660e"}', {"name": "王小明"}) == ["name"]
    assert leaks("b'\\xe7\\x8e\\x8b'", {"name": "王"}) == ["name"]
    assert leaks("nothing", {"name": "王小明"}) == []


def talk(stack: Stack) -> Person:
    """Everything that could be logged: answers, an unknown payload, refused requests, a crisis, parts that die."""
    person = Person(stack)
    person.ask(f"我叫{SAID['name']}，身分證 {SAID['identity number']}，電話 {SAID['telephone']}，{SAID['words']}")
    person.ask(f"{SAID['English words']}, write to {SAID['e-mail']}")
    person.ask("我會開堆高機，想找彰化的工作")
    person.send(SAID["words"] * 2_000)  # too long
    person.send(SAID["name"], payload="/nothing like it " + SAID["name"])
    stack.call("POST", f"/api/v1/conversations/{person.id}/messages", {"text": SAID["words"]}, person.token)
    stack.call("GET", f"/api/v1/conversations/{person.id}/{person.token}", None, person.token)
    person.ask(SAID["crisis"])
    other = Person(stack, "en")
    stack.kill("actions")
    other.send(f"{SAID['English words']} {SAID['name']}", payload="/help", wait=1)
    stack.kill("rasa")
    other.send(f"{SAID['words']} {SAID['name']}", wait=3)
    return person


def test_no_log_holds_what_people_say_or_who_they_are(tmp_path: Path) -> None:
    with running_stack(tmp_path, log_level="DEBUG", answer_attempts="2") as stack:
        person = talk(stack)
        secrets = {**SAID, "token": person.token}
    logs = {name: (tmp_path / f"{name}.log").read_text("utf-8", "replace") for name in ("gateway", "rasa", "actions")}
    assert '"message not answered"' in logs["gateway"], "nothing went wrong: the test looks at too little"
    assert "failed" in logs["rasa"]
    found = {name: leaks(text, secrets) for name, text in logs.items()}
    assert found == {"gateway": [], "rasa": [], "actions": []}
    lines = logs["gateway"].splitlines()
    assert len(lines) > 5
    for line in lines:
        entry = json.loads(line)
        assert {"time", "level", "logger", "event"} <= set(entry)
        assert not re.search("[㐀-鿿]", entry["event"]), entry
