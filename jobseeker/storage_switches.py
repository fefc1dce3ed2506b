"""What the use cases need of the store about the kill-switch; store/switches.py keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jobseeker.switches import Switch


class Switches(Protocol):
    """Which capabilities are off."""

    async def off(self) -> frozenset[str]: ...

    async def all(self) -> Sequence[Switch]: ...

    async def put(self, switch: Switch) -> None: ...
