"""The vacancies that are open at one moment: segments, which of their rows have gone, how rare skills are. It never changes; a newer one replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from jobseeker.matching.catalogue import Catalogue, Ints
from jobseeker.matching.facts import Facts
from jobseeker.matching.index.segment import FIRST_DAY, Array, Segment


@dataclass(frozen=True, eq=False)
class Part:
    """A segment with the rows that no longer count. `gone`: withdrawn, changed or expired rows, ascending."""

    segment: Segment
    gone: Array = field(default_factory=lambda: np.zeros(0, np.int64))

    @cached_property
    def alive(self) -> Array | None:
        """True for each row that counts, shape (rows,); None where all do."""
        if not len(self.gone):
            return None
        mask = np.ones(len(self.segment), bool)
        mask[self.gone] = False
        return mask

    @cached_property
    def size(self) -> int:
        """How many rows count."""
        return len(self.segment) - len(self.gone)

    @cached_property
    def counts(self) -> Mapping[str, Array]:
        """How many of those that count have each code of a column."""
        columns, whole = self.segment.columns, self.segment.counts
        if not len(self.gone):
            return whole
        return {name: whole[name] - np.bincount(columns[name][self.gone], minlength=len(whole[name])) for name in whole}

    @cached_property
    def _gone_tops(self) -> Array:
        return np.sort(self.segment.pay_top[self.gone])

    def paying_below(self, monthly: int) -> int:
        """How many that count disclose a comparable pay whose top is below this (TWD a month)."""
        both = (self.segment.top_sorted, self._gone_tops)
        whole, gone = (int(np.searchsorted(tops, monthly) - np.searchsorted(tops, 0)) for tops in both)
        return whole - gone

    def on(self, day: date) -> Part:
        """Without what has expired before this day."""
        today = day.toordinal() - FIRST_DAY
        expired = np.flatnonzero(self.segment.expires < max(0, today))
        return Part(self.segment, np.union1d(self.gone, expired)) if len(expired) else self


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All open vacancies. `revision`: the last change of the store that it knows; `version`: name of the index it comes from."""

    catalogue: Catalogue
    parts: tuple[Part, ...]
    rarity: Ints  # by skill number
    revision: int = 0
    version: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(part.size for part in self.parts)

    @cached_property
    def rarity_by_name(self) -> Mapping[str, int]:
        """The same by skill id."""
        return dict(zip(self.catalogue.skills, self.rarity.tolist(), strict=False))

    @cached_property
    def _by_day(self) -> dict[date, Snapshot]:
        return {}

    def on(self, day: date) -> Snapshot:
        """Without what has expired before this day; kept for the last few days asked for."""
        known = self._by_day
        if day not in known:
            while len(known) > 4:
                known.pop(next(iter(known)))
            parts = tuple(part.on(day) for part in self.parts)
            same = all(new is old for new, old in zip(parts, self.parts, strict=True))
            known[day] = (
                self if same else Snapshot(self.catalogue, parts, self.rarity, self.revision, self.version, self.meta)
            )
        return known[day]

    def find(self, vacancy_id: int) -> Facts | None:
        """The facts of an open vacancy."""
        for part in self.parts:
            row = part.segment.row_of(vacancy_id)
            if row is not None and (part.alive is None or part.alive[row]):
                return part.segment.facts(row, self.catalogue)
        return None

    def __iter__(self) -> Iterator[Facts]:
        """All facts, one by one: for tests and exports, not for ranking."""
        for part in self.parts:
            rows = range(len(part.segment)) if part.alive is None else np.flatnonzero(part.alive).tolist()
            for row in rows:
                yield part.segment.facts(row, self.catalogue)
