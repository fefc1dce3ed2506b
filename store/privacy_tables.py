"""The table of what was erased: hashes of ids, so that a restored backup is erased again. Nothing of a person stands here."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from store.metadata import metadata
from store.moment import Moment

tombstone = Table(
    "tombstone",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
