"""The form of a turn (docs/contracts.md): what is taken, what is refused, how a reply is put together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turn import CLARIFY_CHOICES, TurnFailed, TurnRequest, compose
from jobseeker.errors import MalformedRequest
from jobseeker.messages import Context, Understanding

BODY: dict[str, Any] = {
    "inbox_id": 812, "conversation_id": "c0ffee", "text": "失業給付可以領多久", "command": "", "variety": "zh-Hant", "channel": "web",
    "trace_id": "t", "context": {"last_topic": "ui_amount", "last_act": "faq", "failed_turns": 0},
}  # fmt: skip
ASKED = Understanding(
    "faq/ui_duration",
    0.97,
    (("faq/ui_amount", 0.01), ("greet", 0.01), ("thanks", 0.0)),
    topics=("ui_duration", "ui_amount"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_the_contract_is_read() -> None:
    asked = TurnRequest.parse(BODY)
    assert (asked.inbox_id, asked.conversation_id, asked.spoken, asked.command) == (812, "c0ffee", BODY["text"], None)
    assert asked.context == Context("ui_amount", "faq", 0)
    assert asked.metadata()["context"]["last_topic"] == "ui_amount"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("/greet", "greet"), ("//greet{}", "greet{}"), (" / /x", "x"), ("hello/", "hello/"), ("／greet", "／greet")],
)
def test_nobody_types_an_intent(text: str, spoken: str) -> None:
    asked = TurnRequest.parse(BODY | {"text": text})
    assert asked.spoken == spoken


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"inbox_id": None}, "inbox_id"), ({"inbox_id": True}, "inbox_id"), ({"inbox_id": "1"}, "inbox_id"), ({"inbox_id": 0}, "inbox_id"),
        ({"inbox_id": 2**63}, "inbox_id"), ({"conversation_id": ""}, "conversation_id"), ({"conversation_id": "x" * 65}, "conversation_id"),
        ({"conversation_id": 7}, "conversation_id"), ({"text": None}, "text"), ({"text": "  "}, "text"), ({"text": "x" * 4001}, "text"),
        ({"text": "\ud800"}, "text"), ({"command": "/nonsense"}, "command"), ({"command": None}, "command"), ({"variety": "fr"}, "variety"),
        ({"context": []}, "context"), ({"context": {"failed_turns": "many"}}, "context"), ({"channel": 1}, "channel"), ({"trace_id": 1}, "trace_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        TurnRequest.parse(BODY | change)
    assert caught.value.detail.startswith(named)


def test_a_command_needs_no_text() -> None:
    asked = TurnRequest.parse(BODY | {"text": "", "command": "/topic ui_amount"})
    assert asked.command is not None
    assert asked.metadata()["command"] == "/topic ui_amount"


@given(JSON)
def test_any_json_is_taken_or_refused(body: Any) -> None:
    detail = "taken"
    try:
        TurnRequest.parse(body)
    except MalformedRequest as problem:
        detail = problem.detail
    assert detail


@given(st.sampled_from(sorted(BODY)), JSON)
def test_any_value_of_a_field_is_taken_or_refused(field: str, value: Any) -> None:
    detail = "taken"
    try:
        assert not TurnRequest.parse(BODY | {field: value}).spoken.startswith("/")
    except MalformedRequest as problem:
        detail = problem.detail
    assert detail


def said(payload: Any) -> dict[str, Any]:
    return {"recipient_id": "c", "custom": payload}


def test_a_faq_without_a_key_is_one_answer_for_each_topic() -> None:
    reply = compose(ASKED, [said({"say": {"kind": "faq"}}), said({"command": {"name": "request_handoff"}})])
    assert reply["says"] == [{"kind": "faq", "key": topic, "params": {}} for topic in ("ui_duration", "ui_amount")]
    assert reply["commands"] == [{"name": "request_handoff", "params": {}}]
    assert reply["understanding"] == ASKED.to_dict()


def test_a_clarification_names_the_closest_readings() -> None:
    reply = compose(ASKED, [said({"say": {"kind": "clarify"}})])
    assert reply["says"][0]["params"]["topics"] == ["faq/ui_duration", "faq/ui_amount", "greet"][:CLARIFY_CHOICES]


@pytest.mark.parametrize(
    "messages",
    [
        [], [{"text": "prose"}], [said({"say": {"kind": "shout"}})], [said({"say": "hello"})], [said({"say": {"kind": "utterance"}})],
        [said({"command": {}})], [said({"command": "x"})], [said({"command": {"name": "x", "params": [1]}})], [said({"other": 1})],
        [said({"say": {"kind": "faq", "key": "x"}, "command": {"name": "y"}})], [said(None)],
    ],
)  # fmt: skip
def test_silence_and_what_is_not_of_the_contract_fail_the_turn(messages: list[dict[str, Any]]) -> None:
    with pytest.raises(TurnFailed):
        compose(ASKED, messages)


def test_a_topic_must_have_been_understood() -> None:
    with pytest.raises(TurnFailed, match="none was understood"):
        compose(Understanding("greet", 0.9), [said({"say": {"kind": "faq"}})])
