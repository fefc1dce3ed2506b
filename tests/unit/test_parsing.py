"""`jobseeker parse`: what goes in and what comes out, on a small model trained here."""

from __future__ import annotations

import json

import pytest

from app.parsing import Parser, turns_of
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from language.nlu import Example, Understander
from language.nlu.network import Settings

EXAMPLES = [
    Example(text, label)
    for label, texts in {
        "faq/ui_amount": [
            "失業給付可以領多少",
            "一個月領多少錢",
            "how much is the benefit",
            "how much money do I get",
            "金額怎麼算",
        ],
        "faq/ui_duration": [
            "失業給付可以領多久",
            "可以領幾個月",
            "how long is it paid",
            "for how many months",
            "領到什麼時候",
        ],
        "greet": ["你好", "哈囉", "hello", "hi there", "早安"],
        "out_of_scope": ["今天天氣如何", "tell me a joke", "推薦餐廳", "asdf qwer", "who won the game"],
    }.items()
    for text in texts
]


@pytest.fixture(scope="module")
def parser(pack: Pack, policy: EscalationPolicy) -> Parser:
    return Parser(Understander.train(EXAMPLES, settings=Settings(epochs=40)), policy, pack)


def test_the_line_has_the_documented_form(parser: Parser) -> None:
    result = parser.parse_line(json.dumps({"text": "失業給付可以領多少"}), 1)
    assert result["label"] == "faq/ui_amount"
    assert 0 < result["confidence"] <= 1
    assert len(result["alternatives"]) >= 2
    assert all(set(item) == {"label", "confidence"} for item in result["alternatives"])
    assert (result["language"], result["script"]) == ("zh", "Hant")
    assert result["escalation"] == {"level": "none", "reasons": []}


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [("how much is the benefit", "en", "Latn"), ("失业给付可以领多少", "zh", "Hans"), ("你好", "zh", "Hant")],
)
def test_language_and_script(parser: Parser, text: str, language: str, script: str) -> None:
    result = parser.parse_line(json.dumps({"text": text}), 1)
    assert (result["language"], result["script"]) == (language, script)


def test_the_safety_check_is_part_of_it(parser: Parser) -> None:
    result = parser.parse_line(json.dumps({"text": "我不想活了"}), 1)
    assert result["escalation"]["level"] == "immediate"
    assert "crisis" in result["escalation"]["reasons"]


def test_a_conversation_is_judged_at_its_last_turn(parser: Parser) -> None:
    turns = [
        {"role": "user", "text": "你好"},
        {"role": "assistant", "text": "您好"},
        {"role": "user", "text": "how long is it paid"},
    ]
    result = parser.parse_line(json.dumps({"turns": turns}), 1)
    assert result["label"] == "faq/ui_duration"
    assert result["language"] == "en"


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"turns": "x"}', '{"turns": []}', '{"text": 3}', '{"turns": [{"role": "bot", "text": "hi"}]}']
)
def test_a_bad_line_is_named(parser: Parser, line: str) -> None:
    result = parser.parse_line(line, 7)
    assert result["line"] == 7
    assert result["error"]


@pytest.mark.parametrize("text", ["", "😭", "\x00", "/topic ui_amount", "/topic nothing", "/human", "a" * 9000])
def test_odd_texts_are_answered(parser: Parser, text: str) -> None:
    assert "label" in parser.parse_line(json.dumps({"text": text}), 1)


def test_turns_are_read_in_every_form() -> None:
    assert turns_of({"text": "a"}) == ["a"]
    assert turns_of(
        {"turns": ["a", {"text": "b"}, {"speaker": "bot", "text": "c"}, {"author": "jobseeker", "content": "d"}]}
    ) == ["a", "b", "d"]
