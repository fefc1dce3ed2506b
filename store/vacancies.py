"""Vacancies: upsert, revisions, duplicates, expiry. Courses are in courses.py; reading files is app/'s, ranking matching/'s."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.likeness import is_same_posting, likeness
from jobseeker.vacancies import StoredVacancy, Vacancy, VacancyState
from store.matching_tables import vacancy as table

T = TypeVar("T")
BATCH = 500  # of values in one IN (…)
_REVISION_LOCK = 0x7661636E  # "vacn": a PostgreSQL advisory lock of this name orders all writers of this table
_ROW = (table.c.id, table.c.content, table.c.state, table.c.revision, table.c.duplicate_of)
_CHANGE = update(table).where(table.c.id == bindparam("key"))


class VacancyRepository:
    """jobseeker.storage_matching.Vacancies on one connection.

    A revision is taken and committed by one writer at a time: on SQLite there is only one, on PostgreSQL an advisory
    lock is held until the transaction ends. So whoever has read up to a revision never finds a lower one later.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._next: int | None = None

    async def put(self, vacancies: Sequence[Vacancy], *, now: datetime, today: date) -> Counter[str]:
        """Upsert by (source, source_id)."""
        keys = [(item.source, item.source_id) for item in vacancies]
        if len(set(keys)) != len(keys):
            raise ValueError("one (source, source_id) stands in this batch twice")
        await self._begin()
        known = await self._known(keys)
        outcomes: Counter[str] = Counter()
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        unsettled: set[str] = set()
        for item in vacancies:
            row = known.get((item.source, item.source_id))
            values = _values(item, now, today)
            if row is None:
                new.append({**values, "source": item.source, "source_id": item.source_id, "revision": self._take()})
                outcomes["new"] += 1
            elif row.content_hash == values["content_hash"] and _stays(row.state, values["state"]):
                outcomes["unchanged"] += 1
                continue
            else:
                values["content"]["id"] = row.id
                changed.append({**_bound(values), "key": row.id, "b_revision": self._take()})
                unsettled.add(row.likeness)
                outcomes["changed"] += 1
            unsettled.add(values["likeness"])
        if new:
            await self.connection.execute(insert(table), new)
        if changed:
            names = ("content", "content_hash", "likeness", "posted_on", "expires_on", "state", "updated_at")
            columns: dict[str, Any] = {name: bindparam(f"b_{name}") for name in (*names, "duplicate_of", "revision")}
            await self.connection.execute(_CHANGE.values(columns), changed)
        await self._settle_duplicates(unsettled, now)
        return outcomes

    async def compare(self, vacancies: Sequence[Vacancy]) -> Counter[str]:
        """What `put` would count."""
        known = await self._known([(item.source, item.source_id) for item in vacancies])
        outcomes: Counter[str] = Counter()
        for item in vacancies:
            row = known.get((item.source, item.source_id))
            if row is None:
                outcomes["new"] += 1
            else:
                same = row.content_hash == content_hash(item.to_dict()) and row.state != "withdrawn"
                outcomes["unchanged" if same else "changed"] += 1
        return outcomes

    async def posted_on(self, source: str, source_ids: Sequence[str]) -> Mapping[str, date]:
        """source_id -> day."""
        found: dict[str, date] = {}
        for part in _parts(source_ids):
            query = select(table.c.source_id, table.c.posted_on).where(
                table.c.source == source, table.c.source_id.in_(part)
            )
            for row in await self.connection.execute(query):
                found[row.source_id] = date.fromisoformat(row.posted_on)
        return found

    async def expire(self, today: date, *, now: datetime) -> int:
        """Close what ended before today."""
        await self._begin()
        due = table.c.state.in_(("open", "duplicate")), table.c.expires_on < today.isoformat()
        rows = (await self.connection.execute(select(table.c.id).where(*due).order_by(table.c.id))).scalars().all()
        return await self._close(rows, "expired", now)

    async def ids_of_source(self, source: str) -> Mapping[str, int]:
        """source_id -> id."""
        query = select(table.c.source_id, table.c.id).where(table.c.source == source, table.c.state != "withdrawn")
        return {row.source_id: row.id for row in await self.connection.execute(query)}

    async def withdraw(self, ids: Sequence[int], *, now: datetime) -> int:
        """Close what the source no longer has."""
        await self._begin()
        return await self._close(ids, "withdrawn", now)

    async def by_ids(self, ids: Sequence[int]) -> Mapping[int, StoredVacancy]:
        """Those that exist."""
        found: dict[int, StoredVacancy] = {}
        for part in _parts(list(dict.fromkeys(ids))):
            for row in await self.connection.execute(select(*_ROW).where(table.c.id.in_(part))):
                found[row.id] = _to_stored(row)
        return found

    async def find(self, source: str, source_id: str) -> StoredVacancy | None:
        """By what the source calls it."""
        query = select(*_ROW).where(table.c.source == source, table.c.source_id == source_id)
        row = (await self.connection.execute(query)).first()
        return _to_stored(row) if row else None

    async def revision(self) -> int:
        """The newest."""
        newest = (await self.connection.execute(select(func.max(table.c.revision)))).scalar_one()
        return int(newest or 0)

    async def changed_since(self, revision: int, limit: int) -> Sequence[StoredVacancy]:
        """In order of revision."""
        query = select(*_ROW).where(table.c.revision > revision).order_by(table.c.revision).limit(limit)
        return [_to_stored(row) for row in await self.connection.execute(query)]

    async def open_after(self, vacancy_id: int, limit: int) -> Sequence[StoredVacancy]:
        """In order of id."""
        query = select(*_ROW).where(table.c.id > vacancy_id, table.c.state == "open").order_by(table.c.id).limit(limit)
        return [_to_stored(row) for row in await self.connection.execute(query)]

    async def listed(
        self, *, state: VacancyState | None = None, source: str | None = None, limit: int = 50
    ) -> Sequence[StoredVacancy]:
        """The newest first."""
        wanted: list[ColumnElement[bool]] = []
        if state is not None:
            wanted.append(table.c.state == state)
        if source is not None:
            wanted.append(table.c.source == source)
        query = select(*_ROW).where(*wanted).order_by(table.c.posted_on.desc(), table.c.id.desc()).limit(limit)
        return [_to_stored(row) for row in await self.connection.execute(query)]

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """(source, state) -> how many."""
        query = select(table.c.source, table.c.state, func.count()).group_by(table.c.source, table.c.state)
        return {(source, state): number for source, state, number in await self.connection.execute(query)}

    async def _begin(self) -> None:
        if self._next is None:
            if self.connection.dialect.name == "postgresql":
                await self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _REVISION_LOCK})
            self._next = await self.revision()

    def _take(self) -> int:
        assert self._next is not None, "_begin comes first"
        self._next += 1
        return self._next

    async def _known(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        columns = (*_ROW, table.c.source, table.c.source_id, table.c.content_hash, table.c.likeness)
        found: dict[tuple[str, str], Any] = {}
        for source in sorted({source for source, _ in keys}):
            for part in _parts([source_id for name, source_id in keys if name == source]):
                query = select(*columns).where(table.c.source == source, table.c.source_id.in_(part))
                for row in await self.connection.execute(query):
                    found[(row.source, row.source_id)] = row
        return found

    async def _close(self, ids: Sequence[int], state: VacancyState, now: datetime) -> int:
        """Set the state of those that are in another one, and wake the duplicates of what was closed."""
        unsettled: set[str] = set()
        changes: list[dict[str, Any]] = []
        for part in _parts(list(ids)):
            query = select(table.c.id, table.c.likeness).where(table.c.id.in_(part), table.c.state != state)
            for row in await self.connection.execute(query.order_by(table.c.id)):
                changes.append(self._move(row.id, state, None, now))
                unsettled.add(row.likeness)
        await self._apply(changes)
        await self._settle_duplicates(unsettled, now)
        return len(changes)

    async def _settle_duplicates(self, keys: set[str], now: datetime) -> None:
        """Of the live postings of each likeness, the oldest of one job is open and the others are its duplicates."""
        groups: dict[str, list[Any]] = {}
        live = table.c.state.in_(("open", "duplicate"))
        for part in _parts(sorted(keys)):
            shared = (
                select(table.c.likeness)
                .where(table.c.likeness.in_(part), live)
                .group_by(table.c.likeness)
                .having((func.count() > 1) | (func.max(table.c.state) != func.min(table.c.state)))
                .union(select(table.c.likeness).where(table.c.likeness.in_(part), table.c.state == "duplicate"))
            )
            query = select(*_ROW, table.c.likeness).where(table.c.likeness.in_(shared), live).order_by(table.c.id)
            for row in await self.connection.execute(query):
                groups.setdefault(row.likeness, []).append(row)
        changes = []
        for rows in groups.values():
            first: list[tuple[int, Vacancy]] = []
            for row in rows:
                item = Vacancy.from_dict(row.content, id=row.id)
                older = next((key for key, kept in first if is_same_posting(kept, item)), None)
                if older is None:
                    first.append((row.id, item))
                state: VacancyState = "open" if older is None else "duplicate"
                if (row.state, row.duplicate_of) != (state, older):
                    changes.append(self._move(row.id, state, older, now))
        await self._apply(changes)

    def _move(self, vacancy_id: int, state: VacancyState, older: int | None, now: datetime) -> dict[str, Any]:
        values = {"state": state, "duplicate_of": older, "updated_at": now, "revision": self._take()}
        return {**_bound(values), "key": vacancy_id}

    async def _apply(self, changes: list[dict[str, Any]]) -> None:
        if changes:
            names = ("state", "duplicate_of", "updated_at", "revision")
            await self.connection.execute(_CHANGE.values({name: bindparam(f"b_{name}") for name in names}), changes)


def content_hash(content: Mapping[str, Any]) -> str:
    """Of the JSON form, whatever id the store gave."""
    plain = orjson.dumps({**content, "id": 0}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _values(item: Vacancy, now: datetime, today: date) -> dict[str, Any]:
    content = item.to_dict()
    ended = item.expires_on is not None and item.expires_on < today
    return {
        "content": content,
        "content_hash": content_hash(content),
        "likeness": likeness(item),
        "posted_on": item.posted_on.isoformat(),
        "expires_on": item.expires_on.isoformat() if item.expires_on else None,
        "state": "expired" if ended else "open",
        "duplicate_of": None,
        "updated_at": now,
    }


def _stays(kept: str, given: str) -> bool:
    """Whether a row in state `kept` needs no change when its source still has it in state `given`."""
    return kept == given or (kept == "duplicate" and given == "open")


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in values.items()}


def _to_stored(row: Any) -> StoredVacancy:
    return StoredVacancy(Vacancy.from_dict(row.content, id=row.id), row.state, row.revision, row.duplicate_of)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
