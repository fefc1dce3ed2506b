"""What SQLite and PostgreSQL write differently. Queries are in the repositories."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert


@lru_cache
def insert_if_new(dialect: str, table: Table, *unique: str) -> ReturningInsert[Any]:
    """INSERT … ON CONFLICT (unique) DO NOTHING RETURNING id."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)
