"""What is asked of the store for its sealed columns: sealing anew, and whether they open. The columns are the store's own affair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Renewal:
    """Some rows of a place. last: the key of the last one, None where there are no more."""

    seen: int
    changed: int
    last: Any


class Sealing(Protocol):
    """Sealed columns, each a place "<table>.<column>"."""

    def places(self) -> Sequence[str]: ...

    async def renew(self, place: str, *, after: Any, limit: int, plain_only: bool) -> Renewal:
        """Seal what stands in clear or was sealed by an older key, in rows after this key.

        Raises NoEncryptionKey, SealBroken: nothing of these rows was changed.
        """
        ...

    async def check(self) -> None:
        """Open the first and the last value of each place. Raises NoEncryptionKey, SealBroken."""
        ...
