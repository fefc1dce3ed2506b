"""What the dialogue engine may answer, and what is refused. The HTTP side is in tests/integration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rasa_client import parse_turn
from jobseeker.errors import DialogueProtocol
from jobseeker.messages import Say

GOOD: dict[str, Any] = {
    "inbox_id": 7,
    "replayed": True,
    "understanding": {
        "label": "faq/ui_amount",
        "confidence": 0.9,
        "alternatives": [{"label": "greet", "confidence": 0.1}],
    },
    "says": [{"kind": "faq", "key": "ui_amount", "params": {}}],
    "commands": [{"name": "set_variety", "params": {"variety": "en"}}],
    "model": "m",
}


def test_the_contract() -> None:
    turn = parse_turn(json.dumps(GOOD).encode(), 7)
    assert turn.says == (Say("faq", "ui_amount"),)
    assert turn.commands == (("set_variety", {"variety": "en"}),)
    assert (turn.understanding.label, turn.model, turn.replayed) == ("faq/ui_amount", "m", True)


@pytest.mark.parametrize(
    "change",
    [
        {"inbox_id": 8},
        {"inbox_id": None},
        {"says": None},
        {"says": [{}]},
        {"says": [{"kind": "shout", "key": "x"}]},
        {"says": [{"kind": "faq", "key": ""}]},
        {"says": [{"kind": "utterance", "key": 7}]},
        {"says": [{"kind": "faq", "key": "x", "params": [1]}]},
        {"says": "text"},
        {"understanding": None},
        {"understanding": {"label": "x"}},
        {"understanding": {"label": "x", "confidence": "high"}},
        {"commands": [{}]},
        {"commands": [7]},
    ],
)
def test_what_is_not_the_contract_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DialogueProtocol):
        parse_turn(json.dumps(GOOD | change).encode(), 7)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.slow
@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_nothing_else_is_raised_whatever_comes(body: bytes) -> None:
    with pytest.raises(DialogueProtocol):
        parse_turn(body, 7)


@pytest.mark.slow
@given(st.sampled_from(sorted(GOOD)), JSON)
def test_one_wrong_part_is_refused_or_harmless(part: str, value: object) -> None:
    try:
        turn = parse_turn(json.dumps(GOOD | {part: value}).encode(), 7)
    except DialogueProtocol:
        return
    assert isinstance(turn.says, tuple)
