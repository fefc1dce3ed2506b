"""Where somebody says who they are: a name, a nationality. What stands there is no skill and no language. What is read otherwise is language/skills.py's.

"My name is Nguyen Thi Lan" is no local area network, "I am Taiwanese" says nothing about speaking Taiwanese. Found by the counterfactual test
of the audit of fairness (docs/fairness.md): the same person under another name must get the same list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(
    r"(?i:\bmy name(?:'s|’s| is)|\bI(?:'m|’m| am) called|\b(?:full )?name\s?[:：])\s?((?:[A-Z][\w'’-]*[ .]?){1,5})"
    r"|(?:我叫做?|我的名字[是叫]|姓名\s?[:：])\s?((?:[A-Z][\w'’-]*[ .]?){1,5}|[\u4e00-\u9fff]{1,3}(?:·[\u4e00-\u9fff]{1,4})?)"
)
_NATIONALITY = re.compile(
    r"\b(?:i am|i'm|i’m|im|as)(?: an?)? ([a-z]+)(?= (?:citizen|national|person|man|woman|spouse|immigrant|worker)\b|\s?(?:[.,;!?，。]|$| and (?:i|have|live|work)\b))"
    r"|\bnationality\s?[:：]\s?([a-z]+)"
)


def names(text: str) -> Sequence[tuple[int, int]]:
    """Stretches [begin, end) of the text, as it was written, in which a name is told."""
    return [match.span(1) if match[1] else match.span(2) for match in _NAME.finditer(text)]


def nationalities(folded: str) -> Sequence[tuple[int, int]]:
    """Stretches of the folded text that tell a nationality, or might: only words for languages are looked for there."""
    return [match.span(1) if match[1] else match.span(2) for match in _NATIONALITY.finditer(folded)]
