"""The tables of profiles, vacancies, courses, alerts and what was shown of them. The conversation's own are in tables.py."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from store.metadata import Id, metadata
from store.moment import Moment
from store.sealed import SealedBytes

profile = Table(
    "profile",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id"), primary_key=True),
    Column("version", Integer, primary_key=True),  # rows are added, never edited: the highest is in force
    Column("content", JSON, nullable=False),  # jobseeker.profile.Profile.to_dict()
    Column("inbox_id", Id),  # the message with which the person confirmed it; none for an upload or the counter
    Column("saved_at", Moment, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", String(32), ForeignKey("person.id"), nullable=False),
    Column("purpose", String(32), nullable=False),  # profile | alerts | link | research
    Column("given", Boolean, nullable=False),  # the newest row of a purpose counts
    Column("at", Moment, nullable=False),
    Column("notice_version", String(32), nullable=False),
    Index("ix_consent_person_id", "person_id"),
    sqlite_autoincrement=True,
)

vacancy = Table(
    "vacancy",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("source_id", String(191), nullable=False),
    Column("state", String(16), nullable=False),  # open | expired | withdrawn | duplicate
    Column("duplicate_of", Id),
    Column("revision", Id, nullable=False),  # grows with every change of any row: what an index reads on from
    Column("content", JSON, nullable=False),  # jobseeker.vacancies.Vacancy.to_dict()
    Column("content_hash", String(64), nullable=False),
    Column("likeness", String(64), nullable=False),  # the same for two postings of one job: employer, title, place, pay
    Column("posted_on", String(10), nullable=False),  # ISO date
    Column("expires_on", String(10)),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("source", "source_id"),
    Index("ix_vacancy_revision", "revision"),
    Index("ix_vacancy_likeness", "likeness"),
    Index("ix_vacancy_state_expires_on", "state", "expires_on"),
    sqlite_autoincrement=True,
)

course = Table(
    "course",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("source_id", String(191), nullable=False),
    Column("state", String(16), nullable=False),  # open | past | withdrawn
    Column("content", JSON, nullable=False),  # jobseeker.vacancies.Course.to_dict()
    Column("content_hash", String(64), nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("source", "source_id"),
    sqlite_autoincrement=True,
)

vacancy_mark = Table(
    "vacancy_mark",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id"), primary_key=True),
    Column("vacancy_id", Id, ForeignKey("vacancy.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # saved | not_for_me
    Column("reason", String(200), nullable=False),  # the person's own words or a code, "" where none was given
    Column("at", Moment, nullable=False),
)

job_alert = Table(
    "job_alert",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id"), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),  # where to write
    Column("active", Boolean, nullable=False),
    Column("query", JSON, nullable=False),  # what to look for: jobseeker.journeys.search.Search.to_dict()
    Column("seen_revision", Id, nullable=False),  # vacancies up to this revision have been looked at
    Column("next_check_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("changed_at", Moment, nullable=False),
    Index("ix_job_alert_next_check_at", "next_check_at"),
)

job_alert_sent = Table(
    "job_alert_sent",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id"), primary_key=True),
    Column("vacancy_id", Id, ForeignKey("vacancy.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)

match_log = Table(
    "match_log",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", String(32), ForeignKey("person.id"), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("inbox_id", Id),
    Column("query", JSON, nullable=False),  # the whole input of the ranking: it can be run again
    Column("result", JSON, nullable=False),  # what was shown: ids, scores, reasons
    Column("versions", JSON, nullable=False),  # policy, taxonomy, index revision, code
    Column("at", Moment, nullable=False),
    Index("ix_match_log_person_id", "person_id"),
    Index("ix_match_log_inbox_id", "inbox_id"),
    sqlite_autoincrement=True,
)

stored_file = Table(
    "stored_file",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", String(32), ForeignKey("person.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # whoever has the link may fetch it until it expires
    Column("name", String(128), nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("content", SealedBytes("stored_file.content"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_stored_file_person_id", "person_id"),
    Index("ix_stored_file_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)
