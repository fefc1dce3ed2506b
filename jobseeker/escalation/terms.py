"""A rule that adds up small weights: for a crisis told in words no single pattern foresees. The weights are fitted by tools/fit_escalation.py.

A text becomes a set of terms: runs of one to four Han characters, one to three words, and the concepts of the policy file it
names ("#means", "#farewell"). The sum of their weights, over the root of their number, is the score. No randomness, no numpy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from jobseeker.escalation.evidence import Evidence, blank_out
from jobseeker.messages import Level

_HAN_RUN = re.compile("[㐀-鿿ㄅ-ㄩ]+")
_WORD = re.compile(r"[a-z0-9']+")
_SENTENCE_END = re.compile(r"[。.!?;]+\s*")
_LONGEST_RUN, _LONGEST_PHRASE, _STEM_FROM, _STEM = 4, 3, 5, 4
WHOLE_UP_TO = (
    120  # characters; a longer text is read by its sentences as well, so that one line in a long letter counts
)
NAMED = 6  # so many terms are named as evidence
SCALE = 100  # weights are whole hundredths
FEWEST = 16  # a text of fewer terms counts as this many: two words alone are no evidence, unless a pattern says so


@dataclass(frozen=True)
class ScoredRule:
    """Fires when the score of a text passes the threshold. Weights and bias are whole hundredths.

    `needs`: concepts of which a text of few terms must name at least one, so that "I don't want to" alone is no evidence.
    """

    reason: str
    level: Level
    name: str
    threshold: float
    bias: int
    weights: Mapping[str, int]
    concepts: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    masks: tuple[re.Pattern[str], ...] = ()
    needs: frozenset[str] = frozenset()

    def evidence(self, plain: str, tight: str) -> Iterator[Evidence]:
        """The heaviest terms, if the rule fires."""
        for part in parts(plain):
            found = self.terms(part)
            score = self._score(found)
            if score > self.threshold and (len(found) >= FEWEST or not self.needs or self.needs & found):
                heaviest = sorted(found, key=lambda term: (-self.weights.get(term, 0), term))[:NAMED]
                yield Evidence(self.reason, self.name, f"score {score:.2f} > {self.threshold:.2f}", ", ".join(heaviest))
                return

    def score(self, plain: str) -> float:
        """The highest score of a folded text and its parts."""
        return max(self._score(self.terms(part)) for part in parts(plain))

    def terms(self, plain: str) -> frozenset[str]:
        """The terms of a folded text, weighted or not; idioms and negations count for nothing."""
        plain = blank_out(plain, self.masks)
        return text_terms(plain) | {f"#{name}" for name, pattern in self.concepts.items() if pattern.search(plain)}

    def _score(self, terms: Set[str]) -> float:
        known = [self.weights[term] for term in terms if term in self.weights]
        return (self.bias + sum(known) / sqrt(max(len(known), FEWEST))) / SCALE


def parts(plain: str) -> Iterator[str]:
    """A text, and where it is long every two sentences of it that follow each other."""
    if len(plain) <= WHOLE_UP_TO:
        yield plain
        return
    sentences = [sentence for sentence in _SENTENCE_END.split(plain) if sentence]
    if len(sentences) < 2:
        yield from (plain[start : start + WHOLE_UP_TO] for start in range(0, len(plain), WHOLE_UP_TO // 2))
    yield from (f"{first}. {second}" for first, second in pairwise(sentences))


@lru_cache(maxsize=64)  # several rules read the same text
def text_terms(plain: str) -> frozenset[str]:
    """Runs of Han characters, words and phrases of a folded text; words carry an underscore, stems a tilde."""
    terms: set[str] = set()
    for run in _HAN_RUN.findall(plain):
        for length in range(1, _LONGEST_RUN + 1):
            terms.update(run[start : start + length] for start in range(len(run) - length + 1))
    words = _WORD.findall(plain)
    for start, word in enumerate(words):
        terms.update("_" + " ".join(words[start : start + length]) for length in range(1, _LONGEST_PHRASE + 1))
        if len(word) >= _STEM_FROM:
            terms.add(f"_{word[:_STEM]}~")
    return frozenset(terms)
