"""An index that follows the store: a build plus what has changed since, without building anew. Reading the store is app/'s."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.facts import Facts
from jobseeker.matching.index.build import Builder
from jobseeker.matching.index.segment import Array, Segment
from jobseeker.matching.index.snapshot import Part, Snapshot
from jobseeker.matching.policy import Parameters

LARGEST_SHARE, LEAST_CHANGES = 20, 5_000  # build anew when more than 1/20 of the rows, and so many, have changed
MERGED_UP_TO = 8  # a batch takes in the one before it where that has at most so many times its changes


@dataclass(frozen=True, eq=False)
class _Batch:
    """Changes built together. `segment`: those that are open, None where none is."""

    ids: frozenset[int]
    segment: Segment | None


class LiveIndex:
    """`snapshot` is what to search; `apply` replaces it by a newer one. Nothing that is being searched is ever touched."""

    def __init__(self, base: Snapshot, catalogue: Catalogue, parameters: Parameters) -> None:
        if len(base.parts) != 1:
            raise ValueError("a live index starts from a build, which has one part")
        self._base, self._catalogue, self._parameters = base, catalogue, parameters
        self._changed: dict[int, Facts | None] = {}
        self._batches: list[
            _Batch
        ] = []  # the newest last; each has more than MERGED_UP_TO times the changes of the next
        self.snapshot = base

    @property
    def revision(self) -> int:
        """Changes of the store up to here are in."""
        return self.snapshot.revision

    @property
    def needs_building(self) -> bool:
        """Whether so much has changed that a new build pays off."""
        return len(self._changed) > max(LEAST_CHANGES, len(self._base) // LARGEST_SHARE)

    def apply(self, changes: Iterable[tuple[int, Facts | None]], revision: int) -> Snapshot:
        """Take in changes: (vacancy id, facts), None for what is no longer open. The later of two for one id counts.

        Batches are merged as they come, so that one more change does not build all earlier ones again.
        """
        new = dict(changes)
        self._changed.update(new)
        ids = set(new)
        while self._batches and len(self._batches[-1].ids) <= MERGED_UP_TO * len(ids):
            ids |= self._batches.pop().ids
        self._batches.append(self._built(ids))
        [base] = self._base.parts
        parts = [Part(base.segment, _rows(base.segment, self._changed))]
        for place, batch in enumerate(self._batches):
            if batch.segment is not None:
                later = frozenset[int]().union(*(one.ids for one in self._batches[place + 1 :]))
                parts.append(Part(batch.segment, _rows(batch.segment, batch.ids & later)))
        self.snapshot = Snapshot(self._catalogue, tuple(parts), self._base.rarity, revision, self._base.version)
        return self.snapshot

    def _built(self, ids: Collection[int]) -> _Batch:
        builder = Builder(self._catalogue, self._parameters)
        for identifier in sorted(ids):
            facts = self._changed[identifier]
            if facts is not None:
                builder.add(facts)
        return _Batch(frozenset(ids), builder.finish(self._base.rarity)[0] if len(builder) else None)


def _rows(segment: Segment, ids: Collection[int]) -> Array:
    """Rows of a segment that have these ids, ascending."""
    return np.sort(segment.rows_of(np.array(sorted(ids), np.int64)))
