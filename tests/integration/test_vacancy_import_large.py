"""A file of any size is read as a stream: a real process, its own memory measured while it imports; and an import into PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from app.vacancies.importing import Wish
from app.vacancies.report import Report
from app.vacancies.samples import load_samples
from app.vacancies.workbench import Source, Workbench
from tests.conftest import ROOT
from tests.integration.conftest import Postgres

ROWS = 5_000
WARM_ROWS = 2_000  # by then everything is loaded and every buffer has its size
GROWTH_MB = 5  # of the ids that are remembered; a process that keeps its rows grows by several times as much
PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from app.settings import Settings
from app.vacancies.importing import VacancyImport, Wish
from app.vacancies.report import Report
from app.vacancies.workbench import Source, Workbench

def own_memory():  # of this process alone: neither files and libraries nor what its parent had before it was started
    [line] = [line for line in open("/proc/self/status") if line.startswith("RssAnon:")]
    return int(line.split()[1])

measured, hoard = [], []
if sys.argv[3] == "hoard":
    keep = VacancyImport._keep
    async def keep_all(self, batch):
        hoard.extend((built, repr(built)) for built in batch)
        await keep(self, batch)
    VacancyImport._keep = keep_all

async def main():
    bench = Workbench(Settings())
    async with bench.store() as store:
        with Report(bench.words, Path(sys.argv[2])) as report:
            given = Source(Path(sys.argv[1]), "large")
            done = await bench.import_vacancies(
                given, Wish(), report, store, lambda done, total, rows: measured.append((rows, own_memory()))
            )
    print(json.dumps({"rows": done.rows, "bad": done.bad, "new": done.outcomes["new"], "measured": measured}))

asyncio.run(main())
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["as it is", "hoard"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, way: str) -> None:
    """The second way keeps every row, to see that the measure would tell."""
    path = tmp_path / "large.csv"
    filler = "負責進出貨、盤點、理貨與環境整理，無經驗可，主管會帶。" * 2
    with path.open("w", encoding="utf-8") as file:
        file.write("職缺編號,職稱,公司名稱,工作內容,薪資,上班地點\n")
        for number in range(ROWS):
            title = "" if number % 1_000 == 7 else f"倉管人員{number}"
            file.write(f"L{number},{title},公司{number % 977},{filler},月薪{30_000 + number % 9_000}元,桃園市中壢區\n")
    environment = {**os.environ, "JOBSEEKER_VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PROGRAM, str(path), str(tmp_path / "report.csv"), way]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=500)
    assert run.returncode == 0, run.stderr[-2_000:]
    done = json.loads(run.stdout)
    assert (done["rows"], done["bad"], done["new"]) == (ROWS, ROWS // 1_000, ROWS - ROWS // 1_000)
    warm = [kilobytes for rows, kilobytes in done["measured"] if rows <= WARM_ROWS]
    later = [kilobytes for rows, kilobytes in done["measured"] if rows > WARM_ROWS]
    assert min(len(warm), len(later)) >= 3, done["measured"]
    growth = (max(later) - max(warm)) / 1_024
    assert (growth < GROWTH_MB) is (way == "as it is"), done["measured"]


@pytest.mark.postgres
async def test_samples_and_a_file_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    settings = Settings(database_url=await postgres.migrated(), var_dir=tmp_path)
    loaded = await load_samples(settings)
    assert loaded is not None
    assert loaded.vacancies >= 400
    assert loaded.courses >= 120
    file = tmp_path / "a.csv"
    file.write_text("id,title,company,description,location\n1,Welder,Long River,MIG welding,Taichung\n", "utf-8")
    bench = Workbench(settings)
    async with bench.store() as store:
        for expected in ({"new": 1}, {"unchanged": 1}):
            with Report(bench.words, None) as report:
                wish = Wish(full=True, sample_source=bench.words.sample_source)
                done = await bench.import_vacancies(Source(file), wish, report, store, lambda done, total, rows: None)
            assert dict(done.outcomes) == expected
        async with store.read() as work:
            assert (await work.vacancies.counts())[("a", "open")] == 1
            assert ((bench.words.sample_source, "open")) not in await work.vacancies.counts()
