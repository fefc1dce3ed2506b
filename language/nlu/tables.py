"""Character tables: Traditional -> Simplified folding and Han -> sound. Made when a model is trained and kept inside it.

A model carries its own tables, so that it reads a text in the same way in every process and with every version of
OpenCC or pypinyin, and so that answering needs neither library.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass

HAN_FIRST, HAN_LAST = 0x3400, 0x9FFF

# Syllables that speakers of Taiwan Mandarin and Zhuyin typists take for one another: retroflex and flat initials,
# -ng and -n finals, n- and l-, h- and f-.
_MERGED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_MERGED_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))

# A lone Zhuyin letter in a chat message stands for a whole word.
ZHUYIN_SOUNDS: Mapping[str, str] = {
    "ㄅ": "ba", "ㄆ": "pi", "ㄇ": "ma", "ㄈ": "fu", "ㄉ": "de", "ㄊ": "ta", "ㄋ": "ne", "ㄌ": "le", "ㄍ": "ge", "ㄎ": "ke",
    "ㄏ": "he", "ㄐ": "ji", "ㄑ": "qi", "ㄒ": "xi", "ㄓ": "zi", "ㄔ": "ci", "ㄕ": "si", "ㄖ": "ri", "ㄗ": "zi", "ㄘ": "ci",
    "ㄙ": "si", "ㄚ": "a", "ㄛ": "o", "ㄜ": "e", "ㄝ": "e", "ㄞ": "ai", "ㄟ": "ei", "ㄠ": "ao", "ㄡ": "ou", "ㄢ": "an",
    "ㄣ": "en", "ㄤ": "an", "ㄥ": "en", "ㄦ": "er", "ㄧ": "yi", "ㄨ": "wu", "ㄩ": "yu",
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """`fold`: code point -> Simplified character; `sound`: Simplified or Zhuyin character -> merged toneless syllable."""

    fold: Mapping[int, str]
    sound: Mapping[str, str]


def merge_sound(syllable: str) -> str:
    """One toneless Pinyin syllable, folded so that common mishearings coincide ("zheng" -> "zen")."""
    for left, right in _MERGED_INITIALS:
        if syllable.startswith(left):
            syllable = right + syllable[len(left) :]
            break
    for left, right in _MERGED_FINALS:
        if syllable.endswith(left):
            return syllable[: -len(left)] + right
    return syllable


@functools.cache
def build_tables() -> Tables:
    """Make the tables with OpenCC and pypinyin, once per process. Needed for training only."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # single characters are enough; phrases cost 20 MB
    import opencc
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    characters = [chr(code) for code in range(HAN_FIRST, HAN_LAST + 1)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    fold = {ord(a): b for a, b in zip(characters, simplified, strict=True) if a != b and len(b) == 1}
    sound = dict(ZHUYIN_SOUNDS)
    for code, readings in PINYIN_DICT.items():
        if HAN_FIRST <= code <= HAN_LAST and readings:
            first = to_normal(readings.split(",")[0])
            sound[chr(code)] = merge_sound(first.replace("ü", "v"))
    return Tables(fold, sound)
