"""All words that are looked for - aliases, cues, triggers - in one Aho-Corasick automaton, and the hits of a text. What they mean is others' business.

One pass over the folded text finds every word of every kind (A. Aho and M. Corasick, 1975; ahocorasick-rs). spaCy's PhraseMatcher needs tokens first;
`make bench-skills` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

import ahocorasick_rs

from jobseeker.taxonomy import Occupation, Skill, Taxonomy
from language.reading import cues
from language.reading.folding import fold
from language.reading.forms import chinese_forms, english_forms

Layer = Literal["skill", "occupation", "place", "cue", "wish", "edge", "exam", "lookalike"]
LAYERS: tuple[Layer, ...] = ("skill", "occupation", "place", "cue", "wish", "edge", "exam", "lookalike")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_HAN = re.compile("[㐀-鿿]")
MIN_HAN = 2  # a single character is part of too many words
CASE_MATTERS_UP_TO = 2  # "IT", "PS", "C" only as written in the taxonomy


@dataclass(frozen=True, slots=True)
class Entry:
    """One word that is looked for. `kind`: a skill's kind or a cue's; `surface`: as written in the taxonomy; `exact`: case matters."""

    layer: Layer
    id: str
    kind: str
    surface: str
    length: int
    latin_start: bool
    latin_end: bool
    exact: bool = False


class Hit(NamedTuple):
    """An entry at a place of the text, half-open."""

    start: int
    end: int
    entry: Entry


Raw = tuple[int, int, Entry]  # start, minus end, entry: tuples sort by place, of equals the longer first


class Lexicon:
    """The automaton. `surfaces`: folded word -> its entries, at most one of a layer.

    Words and texts go through it with every word's first letter as a capital (`str.title`), so that "a" is not met in every
    word that has one.
    """

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self.surfaces: dict[str, list[Entry]] = {}
        for surface, entry in entries:
            known = self.surfaces.setdefault(surface, [])
            if all(other.layer != entry.layer for other in known):
                known.append(entry)
        self._rows = [
            (
                tuple((entry.layer, entry) for entry in found),
                found[0].latin_start,
                found[0].latin_end,
                any(entry.exact for entry in found),
            )
            for found in self.surfaces.values()
        ]
        self._automaton: Any = ahocorasick_rs.AhoCorasick([_titled(surface) for surface in self.surfaces])

    def hits(self, folded: str, text: str) -> dict[Layer, list[Raw]]:
        """Every word of the lexicon in the text by layer, overlapping ones too, that does not begin or end inside a Latin word."""
        found: dict[Layer, list[Raw]] = {layer: [] for layer in LAYERS}
        last = len(folded)
        latin = _LATIN
        rows = self._rows
        for number, start, end in self._automaton.find_matches_as_indexes(_titled(folded), overlapping=True):
            entries, latin_start, latin_end, exact = rows[number]
            if latin_start and start and folded[start - 1] in latin:
                continue
            if latin_end and end < last:
                following = folded[end]
                if following in latin or (end - start < 3 and following in "+#"):
                    continue
                if following == "'" and folded.startswith("t", end + 1):  # "i can" is not in "i can't"
                    continue
            for layer, entry in entries:
                if not exact or not entry.exact or text[start:end] == entry.surface:
                    found[layer].append((start, -end, entry))
        return found


def _titled(folded: str) -> str:
    """The text with each word's first letter as a capital, as long as before."""
    titled = folded.title()
    if len(titled) == len(folded):
        return titled
    return "".join(character if len(character.title()) == 1 else "\0" for character in folded).title()


def make_entry(layer: Layer, identifier: str, kind: str, folded: str, surface: str = "") -> Entry:
    """An entry for a folded word."""
    exact = layer in ("skill", "occupation") and len(folded) <= CASE_MATTERS_UP_TO and folded.isascii()
    return Entry(
        layer, identifier, kind, surface or folded, len(folded), folded[0] in _LATIN, folded[-1] in _LATIN, exact
    )


def alias_entries(taxonomy: Taxonomy) -> Iterator[tuple[str, Entry]]:
    """Entries of all skills and occupations: what is written in the taxonomy before the forms made from it."""
    items: Sequence[tuple[Layer, str, Skill | Occupation]] = [
        *(("skill", skill.kind, skill) for skill in taxonomy.skills.values()),
        *(("occupation", "", occupation) for occupation in taxonomy.occupations.values()),
    ]
    made: list[tuple[str, Entry]] = []
    for layer, kind, item in items:
        for alias in (
            alias for language in ("zh", "en") for alias in (item.name[language], *item.aliases.get(language, ()))
        ):
            folded = " ".join(fold(alias).split())
            if _usable(folded):
                yield folded, make_entry(layer, item.id, kind, folded, alias)
            forms = chinese_forms(alias) if _HAN.search(alias) else english_forms(alias)
            made += [
                (form, make_entry(layer, item.id, kind, form, alias))
                for form in sorted(forms)
                if form != folded and _usable(form)
            ]
    yield from made


def cue_entries() -> Iterator[tuple[str, Entry]]:
    """Entries of all cues; a word that is nothing (「機會」) comes first and so wins over a cue of the same writing."""
    rows = [*cues.phrases(cues.CHINESE, None), *cues.phrases(cues.ENGLISH, "|")]
    for phrase, kind in sorted(rows, key=lambda row: row[1] != cues.NOTHING):
        for folded in sorted(chinese_forms(phrase) if _HAN.search(phrase) else {fold(phrase)}):
            yield folded, make_entry("cue", kind, kind, folded)


def _usable(folded: str) -> bool:
    return bool(folded) and (not _HAN.search(folded) or len(folded) >= MIN_HAN)


def longest(raw: Sequence[Raw]) -> list[Hit]:
    """Words that do not overlap, longer ones first and, of equals, the earlier; in the order of the text."""
    if len(raw) < 2:
        return [Hit(start, -end, entry) for start, end, entry in raw]
    kept: list[Hit] = []
    taken = bytearray(max(-end for _, end, _ in raw))
    for start, end, entry in sorted(raw, key=_by_length):
        end = -end
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            kept.append(Hit(start, end, entry))
    kept.sort(key=_by_start)
    return kept


def leftmost(raw: list[Raw]) -> list[Hit]:
    """Words that do not overlap, the earlier first and, of equals, the longer; in the order of the text."""
    raw.sort(key=_by_place)
    kept: list[Hit] = []
    last = 0
    for start, end, entry in raw:
        if start >= last:
            kept.append(Hit(start, -end, entry))
            last = -end
    return kept


def _by_length(raw: Raw) -> tuple[int, int]:
    return raw[0] + raw[1], raw[0]


_by_place = itemgetter(0, 1)


def _by_start(hit: Hit) -> int:
    return hit.start
