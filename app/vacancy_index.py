"""Keeps the index of vacancies in step with the store: builds it, reads on from its revision, builds anew when much has changed."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

import numpy as np

from jobseeker.matching import Catalogue, Facts, Matcher, Parameters, RankingPolicy, facts_of
from jobseeker.matching.index import Builder, IndexFolder, LiveIndex, Snapshot
from jobseeker.storage import Store

PAGE = 1_000  # vacancies read at once
CHECKED = 16  # rows of an index compared with the database before it is used
Say = Callable[[int], None]


def _quiet(_: int) -> None:
    """Nobody wants to know."""


@dataclass(eq=False)
class VacancyIndex:
    """`matcher` gives one that knows all that is committed. One object for each process; the files are shared.

    store: where the vacancies are; path: usually var/index.
    """

    store: Store
    path: Path
    catalogue: Catalogue
    policy: RankingPolicy
    _live: LiveIndex | None = None
    _encoding: object = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _building: asyncio.Task[None] | None = None

    async def matcher(self, day: date) -> Matcher:
        """A matcher on the newest vacancies. Builds the index where there is none that fits. Raises StoreUnavailable."""
        parameters = self.policy.on(day)
        async with self._lock:
            if self._live is None or self._encoding != parameters.encoding:
                await self._open(parameters)
            assert self._live is not None
            await self._read_on(self._live, parameters)
            if self._live.needs_building and (self._building is None or self._building.done()):
                self._building = asyncio.create_task(self._build_anew(parameters))
            return Matcher(self.catalogue, self.policy, self._live.snapshot)

    async def build(self, day: date, say: Say = _quiet) -> tuple[str, int]:
        """Build it now and make it the one in force: (name, vacancies). `say` is told how many have been read."""
        return await self._build(self.policy.on(day), say)

    async def close(self) -> None:
        """Stop a build that is under way."""
        if self._building is not None and not self._building.done():
            self._building.cancel()
            with suppress(asyncio.CancelledError):
                await self._building

    async def _open(self, parameters: Parameters) -> None:
        """Load the index; where it does not fit, build it - in one process only, while others wait for its lock."""
        snapshot = await self._load(parameters)
        if snapshot is None:
            handle = await asyncio.to_thread(_locked, self.path)
            try:
                snapshot = await self._load(parameters)
                if snapshot is None:
                    await self._build(parameters, _quiet)
                    snapshot = IndexFolder(self.path).load(self.catalogue, parameters)
            finally:
                handle.close()
        assert snapshot is not None, "it was built a moment ago"
        self._use(snapshot, parameters)

    async def _load(self, parameters: Parameters) -> Snapshot | None:
        """The index on disk, if it was built from this very database: one that was set up anew in the same place has other rows."""
        snapshot = IndexFolder(self.path).load(self.catalogue, parameters)
        if snapshot is None:
            return None
        [part] = snapshot.parts
        rows = sorted({int(row) for row in np.linspace(0, len(part.segment) - 1, min(CHECKED, len(part.segment)))})
        known = [part.segment.facts(row, self.catalogue) for row in rows]
        async with self.store.read() as work:
            if await work.vacancies.revision() < snapshot.revision:
                return None
            stored = await work.vacancies.by_ids([facts.id for facts in known])
        for facts in known:
            found = stored.get(facts.id)
            if found is None:
                return None
            if found.revision <= snapshot.revision and facts_of(found.vacancy, self.catalogue, parameters) != facts:
                return None
        return snapshot

    def _use(self, snapshot: Snapshot, parameters: Parameters) -> None:
        self._live = LiveIndex(snapshot, self.catalogue, parameters)
        self._encoding = parameters.encoding

    async def _read_on(self, live: LiveIndex, parameters: Parameters) -> None:
        changes: list[tuple[int, Facts | None]] = []
        revision = live.revision
        async with self.store.read() as work:
            while page := await work.vacancies.changed_since(revision, PAGE):
                for stored in page:
                    is_open = stored.state == "open"
                    changes.append(
                        (stored.vacancy.id, facts_of(stored.vacancy, self.catalogue, parameters) if is_open else None)
                    )
                revision = page[-1].revision
        if changes:
            await asyncio.to_thread(live.apply, changes, revision)

    async def _build_anew(self, parameters: Parameters) -> None:
        await self._build(parameters, _quiet)
        snapshot = IndexFolder(self.path).load(self.catalogue, parameters)
        async with self._lock:
            if snapshot is not None:
                self._use(snapshot, parameters)

    async def _build(self, parameters: Parameters, say: Say) -> tuple[str, int]:
        """The revision is read first: what changes while the pages are read is read on from there."""
        builder, last = Builder(self.catalogue, parameters), 0
        async with self.store.read() as work:
            revision = await work.vacancies.revision()
        while True:
            async with self.store.read() as work:
                page = await work.vacancies.open_after(last, PAGE)
            if not page:
                break
            for stored in page:
                builder.add(facts_of(stored.vacancy, self.catalogue, parameters))
            last = page[-1].vacancy.id
            say(len(builder))
        count = len(builder)
        segment, rarity = await asyncio.to_thread(builder.finish)
        folder = IndexFolder(self.path)
        return await asyncio.to_thread(folder.write, segment, rarity, self.catalogue, parameters, revision), count


def _locked(path: Path) -> IO[str]:
    """Wait for the lock of this folder; it is held until the handle is closed, also when the process dies."""
    path.mkdir(parents=True, exist_ok=True)
    handle = (path / ".lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
