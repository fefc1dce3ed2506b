"""A text cut into clauses, each with its mentions and cues. How the cues act on the mentions is walking.py and judging.py; finding words is lexicon.py.

A clause runs to punctuation, to a contrast (但, but) or to a new subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from language.reading import cues
from language.reading.lexicon import Entry, Hit, Raw, make_entry

Meaning = Literal["held", "wanted", "negated", "required", "optional", "asked", "other"]
Separator = Literal["strong", "weak", "contrast", "subject"]

_STRONG_MARKS = "。!?;\n\r|•●■◆▪※."
_WEAK_MARKS = ",()【】…"
_WEAK_PHRASES = ("   ", " ~ ")  # " - " is folded to three blanks
CONNECTORS = re.compile(
    r"\b(?:or|and|nor|either|neither|plus|as well as|etc|e\.g|also|both)\b|以及|还有|还是|等等|之类|和|跟|与|及|或|也|、|/|&|\+|:|\"|「|」|的|等|等等|,|\s"
)
_JOINED = re.compile(r"(?:\band\b|\bso\b|\bbecause\b|,)\s*$")
HAN = re.compile("[㐀-鿿]")
_HAN_BLANK = re.compile("(?<=[㐀-鿿]) +(?=[㐀-鿿])")  # in messengers a blank between Chinese words is a comma


@dataclass(slots=True)
class Mention:
    """A word of the taxonomy in a clause, and how it is meant. `nested`: words inside it that are skills by themselves."""

    hit: Hit
    meaning: Meaning = "held"
    hedged: bool = False
    decided: bool = False  # a cue said so; not the default
    nested: tuple[Hit, ...] = ()
    years: float | None = None
    level: str = ""


@dataclass(slots=True)
class Clause:
    """A stretch of text [start, end) with its mentions and cues in order. `before`: what separates it from the clause before."""

    start: int
    end: int
    before: Separator
    asks: bool = False
    mentions: list[Mention] = field(default_factory=list)
    cues: list[Hit] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def has(self, *kinds: str) -> bool:
        """Whether a cue of one of these kinds stands in the clause."""
        return not self.kinds.isdisjoint(kinds)


def edge_entries() -> Iterator[tuple[str, Entry]]:
    """Punctuation as entries of the lexicon."""
    for mark in (*_STRONG_MARKS, *_WEAK_MARKS, *_WEAK_PHRASES):
        yield mark, make_entry("edge", "strong" if mark in _STRONG_MARKS else "weak", mark, mark)


def cut(folded: str, mentions: Sequence[Mention], cue_hits: Sequence[Hit], marks: Sequence[Raw]) -> list[Clause]:
    """The clauses of a text with their mentions and cues. `marks`: hits of `edge_entries`."""
    edges: list[tuple[int, int, str]] = []
    for start, end, entry in marks:
        if not (entry.kind in ",." and _inside_number(folded, start)):
            edges.append((start, -end, entry.id))
    if " " in folded:
        edges += [(at.start(), at.end(), "weak") for at in _HAN_BLANK.finditer(folded)]
    for hit in cue_hits:
        kind = hit.entry.kind
        if kind == cues.CONTRAST:
            edges.append((hit.start, hit.end, "contrast"))
        elif kind == cues.FIRST and hit.entry.latin_start and hit.end - hit.start <= 4:
            if not _JOINED.search(folded, max(0, hit.start - 9), hit.start):
                continue
            edges.append((hit.start, hit.start, "subject"))
    edges.sort()
    clauses: list[Clause] = []
    begin, before = 0, "strong"
    for at, after, kind in [*edges, (len(folded), len(folded), "strong")]:
        if at > begin or kind == "strong":
            end = at if at > begin else begin
            clauses.append(Clause(begin, end, before, folded[at:after] == "?"))  # type: ignore[arg-type]
            before = kind
        elif kind == "contrast" or before == "weak":
            before = kind if kind != "weak" else before
        if after > begin:
            begin = after
    _fill(clauses, mentions, cue_hits)
    return clauses


def _inside_number(folded: str, at: int) -> bool:
    """Whether a comma groups digits ("35,000"), or a point ends no sentence ("3.5", "node.js")."""
    following = folded[at + 1 : at + 4]
    if folded[at] == ",":
        return len(following) == 3 and following.isdigit() and at > 0 and folded[at - 1].isdigit()
    return bool(following) and following[0] != " " and following[0].isascii() and following[0] != "\n"


def _fill(clauses: list[Clause], mentions: Sequence[Mention], cue_hits: Sequence[Hit]) -> None:
    at, last, clause = 0, len(clauses) - 1, clauses[0]
    for mention in mentions:
        start = mention.hit.start
        while at < last and start >= clause.end:
            at += 1
            clause = clauses[at]
        clause.mentions.append(mention)
    at, clause = 0, clauses[0]
    for hit in cue_hits:
        start = hit.start
        while at < last and start >= clause.end:
            at += 1
            clause = clauses[at]
        if clause.start <= start < clause.end:
            clause.cues.append(hit)
            clause.kinds.add(hit.entry.kind)


def is_bare(folded: str, clause: Clause) -> bool:
    """Whether a clause is a list of mentions and nothing else."""
    rest, at = "", clause.start
    for mention in clause.mentions:
        rest += folded[at : mention.hit.start]
        at = max(at, mention.hit.end)
    rest += folded[at : clause.end]
    return len(CONNECTORS.sub("", rest)) <= 1


def is_topic(folded: str, clause: Clause) -> bool:
    """Whether a clause names things without saying anything of them yet."""
    if is_bare(folded, clause):
        return True
    first, last = clause.mentions[0].hit, clause.mentions[-1].hit
    around = folded[clause.start : first.start] + folded[last.end : clause.end]
    return bool(HAN.search(folded, first.start, last.end)) and len(around.strip()) <= 4
