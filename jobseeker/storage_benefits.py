"""What is kept of people's own benefit cases: reminders. Records and the repository's form; queries are in store/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Reminder:
    """One message that is to be sent at `send_at` about the day `day`. kind: of jobseeker.benefits.deadlines."""

    id: int
    person_id: str
    conversation_id: str
    kind: str
    day: date
    send_at: datetime


class Reminders(Protocol):
    """Who wants to be reminded of what."""

    async def replace(self, person_id: str, reminders: Sequence[Reminder]) -> int:
        """These in place of those of the person that are still to be sent; how many are new."""
        ...

    async def stop(self, person_id: str) -> int:
        """How many were still to be sent."""
        ...

    async def next_due(self, now: datetime) -> Reminder | None:
        """The one that has waited longest and whose person can be written to."""
        ...

    async def finish(self, reminder_id: int, *, now: datetime) -> bool:
        """Whether it was still to be sent: of all that try, one hears yes."""
        ...
