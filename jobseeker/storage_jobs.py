"""What the vacancy dialogue keeps, as protocols and plain records: marks, alerts, the log of rankings. The rest is storage.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

SAVED, NOT_FOR_ME = "saved", "not_for_me"
MARKS = (SAVED, NOT_FOR_ME)
REASON_CHARACTERS = 200  # what the store keeps of a person's own words


@dataclass(frozen=True)
class Mark:
    """What a person said of a vacancy. `reason`: a code of jobseeker.journeys.marks or the person's own words, "" for none."""

    vacancy_id: int
    kind: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class JobAlert:
    """A person's wish to be told of new vacancies. `query`: what to look for (jobseeker.journeys.search.Search.to_dict());
    `leased_until` names the lease, too: whoever finishes it must still hold this one."""

    person_id: str
    conversation_id: str
    active: bool
    query: Mapping[str, Any]
    seen_revision: int
    next_check_at: datetime
    leased_until: datetime | None = None


@dataclass(frozen=True)
class LoggedRanking:
    """One automated result that was shown: with `query` and `versions` it can be run again."""

    id: int
    person_id: str
    conversation_id: str
    inbox_id: int | None
    query: Mapping[str, Any]
    result: Mapping[str, Any]
    versions: Mapping[str, Any]
    at: datetime


class Marks(Protocol):
    """Vacancies that a person saved or does not want."""

    async def of(self, person_id: str) -> Sequence[Mark]:
        """The newest first."""
        ...

    async def put(self, person_id: str, mark: Mark) -> None:
        """Write it, in place of one of the same kind on the same vacancy."""
        ...

    async def remove(self, person_id: str, vacancy_id: int, kind: str) -> None: ...


class JobAlerts(Protocol):
    """One row per person."""

    async def of(self, person_id: str) -> JobAlert | None: ...

    async def put(self, alert: JobAlert, *, now: datetime) -> None:
        """Write it, in place of the one this person has; its lease ends."""
        ...

    async def stop(self, person_id: str, *, now: datetime) -> bool:
        """Whether one was active."""
        ...

    async def any_due(self, now: datetime) -> bool: ...

    async def lease_due(self, *, now: datetime, until: datetime) -> JobAlert | None:
        """Take the one that has waited longest; nobody else gets it before `until`."""
        ...

    async def finish(self, alert: JobAlert, *, seen_revision: int, next_check_at: datetime) -> bool:
        """End the lease named by `alert.leased_until`. False: it is not ours any more, or the alert was changed."""
        ...

    async def note_sent(self, person_id: str, vacancy_ids: Sequence[int], *, now: datetime) -> Collection[int]:
        """Those that this person had not been told of before; from now on they count as told."""
        ...


class MatchLog(Protocol):
    """Rankings that were shown. Rows are only ever added."""

    async def add(
        self,
        *,
        person_id: str,
        conversation_id: str,
        inbox_id: int | None,
        query: Mapping[str, Any],
        result: Mapping[str, Any],
        versions: Mapping[str, Any],
        now: datetime,
    ) -> int: ...

    async def get(self, log_id: int) -> LoggedRanking | None: ...

    async def newest(self, conversation_id: str, limit: int) -> Sequence[LoggedRanking]:
        """The newest of this conversation, the newest first."""
        ...

    async def by_inbox(self, conversation_id: str, inbox_id: int) -> LoggedRanking | None:
        """The newest one shown in answer to this message of this conversation."""
        ...
