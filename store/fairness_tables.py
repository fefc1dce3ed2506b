"""The table of what people declared of themselves for the audit of fairness. It stands apart: no other table holds any of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from store.metadata import metadata
from store.moment import Moment

self_declaration = Table(
    "self_declaration",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id"), primary_key=True),
    Column("age_band", String(8)),  # of jobseeker.fairness.declared.AGE_BANDS; null: not said
    Column("sex", String(8)),  # of SEXES
    Column("at", Moment, nullable=False),
)
