"""What is asked of the store for people's rights: export, erasure, retention. Records and the repository's form; queries are in store/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Tombstone:
    """An id that was erased, as a hash, and when."""

    id_hash: str
    at: datetime


class Privacy(Protocol):
    """Everything of one person, in every table."""

    async def conversations(self, person_id: str) -> Sequence[tuple[str, str]]:
        """(id, channel), the oldest first."""
        ...

    async def crisis_is_open(self, person_id: str) -> bool: ...

    async def export(self, person_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Rows by table, in JSON's own types."""
        ...

    async def erase(self, person_id: str, *, keep_inbox: int | None, now: datetime) -> Mapping[str, int]:
        """How many rows of each table went; leaves emptied shells and the message `keep_inbox`."""
        ...

    async def delete_shells(self, before: datetime) -> int: ...

    async def idle_since(self, before: datetime, limit: int) -> Sequence[str]: ...

    async def drop_results(self, before: datetime) -> int: ...

    async def tombstones(self) -> Sequence[Tombstone]: ...

    async def take_in(self, found: Sequence[Tombstone]) -> Sequence[str]:
        """Keep tombstones from elsewhere; the hashes of those that say something new: an erasure unknown here, or a later one."""
        ...

    async def persons_among(self, hashes: Sequence[str]) -> Sequence[str]: ...
