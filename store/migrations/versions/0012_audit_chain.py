"""The audit becomes a chain: what is there already is hashed in its order, and the database refuses to change or delete rows.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from jobseeker.audit_chain import digest_of, hash_of
from store.moment import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEPT = ("id", "position", "at", "actor", "action", "case_id", "digest", "hash")
_SQLITE = (
    """CREATE TRIGGER audit_keep BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    "CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit WHEN NOT (NEW.salt IS NULL AND NEW.conversation_id IS NULL AND "
    + " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
    + ") BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
)
_POSTGRES = (
    "CREATE FUNCTION audit_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' THEN IF NEW.salt IS NULL AND NEW.conversation_id IS NULL AND "
    + " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _KEPT)
    + " THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE TRIGGER audit_fixed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_fixed()",
    "CREATE TRIGGER audit_keep BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_fixed()",
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("genesis", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    for name, kind in (
        ("position", sa.BigInteger()),
        ("salt", sa.String(32)),
        ("digest", sa.String(64)),
        ("hash", sa.String(64)),
    ):
        op.add_column("audit", sa.Column(name, kind))
    genesis = secrets.token_hex(32)
    position, before = _chain(genesis)
    op.execute(
        sa.text(
            "INSERT INTO audit_head (id, genesis, position, hash) VALUES (1, :genesis, :position, :hash)"
        ).bindparams(genesis=genesis, position=position, hash=before)
    )
    with op.batch_alter_table("audit") as table:
        for name in ("position", "digest", "hash"):
            table.alter_column(name, nullable=False)
        table.create_unique_constraint("uq_audit_position", ["position"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)


def _chain(genesis: str) -> tuple[int, str]:
    """Hash the rows that are there, the oldest first."""
    audit = sa.table(
        "audit", sa.column("id"), sa.column("at", Moment), sa.column("actor"), sa.column("action"),
        sa.column("conversation_id"), sa.column("case_id"), sa.column("detail", sa.JSON), sa.column("position"),
        sa.column("salt"), sa.column("digest"), sa.column("hash"),
    )  # fmt: skip
    connection, position, before, last = op.get_bind(), 0, genesis, 0
    while rows := connection.execute(sa.select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(500)).all():
        for row in rows:
            position += 1
            salt = secrets.token_hex(16)
            digest = digest_of(salt, row.conversation_id, row.detail)
            before = hash_of(before, position, row.at, row.actor, row.action, row.case_id, digest)
            values = {"position": position, "salt": salt, "digest": digest, "hash": before}
            connection.execute(sa.update(audit).where(audit.c.id == row.id).values(values))
        last = rows[-1].id
    return position, before


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_keep")
        op.execute("DROP TRIGGER audit_fixed")
    else:
        op.execute("DROP TRIGGER audit_keep ON audit")
        op.execute("DROP TRIGGER audit_fixed ON audit")
        op.execute("DROP FUNCTION audit_fixed()")
    with op.batch_alter_table("audit") as table:
        table.drop_constraint("uq_audit_position", type_="unique")
        for name in ("position", "salt", "digest", "hash"):
            table.drop_column(name)
    op.drop_table("audit_head")
