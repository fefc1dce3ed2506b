"""Faults of the whole service with real processes: gateway, Rasa with the trained model, action server; each is killed with kill -9."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import ROOT, Person, Stack, running_stack

pytestmark = [pytest.mark.model, pytest.mark.processes]
QUESTIONS = [
    "失業給付可以領多少",
    "for how many months can I get unemployment benefit",
    "資遣費怎麼算",
    "你好",
    "what documents do I need for unemployment benefit",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole service."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def replies_of(person: Person, wanted: int, seconds: float = 60) -> list[dict[str, Any]]:
    """All replies of a conversation, read from its event stream until `wanted` have come or the time is over."""
    found: list[dict[str, Any]] = []
    url = f"{person.stack.url}/api/v1/conversations/{person.id}/events?after=0&token={person.token}"
    deadline = time.monotonic() + seconds
    settle = 1.5  # one reply too many would come within this time
    event = ""
    with urllib.request.urlopen(url, timeout=seconds) as stream:
        while time.monotonic() < deadline:
            try:
                line = stream.readline().decode().rstrip()
            except TimeoutError:
                break
            if line.startswith("event:"):
                event = line.partition(":")[2].strip()
            elif line.startswith("data:") and event == "reply":
                found.append(json.loads(line.partition(":")[2]))
                if len(found) == wanted:
                    stream.fp.raw._sock.settimeout(settle)
                    deadline = time.monotonic() + settle
    return found


def answered_once(person: Person, messages: int) -> list[dict[str, Any]]:
    """The replies after the greeting; each message must have been answered exactly once, in order."""
    replies = replies_of(person, messages + 1)[1:]
    assert len(replies) == messages, [(reply["seq"], reply["act"], reply["text"][:40]) for reply in replies]
    assert len({reply["seq"] for reply in replies}) == messages
    assert [reply["seq"] for reply in replies] == sorted(reply["seq"] for reply in replies)
    assert Counter(reply["author"] for reply in replies) == {"bot": messages}, "a dead letter is not an answer"
    return replies


def test_gateway_killed_with_messages_in_the_inbox(stack: Stack) -> None:
    people = [Person(stack) for _ in range(6)]
    for person in people:
        for number, text in enumerate(QUESTIONS):
            status, _ = person.send(text, wait=0, message_id=f"m{number}")
            assert status == 202
    stack.kill("gateway")
    stack.start("gateway")
    for person in people:
        status, body = person.send(QUESTIONS[0], wait=0, message_id="m0")  # the client was not sure and sends again
        assert (status, body["duplicate"]) == (202, True)
    for person in people:
        topics = [reply["topic"] for reply in answered_once(person, len(QUESTIONS))]
        assert topics == ["ui_amount", "ui_duration", "severance_pay", "", "ui_documents"]


def test_rasa_killed_again_and_again(stack: Stack) -> None:
    people = [Person(stack) for _ in range(4)]

    def keep_sending(person: Person) -> None:
        for number, text in enumerate(QUESTIONS * 2):
            person.send(text, wait=0, message_id=f"m{number}")
            time.sleep(0.2)

    senders = [threading.Thread(target=keep_sending, args=(person,)) for person in people]
    for sender in senders:
        sender.start()
    for _ in range(3):
        time.sleep(0.5)
        stack.kill("rasa")
        stack.start("rasa")
    for sender in senders:
        sender.join()
    for person in people:
        answered_once(person, len(QUESTIONS) * 2)


def test_action_server_down_is_not_hidden_and_heals(stack: Stack) -> None:
    person = Person(stack)
    stack.kill("actions")
    try:
        status, body = person.send("可以切換語言嗎", wait=2)
        assert (status, body["replies"]) == (202, [])
        other = Person(stack)
        assert other.ask(QUESTIONS[0])[0]["topic"] == "ui_amount", "what needs no action is answered meanwhile"
    finally:
        stack.start("actions")
    (reply,) = answered_once(person, 1)
    assert reply["act"] == "switch_language"


def test_a_crisis_is_answered_with_everything_behind_the_gateway_down(stack: Stack) -> None:
    person = Person(stack)
    stack.kill("rasa")
    stack.kill("actions")
    try:
        (reply,) = person.ask("我不想活了")
        assert reply["act"] == "crisis"
        assert "1925" in reply["text"]
        (queued,) = person.ask("我要找真人")
        assert queued["act"] == "talk_to_human"
    finally:
        stack.start("rasa", wait=False)
        stack.start("actions")
        stack.wait_ready("rasa")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 422),
        ("   ", 422),
        ("x" * 4001, 413),
        ("😭😭😭", 200),
        ("\x07\x1b[31m你好", 200),
        ("\x00", 422),
        ("/nonsense", 200),
        ("?" * 4000, 200),
        ("‮evil", 200),
    ],
)
def test_odd_texts_get_a_clear_answer(stack: Stack, text: str, status: int) -> None:
    person = Person(stack)
    got, body = person.send(text)
    assert got == status, body
    if status == 200:
        assert body["replies"]
        assert body["replies"][0]["text"]
    else:
        assert set(body["error"]["message"]) == {"zh", "en"}


def test_wrong_token_and_unknown_conversation_look_alike(stack: Stack) -> None:
    person, other = Person(stack), Person(stack)
    path = f"/api/v1/conversations/{person.id}/messages"
    message = {"text": "hi", "client_message_id": "a"}
    stolen = stack.call("POST", path, message, other.token)
    unknown = stack.call("POST", "/api/v1/conversations/" + "0" * 32 + "/messages", message, other.token)
    assert stolen[0] == unknown[0] == 404
    assert stolen[1]["error"]["code"] == unknown[1]["error"]["code"] == "JS-ACC-001"


def test_the_command_line_reads_like_the_running_assistant(stack: Stack) -> None:
    texts = [
        *QUESTIONS,
        "老闆叫我明天不用來了 有錢可以領嗎",
        "boss say company no money, i get something?",
        "姿遣費怎麼算ㄚ",
        "幫我寫一首詩",
        "我想死",
        "asdf",
    ]
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    done = subprocess.run(
        [ROOT / ".venv/bin/jobseeker", "parse"], input=lines, capture_output=True, text=True, cwd=ROOT, check=True
    )
    parsed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(parsed) == len(texts)
    for text, said in zip(texts, parsed, strict=True):
        body = {"inbox_id": abs(hash(text)) % 10**9 + 10**6, "conversation_id": f"cli-compare-{uuid.uuid4().hex}", "text": text, "command": "", "variety": "zh-Hant",
                "channel": "web", "trace_id": "t", "context": {}}  # fmt: skip
        served = turn(stack, body)["understanding"]
        assert (said["label"], said["outcome"]) == (served["label"], served["outcome"]), text
        assert said["confidence"] == pytest.approx(served["confidence"], abs=2e-4), text


def turn(stack: Stack, body: dict[str, Any]) -> dict[str, Any]:
    """Ask Rasa itself, as the gateway does."""
    headers = {"X-Internal-Token": stack.environment["JOBSEEKER_INTERNAL_TOKEN"], "Content-Type": "application/json"}
    address = f"http://127.0.0.1:{stack.ports['rasa']}/webhooks/jobseeker/turn"
    with urllib.request.urlopen(
        urllib.request.Request(address, json.dumps(body).encode(), headers), timeout=20
    ) as answered:
        answer: dict[str, Any] = json.load(answered)
    return answer
