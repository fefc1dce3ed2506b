"""How many people a text names as supported: 「太太和兩個小孩」, "my parents". Whether they count is the law's business."""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.reading.folding import fold
from language.reading.numbers import chinese_number
from language.reading.sums import NEGATIVE

_ENGLISH = {
    "a": 1,
    "an": 1,
    "my": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
}
_N = r"(?:(?P<n>\d{1,4}|[一二两三四五六七八九十百]{1,3}|\b(?:a|an|one|two|three|four|five|six|seven|eight)\b)\s*(?:个|名|位|人)?\s*)?"
_KINDS = (
    ("parents", 2, re.compile(_N + r"(?:爸妈|父母亲?|双亲|爸爸妈妈|爸爸和妈妈|\bparents\b|mother and father|mum and dad|mom and dad)")),
    ("parents", 1, re.compile(_N + r"(?:爸爸?|妈妈?|父亲|母亲|老爸|老妈|\b(?:mother|father|mom|mum|dad)\b)")),
    ("others", 1, re.compile(_N + r"(?:太太|老婆|妻子?|先生|老公|丈夫|配偶|\b(?:wife|husband|spouse)\b)")),
    ("others", 1, re.compile(_N + r"(?:未成年的?|还?在?念书的?|小的?|读书的?|under.?age |minor |small |young |disabled )?(?:小孩子?|孩子|子女|小朋友|儿子|女儿|孙子女?|\b(?:kids?|children|child|sons?|daughters?|bab(?:y|ies))\b)")),
)  # fmt: skip
_NONE = re.compile(
    r"没有|没|无|都不|零|单身|一个人|自己而已|\bno(?:body|ne| one)?\b|nobody|none|\bzero\b|just me|only me|single|not any"
)
_NO_WORK = re.compile(
    r"(?:没有?(?:在)?|不(?:能|用|再)?|无)(?:工作|上班|收入|赚钱|做事|职业)|\b(?:no|not|doesn'?t|don'?t|without)(?: have)?(?: an?| any)? (?:job|work\w*|income)"
)
_BARE = re.compile(r"\D*?(-?\d{1,4}|[一二两三四五六七八九十百]+|\b(?:one|two|three|four|five|six|seven|eight)\b)\D*")


@dataclass(frozen=True)
class Counted:
    """people: all of them; parents: how many are parents."""

    people: int
    parents: int


def people_in(text: str, *, bare: bool) -> Counted | None:
    """Count them. bare: a number alone, or "none", is the answer. None where nobody is named."""
    folded = _NO_WORK.sub(lambda found: " " * len(found[0]), fold(text))  # 「太太沒工作」 denies the work, not the wife
    rest, parents, others, seen = folded, 0, 0, False
    for kind, each, pattern in _KINDS:
        for hit in pattern.finditer(rest):
            count = _number(hit["n"]) if hit["n"] else each
            count = max(count, each) if each == 2 else count
            parents, others = (parents + count, others) if kind == "parents" else (parents, others + count)
            seen = True
        rest = pattern.sub(lambda found: " " * len(found[0]), rest)
    if seen:
        negated = _NONE.search(folded) and not re.search(r"\d", folded) and parents + others <= 1
        return Counted(0, 0) if negated else Counted(parents + others, parents)
    match: re.Match[str] | None
    if match := re.search(
        r"(?P<n>\d{1,4}|[一二两三四五六七八九十百]{1,3})\s*(?:个|名|位)?\s*(?:人|眷属|dependa?e?nts?|people)", folded
    ):
        return Counted(_number(match["n"]) * (-1 if NEGATIVE.search(text) else 1), 0)
    if match := re.search(r"\b(?P<n>one|two|three|four|five|six|seven|eight)\s+(?:dependa?e?nts?|people)", folded):
        return Counted(_number(match["n"]), 0)
    if not bare:
        return None
    if match := _BARE.fullmatch(folded.strip()):
        return Counted(_number(match[1].lstrip("-")) * (-1 if NEGATIVE.search(text) else 1), 0)
    return Counted(0, 0) if _NONE.search(folded) else None


def _number(words: str) -> int:
    if words in _ENGLISH:
        return _ENGLISH[words]
    return int(words) if words.isdecimal() else int(chinese_number(words) or 0)
