"""What the use cases need of the store about vacancies and courses, as protocols; conversations are in storage.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from jobseeker.vacancies import Course, CourseState, StoredVacancy, Vacancy, VacancyState


class Vacancies(Protocol):
    """Vacancies of all sources. Rows are never deleted: marks, alerts and logged results refer to them."""

    async def put(self, vacancies: Sequence[Vacancy], *, now: datetime, today: date) -> Counter[str]:
        """Insert or update by (source, source_id), at most some hundreds at a time; how many are "new", "changed" or
        "unchanged". What expired before `today` is kept as expired; the younger of two postings of one job as duplicate.

        Raises ValueError when one (source, source_id) stands there twice.
        """
        ...

    async def compare(self, vacancies: Sequence[Vacancy]) -> Counter[str]:
        """What `put` would count; nothing is written."""
        ...

    async def posted_on(self, source: str, source_ids: Sequence[str]) -> Mapping[str, date]:
        """source_id -> the day on which those that are there were posted."""
        ...

    async def expire(self, today: date, *, now: datetime) -> int:
        """Close what was open until a day before `today`; how many."""
        ...

    async def ids_of_source(self, source: str) -> Mapping[str, int]:
        """source_id -> id of those that are not withdrawn."""
        ...

    async def withdraw(self, ids: Sequence[int], *, now: datetime) -> int:
        """Close them because their source no longer has them; how many were not closed so before."""
        ...

    async def by_ids(self, ids: Sequence[int]) -> Mapping[int, StoredVacancy]:
        """Those that exist, in whatever state."""
        ...

    async def find(self, source: str, source_id: str) -> StoredVacancy | None: ...

    async def revision(self) -> int:
        """The newest revision; 0 in an empty store."""
        ...

    async def changed_since(self, revision: int, limit: int) -> Sequence[StoredVacancy]:
        """Rows above `revision` in order, in whatever state. Who goes on from the last one misses nothing, with any number of writers."""
        ...

    async def open_after(self, vacancy_id: int, limit: int) -> Sequence[StoredVacancy]:
        """Open ones above this id in order: all of them, page by page."""
        ...

    async def listed(
        self, *, state: VacancyState | None = None, source: str | None = None, limit: int = 50
    ) -> Sequence[StoredVacancy]:
        """The newest first, for people who look after the data."""
        ...

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """(source, state) -> how many."""
        ...


class Courses(Protocol):
    """Training courses of all sources."""

    async def put(self, courses: Sequence[Course], *, now: datetime, today: date) -> Counter[str]:
        """Insert or update by (source, source_id); how many are "new", "changed" or "unchanged"."""
        ...

    async def compare(self, courses: Sequence[Course]) -> Counter[str]:
        """What `put` would count; nothing is written."""
        ...

    async def settle(self, today: date, *, now: datetime) -> int:
        """Close those that began before `today` (a course without a date begins at any time); how many."""
        ...

    async def ids_of_source(self, source: str) -> Mapping[str, int]:
        """source_id -> id of those that are not withdrawn."""
        ...

    async def withdraw(self, ids: Sequence[int], *, now: datetime) -> int: ...

    async def all_open(self) -> Sequence[Course]:
        """Those one can still join, by id. A few thousand at most: callers keep them and ask `version` for news."""
        ...

    async def by_ids(self, ids: Sequence[int]) -> Mapping[int, Course]: ...

    async def version(self) -> str:
        """Another text after every change of any course."""
        ...

    async def counts(self) -> Mapping[tuple[str, CourseState], int]:
        """(source, state) -> how many."""
        ...
