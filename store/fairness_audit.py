"""Reads what people declared beside what happened to them, for counting groups: opened by `jobseeker audit fairness` and by nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.fairness.audit import Subject
from jobseeker.messages import Understanding
from jobseeker.turns import failed
from store.fairness_tables import self_declaration
from store.matching_tables import match_log
from store.tables import audit, conversation, handoff_case, inbox
from store.unit_of_work import SqlStore

RANKINGS = ("ranking",)  # kinds of logged results that list vacancies for the person who asked
CLAIMED = "case.claimed"
PAGE = 2_000


@asynccontextmanager
async def fairness_reader(store: SqlStore) -> AsyncIterator[FairnessAuditReader]:
    """In a transaction that changes nothing. Raises StoreUnavailable."""
    async with store.read() as work:
        yield FairnessAuditReader(work.connection)


class FairnessAuditReader:
    """jobseeker.fairness.audit.FairnessSource on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def subjects(self, *, since: datetime, until: datetime) -> Sequence[Subject]:
        """One for each conversation in which somebody wrote in [since, until)."""
        talks = await self._talks(since, until)
        turns, offers = await self._turns(since, until)
        rankings, points = await self._rankings(since, until)
        cases = await self._cases(since, until)
        found = []
        for talk in talks:
            key, mine = talk.id, cases.get(talk.id, [])
            offered = key in offers or bool(mine)
            taken = [row for row in mine if row.first_claimed_at is not None]
            counts: dict[str, tuple[int, int]] = {"handoff_offered": (int(offered), 1)}
            if offered:
                counts["handoff_made"] = (int(bool(mine)), 1)
            if mine:
                counts["case_taken"] = (len(taken), len(mine))
            if key in turns:
                counts["turn_failed"] = turns[key]
            if key in rankings:
                counts["matches_shown"] = rankings[key]
            waits = tuple((row.first_claimed_at - row.opened_at).total_seconds() for row in taken)
            groups = {"variety": talk.variety, "channel": talk.channel, "age_band": talk.age_band, "sex": talk.sex}
            found.append(Subject(talk.person_id or key, groups, counts, points.get(key), waits))
        return found

    async def _talks(self, since: datetime, until: datetime) -> Sequence[Any]:
        wrote = select(inbox.c.conversation_id).where(inbox.c.received_at >= since, inbox.c.received_at < until)
        person = func.coalesce(conversation.c.person_id, conversation.c.id)
        query = (
            select(
                conversation.c.id, conversation.c.person_id, conversation.c.variety, conversation.c.channel,
                self_declaration.c.age_band, self_declaration.c.sex,
            )
            .outerjoin(self_declaration, self_declaration.c.person_id == person)
            .where(conversation.c.id.in_(wrote), conversation.c.erased_at.is_(None))
            .order_by(conversation.c.id)
        )  # fmt: skip
        return (await self.connection.execute(query)).all()

    async def _turns(self, since: datetime, until: datetime) -> tuple[Mapping[str, tuple[int, int]], set[str]]:
        """(failed, of how many) by conversation, and conversations in which a counsellor was offered."""
        columns = (inbox.c.conversation_id, inbox.c.command, inbox.c.understanding, inbox.c.escalation)
        turns: dict[str, tuple[int, int]] = {}
        offers = set()
        async for row in self._rows(inbox, columns, inbox.c.received_at, since, until):
            key, understood = row.conversation_id, row.understanding
            if understood and not row.command:
                had = turns.get(key, (0, 0))
                turns[key] = (had[0] + int(failed(Understanding.from_dict(understood))), had[1] + 1)
            if row.escalation and row.escalation.get("level") != "none":
                offers.add(key)
        return turns, offers

    async def _rankings(
        self, since: datetime, until: datetime
    ) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, float]]:
        """(with a vacancy, of how many rankings) and the best vacancy's points by conversation."""
        columns = (match_log.c.conversation_id, match_log.c.query, match_log.c.result)
        shown: dict[str, tuple[int, int]] = {}
        points: dict[str, float] = {}
        async for row in self._rows(match_log, columns, match_log.c.at, since, until):
            if row.query.get("kind") not in RANKINGS:
                continue
            key, ranked = (
                row.conversation_id,
                row.result.get("ranked") or (),
            )  # within the person's limits, the best first
            had = shown.get(key, (0, 0))
            shown[key] = (had[0] + int(bool(ranked)), had[1] + 1)
            if ranked:
                points[key] = max(points.get(key, 0.0), float(ranked[0][1]))
        return shown, points

    async def _cases(self, since: datetime, until: datetime) -> Mapping[str, list[Any]]:
        first = (
            select(func.min(audit.c.at, type_=audit.c.at.type))
            .where(audit.c.case_id == handoff_case.c.id, audit.c.action == CLAIMED)
            .scalar_subquery()
        )  # a case that was handed on has a later `claimed_at`
        query = select(handoff_case.c.conversation_id, handoff_case.c.opened_at, first.label("first_claimed_at")).where(
            handoff_case.c.opened_at >= since, handoff_case.c.opened_at < until
        )
        found: dict[str, list[Any]] = defaultdict(list)
        for row in (await self.connection.execute(query)).all():
            found[row.conversation_id].append(row)
        return found

    async def _rows(
        self, table: Table, columns: Sequence[Column[Any]], at: Column[Any], since: datetime, until: datetime
    ) -> AsyncIterator[Any]:
        """Rows of a period in the order of their ids, so many at once: a year of messages does not fit into memory."""
        last = 0
        while True:
            query = select(table.c.id, *columns).where(table.c.id > last, at >= since, at < until)
            rows = (await self.connection.execute(query.order_by(table.c.id).limit(PAGE))).all()
            for row in rows:
                yield row
            if len(rows) < PAGE:
                return
            last = rows[-1].id
