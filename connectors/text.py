"""Cutting text to a platform's limits. Platforms count UTF-16 code units: an emoji outside the first plane counts twice."""

from __future__ import annotations

_ENDS = ("\n\n", "\n", "。", "！", "？", ". ", "；", "，", ", ", " ")


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def head(text: str, limit: int) -> str:
    """As many whole characters from the start as fit into `limit` units."""
    if units(text) <= limit:
        return text
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return text[:index]
    return text


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most `limit` units."""
    return text if units(text) <= limit else head(text, limit - 1).rstrip() + "…"


def split_text(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` units, cut at the end of a paragraph, line, sentence or word where there is one.

    Joined again the pieces hold every character but white space at the cuts. Empty text gives no piece.
    """
    pieces, rest = [], text.strip()
    while units(rest) > limit:
        most = head(rest, limit)
        cut = next((at + len(end) for end in _ENDS if (at := most.rfind(end)) >= len(most) // 2), len(most))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]
