"""The form of a message: does it lean on what came before, does it ask several things. Rules on words, no meaning."""

from __future__ import annotations

import re

_LEANS_ZH = re.compile(
    r"^(?:那|那麼|那么|那個|那个|這個|这个|它|所以|如果是?|要是|換成|换成|還有|还有|也|同樣|同样|一樣|一样|然後|然后|接下來|接下来|再來|为什么|為什麼)|(?:呢|咧|勒)[?？!！~～。\s]*$"
)
_LEANS_EN = re.compile(
    r"^(?:and|but|so|then|what about|how about|what if|or|also|same|is it|does it|do they|is that|does that|why|when exactly|how long|how much|where|until when|for how long|which|who)\b|\b(?:it|that|this|them|those|then|too|as well|instead)\b",
    re.IGNORECASE,
)
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[A-Za-z']+")
_QUESTION_ZH = re.compile(
    r"多少|多久|怎麼|怎么|如何|什麼|什么|哪|嗎|吗|幾|几|可不可以|可以|能不能|要不要|誰|谁|何時|何时|為何|为何|需要|要帶|要带|怎樣|怎样"
)
_QUESTION_EN = re.compile(
    r"\b(?:how|what|when|where|which|who|whom|can|could|do|does|is|are|will|should|may|must)\b", re.IGNORECASE
)
_BREAK = re.compile(
    r"[?？]+|[，,；;。.!！\n]\s*|(?:還有|还有|以及|另外|順便|顺便|然後|然后|而且|跟|和)|\b(?:and also|and|also|plus|as well as)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[?？，,；;。.!！\n~～]+\s*|(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
SHORT_HAN, SHORT_WORDS = 12, 9
LONGEST_PARTS_CHARACTERS = 160


def is_follow_up(text: str, sure: bool) -> bool:
    """Whether a text should be read in the light of the last topic.

    Args:
        text: the message.
        sure: the classifier is sure of it by itself; then only a short text that clearly leans on what came before counts.
    """
    short = len(_HAN.findall(text)) <= SHORT_HAN and len(_WORD.findall(text)) <= SHORT_WORDS
    leans = bool(_LEANS_ZH.search(text.strip()) or (not _HAN.search(text) and _LEANS_EN.search(text.strip())))
    return short and (leans or not sure)


def question_parts(text: str) -> list[str]:
    """The questions in a message that asks several; empty where it asks one, or tells a story around it."""
    if len(text) > LONGEST_PARTS_CHARACTERS:
        return []
    parts = [part.strip() for part in _BREAK.split(text) if part and part.strip()]
    if not 2 <= len(parts) <= 4 or not all(_asks(part) for part in parts):
        return []
    return parts


def only_question(text: str) -> str:
    """The one clause that asks, in a message that first tells what happened ("I was laid off, how much do I get?"); "" where none or several ask."""
    clauses = [clause.strip() for clause in _CLAUSE.split(text) if clause and clause.strip()]
    asking = [clause for clause in clauses if _asks(clause)]
    return asking[0] if len(clauses) > 1 and len(asking) == 1 else ""


def _asks(part: str) -> bool:
    long_enough = len(_HAN.findall(part)) >= 2 or len(_WORD.findall(part)) >= 2
    return long_enough and bool(_QUESTION_ZH.search(part) or _QUESTION_EN.search(part))
