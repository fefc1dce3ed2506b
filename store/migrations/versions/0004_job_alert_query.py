"""What a job alert looks for.

Revision ID: 0004
Revises: 0003
Created: 2026-11-28 07:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_alert", sa.Column("query", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("job_alert", "query")
