"""Which variety a person writes: script rule first, langdetect only for longer Latin text. Wording of replies is not here.

langdetect alone takes 失業給付怎麼申請 for Korean and "hello" for Finnish (docs/adr/0006), so Han characters decide by
themselves, and a short Latin text is English unless the conversation is Chinese and the text carries no word.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

HAN = re.compile(r"[㐀-鿿]")
ZHUYIN = re.compile(r"[ㄅ-ㄩ]")
# Standard in Taiwan as well (台中, 雇主, 吃飯, 后里), though OpenCC has another traditional character for each: they tell nothing.
_SHARED = re.compile("[台雇吃里床占伙划群游准秘唇峰晒岩灶皂粽腌肴痴凶霉佣斗云采丑咸余范郁岳杰]|后里|皇后")
LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
LONG_LATIN_WORDS = 5
NEUTRAL = frozenset({"ok", "okay", "okok", "yes", "no", "hi", "bye", "thx", "line", "app", "email", "pdf", "qq", "xd"})
_ENGLISH = frozenset(
    [
        "the",
        "is",
        "are",
        "was",
        "my",
        "me",
        "i'm",
        "can",
        "how",
        "what",
        "when",
        "where",
        "job",
        "work",
        "get",
        "got",
        "not",
        "boss",
        "company",
        "benefit",
        "money",
        "please",
        "have",
        "has",
        "for",
        "and",
        "you",
    ]
)

_WISHES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("zh-Hans", re.compile(r"简体|簡體|简中|簡中|simplified", re.IGNORECASE)),
    ("zh-Hant", re.compile(r"繁體|繁体|正體|正体|繁中|traditional", re.IGNORECASE)),
    ("en", re.compile(r"英文|英語|英语|\benglish\b|\ben\b|\beng\b|\bingles\b", re.IGNORECASE)),
    (
        "zh",
        re.compile(
            r"中文|華語|华语|國語|国语|漢語|汉语|普通話|普通话|\bchinese\b|\bmandarin\b|zhongwen", re.IGNORECASE
        ),
    ),
)
_NEGATED = re.compile(
    r"(不要|不想|別|别|看不懂|不懂|不會|不会|聽不懂|no|not|don'?t|can'?t|cannot|stop|instead of)\W{0,3}(?:\w+\W+){0,3}?$",
    re.IGNORECASE,
)


@cache
def _converters() -> tuple[Any, Any]:
    import opencc

    return opencc.OpenCC("t2s"), opencc.OpenCC("s2t")


@cache
def _tw_to_simplified() -> Any:
    import opencc

    return opencc.OpenCC("tw2sp")


@cache
def _simplified_to_tw() -> Any:
    import opencc

    return opencc.OpenCC("s2tw")


def to_simplified(text: str) -> str:
    """Taiwan Traditional -> Simplified with mainland words (OpenCC tw2sp)."""
    return str(_tw_to_simplified().convert(text))


def fold_script(text: str) -> str:
    """Traditional -> Simplified, character by character (OpenCC t2s): for comparing, not for reading."""
    return str(_converters()[0].convert(text))


def to_traditional(text: str) -> str:
    """Simplified -> Taiwan Traditional characters (OpenCC s2tw)."""
    return str(_simplified_to_tw().convert(text))


def script_of(text: str) -> str:
    """ "Hant", "Hans" or "Latn"; "" where nothing tells (digits, emoji, characters both scripts share go to "Han")."""
    if HAN.search(text):
        to_hans, to_hant = _converters()
        han = "".join(HAN.findall(_SHARED.sub("", text)))
        traditional = sum(a != b for a, b in zip(han, to_hans.convert(han), strict=False))
        simplified = sum(a != b for a, b in zip(han, to_hant.convert(han), strict=False))
        if traditional == simplified:
            return "Han"
        return "Hant" if traditional > simplified else "Hans"
    if ZHUYIN.search(text):
        return "Hant"
    return "Latn" if LATIN_WORD.search(text) else ""


def is_chinese(text: str) -> bool | None:
    """True for Chinese, False for another language, None where nothing tells.

    In mixed text ("UI benefit 怎麼申請?") two Han characters, or as many as there are Latin words, make it Chinese.
    """
    han = len(HAN.findall(text)) + len(ZHUYIN.findall(text))
    latin = len(LATIN_WORD.findall(text))
    if han and (han >= 2 or han >= latin):
        return not (latin >= 6 and han <= 4 and latin > han)
    if latin:
        return False
    return None


def detect_variety(text: str, current: str, chosen: bool) -> str:
    """The variety to answer in: "zh-Hant", "zh-Hans" or "en".

    Args:
        text: the message.
        current: the conversation's variety so far; kept where the text does not tell.
        chosen: the person chose `current` explicitly; then it stays.
    """
    if chosen:
        return current
    chinese = is_chinese(text)
    words = {word.lower() for word in LATIN_WORD.findall(text)}
    if chinese is None or (chinese is False and words <= NEUTRAL):
        return current
    if not chinese:
        return "en"
    script = script_of(text)
    if script == "Hans":
        return "zh-Hans"
    if script == "Han" and current.startswith("zh"):
        return current
    return "zh-Hant"


def foreign_language(text: str) -> str | None:
    """ISO 639-1 code of a longer Latin text that is not English ("id", "vi", …), or None (langdetect, seeded)."""
    if is_chinese(text) is not False or len(LATIN_WORD.findall(text)) < LONG_LATIN_WORDS:
        return None
    if {word.lower() for word in LATIN_WORD.findall(text)} & _ENGLISH:
        return None
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0
    try:
        found = str(detect(text))
    except LangDetectException:
        return None  # it found no feature to judge by: not evidence of another language
    return None if found == "en" else found


def requested_variety(text: str) -> str | None:
    """The variety a person asks for ("請用簡體", "can you speak English"), or None where none is named.

    A language named behind a "not" ("I can't read Chinese") is the one they do not want.
    """
    wanted: list[tuple[int, str]] = []
    unwanted: set[str] = set()
    for variety, pattern in _WISHES:
        for match in pattern.finditer(text):
            if _NEGATED.search(text[: match.start()][-40:]):
                unwanted.add(variety)
            else:
                wanted.append((match.start(), variety))
    if wanted:
        named = {variety for _, variety in wanted}
        for variety in ("zh-Hans", "zh-Hant"):
            if variety in named:
                return variety
        choice = max(wanted)[1]  # "switch from Chinese to English": the last one named
        return _default_chinese(text) if choice == "zh" else choice
    if "en" in unwanted:
        return _default_chinese(text)
    if unwanted & {"zh", "zh-Hant", "zh-Hans"}:
        return "en"
    return None


def _default_chinese(text: str) -> str:
    return "zh-Hans" if script_of(text) == "Hans" else "zh-Hant"
