"""Which vacancies one more skill would open: those within limits and reach that lack nothing essential but this one. Ranking is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from jobseeker.matching.index.search import Search, ranges
from jobseeker.matching.index.segment import Array, Segment
from jobseeker.matching.index.snapshot import Snapshot
from jobseeker.matching.query import Query

CANDIDATES = 8  # skills that are counted exactly, of those that alone are missing most often


@dataclass(frozen=True, eq=False)
class _Lacking:
    """Of the vacancies that lack something essential: what, as pairs of (vacancy, need).

    A need is the number of a skill or licence asked for, or, above `size`, of a licence that the law requires.
    """

    vacancies: int
    vacancy: Array
    need: Array
    counts: Array  # by vacancy, how much it lacks

    def opened(self, added: Array) -> int:
        """How many lack nothing any more once the needs marked in `added` are met."""
        gained = np.bincount(self.vacancy[added[self.need]], minlength=self.vacancies)
        return int(np.count_nonzero(gained == self.counts))

    def alone(self, size: int) -> Array:
        """By skill number, how many vacancies lack this one only."""
        pairs = np.unique(self.vacancy * size + self.need % size)
        vacancy, skill = np.divmod(pairs, size)
        single = np.bincount(vacancy, minlength=self.vacancies)[vacancy] == 1
        return np.bincount(skill[single], minlength=size)


def opened_by(query: Query, snapshot: Snapshot, also: Iterable[str] = (), k: int = 3) -> Mapping[str, int]:
    """Skill or licence id -> how many further vacancies would lack nothing essential with it; most first.

    Holds the `k` skills that open most and those of `also`. Counted are vacancies that no wish rules out, within reach (the
    distance named, at least the policy's `reach.km`) or of unknown place. Skills, licences asked for and licences required by law
    count as essential; with a skill come its wider ones.
    """
    catalogue = query.catalogue
    also = [name for name in also if name in catalogue.skill_number]
    before = _met(query)
    size = len(before) // 2
    parts = [_lacking(part.segment, rows, before) for part, rows in Search(query, snapshot).within_reach()]
    alone = sum((part.alone(size) for part in parts), np.zeros(size, np.int64))
    frequent = np.argsort(-alone, kind="stable")[:CANDIDATES]
    names = {catalogue.skills[int(number)] for number in frequent if alone[number]}
    counts = {}
    for name in sorted(names | set(also)):
        added = _met(query.with_skill(name)) & ~before
        counts[name] = sum(part.opened(added) for part in parts)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    chosen = {*[name for name in order if name in names][:k], *also}
    return {name: counts[name] for name in order if name in chosen}


def _met(query: Query) -> Array:
    """Which needs the person meets, shape (2 x skills,)."""
    return np.concatenate((query.covered_numbers, query.lawful_numbers))


def _lacking(segment: Segment, rows: Array, met: Array) -> _Lacking:
    columns = segment.columns
    begin = columns["skill_start"][rows].astype(np.int64)
    counts = columns["essential_count"][rows].astype(np.int64)
    vacancies, needs = (
        [np.repeat(np.arange(len(rows)), counts)],
        [columns["skills"][ranges(begin, counts)].astype(np.int64)],
    )
    for name, first in (("licence_set", 0), ("law_set", len(met) // 2)):
        start = columns[f"{name}_start"].astype(np.int64)
        sets = columns["licence_set"][rows]
        counts = start[sets + 1] - start[sets]
        vacancies.append(np.repeat(np.arange(len(rows)), counts))
        needs.append(columns[f"{name}_items"][ranges(start[sets], counts)].astype(np.int64) + first)
    vacancy, need = np.concatenate(vacancies), np.concatenate(needs)
    lacks = ~met[need]
    vacancy, need = vacancy[lacks], need[lacks]
    per_vacancy = np.bincount(vacancy, minlength=len(rows))
    number = np.cumsum(per_vacancy > 0) - 1
    return _Lacking(int(np.count_nonzero(per_vacancy)), number[vacancy], need, per_vacancy[per_vacancy > 0])
