"""The hand-off: who should take a case, what the person was told, how it ended; notes, presence, deadlines, call-backs, flags, bridges.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NULLABLE_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    _make_work_tables()
    _make_request_tables()


def _added() -> dict[str, list[sa.Column[Any]]]:
    """The columns that tables of before get."""
    words = [
        ("office", 32),
        ("skill", 32),
        ("opened_by", 64),
        ("outcome", 32),
        ("decision", 16),
        ("contested_rule", 64),
    ]
    case: list[sa.Column[Any]] = [
        *(sa.Column(name, sa.String(length=size), nullable=False, server_default="") for name, size in words),
        *(sa.Column(name, sa.JSON(), nullable=False, server_default="[]") for name in ("tags", "passed_over")),
        *(
            sa.Column(name, ID, nullable=True)
            for name in ("offered_to", "preferred_account", "reopened_from", "acknowledged_by", "decided_by")
        ),
        *(
            sa.Column(name, MOMENT, nullable=True)
            for name in ("offered_at", "told_at", "rated_at", "acknowledged_at", "due_at", "decided_at")
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=True)
            for name in ("opened_position", "told_position", "told_minutes", "rating", "wrap_up_seq")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")
            for name in ("rating_text", "decision_text", "change_made")
        ),
        sa.Column("summary", NULLABLE_JSON, nullable=True),
    ]
    return {
        "handoff_case": case,
        "conversation": [
            sa.Column("expecting", sa.String(length=64), nullable=False, server_default=""),
            sa.Column("crisis_at", MOMENT, nullable=True),
        ],
        "account": [
            sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("office", sa.String(length=32), nullable=False, server_default=""),
            sa.Column("capacity", sa.Integer(), nullable=False, server_default="3"),
        ],
    }


def _make_work_tables() -> None:
    """What staff and the service work with."""
    op.create_table(
        "case_note",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["handoff_case.id"], name=op.f("fk_case_note_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_note_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_note_case_id", "case_note", ["case_id"])
    op.create_table(
        "account_presence",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_presence_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_presence")),
    )
    op.create_table(
        "office_exception",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_office_exception_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_exception")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_office_exception_day", "office_exception", ["day"])
    op.create_table(
        "deadline",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("key", name=op.f("uq_deadline_key")),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("done_at IS NULL")
    op.create_index(
        "ix_deadline_open_due_at", "deadline", ["due_at"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_index("ix_deadline_case_id", "deadline", ["case_id"])


def _make_request_tables() -> None:
    """What people asked for, what was flagged, what goes to another desk."""
    op.create_table(
        "callback_request",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=True),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["handoff_case.id"], name=op.f("fk_callback_request_case_id")),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_callback_request_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_request")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_callback_request_case_id", "callback_request", ["case_id"])
    op.create_index("ix_callback_request_state", "callback_request", ["state", "from_at"])
    op.create_table(
        "crisis_flag",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["account.id"], name=op.f("fk_crisis_flag_acknowledged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_flag")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crisis_flag_conversation_id", "crisis_flag", ["conversation_id"])
    op.create_index("ix_crisis_flag_at", "crisis_flag", ["at"])
    op.create_table(
        "bridge_conversation",
        sa.Column("case_id", ID, autoincrement=False, nullable=False),
        sa.Column("bridge", sa.String(length=16), nullable=False),
        sa.Column("contact", sa.String(length=128), nullable=False),
        sa.Column("remote_id", sa.String(length=64), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["handoff_case.id"], name=op.f("fk_bridge_conversation_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_bridge_conversation")),
        sa.UniqueConstraint("bridge", "remote_id", name=op.f("uq_bridge_conversation_bridge_remote_id")),
    )
    op.create_table(
        "canned_reply",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("variety", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("changed_by", ID, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("detail", NULLABLE_JSON, nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_canned_reply_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    tables = ("canned_reply", "bridge_conversation", "crisis_flag", "callback_request", "deadline", "office_exception")
    for table in (*tables, "account_presence", "case_note"):
        op.drop_table(table)
    for table, columns in _added().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
