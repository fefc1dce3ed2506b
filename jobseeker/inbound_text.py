"""What of a text that somebody sent is kept: the one place that cleans and measures it. What it means is decided elsewhere."""

from __future__ import annotations

import unicodedata

from jobseeker.errors import EmptyText, TextTooLong
from jobseeker.messages import MAX_TEXT_CHARACTERS

_KEPT_CONTROLS = "\n\t"
_ENDS = ("\n", "。", "！", "？", ". ", "，", ", ", " ")


def clean_text(text: str) -> str:
    """The text without control characters (PostgreSQL cannot store U+0000), lone surrogates and outer white space.

    Raises:
        EmptyText: nothing visible is left. An emoji alone is visible.
        TextTooLong: more than MAX_TEXT_CHARACTERS characters are left.
    """
    cleaned = _cleaned(text)
    if len(cleaned) > MAX_TEXT_CHARACTERS:
        raise TextTooLong
    return cleaned


def text_parts(text: str, longest: int) -> list[str]:
    """The cleaned text in parts of at most `longest` characters, cut between words or sentences: nothing is lost.

    Raises EmptyText: nothing visible is there.
    """
    rest, parts = _cleaned(text), []
    while len(rest) > longest:
        cut = max(rest.rfind(mark, longest // 2, longest) for mark in _ENDS) + 1 or longest
        parts.append(rest[:cut])
        rest = rest[cut:]
    parts.append(rest)
    return [part for part in (part.strip() for part in parts) if part]


def _cleaned(text: str) -> str:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = "".join(_kept(character) for character in unified).strip()
    if not any(_is_visible(character) for character in cleaned):
        raise EmptyText
    return cleaned


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":  # half of a pair: cannot be written as UTF-8
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cc" and character not in _KEPT_CONTROLS else character


def _is_visible(character: str) -> bool:
    return (
        unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
        and character != "\N{REPLACEMENT CHARACTER}"
    )
