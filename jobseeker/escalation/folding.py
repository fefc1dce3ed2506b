"""Makes two writings of the same words equal before the rules read them: width, script, spacing, spelling. No rules, no words of its own.

The tables (variants, spellings) come from packs/*/policy/escalation.yml. Folding never needs more than the standard library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_TONE_MARKS = re.compile("[ˇˊˋ˙]")  # before NFKC, which makes a space and a combining dot of ˙
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_HAN = "[㐀-鿿ㄅ-ㄩ]"
_SPACED_HAN = re.compile(rf"(?<={_HAN})[\s.~*＊_\-·・…|/\\^]+(?={_HAN})")
_SPLIT_WORD = re.compile(r"(?<![a-z'])[a-z](?:[ .\-_*·/|][a-z]){3,}(?![a-z'])")
_BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[013@$!](?=[a-z])")
_LIKE_LETTERS = str.maketrans("013@$!", "oieasi")
_LONG_RUN = re.compile(r"([a-z㐀-鿿])\1{2,}")
_WORD = re.compile(r"[a-z]{3,}")
_NOT_TEXT = re.compile(r"[\W_]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Folding:
    """How texts are made comparable.

    Attributes:
        characters: one character -> the one the patterns are written in (Traditional -> Simplified, variant forms).
        spellings: a way of writing -> the word it stands for; Latin ones are whole words.
    """

    characters: Mapping[int, str] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)

    def plain(self, text: str) -> str:
        """Width, case, script and spelling folded; blanks and decoration inside words closed ("想 死", "s.u.i.c.i.d.e")."""
        text = unicodedata.normalize("NFKC", _TONE_MARKS.sub("", text))
        text = _INVISIBLE.sub("", text).lower().replace("’", "'").replace("‘", "'").translate(self.characters)
        text = _SPACED_HAN.sub("", " ".join(text.split()))
        text = _SPLIT_WORD.sub(lambda match: _NOT_TEXT.sub("", match.group()), text)
        text = _BETWEEN_LETTERS.sub(lambda match: match.group().translate(_LIKE_LETTERS), text)
        return self._respell(_LONG_RUN.sub(r"\1\1", text))

    def tight(self, plain: str) -> str:
        """The same without any blank, punctuation or emoji: for words broken up on purpose ("自，殺")."""
        return self._respell(_NOT_TEXT.sub("", plain))

    def pattern(self, text: str) -> str:
        """A pattern in the characters that `plain` writes."""
        return text.translate(self.characters)

    def _respell(self, text: str) -> str:
        words = self._words
        text = _WORD.sub(lambda match: words.get(match.group(), match.group()), text)
        return self._phrases.sub(lambda match: self.spellings[match.group()], text) if self._phrases else text

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {variant: word for variant, word in self.spellings.items() if _WORD.fullmatch(variant)}

    @cached_property
    def _phrases(self) -> re.Pattern[str] | None:
        phrases = sorted(
            (variant for variant in self.spellings if not _WORD.fullmatch(variant)), key=lambda item: (-len(item), item)
        )
        return re.compile("|".join(map(_whole, phrases))) if phrases else None


def _whole(phrase: str) -> str:
    """A pattern for a phrase that does not begin or end inside a Latin word."""
    before = "(?<![a-z0-9])" if phrase[0].isascii() else ""
    after = "(?![a-z0-9])" if phrase[-1].isascii() else ""
    return before + re.escape(phrase) + after


def misspellings(words: Iterable[str]) -> dict[str, str]:
    """Every writing one slip away from a word (dropped, doubled, swapped or wrong letter) -> the word. A listed word is no slip."""
    words = tuple(words)
    slips: dict[str, str] = {}
    for word in words:
        for place in range(len(word) + 1):
            head, tail = word[:place], word[place:]
            found = [head + letter + tail for letter in _LETTERS]
            if tail:
                found += [head + tail[1:], *(head + letter + tail[1:] for letter in _LETTERS)]
            if len(tail) > 1:
                found.append(head + tail[1] + tail[0] + tail[2:])
            for slip in found:
                slips.setdefault(slip, word)
    return {slip: word for slip, word in slips.items() if slip not in words}
