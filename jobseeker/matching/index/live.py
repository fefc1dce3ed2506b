"""An index that follows the store: a build plus what has changed since, without building anew. Reading the store is app/'s."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.facts import Facts
from jobseeker.matching.index.build import Builder
from jobseeker.matching.index.snapshot import Part, Snapshot
from jobseeker.matching.policy import Parameters

LARGEST_SHARE, LEAST_CHANGES = 20, 5_000  # build anew when more than 1/20 of the rows, and so many, have changed


class LiveIndex:
    """`snapshot` is what to search; `apply` replaces it by a newer one. Nothing that is being searched is ever touched."""

    def __init__(self, base: Snapshot, catalogue: Catalogue, parameters: Parameters) -> None:
        if len(base.parts) != 1:
            raise ValueError("a live index starts from a build, which has one part")
        self._base, self._catalogue, self._parameters = base, catalogue, parameters
        self._changed: dict[int, Facts | None] = {}
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
        """Take in changes: (vacancy id, facts), None for what is no longer open. The later of two for one id counts."""
        self._changed.update(changes)
        builder = Builder(self._catalogue, self._parameters)
        for _, facts in sorted(self._changed.items()):
            if facts is not None:
                builder.add(facts)
        [base] = self._base.parts
        gone = base.segment.rows_of(np.array(sorted(self._changed), np.int64))
        parts = [Part(base.segment, np.sort(gone))]
        if len(builder):
            parts.append(Part(builder.finish(self._base.rarity)[0]))
        self.snapshot = Snapshot(self._catalogue, tuple(parts), self._base.rarity, revision, self._base.version)
        return self.snapshot
