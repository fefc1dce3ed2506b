"""What the people who run the service see of the database at a moment: numbers alone. store/operations.py counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Waiting:
    """How many wait, and for how many seconds the oldest has."""

    count: int = 0
    oldest_seconds: float = 0.0


@dataclass(frozen=True)
class Sample:
    """outbox: by channel; cases: nobody has them yet, by urgency (0 crisis, 1 at once, 2 offer); deadlines: due and not done."""

    inbox: Waiting = Waiting()
    outbox: Mapping[str, Waiting] = field(default_factory=dict)
    cases: Mapping[int, Waiting] = field(default_factory=dict)
    claimed: int = 0
    deadlines: Waiting = Waiting()
    off: frozenset[str] = frozenset()


class Operations(Protocol):
    """Counts what waits."""

    async def sample(self, now: datetime) -> Sample: ...
