"""Contact data is sealed in its columns: digests to look it up by, and room for what is longer. Sealing what is there: store/sealing.py.

Expand only: the columns stay, what is in them in clear is still read, and is sealed when a gateway starts or by `jobseeker keys rotate`.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_LONGER = (
    ("conversation", "channel_key", 128),
    ("account", "email", 254),
    ("callback_request", "contact", 64),
    ("bridge_conversation", "contact", 128),
)
_SEALED = (*((table, column) for table, column, _ in _LONGER), ("stored_file", "content"))


def upgrade() -> None:
    op.add_column("conversation", sa.Column("channel_key_index", sa.String(64)))
    op.add_column("account", sa.Column("email_index", sa.String(64)))
    op.create_index(
        "uq_conversation_channel_channel_key_index", "conversation", ["channel", "channel_key_index"], unique=True
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no lengths
        for table, column, was in _LONGER:
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(was), existing_nullable=False)


def downgrade() -> None:
    for table, column in _SEALED:
        start = (
            "substr(CAST(content AS TEXT), 1, 8) = 'sealed1:'" if column == "content" else f"{column} LIKE 'sealed1:%'"
        )
        if op.get_bind().dialect.name == "postgresql" and column == "content":
            start = "substring(content FROM 1 FOR 8) = 'sealed1:'::bytea"
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} WHERE {start} LIMIT 1")).first():
            raise RuntimeError(
                f"{table}.{column} is sealed: the release before cannot read it. Restore a backup from before"
            )
    op.drop_index("uq_conversation_channel_channel_key_index", "conversation")
    op.drop_column("conversation", "channel_key_index")
    op.drop_column("account", "email_index")
    if op.get_bind().dialect.name == "postgresql":
        for table, column, was in _LONGER:
            op.alter_column(table, column, type_=sa.String(was), existing_type=sa.Text(), existing_nullable=False)
