"""The whole database: importing this registers every table file with the one metadata. A new table file is added here."""

from __future__ import annotations

from store import (
    access_tables,
    benefit_tables,
    channel_tables,
    fairness_tables,
    handoff_tables,
    matching_tables,
    privacy_tables,
    tables,
)
from store.metadata import metadata

TABLE_FILES = (
    tables,
    matching_tables,
    channel_tables,
    handoff_tables,
    benefit_tables,
    privacy_tables,
    access_tables,
    fairness_tables,
)

__all__ = ["TABLE_FILES", "metadata"]
