"""Raw events for the supervisor's figures: audit rows about cases, and conversations in which somebody wrote. Counting is jobseeker/statistics.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.statistics import COUNTED, CaseEvent, Talk
from store.tables import audit, conversation, handoff_case, inbox

NOT_HELPFUL = "feedback_negative"  # jobseeker act: the answer did not help
WORST_RATINGS = (1, 2)


class StatisticsRepository:
    """jobseeker.storage_handoff.Statistics on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def case_events(self, *, since: datetime, until: datetime) -> Sequence[CaseEvent]:
        """Events in [since, until), in order."""
        query = (
            select(
                audit.c.at, audit.c.action, handoff_case.c.id, handoff_case.c.office, handoff_case.c.variety,
                handoff_case.c.reasons, handoff_case.c.tags, handoff_case.c.outcome, handoff_case.c.reopened_from, handoff_case.c.rating,
            )
            .join(handoff_case, handoff_case.c.id == audit.c.case_id)
            .where(audit.c.action.in_(tuple(COUNTED)), audit.c.at >= since, audit.c.at < until)
            .order_by(audit.c.at, audit.c.id)
        )  # fmt: skip
        rows = (await self.connection.execute(query)).all()
        return [
            CaseEvent(
                row.at,
                row.action,
                row.id,
                row.office,
                row.variety,
                tuple(row.reasons),
                tuple(row.tags),
                row.outcome,
                row.reopened_from is not None,
                row.rating,
            )
            for row in rows
        ]

    async def talks(self, *, since: datetime, until: datetime) -> Sequence[Talk]:
        """Conversations with a message of the person in [since, until)."""
        cases = handoff_case.c.conversation_id == conversation.c.id
        said = inbox.alias()
        begun = handoff_case.c.opened_at < until
        bad = or_(
            exists().where(cases, handoff_case.c.rating.in_(WORST_RATINGS)),
            exists().where(
                said.c.conversation_id == conversation.c.id,
                said.c.received_at < until,
                said.c.understanding["label"].as_string() == NOT_HELPFUL,
            ),
        )
        query = (
            select(
                conversation.c.id,
                func.min(inbox.c.received_at, type_=inbox.c.received_at.type).label("at"),
                conversation.c.variety,
                exists().where(cases, begun).label("with_case"),
                bad.label("rated_bad"),
            )
            .join(inbox, inbox.c.conversation_id == conversation.c.id)
            .where(inbox.c.received_at >= since, inbox.c.received_at < until)
            .group_by(conversation.c.id, conversation.c.variety)
            .order_by(conversation.c.id)
        )
        rows = (await self.connection.execute(query)).all()
        return [Talk(row.id, row.at, row.variety, bool(row.with_case), bool(row.rated_bad)) for row in rows]
