"""Releases of model and contents, their signatures, and when each was served.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.moment import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "service_release",
        sa.Column("number", ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("knowledge", sa.String(64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_service_release"),
        sa.UniqueConstraint("digest", name="uq_service_release_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "release_signature",
        sa.Column("release_number", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_number"], ["service_release.number"], name="fk_release_signature_release_number"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_release_signature_account_id"),
        sa.PrimaryKeyConstraint("release_number", "account_id", name="pk_release_signature"),
    )
    op.create_table(
        "release_activation",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("release_number", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_number"], ["service_release.number"], name="fk_release_activation_release_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_release_activation"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("release_activation", "release_signature", "service_release"):
        op.drop_table(table)
