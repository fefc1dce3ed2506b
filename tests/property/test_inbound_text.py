"""Whatever is sent: cleaned text can be stored on every database, and cleaning twice changes nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobseeker.errors import EmptyText, TextTooLong
from jobseeker.inbound_text import clean_text
from jobseeker.messages import MAX_TEXT_CHARACTERS

ANY_TEXT = st.text(st.characters(), max_size=300)  # lone surrogates and control characters included


@given(ANY_TEXT)
def test_what_is_kept_can_be_stored(text: str) -> None:
    try:
        kept = clean_text(text)
    except EmptyText:
        return
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert not any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in kept)
    assert clean_text(kept) == kept
    assert 0 < len(kept) <= len(text)


@pytest.mark.parametrize("text", ["a", "😀", "👨‍👩‍👧", "?", "0", "ㄅ", "é"])
def test_anything_visible_is_text(text: str) -> None:
    assert clean_text(f" {text}\x07 ") == text


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00\x01", "\u200b\u200d", "\ufeff", "\u3000", "\ud800"])
def test_nothing_visible_is_no_text(text: str) -> None:
    with pytest.raises(EmptyText):
        clean_text(text)


def test_the_limit_is_in_characters_after_cleaning() -> None:
    assert len(clean_text("字" * MAX_TEXT_CHARACTERS + "\x00" * 50)) == MAX_TEXT_CHARACTERS
    with pytest.raises(TextTooLong):
        clean_text("字" * (MAX_TEXT_CHARACTERS + 1))
