"""What the use cases need of the store about releases; store/releases.py keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from jobseeker.releases import Activation, Release, Signature


class Releases(Protocol):
    """Releases, who signed them, when they were served. Rows are only ever added."""

    async def add(self, release: Release) -> Release:
        """Keep one; with its number."""

    async def get(self, number: int) -> Release | None: ...

    async def of_digest(self, digest: str) -> Release | None: ...

    async def newest(self, most: int) -> Sequence[Release]:
        """The newest first."""

    async def of_numbers(self, numbers: Collection[int]) -> Sequence[Release]: ...

    async def sign(self, number: int, account_id: int, now: datetime) -> bool:
        """False where this account has signed it already."""

    async def activate(self, activation: Activation) -> None: ...

    async def signatures(self) -> Sequence[Signature]: ...

    async def activations(self) -> Sequence[Activation]:
        """The oldest first; the last one is what is served."""
