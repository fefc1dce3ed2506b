"""What was read in a file that came with a message; the file itself is not kept.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("reading", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("inbox", "reading")
