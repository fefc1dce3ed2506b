"""Training courses: upsert, those one can still join. Vacancies are in vacancies.py."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.vacancies import Course, CourseState
from store.matching_tables import course as table
from store.vacancies import content_hash


class CourseRepository:
    """jobseeker.storage_matching.Courses on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def put(self, courses: Sequence[Course], *, now: datetime, today: date) -> Counter[str]:
        """Upsert by (source, source_id)."""
        outcomes: Counter[str] = Counter()
        for item in courses:
            outcomes[await self._put(item, now, today)] += 1
        return outcomes

    async def _put(self, item: Course, now: datetime, today: date) -> str:
        content = item.to_dict()
        values = {
            "content": content,
            "content_hash": content_hash(content),
            "state": "past" if item.starts_on is not None and item.starts_on < today else "open",
            "updated_at": now,
        }
        same = table.c.source == item.source, table.c.source_id == item.source_id
        row = (await self.connection.execute(select(table).where(*same))).first()
        if row is None:
            await self.connection.execute(insert(table).values(**values, source=item.source, source_id=item.source_id))
            return "new"
        if (row.content_hash, row.state) == (values["content_hash"], values["state"]):
            return "unchanged"
        await self.connection.execute(update(table).where(table.c.id == row.id).values(**values))
        return "changed"

    async def compare(self, courses: Sequence[Course]) -> Counter[str]:
        """What `put` would count."""
        outcomes: Counter[str] = Counter()
        for item in courses:
            same = table.c.source == item.source, table.c.source_id == item.source_id
            row = (await self.connection.execute(select(table.c.content_hash, table.c.state).where(*same))).first()
            if row is None:
                outcomes["new"] += 1
            else:
                stays = row.content_hash == content_hash(item.to_dict()) and row.state != "withdrawn"
                outcomes["unchanged" if stays else "changed"] += 1
        return outcomes

    async def settle(self, today: date, *, now: datetime) -> int:
        """Close what began before today."""
        begun = []
        for row in await self.connection.execute(select(table.c.id, table.c.content).where(table.c.state == "open")):
            starts = row.content["starts_on"]
            if starts is not None and starts < today.isoformat():
                begun.append(row.id)
        return await self._close(begun, "past", now)

    async def ids_of_source(self, source: str) -> Mapping[str, int]:
        """source_id -> id."""
        query = select(table.c.source_id, table.c.id).where(table.c.source == source, table.c.state != "withdrawn")
        return {row.source_id: row.id for row in await self.connection.execute(query)}

    async def withdraw(self, ids: Sequence[int], *, now: datetime) -> int:
        """Close what the source no longer has."""
        return await self._close(ids, "withdrawn", now)

    async def all_open(self) -> Sequence[Course]:
        """By id."""
        query = select(table.c.id, table.c.content).where(table.c.state == "open").order_by(table.c.id)
        return [_to_course(row) for row in await self.connection.execute(query)]

    async def by_ids(self, ids: Sequence[int]) -> Mapping[int, Course]:
        """Those that exist, in whatever state."""
        query = select(table.c.id, table.c.content).where(table.c.id.in_(list(ids)))
        return {row.id: _to_course(row) for row in await self.connection.execute(query)}

    async def version(self) -> str:
        """A hash over what every row holds."""
        digest = hashlib.sha256()
        query = select(table.c.id, table.c.content_hash, table.c.state).order_by(table.c.id)
        for row in await self.connection.execute(query):
            digest.update(f"{row.id} {row.content_hash} {row.state}\n".encode())
        return digest.hexdigest()[:16]

    async def counts(self) -> Mapping[tuple[str, CourseState], int]:
        """(source, state) -> how many."""
        query = select(table.c.source, table.c.state, func.count()).group_by(table.c.source, table.c.state)
        return {(source, state): number for source, state, number in await self.connection.execute(query)}

    async def _close(self, ids: Sequence[int], state: CourseState, now: datetime) -> int:
        count = 0
        for course_id in ids:
            change = update(table).where(table.c.id == course_id, table.c.state != state)
            count += (await self.connection.execute(change.values(state=state, updated_at=now))).rowcount
        return count


def _to_course(row: Any) -> Course:
    return Course.from_dict(row.content, id=row.id)
