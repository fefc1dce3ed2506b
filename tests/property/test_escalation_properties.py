"""What holds for every text: no exception, the same answer twice, width, case, spacing and script without effect, a crisis stays one in company."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from content.pack import load_escalation
from jobseeker.escalation.folding import misspellings
from jobseeker.messages import MAX_TEXT_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
POLICY = load_escalation(ROOT)
CRISES = yaml.safe_load((ROOT / "tests/data/escalation_dev.yml").read_text("utf-8"))["crisis"]
OUTRIGHT = (
    "我想死",
    "不想活了",
    "我想自殺",
    "我先生打我",
    "想結束生命",
    "I want to die",
    "I want to kill myself",
    "my husband beats me",
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
han_crisis = st.sampled_from(
    [text for text in CRISES["zh"] if text.isalpha() and not text.isascii() and all("㐀" <= c <= "鿿" for c in text)]
)
any_crisis = st.sampled_from(CRISES["zh"] + CRISES["en"])
anything = st.text(max_size=400) | st.text(alphabet="我想死不要活打人kilmyse f.，!1234ㄙㄌ 😭\u200b", max_size=400)


@settings(deadline=None, max_examples=200)
@given(anything)
def test_any_text_gives_a_level_twice_the_same(text: str) -> None:
    first = POLICY.assess(text)
    assert first == load_again.assess(text)
    assert first.level in ("none", "offer", "immediate")
    assert (first.level == "none") == (first.reasons == ())


load_again = load_escalation(ROOT)


@pytest.mark.slow
@settings(deadline=None, max_examples=5)
@given(st.text(min_size=MAX_TEXT_CHARACTERS, max_size=MAX_TEXT_CHARACTERS))
def test_the_longest_texts(text: str) -> None:
    POLICY.assess(text)


@settings(deadline=None)
@given(any_crisis)
def test_width_and_case_have_no_effect(text: str) -> None:
    assert unicodedata.normalize("NFKC", text.translate(WIDE)) == unicodedata.normalize("NFKC", text)
    assert POLICY.assess(text.translate(WIDE)) == POLICY.assess(text)
    assert POLICY.assess(text.upper()).reasons == POLICY.assess(text.lower()).reasons


@settings(deadline=None)
@given(han_crisis, st.sampled_from([" ", "  ", "　", "·", "~", "-", "_", "\u200b", "* ", "…"]))
def test_blanks_and_decoration_inside_words_have_no_effect(text: str, gap: str) -> None:
    assert POLICY.assess(gap.join(text)).reasons == POLICY.assess(text).reasons


@settings(deadline=None)
@given(st.sampled_from(CRISES["zh"]))
def test_simplified_equals_traditional(text: str) -> None:
    simplified = text.translate(POLICY.folding.characters)
    assert POLICY.assess(simplified) == POLICY.assess(text)


@settings(deadline=None)
@given(
    st.sampled_from(OUTRIGHT),
    st.sampled_from(["請問失業給付怎麼申請。", "hello. ", "我有堆高機證照，", "thanks a lot! ", ""]),
)
def test_a_plain_crisis_is_found_in_company(crisis: str, company: str) -> None:
    assert "crisis" in POLICY.assess(company + crisis).reasons
    assert "crisis" in POLICY.assess(f"{crisis}。{company}").reasons


@given(st.sampled_from(["suicide", "myself", "overdose"]), st.data())
def test_one_slip_is_read_as_the_word(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    dropped = word[:place] + word[place + 1 :]
    assert misspellings([word])[dropped] == word
    assert POLICY.folding.plain(dropped) == word


def test_there_are_texts_to_draw_from() -> None:
    assert len(CRISES["zh"]) > 100 < len(CRISES["en"])
