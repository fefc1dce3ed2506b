"""What people said of vacancies, and the log of the rankings they were shown. Alerts are in job_alerts.py, vacancies in vacancies.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_jobs import REASON_CHARACTERS, LoggedRanking, Mark
from store.matching_tables import match_log, vacancy_mark

_LOGGED = select(
    *(
        match_log.c[name]
        for name in ("id", "person_id", "conversation_id", "inbox_id", "query", "result", "versions", "at")
    )
)  # in the order of LoggedRanking


class MarkRepository:
    """jobseeker.storage_jobs.Marks on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def of(self, person_id: str) -> Sequence[Mark]:
        """The newest first."""
        columns = vacancy_mark.c
        query = select(columns.vacancy_id, columns.kind, columns.reason, columns.at)
        query = query.where(columns.person_id == person_id).order_by(columns.at.desc(), columns.vacancy_id.desc())
        return [Mark(*row) for row in (await self.connection.execute(query)).all()]

    async def put(self, person_id: str, mark: Mark) -> None:
        """Write it, in place of one of the same kind."""
        await self.remove(person_id, mark.vacancy_id, mark.kind)
        values = {
            "person_id": person_id,
            "vacancy_id": mark.vacancy_id,
            "kind": mark.kind,
            "reason": mark.reason[:REASON_CHARACTERS],
            "at": mark.at,
        }
        await self.connection.execute(insert(vacancy_mark), values)

    async def remove(self, person_id: str, vacancy_id: int, kind: str) -> None:
        """Take it away, if it is there."""
        columns = vacancy_mark.c
        this = and_(columns.person_id == person_id, columns.vacancy_id == vacancy_id, columns.kind == kind)
        await self.connection.execute(delete(vacancy_mark).where(this))


class MatchLogRepository:
    """jobseeker.storage_jobs.MatchLog on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

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
    ) -> int:
        """One row; its id."""
        values = {
            "person_id": person_id,
            "conversation_id": conversation_id,
            "inbox_id": inbox_id,
            "query": dict(query),
            "result": dict(result),
            "versions": dict(versions),
            "at": now,
        }
        statement = insert(match_log).returning(match_log.c.id)
        return int((await self.connection.execute(statement, values)).scalar_one())

    async def get(self, log_id: int) -> LoggedRanking | None:
        """Read it."""
        row = (await self.connection.execute(_LOGGED.where(match_log.c.id == log_id))).first()
        return LoggedRanking(*row) if row else None

    async def newest(self, conversation_id: str, limit: int) -> Sequence[LoggedRanking]:
        """The newest of this conversation, the newest first."""
        query = _LOGGED.where(match_log.c.conversation_id == conversation_id).order_by(match_log.c.id.desc())
        return [LoggedRanking(*row) for row in (await self.connection.execute(query.limit(limit))).all()]

    async def by_inbox(self, conversation_id: str, inbox_id: int) -> LoggedRanking | None:
        """The newest one shown in answer to this message."""
        query = _LOGGED.where(match_log.c.inbox_id == inbox_id, match_log.c.conversation_id == conversation_id)
        row = (await self.connection.execute(query.order_by(match_log.c.id.desc()).limit(1))).first()
        return LoggedRanking(*row) if row else None
