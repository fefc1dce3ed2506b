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
    """Of the vacancies that lack something essential: which skills and licences, as pairs of (vacancy, skill number)."""

    vacancies: int
    vacancy: Array
    skill: Array
    counts: Array  # by vacancy, how many it lacks

    def opened(self, added: Array) -> int:
        """How many lack nothing any more once the skills marked in `added` are there."""
        gained = np.bincount(self.vacancy[added[self.skill]], minlength=self.vacancies)
        return int(np.count_nonzero(gained == self.counts))


def opened_by(query: Query, snapshot: Snapshot, also: Iterable[str] = (), k: int = 3) -> Mapping[str, int]:
    """Skill or licence id -> how many further vacancies would lack nothing essential with it; most first.

    Holds the `k` skills that open most and those of `also`. Counted are vacancies that no wish rules out, within reach (the
    distance named, at least the policy's `reach.km`) or of unknown place. Skills, licences asked for and licences required by law
    count as essential; with a skill come its wider ones.
    """
    catalogue = query.catalogue
    size = max(1, len(catalogue.skills))
    covered = np.zeros(size, bool)
    covered[[catalogue.skill_number[name] for name in query.credit_covered]] = True
    parts = [_lacking(part.segment, rows, covered) for part, rows in Search(query, snapshot).within_reach()]
    alone = np.zeros(size, np.int64)
    for part in parts:
        single = part.counts[part.vacancy] == 1
        alone += np.bincount(part.skill[single], minlength=size)
    frequent = np.argsort(-alone, kind="stable")[:CANDIDATES]
    names = {catalogue.skills[int(number)] for number in frequent if alone[number]}
    counts = {}
    for name in sorted(names | {name for name in also if name in catalogue.skill_number}):
        added = np.zeros(size, bool)
        added[catalogue.numbers_of((name, *catalogue.wider(name)))] = True
        counts[name] = sum(part.opened(added & ~covered) for part in parts)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    chosen = {*[name for name in order if name in names][:k], *also}
    return {name: counts[name] for name in order if name in chosen}


def _lacking(segment: Segment, rows: Array, covered: Array) -> _Lacking:
    columns = segment.columns
    begin = columns["skill_start"][rows].astype(np.int64)
    counts = columns["essential_count"][rows].astype(np.int64)
    vacancy = np.repeat(np.arange(len(rows)), counts)
    skill = columns["skills"][ranges(begin, counts)]
    lacks = ~covered[skill]
    vacancy, skill = vacancy[lacks], skill[lacks]
    owner, licence = _lacking_licences(segment, covered)
    per_set = np.bincount(owner, minlength=len(columns["licence_set_start"]) - 1)
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(per_set)))[:-1]
    sets = columns["licence_set"][rows]
    vacancy = np.concatenate((vacancy, np.repeat(np.arange(len(rows)), per_set[sets])))
    skill = np.concatenate((skill, licence[ranges(first[sets], per_set[sets])]))
    per_vacancy = np.bincount(vacancy, minlength=len(rows))
    number = np.cumsum(per_vacancy > 0) - 1
    return _Lacking(int(np.count_nonzero(per_vacancy)), number[vacancy], skill, per_vacancy[per_vacancy > 0])


def _lacking_licences(segment: Segment, covered: Array) -> tuple[Array, Array]:
    """For each set of licences what of it is not held, asked for or required by law, each once: (set, skill number), by set."""
    pairs = []
    for name in ("licence_set", "law_set"):
        start, items = segment.columns[f"{name}_start"].astype(np.int64), segment.columns[f"{name}_items"]
        owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
        pairs.append(owner[~covered[items]] * 65_536 + items[~covered[items]])
    both = np.unique(np.concatenate(pairs))
    return both // 65_536, both % 65_536
