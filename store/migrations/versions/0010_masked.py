"""Which kinds of identifiers were hidden in a message when it came.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("masked", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("inbox", "masked")
