"""A file of 200,000 rows is read as a stream: a real process, its memory measured by the system; and an import into PostgreSQL."""

from __future__ import annotations

import os
import resource
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

ROWS = 200_000
MEMORY_MB = 450  # the readers themselves take most of it
PROGRAM = """
import asyncio, resource, sys
from pathlib import Path
from app.settings import Settings
from app.vacancies.importing import Wish
from app.vacancies.report import Report
from app.vacancies.workbench import Source, Workbench

async def main():
    bench = Workbench(Settings())
    async with bench.store() as store:
        with Report(bench.words, Path(sys.argv[2])) as report:
            given = Source(Path(sys.argv[1]), "large")
            done = await bench.import_vacancies(given, Wish(), report, store, lambda done, total, rows: None)
    print(done.rows, done.bad, done.outcomes["new"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)

asyncio.run(main())
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    filler = "負責進出貨、盤點、理貨與環境整理，無經驗可，主管會帶。" * 2
    with path.open("w", encoding="utf-8") as file:
        file.write("職缺編號,職稱,公司名稱,工作內容,薪資,上班地點\n")
        for number in range(ROWS):
            title = "" if number % 1_000 == 7 else f"倉管人員{number}"
            file.write(f"L{number},{title},公司{number % 977},{filler},月薪{30_000 + number % 9_000}元,桃園市中壢區\n")
    assert path.stat().st_size > 30_000_000
    environment = {**os.environ, "JOBSEEKER_VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PROGRAM, str(path), str(tmp_path / "report.csv")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1_500
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    rows, bad, new, megabytes = map(int, done.stdout.split())
    assert (rows, bad, new) == (ROWS, ROWS // 1_000, ROWS - ROWS // 1_000)
    assert megabytes < MEMORY_MB
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024 >= megabytes, "the measure measures"


test_memory_does_not_grow_with_the_file = pytest.mark.timeout(1_800)(test_memory_does_not_grow_with_the_file)


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
