"""What tests of imports share: the real content, a set day, an empty store, and a way to import a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from app.vacancies.building import FIELDS, OWN_NAMES
from app.vacancies.columns import ColumnReader, read_column_map
from app.vacancies.formats import VACANCY_NEEDS, SourceFile
from app.vacancies.importing import Summary, Wish
from app.vacancies.report import Report
from app.vacancies.rows import BadRow, RawPosting
from app.vacancies.workbench import Source, Workbench
from jobseeker.clock import FixedClock
from jobseeker.vacancies import StoredVacancy
from store.unit_of_work import SqlStore
from tests.unit.store.conftest import migrated, store

__all__ = ["migrated", "store"]
NOW = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 28)


@pytest.fixture(scope="session")
def bench() -> Workbench:
    """The real content on a set day."""
    return Workbench(Settings(), FixedClock(NOW))


@dataclass
class Imported:
    """What one import did."""

    summary: Summary
    report: Report
    lines: list[str]


Import = Callable[..., Awaitable[Imported]]


@pytest.fixture
def load(bench: Workbench, store: SqlStore, tmp_path: Path) -> Import:
    """Import a text or bytes under a file name."""

    async def run(name: str, content: str | bytes, *, source: str = "板", columns: str = "", **wish: Any) -> Imported:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        where = tmp_path / "map.yml"
        where.write_text(columns, "utf-8")
        encoding, format_ = wish.pop("encoding", ""), wish.pop("format_", "auto")
        given = Source(path, source, format_, encoding, where if columns else None)
        asked = Wish(sample_source=bench.words.sample_source, **wish)
        target = tmp_path / "report.csv"
        target.unlink(missing_ok=True)
        with Report(bench.words, target) as report:
            summary = await bench.import_vacancies(given, asked, report, store, lambda done, total, rows: None)
        lines = target.read_text("utf-8-sig").splitlines()[1:] if target.exists() else []
        return Imported(summary, report, lines)

    return run


@pytest.fixture
def kept(store: SqlStore) -> Callable[..., Awaitable[StoredVacancy]]:
    """What is in the store under a source's id."""

    async def find(source_id: str, source: str = "板") -> StoredVacancy:
        async with store.read() as work:
            stored = await work.vacancies.find(source, source_id)
        assert stored is not None, source_id
        return stored

    return find


def read_rows(
    path: Path, bench: Workbench, format_: str = "auto", encoding: str = "", columns: Path | None = None
) -> list[RawPosting | BadRow]:
    """The rows of a file as fields."""
    given = read_column_map(columns, FIELDS) if columns else None
    reader = ColumnReader(bench.words.columns, OWN_NAMES, given)
    return list(SourceFile(path, format_, encoding, reader, VACANCY_NEEDS).rows())
