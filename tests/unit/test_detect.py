"""The variety a person writes in, and the one they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobseeker.messages import VARIETIES
from language.detect import detect_variety, foreign_language, requested_variety, script_of, to_simplified

pytestmark = pytest.mark.slow  # with `make test`


@pytest.mark.parametrize(
    ("text", "current", "expected"),
    [
        ("失業給付怎麼申請", "en", "zh-Hant"),
        ("失业给付怎么申请", "zh-Hant", "zh-Hans"),
        ("UI benefit 怎麼申請?", "en", "zh-Hant"),
        ("我被 fire 了 can i get money", "en", "zh-Hant"),
        ("I was fired by 老闆 yesterday and he does not pay me my money", "zh-Hant", "en"),
        ("hello", "zh-Hant", "en"),
        ("ok", "zh-Hant", "zh-Hant"),
        ("OK", "en", "en"),
        ("104", "zh-Hans", "zh-Hans"),
        ("😭😭", "en", "en"),
        ("ㄏㄏ", "en", "zh-Hant"),
        ("你好", "zh-Hans", "zh-Hans"),
        ("你好", "en", "zh-Hant"),
        ("", "en", "en"),
        ("台中", "zh-Hant", "zh-Hant"),
        ("台中 西屯", "zh-Hant", "zh-Hant"),
        ("后里", "zh-Hant", "zh-Hant"),
        ("斗六 小吃店", "zh-Hant", "zh-Hant"),
        ("雇主不付", "zh-Hant", "zh-Hant"),
        ("台中", "zh-Hans", "zh-Hans"),
        ("雇主不给钱", "zh-Hant", "zh-Hans"),
        ("台中有工作吗", "zh-Hant", "zh-Hans"),
        ("后天可以吗", "zh-Hant", "zh-Hans"),
        ("然后呢", "zh-Hant", "zh-Hans"),
    ],
)
def test_variety(text: str, current: str, expected: str) -> None:
    assert detect_variety(text, current, chosen=False) == expected


def test_an_explicit_choice_sticks() -> None:
    assert detect_variety("失業給付怎麼申請", "en", chosen=True) == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("可以講英文嗎", "en"),
        ("can you speak english", "en"),
        ("請用簡體", "zh-Hans"),
        ("请用简体", "zh-Hans"),
        ("繁體中文謝謝", "zh-Hant"),
        ("I can't read Chinese", "en"),
        ("看不懂英文", "zh-Hant"),
        ("看不懂英文 可以中文嗎", "zh-Hant"),
        ("switch from chinese to english", "en"),
        ("Chinese please", "zh-Hant"),
        ("换中文", "zh-Hans"),
        ("換語言", None),
        ("多少錢", None),
    ],
)
def test_requested_variety(text: str, expected: str | None) -> None:
    assert requested_variety(text) == expected


@pytest.mark.parametrize(
    "text", ["Saya kehilangan pekerjaan saya kemarin di pabrik", "Tôi bị mất việc làm hôm qua và không có lương"]
)
def test_a_longer_foreign_text_is_noticed(text: str) -> None:
    assert foreign_language(text) in ("id", "vi", "ms", "tl")
    assert detect_variety(text, "zh-Hant", chosen=False) == "en"


@pytest.mark.parametrize("text", ["boss say company no money, i get something?", "hello", "失業給付", "UI"])
def test_english_and_chinese_are_not_foreign(text: str) -> None:
    assert foreign_language(text) is None


def test_simplified_uses_mainland_words() -> None:
    assert script_of(to_simplified("請確認網路上的資訊")) == "Hans"


@given(st.text(max_size=200), st.sampled_from(VARIETIES), st.booleans())
def test_any_text_gives_a_variety_that_exists(text: str, current: str, chosen: bool) -> None:
    assert detect_variety(text, current, chosen) in VARIETIES
