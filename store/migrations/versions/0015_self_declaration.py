"""What people declare of themselves for the audit of fairness, in a table of its own.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.moment import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "self_declaration",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("age_band", sa.String(8), nullable=True),
        sa.Column("sex", sa.String(8), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_self_declaration"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_self_declaration_person_id"),
    )


def downgrade() -> None:
    op.drop_table("self_declaration")
