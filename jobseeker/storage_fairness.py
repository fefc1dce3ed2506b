"""What use cases may ask of the store about the audit of fairness: writing and deleting what people declare. Reading it is not among it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Declarations(Protocol):
    """The writing side. It tells nobody what was declared; jobseeker.fairness.audit.FairnessSource reads, for the audit command alone."""

    async def put(self, person_id: str, question: str, value: str | None, *, now: datetime) -> None:
        """Keep one answer, in place of an earlier one; None takes it away."""
        ...

    async def remove(self, person_id: str) -> int:
        """All of this person; how many rows."""
        ...

    async def drop_older(self, before: datetime) -> int:
        """What has had its time; how many rows."""
        ...
