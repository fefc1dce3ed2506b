"""A second factor for staff, and sign-in at another provider.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("account", sa.Column("email", sa.String(254), nullable=False, server_default=""))
    op.add_column("account", sa.Column("provider_subject", sa.String(512), nullable=False, server_default=""))
    op.add_column("staff_session", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "second_factor",
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("pending_at", MOMENT),
        sa.Column("confirmed_at", MOMENT),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])
    op.create_table(
        "sign_in_ticket",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("ix_sign_in_ticket_account_id", "sign_in_ticket", ["account_id"])
    op.create_table(
        "provider_attempt",
        sa.Column("state_hash", sa.String(64), primary_key=True),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("provider_attempt")
    op.drop_index("ix_sign_in_ticket_account_id", "sign_in_ticket")
    op.drop_table("sign_in_ticket")
    op.drop_index("ix_recovery_code_account_id", "recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_column("staff_session", "second_factor")
    op.drop_column("account", "provider_subject")
    op.drop_column("account", "email")
