"""Persons over channels; profiles, vacancies, courses, alerts and what was shown of them.

Revision ID: 0002
Revises: 0001
Created: 2026-11-28 07:05:29.508977
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=191), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_course_source_source_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "vacancy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=191), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("duplicate_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("likeness", sa.String(length=64), nullable=False),
        sa.Column("posted_on", sa.String(length=10), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_vacancy_source_source_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_vacancy_likeness", "vacancy", ["likeness"])
    op.create_index("ix_vacancy_revision", "vacancy", ["revision"])
    op.create_index("ix_vacancy_state_expires_on", "vacancy", ["state", "expires_on"])

    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_version", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])

    op.create_table(
        "job_alert_sent",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("vacancy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_job_alert_sent_person_id")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_job_alert_sent_vacancy_id")),
        sa.PrimaryKeyConstraint("person_id", "vacancy_id", name=op.f("pk_job_alert_sent")),
    )
    op.create_table(
        "match_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("inbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_match_log_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_log_inbox_id", "match_log", ["inbox_id"])
    op.create_index("ix_match_log_person_id", "match_log", ["person_id"])

    op.create_table(
        "profile",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_person_id")),
        sa.PrimaryKeyConstraint("person_id", "version", name=op.f("pk_profile")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stored_file_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_stored_file_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stored_file_expires_at", "stored_file", ["expires_at"])
    op.create_index("ix_stored_file_person_id", "stored_file", ["person_id"])

    op.create_table(
        "vacancy_mark",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("vacancy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vacancy_mark_person_id")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_vacancy_mark_vacancy_id")),
        sa.PrimaryKeyConstraint("person_id", "vacancy_id", "kind", name=op.f("pk_vacancy_mark")),
    )
    op.create_table(
        "job_alert",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("seen_revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_job_alert_conversation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_job_alert_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_job_alert")),
    )
    op.create_index("ix_job_alert_next_check_at", "job_alert", ["next_check_at"])

    # not as a batch: SQLite would make the table anew and drop the old one, which inbox and outbox refer to
    op.execute(
        "ALTER TABLE conversation ADD COLUMN person_id VARCHAR(32)"
        " CONSTRAINT fk_conversation_person_id REFERENCES person (id)"
    )
    op.execute("INSERT INTO person (id, created_at) SELECT id, created_at FROM conversation")
    op.execute("UPDATE conversation SET person_id = id")
    op.create_index("ix_conversation_person_id", "conversation", ["person_id"])
    op.add_column("handoff_case", sa.Column("detail", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("handoff_case", "detail")
    op.drop_index("ix_conversation_person_id", "conversation")
    op.drop_column("conversation", "person_id")
    op.drop_index("ix_job_alert_next_check_at", "job_alert")

    op.drop_table("job_alert")
    op.drop_table("vacancy_mark")
    op.drop_index("ix_stored_file_person_id", "stored_file")
    op.drop_index("ix_stored_file_expires_at", "stored_file")

    op.drop_table("stored_file")
    op.drop_table("profile")
    op.drop_index("ix_match_log_person_id", "match_log")
    op.drop_index("ix_match_log_inbox_id", "match_log")

    op.drop_table("match_log")
    op.drop_table("job_alert_sent")
    op.drop_index("ix_consent_person_id", "consent")

    op.drop_table("consent")
    op.drop_index("ix_vacancy_state_expires_on", "vacancy")
    op.drop_index("ix_vacancy_revision", "vacancy")
    op.drop_index("ix_vacancy_likeness", "vacancy")

    op.drop_table("vacancy")
    op.drop_table("person")
    op.drop_table("course")
