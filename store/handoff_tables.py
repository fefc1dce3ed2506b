"""The tables of the hand-off beside the case itself (tables.py): notes, presence, days that are otherwise, deadlines, call-backs, flags, bridges."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.metadata import Id, NullableJSON, metadata
from store.moment import Moment
from store.sealed import SealedText

case_note = Table(
    "case_note",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("handoff_case.id"), nullable=False),
    Column("account_id", Id, ForeignKey("account.id")),  # null: the service itself
    Column("kind", String(16), nullable=False),  # note | transfer | wrap_up | review
    Column("text", Text, nullable=False),  # for staff alone
    Column("at", Moment, nullable=False),
    Index("ix_case_note_case_id", "case_id"),
    sqlite_autoincrement=True,
)

account_presence = Table(
    "account_presence",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),  # online | away | offline: what the counsellor says
    Column("seen_at", Moment, nullable=False),  # the page's last sign of life; online counts only while it is fresh
    Column("changed_at", Moment, nullable=False),
)

office_exception = Table(
    "office_exception",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("office", String(32), nullable=False),  # of packs/*/policy/offices.yml; "" is every office
    Column("day", Date, nullable=False),
    Column("opens", String(5), nullable=False),  # "09:00"; "" closed all day
    Column("closes", String(5), nullable=False),
    Column("reason", JSON, nullable=False),  # {"zh": "颱風停班", "en": "typhoon"}
    Column("account_id", Id, ForeignKey("account.id")),
    Column("at", Moment, nullable=False),
    Column("removed_at", Moment),
    Index("ix_office_exception_day", "day"),
    sqlite_autoincrement=True,
)

deadline = Table(
    "deadline",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", String(96), nullable=False, unique=True),  # one for one thing: set again it stays as it is
    Column("kind", String(32), nullable=False),
    Column("case_id", Id),
    Column("conversation_id", String(32)),
    Column("detail", JSON, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("done_at", Moment),
    Column("created_at", Moment, nullable=False),
    Index(
        "ix_deadline_open_due_at",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index("ix_deadline_case_id", "case_id"),
    sqlite_autoincrement=True,
)

callback_request = Table(
    "callback_request",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("handoff_case.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # callback | message
    Column(
        "contact", SealedText("callback_request.contact", 64), nullable=False
    ),  # a telephone number; "" where the answer comes here
    Column("text", Text, nullable=False),  # the message that was left
    Column("from_at", Moment),  # the slot
    Column("until_at", Moment),
    Column("state", String(16), nullable=False),  # open | done | cancelled
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", Id, ForeignKey("account.id")),
    Index("ix_callback_request_case_id", "case_id"),
    Index("ix_callback_request_state", "state", "from_at"),
    sqlite_autoincrement=True,
)

crisis_flag = Table(
    "crisis_flag",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("case_id", Id),
    Column("inbox_id", Id),
    Column("reasons", JSON, nullable=False),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Id, ForeignKey("account.id")),
    Index("ix_crisis_flag_conversation_id", "conversation_id"),
    Index("ix_crisis_flag_at", "at"),
    sqlite_autoincrement=True,
)

bridge_conversation = Table(
    "bridge_conversation",
    metadata,
    Column("case_id", Id, ForeignKey("handoff_case.id"), primary_key=True, autoincrement=False),
    Column("bridge", String(16), nullable=False),  # chatwoot
    Column(
        "contact", SealedText("bridge_conversation.contact", 128), nullable=False
    ),  # the other desk's name for the person
    Column("remote_id", String(64), nullable=False),  # its number of the conversation
    Column("sent_seq", Integer, nullable=False),  # up to which line it has been told
    Column("at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("bridge", "remote_id"),
)

canned_reply = Table(
    "canned_reply",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("variety", String(8), nullable=False),
    Column("title", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("office", String(32), nullable=False),  # "" for all
    Column("changed_by", Id, ForeignKey("account.id")),
    Column("changed_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Column("detail", NullableJSON),
    sqlite_autoincrement=True,
)
