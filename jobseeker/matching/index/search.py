"""Exact search: the best of all open vacancies, without looking at those that provably cannot be among them.

Every cell (occupation x place) has an upper bound on the score of its vacancies. Cells are scored from the highest bound down; a cell is
left out only if its bound is below the score of the k-th best found so far (as in MaxScore: H. Turtle, J. Flood, 1995). Equal
scores are always looked at, because the tie goes by date and id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jobseeker.matching.features import FULL
from jobseeker.matching.index.segment import FIRST_DAY, Array
from jobseeker.matching.index.snapshot import Part, Snapshot
from jobseeker.matching.index.tables import RULED_OUT, Tables, most_pay_points, pay_points, tables_of, weighed
from jobseeker.matching.query import Query

FIRST_ROWS, GROWTH = 3_000, 4  # rows scored in the first round, and how much larger each further round is
MANY_ROWS = 20_000  # when more rows than this are left, closer bounds pay off
CORNER = 24  # the first round takes its cells from the best so many occupations and places


@dataclass(frozen=True, eq=False)
class Found:
    """Rows of one part with their scores, in no order."""

    part: int
    rows: Array
    scores: Array
    posted: Array
    ids: Array


class Search:
    """One query on one snapshot. `hidden`: vacancies the person does not want to see."""

    def __init__(self, query: Query, snapshot: Snapshot, hidden: Iterable[int] = ()) -> None:
        self.query, self.snapshot = query, snapshot
        gone = np.array(sorted(set(hidden)), np.int64)
        self._parts = [
            _PartSearch(query, number, part, snapshot, gone)
            for number, part in enumerate(snapshot.parts)
            if len(part.segment)
        ]

    @property
    def hidden(self) -> int:
        """How many open vacancies the person does not want to see."""
        return sum(len(part.hidden_rows) for part in self._parts)

    def top(self, k: int) -> list[tuple[int, int, int, int]]:
        """The k best and whatever ties with the last: (score, vacancy id, part, row), best first."""
        found: list[Found] = []
        least = 0
        for part in self._parts:
            for item in part.search(k, least):
                found.append(item)
                least = max(least, _kth(found, k))
        if not found:
            return []
        scores, posted, ids = (
            np.concatenate([getattr(item, name) for item in found]) for name in ("scores", "posted", "ids")
        )
        rows = np.concatenate([item.rows for item in found])
        parts = np.repeat([item.part for item in found], [len(item.rows) for item in found])
        keep = np.flatnonzero(scores >= _kth(found, k))
        order = keep[np.lexsort((ids[keep], -posted[keep].astype(np.int64), -scores[keep]))]
        return [(int(scores[n]), int(ids[n]), int(parts[n]), int(rows[n])) for n in order]

    def at_least(self, score: int) -> tuple[Array, Array, Array]:
        """(scores, days posted, ids) of every vacancy with at least this score that no limit rules out."""
        found = [item for part in self._parts for item in part.search(0, score)]
        if not found:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, nothing
        scores, posted, ids = (
            np.concatenate([getattr(item, name) for item in found]) for name in ("scores", "posted", "ids")
        )
        return scores, posted, ids

    def rank_of(self, score: int, posted_ordinal: int, vacancy_id: int) -> int:
        """The rank (from 1) of a vacancy with this score among all."""
        scores, posted, ids = self.at_least(score)
        day = posted_ordinal - FIRST_DAY
        tied = scores == score
        before = (scores > score) | (tied & ((posted > day) | ((posted == day) & (ids < vacancy_id))))
        return 1 + int(np.count_nonzero(before))

    def excluded(self) -> dict[str, int]:
        """How many open vacancies each limit in force rules out; one that breaks two is counted under both."""
        total: dict[str, int] = {}
        for part in self._parts:
            for name, count in part.excluded().items():
                total[name] = total.get(name, 0) + count
        return total

    def within_reach(self) -> list[tuple[Part, Array]]:
        """For each part, the rows within reach (or of unknown place) that no wish rules out; licences required by law are not looked at."""
        return [(part.part, part.within_reach()) for part in self._parts]

    @property
    def looked_at(self) -> int:
        """How many rows were scored so far; the rest was left out by bounds."""
        return sum(part.looked_at for part in self._parts)


def _kth(found: list[Found], k: int) -> int:
    """The k-th best score found so far, 0 where there are fewer."""
    scores = np.concatenate([item.scores for item in found])
    if not k or len(scores) < k:
        return 0
    return int(np.partition(scores, len(scores) - k)[len(scores) - k])


@dataclass(frozen=True, eq=False)
class _Groups:
    """Cells, or blocks of cells: the rows of each (first, how many), a bound on their scores, and the part of it for skills."""

    cells: Array
    begin: Array
    counts: Array
    bound: Array
    skills: Array

    def take(self, which: Array | slice) -> _Groups:
        """Some of them, in the order of `which`."""
        return _Groups(self.cells[which], self.begin[which], self.counts[which], self.bound[which], self.skills[which])


def _best(best: Array, scores: Array, k: int, least: int) -> tuple[Array, int]:
    """The k best scores so far, and the least that still counts."""
    best = np.concatenate((best, scores))
    if not k or len(best) < k:
        return best, least
    best = np.partition(best, len(best) - k)[len(best) - k :]
    return best, max(least, int(best[0]))


class _PartSearch:
    """The search within one segment."""

    def __init__(self, query: Query, number: int, part: Part, snapshot: Snapshot, hidden: Array) -> None:
        self.query, self.number, self.part = query, number, part
        self.segment, self.rarity = part.segment, snapshot.rarity
        rows = self.segment.rows_of(hidden)
        self.hidden_rows = rows if part.alive is None else rows[part.alive[rows]]
        self.looked_at = 0
        self.localities = len(snapshot.catalogue.localities)

    @cached_property
    def tables(self) -> Tables:
        return tables_of(self.query, self.segment, self.rarity)

    @cached_property
    def skill_bound(self) -> Array:
        """By occupation: no vacancy of it gets more points than this for both kinds of skills."""
        weights, neutral = self.query.weights, self.query.neutral
        size = len(self.tables.occupation)
        total = np.zeros(size, np.int32)
        for prefix, feature in (("", "essential_skills"), ("optional_", "optional_skills")):
            best = np.maximum(neutral, self._share_bound(f"{prefix}bound", "occupation", size))
            total += weighed(weights[feature], best)
        return total

    @cached_property
    def block_skill_bound(self) -> Array:
        """The same by block: closer, but it takes a millisecond or two, so only searches that need it ask for it."""
        columns, weights, neutral = self.segment.columns, self.query.weights, self.query.neutral
        size = len(columns["block_newest"])
        total = np.zeros(size, np.int32)
        for bit, prefix, feature in ((1, "", "essential_skills"), (2, "optional_", "optional_skills")):
            unnamed = (columns["block_unnamed"] & bit) > 0
            best = self._share_bound(f"{prefix}block_bound", "block", size)
            total += weighed(weights[feature], np.where(unnamed, np.maximum(neutral, best), best))
        return total

    def _share_bound(self, prefix: str, of: str, size: int) -> Array:
        """sum(largest share x credit) by group, in per mille, at most 1000: no vacancy's coverage is above it."""
        columns, percent = self.segment.columns, self.tables.percent
        start, group, share = (columns[f"{prefix}_{name}"] for name in ("skill_start", of, "share"))
        groups, shares = [np.zeros(0, group.dtype)], [np.zeros(0, np.int32)]
        for skill in np.flatnonzero(percent).tolist():
            begin, end = int(start[skill]), int(start[skill + 1])
            if begin < end:
                groups.append(group[begin:end])
                shares.append(share[begin:end] * percent[skill])
        summed = np.bincount(np.concatenate(groups), weights=np.concatenate(shares), minlength=size)
        bound: Array = np.minimum(FULL, summed.astype(np.int64) // 100).astype(np.int32)
        return bound

    @cached_property
    def rest_bound(self) -> int:
        """No vacancy gets more than this for terms, licences, languages and pay together."""
        tables = self.tables
        most = [int(table.max(initial=0)) for table in (tables.terms, tables.licence_set, tables.language_set)]
        return sum(most) + most_pay_points(self.query)

    @cached_property
    def always_bound(self) -> int:
        """No vacancy gets more than this for freshness and quality together."""
        return int(self.tables.posted.max(initial=0)) + int(self.tables.quality.max(initial=0))

    def search(self, k: int, least: int) -> Iterable[Found]:
        """Rows that score at least `least`, and at least the k-th best so far (k 0: all of them), in rounds."""
        occupation = self.tables.occupation + (self.skill_bound + self.rest_bound + self.always_bound)
        flat = (occupation[:, None] + self.tables.locality[None, :]).reshape(-1)
        least = max(0, least)
        best = np.zeros(0, np.int64)
        if k and len(self.segment) > FIRST_ROWS:
            first = self._corner(occupation, flat)
            found = self._score(self._groups(first, flat), least)
            yield found
            best, least = _best(best, found.scores, k, least)
            flat[first] = RULED_OUT
        groups = self._groups(np.flatnonzero(flat >= least), flat)
        if int(groups.counts.sum()) > MANY_ROWS:
            groups = self._closer(groups)
            groups = groups.take(groups.bound >= least)
        groups = groups.take(
            np.argsort(-groups.bound.astype(np.int16), kind="stable")
        )  # 16 bits are sorted by counting
        upto = np.cumsum(groups.counts)
        at, rows = 0, FIRST_ROWS * GROWTH
        while at < len(upto) and groups.bound[at] >= least:
            end = max(at + 1, int(np.searchsorted(upto, (upto[at - 1] if at else 0) + rows)))
            taken = groups.take(slice(at, end))
            found = self._score(taken.take(taken.bound >= least), least)
            yield found
            best, least = _best(best, found.scores, k, least)
            at, rows = end, rows * GROWTH

    def _groups(self, cells: Array, flat: Array) -> _Groups:
        """Cells that hold a vacancy, as groups of rows."""
        begin = self.segment.cell_start[cells].astype(np.int64)
        counts = self.segment.cell_start[cells + 1] - begin
        held = counts > 0
        cells = cells[held]
        skills = self.skill_bound[cells // self.localities]
        return _Groups(cells, begin[held], counts[held], flat[cells], skills)

    def _closer(self, groups: _Groups) -> _Groups:
        """The blocks of these cells, with bounds by what each block holds."""
        columns = self.segment.columns
        first = columns["cell_block"][groups.cells].astype(np.int64)
        counts = columns["cell_block"][groups.cells + 1] - first
        blocks = ranges(first, counts)
        cells = np.repeat(groups.cells, counts)
        skills = self.block_skill_bound[blocks]
        bound = np.repeat(groups.bound - groups.skills - int(self.tables.posted.max(initial=0)), counts) + skills
        bound += self.tables.posted[np.minimum(columns["block_newest"][blocks], len(self.tables.posted) - 1)]
        begin = columns["block_start"][blocks].astype(np.int64)
        return _Groups(cells, begin, columns["block_start"][blocks + 1] - begin, bound, skills)

    def _corner(self, occupation: Array, flat: Array) -> Array:
        """Cells to begin with: the highest bounds among the best occupations and places."""
        rows = np.argsort(-occupation, kind="stable")[:CORNER]
        columns = np.argsort(-self.tables.locality, kind="stable")[:CORNER]
        cells = (rows[:, None] * self.localities + columns[None, :]).reshape(-1)
        start = self.segment.cell_start
        sizes = start[cells + 1].astype(np.int64) - start[cells]
        cells, sizes = cells[sizes > 0], sizes[sizes > 0]
        order = np.argsort(-flat[cells], kind="stable")
        cells = cells[order]
        end = int(np.searchsorted(np.cumsum(sizes[order]), FIRST_ROWS)) + 1
        first: Array = cells[:end][flat[cells[:end]] >= 0]
        return first

    def _score(self, groups: _Groups, least: int) -> Found:
        """Score the rows of groups exactly; those below `least` are dropped as soon as a bound shows it."""
        tables, columns = self.tables, self.segment.columns
        rows = ranges(groups.begin, groups.counts)
        self.looked_at += len(rows)
        occupations, localities = np.divmod(groups.cells, self.localities)
        total = np.repeat(tables.occupation[occupations] + tables.locality[localities], groups.counts)
        bound = np.repeat(groups.skills, groups.counts)
        total += tables.posted[np.minimum(columns["posted"][rows], len(tables.posted) - 1)]
        total += tables.quality[columns["quality"][rows]]
        keep = total + bound >= least - self.rest_bound
        if self.part.alive is not None:
            keep &= self.part.alive[rows]
        rows, total, bound = rows[keep], total[keep], bound[keep]
        total += tables.terms[columns["terms"][rows]]
        total += tables.licence_set[columns["licence_set"][rows]]
        total += tables.language_set[columns["language_set"][rows]]
        total += pay_points(self.query, columns["pay_middle"][rows])
        if "pay" in self.query.firm and self.query.wish_monthly is not None:
            top = columns["pay_top"][rows]
            total[(top >= 0) & (top < self.query.wish_monthly)] = RULED_OUT
        keep = total + bound >= least
        rows, total = rows[keep], total[keep]
        total += self._skill_points(rows)
        keep = total >= least
        if len(self.hidden_rows):
            keep &= ~np.isin(rows, self.hidden_rows)
        rows, total = rows[keep], total[keep]
        return Found(self.number, rows, total, columns["posted"][rows], columns["ids"][rows])

    def _skill_points(self, rows: Array) -> Array:
        columns, weights, neutral = self.segment.columns, self.query.weights, self.query.neutral
        begin = columns["skill_start"][rows].astype(np.int64)
        counts = columns["skill_start"][rows + 1] - begin
        taken = ranges(begin, counts)
        summed = np.concatenate(
            (np.zeros(1, np.int64), np.cumsum(self.tables.credit[columns["skills"][taken]], dtype=np.int64))
        )
        ends = np.cumsum(counts)
        first = ends - counts
        middle = first + columns["essential_count"][rows]
        total = np.zeros(len(rows), np.int64)
        for name, got in (
            ("essential", summed[middle] - summed[first]),
            ("optional", summed[ends] - summed[middle]),
        ):
            asked = columns[f"{name}_rarity"][rows].astype(np.int64)
            value = np.where(asked == 0, neutral, 10 * got // np.maximum(1, asked))
            total += weighed(weights[f"{name}_skills"], value.astype(np.int32))
        return total

    def excluded(self) -> dict[str, int]:
        """Limit in force -> how many of this part break it."""
        column_of = {
            "licence_by_law": "licence_set", "occupation": "occupation", "commute": "locality", "remote": "locality", "hours": "terms",
            "shifts": "terms", "contract": "terms",
        }  # fmt: skip
        counts = self.part.counts
        result = {}
        for limit, broken in self.tables.rules_out.items():
            counted = counts[column_of[limit]]
            result[limit] = int(counted[broken[: len(counted)]].sum())
        if "pay" in self.query.firm and self.query.wish_monthly is not None:
            result["pay"] = self.part.paying_below(self.query.wish_monthly)
        return result

    def within_reach(self) -> Array:
        """Rows that no wish rules out, within reach or of unknown place."""
        tables, columns = self.tables, self.segment.columns
        near = self.query.tenths <= self.query.reach_tenths
        near[1] = True  # remote
        allowed = (tables.occupation >= 0)[:, None] & ((tables.locality >= 0) & near)[None, :]
        cells = np.flatnonzero(allowed.reshape(-1))
        begin = columns["cell_start"][cells].astype(np.int64)
        rows = ranges(begin, columns["cell_start"][cells + 1] - begin)
        keep = tables.terms[columns["terms"][rows]] >= 0
        if self.part.alive is not None:
            keep &= self.part.alive[rows]
        if "pay" in self.query.firm and self.query.wish_monthly is not None:
            top = columns["pay_top"][rows]
            keep &= (top < 0) | (top >= self.query.wish_monthly)
        result: Array = rows[keep]
        return result


def ranges(begin: Array, counts: Array) -> Array:
    """begin[0] … begin[0]+counts[0]-1, begin[1] …, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    result: Array = np.repeat(begin - (ends - counts), counts)
    result += np.arange(total)
    return result
