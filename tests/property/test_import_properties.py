"""Whatever stands in the cells of a table: importing it again changes nothing, and no row gets lost without a word."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.vacancies.importing import Summary, Wish
from app.vacancies.report import Report
from app.vacancies.workbench import Source, Workbench
from store.engine import create_engines
from store.unit_of_work import SqlStore
from tests.unit.store.conftest import migrated
from tests.unit.vacancies.conftest import bench

pytestmark = pytest.mark.slow  # with `make test`: the whole taxonomy is read


__all__ = ["bench", "migrated"]
HEADER = [
    "職缺編號",
    "職稱",
    "公司名稱",
    "工作內容",
    "薪資",
    "上班地點",
    "刊登日期",
    "截止日期",
    "需求人數",
    "工作性質",
]
CELLS = st.tuples(
    st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["", "木工", "銲工", "=1+1"]) | st.text(max_size=8),
    st.sampled_from(["", "甲行", "乙股份有限公司"]),
    st.sampled_from(["", "裝潢", "限女性", "會Excel，月薪4萬", "開堆高機"]) | st.text(max_size=12),
    st.sampled_from(["", "面議", "時薪200元", "36000", "很多", "40000-30000"]) | st.text(max_size=6),
    st.sampled_from(["", "桃園市中壢區", "火星", "台北市"]),
    st.sampled_from(["", "2026-11-01", "115/11/02", "昨天", "11/12/2026"]),
    st.sampled_from(["", "2026-12-31", "2026-11-27", "補滿"]),
    st.sampled_from(["", "2", "數名"]),
    st.sampled_from(["", "全職", "兼職", "?"]),
)


def written(rows: list[tuple[str, ...]]) -> str:
    """The table as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *rows])
    return buffer.getvalue()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(CELLS, max_size=8))
def test_twice_is_once(bench: Workbench, migrated: Path, rows: list[tuple[str, ...]]) -> None:
    async def twice(folder: Path) -> tuple[Summary, int, Summary, int]:
        (folder / "a.csv").write_text(written(rows), "utf-8")
        (folder / "jobseeker.db").write_bytes(migrated.read_bytes())
        engines = create_engines(f"sqlite+aiosqlite:///{folder / 'jobseeker.db'}")
        store = SqlStore(engines)
        found: list[Summary | int] = []
        for _ in range(2):
            with Report(bench.words, folder / "report.csv") as report:
                given = Source(folder / "a.csv", "s")
                found.append(await bench.import_vacancies(given, Wish(full=True), report, store, lambda *_: None))
            async with store.read() as work:
                found.append(await work.vacancies.revision())
        await engines.dispose()
        return tuple(found)  # type: ignore[return-value]

    with tempfile.TemporaryDirectory() as folder:
        first, revision, second, after = asyncio.run(twice(Path(folder)))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert first.rows == len(filled)
    assert first.good + first.bad == first.rows, "every row is kept or refused"
    assert second.outcomes["new"] == second.outcomes["changed"] == second.withdrawn == 0
    assert (second.bad, second.outcomes["unchanged"]) == (first.bad, first.good)
    assert after == revision
