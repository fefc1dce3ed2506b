"""Which version of the notice somebody has been shown.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("notice_version", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("conversation", "notice_version")
