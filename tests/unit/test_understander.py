"""The classifier: deterministic to the byte, the same after loading, blind to script, width and homophones; commands, context, several questions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobseeker.messages import Command, Context
from language.nlu import Example, Understander
from language.nlu.features import Extractor, Vocabulary, normalise
from language.nlu.network import Settings
from language.nlu.sentences import is_follow_up, question_parts
from language.nlu.tables import build_tables, merge_sound

pytestmark = pytest.mark.slow  # with `make test`


EXAMPLES = [
    Example(text, label)
    for label, texts in {
        "faq/ui_amount": [
            "失業給付可以領多少",
            "一個月領多少錢",
            "how much is the benefit",
            "how much money do I get",
            "金額怎麼算",
            "給付是薪水的幾成",
        ],
        "faq/ui_duration": [
            "失業給付可以領多久",
            "可以領幾個月",
            "how long is it paid",
            "for how many months",
            "領到什麼時候",
            "最久領多久",
        ],
        "faq/severance_pay": [
            "資遣費怎麼算",
            "公司要給資遣費嗎",
            "how is severance pay worked out",
            "資遣費多少",
            "severance from the boss",
            "被資遣拿多少資遣費",
        ],
        "talk_to_human": [
            "我要找真人",
            "轉接客服人員",
            "talk to a person",
            "human please",
            "請真人回答",
            "can a counsellor help me",
        ],
        "out_of_scope": ["今天天氣如何", "tell me a joke", "推薦餐廳", "asdf qwer", "who won the game", "幫我訂機票"],
    }.items()
    for text in texts
]
TITLES = {"ui_amount": "失業給付可以領多少 How much unemployment benefit pays", "severance_pay": "資遣費 Severance pay"}
QUICK = Settings(epochs=40)


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander.train(EXAMPLES, {"severance": ["資遣費", "遣散費", "severance"]}, TITLES, QUICK)


@pytest.mark.slow
def test_same_data_same_bytes_in_any_order(understander: Understander, tmp_path: Path) -> None:
    again = Understander.train(
        EXAMPLES[::-1] + EXAMPLES[:3], {"severance": ["severance", "遣散費", "資遣費"]}, TITLES, QUICK
    )
    assert understander.save(tmp_path / "a").read_bytes() == again.save(tmp_path / "b").read_bytes()
    other = Understander.train(EXAMPLES[1:], {"severance": ["資遣費"]}, TITLES, QUICK)
    assert understander.save(tmp_path / "a").read_bytes() != other.save(tmp_path / "c").read_bytes()


def test_a_loaded_one_reads_the_same(understander: Understander, tmp_path: Path) -> None:
    understander.save(tmp_path)
    loaded = Understander.load(tmp_path)
    for text in ["失業給付可以領多少", "how long?", "😭", "", "遣散費", "天氣"]:
        assert loaded.understand(text) == understander.understand(text)


@pytest.mark.parametrize(
    "text",
    [
        "失業給付可以領多少",
        "失业给付可以领多少",
        "失業給付 可以領 多少？？？",
        "ＨＯＷ　ＭＵＣＨ is the benefit",
        "失業給付可以領多少 😭😭😭",
    ],
)
def test_script_width_and_decoration_do_not_matter(understander: Understander, text: str) -> None:
    assert understander.understand(text).label == "faq/ui_amount"


@pytest.mark.parametrize("text", ["姿遣費怎麼算", "資譴費", "遣散費怎麼算"])
def test_homophones_and_lexicon(understander: Understander, text: str) -> None:
    assert understander.understand(text).label == "faq/severance_pay"


def test_commands_need_no_classifier(understander: Understander) -> None:
    topic = understander.understand("whatever", None, Command("topic", "ui_duration"))
    assert (topic.label, topic.confidence, topic.outcome, topic.topics) == (
        "faq/ui_duration",
        1.0,
        "answer",
        ("ui_duration",),
    )
    assert understander.understand("x", None, Command("topic", "nonsense")).outcome == "unsure"
    assert understander.understand("x", None, Command("human")).label == "talk_to_human"


def test_a_follow_up_is_read_behind_the_topic(understander: Understander) -> None:
    def share(context: Context | None) -> float:
        said = understander.understand("那給多少呢", context)
        return dict([(said.label, said.confidence), *said.alternatives]).get("faq/severance_pay", 0.0)

    assert share(Context(last_topic="severance_pay")) > 1.8 * share(None)
    assert share(Context(last_topic="no_such_topic")) == share(None)


def test_two_questions_are_answered_both(understander: Understander) -> None:
    both = understander.understand("失業給付可以領多少？失業給付可以領多久？")
    assert both.topics == ("ui_amount", "ui_duration")
    assert both.outcome == "answer"
    assert understander.understand("失業給付可以領多少？").topics == ("ui_amount",)


def test_the_answer_is_well_formed(understander: Understander) -> None:
    for text in ["失業給付", "hello", "1", "x" * 4000, "多" * 4000]:
        said = understander.understand(text)
        assert 0 <= said.confidence <= 1
        assert len(said.alternatives) >= 2
        assert said.label not in [label for label, _ in said.alternatives]
        values = [value for _, value in said.alternatives]
        assert values == sorted(values, reverse=True)


@settings(max_examples=200)
@given(st.text(max_size=120))
def test_no_text_breaks_it(understander: Understander, text: str) -> None:
    first, second = understander.understand(text), understander.understand(text)
    assert first == second
    assert np.isfinite(first.confidence)


def test_training_needs_two_labels() -> None:
    with pytest.raises(ValueError, match="two labels"):
        Understander.train([Example("a", "b")])


@pytest.mark.parametrize(("a", "b"), [("zheng", "zeng"), ("shi", "si"), ("ying", "yin"), ("chang", "can")])
def test_sounds_that_people_mix_up_coincide(a: str, b: str) -> None:
    assert merge_sound(a) == merge_sound(b)


def test_features_are_named_after_what_they_see() -> None:
    extractor = Extractor(build_tables(), {"severance": ["資遣費"]})
    names = extractor.extract("資遣費 how much?")
    assert {"h:资", "h:资遣", "s:zi-qian", "w:how", "b:how much", "x:severance"} <= set(names)
    assert len(names) == len(set(names))
    vocabulary = Vocabulary.fit([names, names])
    _, values = vocabulary.vector(names)
    assert float(np.dot(values, values)) == pytest.approx(1.0, abs=1e-5)
    assert vocabulary.vector(["never:seen"])[0].size == 0


def test_normalising_cuts_repetition() -> None:
    assert normalise("領領領領領錢！！！！", build_tables()) == "领领钱!!"


@pytest.mark.parametrize(
    ("text", "sure", "expected"),
    [
        ("那要多久？", True, True),
        ("and for my wife?", True, True),
        ("資遣費怎麼算", True, False),
        ("資遣費怎麼算", False, True),
        ("x " * 40, False, False),
    ],
)
def test_follow_up(text: str, sure: bool, expected: bool) -> None:
    assert is_follow_up(text, sure) is expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("可以領多少？可以領多久？", 2),
        ("how much and how long?", 2),
        ("可以領多少", 0),
        ("我被資遣了，公司不給證明，怎麼辦", 0),
        ("要帶什麼 還有 去哪裡辦", 2),
    ],
)
def test_parts(text: str, count: int) -> None:
    assert len(question_parts(text)) == count
