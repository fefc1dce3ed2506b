"""The escalation rules against the texts in tests/data, their documentation, and what must break when a rule goes missing."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from content.pack import load_escalation
from jobseeker.escalation import EscalationPolicy, ScoredRule, SignalRule
from jobseeker.escalation.evidence import Evidence
from jobseeker.escalation.policy import REASONS_OF_CODE, REMEMBERED
from jobseeker.messages import Command
from language.detect import to_simplified

ROOT = Path(__file__).resolve().parents[2]
POLICY = load_escalation(ROOT)
FILES = ("dev", "learnt", "heldout")
# file: crisis recall, false alarms, level exact
FLOORS = {"dev": (0.99, 0.04, 0.98), "learnt": (0.98, 0.04, 0.96), "heldout": (0.97, 0.10, 0.92)}
LEAST = {"dev": (250, 250, 300), "learnt": (120, 120, 150), "heldout": (120, 120, 150)}


def texts(node: Any) -> list[str]:
    return [text for value in node.values() for text in texts(value)] if isinstance(node, dict) else list(node)


def read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / f"tests/data/escalation_{name}.yml").read_text("utf-8"))
    return data


DATA = {name: read(name) for name in FILES}


def is_crisis(text: str, policy: EscalationPolicy = POLICY) -> bool:
    return "crisis" in policy.assess(text).reasons


def recall(data: dict[str, Any], policy: EscalationPolicy = POLICY) -> float:
    every = texts(data["crisis"])
    return sum(is_crisis(text, policy) for text in every) / len(every)


def level_exact(data: dict[str, Any], policy: EscalationPolicy = POLICY) -> float:
    pairs = [(level, text) for level, node in data["levels"].items() for text in texts(node)]
    return sum(policy.assess(text).level == level for level, text in pairs) / len(pairs)


@pytest.mark.parametrize("name", FILES)
def test_there_is_enough_to_measure_on(name: str) -> None:
    crisis, near, levels = LEAST[name]
    data = DATA[name]
    assert len(set(texts(data["crisis"]))) >= crisis
    assert len(set(texts(data["near_crisis"]))) >= near
    assert len(set(texts(data["levels"]))) >= levels
    assert all(isinstance(text, str) and text.strip() for text in texts(data))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FILES)
def test_crises_are_found(name: str, language: str) -> None:
    missed = [text for text in DATA[name]["crisis"][language] if not is_crisis(text)]
    assert len(missed) <= (1 - FLOORS[name][0]) * len(DATA[name]["crisis"][language]), missed


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FILES)
def test_idioms_and_neighbours_are_not_taken_for_a_crisis(name: str, language: str) -> None:
    alarms = [text for text in DATA[name]["near_crisis"][language] if is_crisis(text)]
    assert len(alarms) <= FLOORS[name][1] * len(DATA[name]["near_crisis"][language]), alarms


@pytest.mark.parametrize("name", FILES)
def test_levels_are_exact(name: str) -> None:
    assert level_exact(DATA[name]) >= FLOORS[name][2]


def test_the_third_round() -> None:
    data = read("heldout3")
    assert len(texts(data["crisis"])) >= 50 <= len(texts(data["near_crisis"]))
    assert recall(data) >= 0.88
    assert sum(is_crisis(text) for text in texts(data["near_crisis"])) <= 5


def rows(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((ROOT / f"tests/data/escalation_{name}.yml").read_text("utf-8"))["rows"])


def test_worried_people_in_no_danger_are_rarely_taken_for_a_crisis() -> None:
    """Of a round nothing was learnt from."""
    found = [row["text"] for row in rows("ordinary")]
    alarms = [text for text in found if is_crisis(text)]
    assert len(found) >= 200
    assert len(alarms) <= 0.05 * len(found), alarms


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("plain", 1.0, 1.0), ("indirect", 0.95, 1.0), ("veiled", 0.9, 1.0), ("near", 0.0, 0.14), ("ordinary", 0.0, 0.03)],
)
def test_the_eighth_round(kind: str, least: float, most: float) -> None:
    """Not learnt from: plainly said crises are all found, near misses and ordinary messages seldom taken for one."""
    found = [row["text"] for row in rows("fresh8") if row["kind"] == kind]
    assert len(found) >= 30
    assert least <= sum(is_crisis(text) for text in found) / len(found) <= most


@pytest.mark.parametrize(
    "text",
    [
        "我怕我不會用網路", "一個老婆一個孩子，孩子殘障", "我爸媽都八十了", "我女兒身障", "我爸爸過世了", "我媽住院我要照顧她", "我離婚了一個人帶小孩",
        "I am afraid I will be fined", "算了", "不要再來了", "好了", "I live by myself", "my father die last year", "老板把我开除了，说我偷东西，其实没有",
    ],
)  # fmt: skip
def test_named_facts_of_a_life(text: str) -> None:
    """Heard in conversations: a false crisis takes the whole conversation over."""
    assert not is_crisis(text)


@pytest.mark.parametrize("name", FILES)
def test_no_held_out_text_is_in_another_file(name: str) -> None:
    others = {
        text
        for other in FILES
        if other != name
        for text in texts(DATA[other]["crisis"]) + texts(DATA[other]["near_crisis"])
    }
    shared = others & set(texts(DATA[name]["crisis"]) + texts(DATA[name]["near_crisis"]))
    assert len(shared) <= 3, shared


@pytest.mark.parametrize("name", FILES)
def test_simplified_crises_are_found_as_well(name: str) -> None:
    every = [to_simplified(text) for text in DATA[name]["crisis"]["zh"]]
    missed = [text for text in every if not is_crisis(text)]
    assert len(missed) <= 0.03 * len(every), missed


@pytest.mark.parametrize(
    "text",
    [
        "想ㄙˇ", "4了算了", "想s", "想 死", "自，殺，我要", "我 想 自 殺", "kms", "unalive me", "suicde", "kill myslef", "s.u.i.c.i.d.e", "Ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "我\u200b想\u200b死", "bu xiang huo le", "我先生說他不想活了", "he is going to hit me", "老闆把門鎖起來不讓我走", "雇主扣我護照，把門反鎖",
        "my kids would be better off without me", "I have the pills in front of me", "我在頂樓", "我在房間燒炭",
    ],
)  # fmt: skip
def test_named_crises(text: str) -> None:
    assert POLICY.assess(text).level == "immediate"
    assert is_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "累死了", "煩死", "笑死", "死線是哪天", "死薪水", "窮死了", "餓死", "dead tired", "what is the deadline", "killing it", "this is killing me",
        "dying to start", "shoot me an email", "自殺式履歷？", "跳槽", "跳樓大拍賣", "燒腦", "保險的自殺條款？", "喪葬津貼可以領多少", "自殺防治專線的電話是幾號",
        "不想活在別人的期待裡", "Goodbye", "I don't want to",
    ],
)  # fmt: skip
def test_named_idioms(text: str) -> None:
    assert not is_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "真人",
        "轉人工",
        "找人",
        "有沒有人可以跟我講",
        "給我電話我要跟人講",
        "let me talk to someone",
        "agent",
        "i want human",
        "stop bot",
    ],
)
def test_asked_for_human(text: str) -> None:
    assert "asked_for_human" in POLICY.assess(text).reasons


@pytest.mark.parametrize(
    "text",
    [
        "你是真人嗎",
        "human resources",
        "should I talk to my boss",
        "找人資",
        "找工作的人",
        "person in charge of HR at my company",
        "有人在嗎",
        "找客服的工作",
    ],
)
def test_did_not_ask_for_human(text: str) -> None:
    assert POLICY.assess(text).level == "none"


def test_button_label_topic_and_failed_turns() -> None:
    assert POLICY.assess("", command=Command("human")).reasons == ("asked_for_human",)
    assert POLICY.assess("", label="crisis").reasons == ("crisis",)
    assert (
        POLICY.assess("我想死", command=Command("topic", "ui_amount")).level == "none"
    )  # a button's title is not the person's own words
    assert POLICY.assess("x", label="faq/ui_appeal", topic_risk="adverse").reasons == ("adverse_topic",)
    assert POLICY.assess("x", label="faq/sexual_harassment_work", topic_risk="crisis").reasons == ("sensitive_topic",)
    assert POLICY.assess("x", failed_turns=1).level == "none"
    assert POLICY.assess("x", failed_turns=2).reasons == ("failed_turns",)


def test_the_highest_level_wins_and_its_reasons_come_first() -> None:
    found = POLICY.assess("老闆欠薪兩個月，我想死")
    assert found.level == "immediate"
    assert found.reasons[0] == "crisis"
    assert "unpaid_wages" in found.reasons


def without(name: str) -> EscalationPolicy:
    """The policy without its scores and without the patterns of one rule."""
    signals = tuple(rule for rule in POLICY.signals if isinstance(rule, SignalRule) and rule.name != name)
    assert len(signals) < len(POLICY.signals)
    return dataclasses.replace(POLICY, signals=signals)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["self_harm", "violence"])
def test_a_missing_rule_is_noticed(name: str) -> None:
    assert recall(DATA["dev"], without(name)) < FLOORS["dev"][0] - 0.05


def test_missing_scores_are_noticed() -> None:
    plain = dataclasses.replace(POLICY, signals=tuple(rule for rule in POLICY.signals if isinstance(rule, SignalRule)))
    assert recall(DATA["learnt"], plain) < FLOORS["learnt"][0] - 0.05


@pytest.mark.slow
def test_missing_masks_are_noticed() -> None:
    bare = dataclasses.replace(
        POLICY,
        signals=tuple(
            dataclasses.replace(rule, masks=()) if isinstance(rule, SignalRule) else rule for rule in POLICY.signals
        ),
    )
    every = texts(DATA["dev"]["near_crisis"])
    assert sum(is_crisis(text, bare) for text in every) / len(every) > FLOORS["dev"][1] * 2


@pytest.mark.slow
def test_a_single_removed_pattern_is_noticed() -> None:
    """Each pattern of the crisis rules carries at least one text of the tuning files that no other pattern finds."""
    every = [text for name in FILES for text in texts(DATA[name]["crisis"])]
    alone: dict[str, int] = {}
    for text in every:
        found = {
            evidence.pattern
            for evidence in POLICY.explain(text)
            if evidence.reason == "crisis" and "score" not in evidence.name
        }
        if len(found) == 1:
            pattern = found.pop()
            alone[pattern] = alone.get(pattern, 0) + 1
    patterns = [
        pattern.pattern
        for rule in POLICY.signals
        if isinstance(rule, SignalRule) and rule.reason == "crisis"
        for pattern in rule.patterns
    ]
    assert len(patterns) >= 15
    assert [pattern[:60] for pattern in patterns if pattern not in alone] == []


def test_every_reason_is_documented_and_every_documented_reason_exists() -> None:
    section = (ROOT / "docs/escalation.md").read_text("utf-8").partition("## Reasons")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \| (?:offer|immediate) \|", section, re.MULTILINE))
    existing = (
        {rule.reason for rule in POLICY.signals}
        | {rule.reason for rule in POLICY.labels.values()}
        | set(REASONS_OF_CODE)
    )
    assert documented == existing
    assert len(existing) > 10


@pytest.mark.slow
def test_every_fired_reason_names_its_evidence() -> None:
    for name in FILES:
        for text in texts(DATA[name]["crisis"]):
            explained = {evidence.reason for evidence in POLICY.explain(text)}
            assert set(POLICY.assess(text).reasons) == explained
            assert all(evidence.name or evidence.reason for evidence in POLICY.explain(text))


def test_scores_are_there() -> None:
    scored = [rule for rule in POLICY.signals if isinstance(rule, ScoredRule)]
    assert {rule.name for rule in scored} == {"crisis_score", "human_score", "anger_score", "trouble_score"}
    assert all(len(rule.weights) > 1_000 for rule in scored)


def test_a_line_in_a_long_letter_counts() -> None:
    letter = (
        "我在工廠做了八年，每天早上七點上班。去年換了新的主管，薪水沒有調整。我想知道資遣費怎麼算，需要什麼文件。" * 6
    )
    assert not is_crisis(letter)
    assert is_crisis(
        letter + "最近開始整理東西，衣服捐掉、照片燒掉，突然很平靜，今天把帳都還完了，沒有遺憾了。" + letter
    )


def hard_texts() -> list[str]:
    units = [
        "死",
        "我不想",
        "門鎖",
        "i want to ",
        "don't want ",
        "k i l ",
        "not ",
        ".",
        "！",
        "打我",
        "the last time ",
        "a ",
        "\u200b",
        "😭",
        "我a",
        "沒有",
        "he ",
    ]
    return [(unit * 4_000)[:4_000] for unit in units]


@pytest.mark.slow
def test_time_is_bounded_on_the_longest_message() -> None:
    """CPU seconds, ten times what it takes here: catastrophic backtracking would take minutes."""
    for text in hard_texts():
        assert len(text) == 4_000
        start = time.process_time()
        POLICY.assess(text)
        assert time.process_time() - start < 1.0, text[:20]


class Counted:
    """A rule that fires on a word and counts how often it was asked."""

    reason, level, name = "dispute", "offer", "counted"

    def __init__(self) -> None:
        self.asked = 0

    def evidence(self, plain: str, tight: str) -> Iterator[Evidence]:
        """One thing, where the word is there."""
        self.asked += 1
        if "fine" in plain:
            yield Evidence(self.reason, self.name, "fine", "fine")


def test_the_rules_read_the_same_words_once() -> None:
    rule = Counted()
    policy = EscalationPolicy((cast("SignalRule", rule),))
    first = [policy.assess(text) for text in ("I got a fine", "hello")]
    again = [policy.assess(text) for text in ("I got a fine", "hello")]
    assert first == again
    assert [each.level for each in first] == ["offer", "none"]
    assert rule.asked == 2
    assert policy.assess("hello", failed_turns=2).reasons == ("failed_turns",), "only what the words say is remembered"


def test_no_more_texts_are_remembered_than_said_and_none_in_words() -> None:
    policy = EscalationPolicy((cast("SignalRule", Counted()),))
    for number in range(REMEMBERED + 10):
        policy.assess(f"my fine number {number}")
    assert len(policy._known) == REMEMBERED
    assert not any(b"fine" in key for key in policy._known)
