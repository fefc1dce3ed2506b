"""Whether somebody may be written to unasked (alerts, reminders). What is written, and when, is decided in the use cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from jobseeker.handoff import SILENT_OWNERS, URGENCY_CRISIS
from store.tables import conversation, handoff_case


def may_be_written_to(conversation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """No counsellor speaks in this conversation, no crisis is open in it, and its channel reaches the person."""
    reachable = exists().where(
        conversation.c.id == conversation_id,
        conversation.c.unreachable_at.is_(None),
        conversation.c.owner.not_in(sorted(SILENT_OWNERS)),
    )
    crisis = exists().where(
        handoff_case.c.conversation_id == conversation_id,
        handoff_case.c.state != "closed",
        handoff_case.c.urgency == URGENCY_CRISIS,
    )
    return and_(reachable, ~crisis)
