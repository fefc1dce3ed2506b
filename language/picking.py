"""Which of the buttons that were just offered a text stands for: its title, 「第二個」, "the first one", a bare yes. What a button does is not known here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobseeker.messages import Button
from language.reading.folding import fold
from language.reading.numbers import chinese_number
from language.remarks import read_remark

CHOICES, PRE_CHECK = ("/topic ", "/answer "), "/answer "
ELSEWHERE = (PRE_CHECK, "/fairness ")  # whose yes and no others read
FEWEST = 2  # of one choice nobody says "the first"
_PAIRS = ((" yes", " no"), (" on", " off"))
_ENGLISH = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
# All patterns are for folded text: half-width, lower case, Simplified characters.
_BEFORE = r"(?:那|那就|就|我|要|我要|想|问|我想问|选|我选|是|应该是|i |want |mean |meant |choose |pick |take |it's |the |option |number |no\. ?|please |ok(?:ay)? |[\s,，:：])*"
_AFTER = r"(?:\s*(?:个|项|题|one|option|choice|question))?(?:[\s,，。.!?？!]|吧|呢|的|啊|谢谢|please|thanks)*"
_ORDINAL = re.compile(
    rf"{_BEFORE}(?:第\s*(?P<zh>\d|[一二三四五])|(?P<en>{'|'.join(_ENGLISH)})|(?P<last>最后一?|last))(?:\s*(?:个|项))?{_AFTER}"
)
_NUMBER = re.compile(rf"{_BEFORE}(?P<zh>\d|[一二三四五]){_AFTER}")
_AROUND = re.compile(r"^[\s\W]+|[\s\W]+$")


def picked(text: str, buttons: Sequence[Button]) -> str:
    """The payload of the one that is meant, "" where none is. buttons: as they were shown, in their order."""
    said = _bare(text)
    titled = [button for button in buttons if said and _bare(button.title) == said]
    if titled:
        return titled[0].payload
    choices = [button.payload for button in buttons if button.payload.startswith(CHOICES)]
    if len(choices) >= FEWEST:
        place = _place(fold(text).strip(), len(choices), alone=not any(one.startswith(PRE_CHECK) for one in choices))
        if place:
            return choices[place - 1]
    return _agreed(text, [button.payload for button in buttons], choices)


def _bare(text: str) -> str:
    return _AROUND.sub("", fold(text))


def _place(folded: str, count: int, *, alone: bool) -> int:
    """From 1; 0 for none. alone: a number by itself counts; in the pre-check it may be an answer: 「2」 dependants."""
    match = _ORDINAL.fullmatch(folded)
    if match is not None and match["last"]:
        return count
    if match is not None:
        place = _ENGLISH[match["en"]] if match["en"] else _number(match["zh"])
    else:
        match = _NUMBER.fullmatch(folded) if alone else None
        place = _number(match["zh"]) if match is not None else 0
    return place if 1 <= place <= count else 0


def _number(words: str) -> int:
    return int(words) if words.isdecimal() else int(chinese_number(words) or 0)


def _agreed(text: str, payloads: Sequence[str], choices: Sequence[str]) -> str:
    """A bare yes or no to what can only be agreed to or not; the pre-check reads its own."""
    remark = read_remark(text)
    if not remark.bare:
        return ""
    for yes, no in _PAIRS:
        for payload in payloads:
            other = payload.removesuffix(yes) + no
            if payload.endswith(yes) and other in payloads and not payload.startswith(ELSEWHERE):
                return payload if remark.yes else other
    return choices[0] if remark.yes and len(choices) == 1 and not choices[0].startswith(PRE_CHECK) else ""
