"""The tables of people's own benefit cases: what they want to be reminded of."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, UniqueConstraint

from store.metadata import Id, metadata
from store.moment import Moment

reminder = Table(
    "reminder",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", String(32), ForeignKey("person.id"), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),  # where to write
    Column("kind", String(32), nullable=False),  # of jobseeker.benefits.deadlines.Deadline
    Column("day", Date, nullable=False),  # the day that matters
    Column("send_at", Moment, nullable=False),
    Column("done_at", Moment),  # sent, or too late to be sent
    UniqueConstraint("person_id", "kind", "day", "send_at"),
    Index("ix_reminder_send_at", "send_at"),
    sqlite_autoincrement=True,
)
