"""Platforms: tickets for answering, opaque buttons, people who cannot be reached, withdrawn messages, connected channels.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("inbox", sa.Column("message_key", sa.String(length=128), nullable=False, server_default=""))
    op.create_index("ix_inbox_message_key", "inbox", ["conversation_id", "message_key"])
    op.add_column("outbox", sa.Column("parts_sent", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("conversation", sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "reply_handle",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=256), nullable=False),
        sa.Column("outbox_id", ID, nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_reply_handle_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_handle")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reply_handle_conversation_id", "reply_handle", ["conversation_id"])
    op.create_table(
        "choice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.String(length=512), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_choice_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint(
            "conversation_id", "payload", "title", name=op.f("uq_choice_conversation_id_payload_title")
        ),
    )
    op.create_table(
        "link_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_link_code_conversation_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_code")),
    )
    op.create_index("ix_link_code_conversation_id", "link_code", ["conversation_id"])
    op.create_table(
        "link_attempt",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_link_attempt_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_link_attempt")),
    )


def downgrade() -> None:
    op.drop_table("link_attempt")
    op.drop_index("ix_link_code_conversation_id", table_name="link_code")
    op.drop_table("link_code")
    op.drop_table("choice")
    op.drop_index("ix_reply_handle_conversation_id", table_name="reply_handle")
    op.drop_table("reply_handle")
    op.drop_column("conversation", "unreachable_at")
    op.drop_column("outbox", "parts_sent")
    op.drop_index("ix_inbox_message_key", table_name="inbox")
    op.drop_column("inbox", "message_key")
