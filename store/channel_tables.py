"""The tables that only platforms need: tickets for answering, buttons behind opaque ids, codes that connect two channels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from store.metadata import Id, metadata
from store.moment import Moment

reply_handle = Table(
    "reply_handle",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("handle", String(256), nullable=False),  # LINE's reply token: good for one answer, about a minute
    Column("outbox_id", Id),  # the reply that took it; the same reply may try it again
    Column("received_at", Moment, nullable=False),
    Index("ix_reply_handle_conversation_id", "conversation_id"),
    sqlite_autoincrement=True,
)

choice = Table(
    "choice",
    metadata,
    Column("id", String(32), primary_key=True),  # what the platform carries; says nothing by itself
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("title", String(80), nullable=False),
    Column("payload", String(512), nullable=False),
    Column("offered_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "payload", "title"),
)

link_code = Table(
    "link_code",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", String(32)),  # the conversation that was connected with it
    Index("ix_link_code_conversation_id", "conversation_id"),
)

link_attempt = Table(
    "link_attempt",
    metadata,
    Column("conversation_id", String(32), ForeignKey("conversation.id"), primary_key=True),
    Column("wrong", Integer, nullable=False),  # wrong codes in a row
    Column("locked_until", Moment),
)
