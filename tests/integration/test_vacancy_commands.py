"""The commands `jobseeker vacancies` and `courses` as an operator uses them; the examples of docs/vacancies.md run as they stand there."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import app
from tests.conftest import ROOT
from tests.unit.store.conftest import migrated

__all__ = ["migrated"]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOOD = "id,title,company,description,salary,location\n1,Welder,Long River,MIG welding,NT$45000 monthly,Taichung\n"


@pytest.fixture
def place(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, and the folder the operator is in."""
    (tmp_path / "jobseeker.db").write_bytes(migrated.read_bytes())
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command))


def test_the_examples_of_the_page(place: Path) -> None:
    page = (ROOT / "docs" / "vacancies.md").read_text("utf-8")
    blocks = BLOCK.findall(page)
    ran = 0
    for number, (kind, name, body) in enumerate(blocks):
        if name:
            (place / name).write_text(body, "utf-8")
        if kind == "sh":
            expected = blocks[number + 1]
            assert expected[0] == "text"
            done = run(body.strip().removeprefix("jobseeker "))
            assert done.stdout.strip().splitlines()[:1] == expected[2].strip().splitlines(), (body, done.output)
            ran += 1
    assert ran == 6
    listed = run("vacancies list")
    assert "堆高機司機 | 安穩物流股份有限公司 | Job fair 2026" in listed.stdout
    assert "Night auditor" in listed.stdout
    assert run("courses list").stdout.count("堆高機操作班") == 1


def test_exit_codes_and_where_the_report_is(place: Path) -> None:
    (place / "a.csv").write_text(GOOD, "utf-8")
    assert run("vacancies import a.csv").exit_code == 0
    assert not (place / "imports").exists(), "no report without anything to say"
    (place / "a.csv").write_text(GOOD + "2,,Long River,x,,\n", "utf-8")
    done = run("vacancies import a.csv")
    assert done.exit_code == 3
    assert "row 3: 沒有職稱。 / The job title is missing." in done.stderr
    (report,) = (place / "imports").glob("a-*.csv")
    assert "The job title is missing." in report.read_text("utf-8-sig")
    assert run("vacancies import a.csv --report other.csv").exit_code == 3
    assert (place / "other.csv").exists()
    missing = run("vacancies import none.csv")
    assert missing.exit_code == 1
    assert "there is no file none.csv" in missing.stderr
    assert run("vacancies import a.csv --format pdf").exit_code == 2
    (place / "m.yml").write_text("columns:\n  id: nothing\n", "utf-8")
    wrong = run("vacancies import a.csv --columns m.yml")
    assert wrong.exit_code == 1
    assert "m.yml:2: `nothing` is no field" in wrong.stderr


def test_a_progress_bar_is_only_for_a_terminal(place: Path) -> None:
    (place / "a.csv").write_text(GOOD, "utf-8")
    assert run("vacancies import a.csv").stderr == ""


def test_a_progress_bar_moves_on_a_terminal(place: Path) -> None:
    (place / "a.csv").write_text(
        GOOD + "".join(f"{n},Welder {n},Long River,MIG welding,,Taichung\n" for n in range(2, 1_200)), "utf-8"
    )
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "app.cli", "vacancies", "import", "a.csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    shown = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 4_096)
            except OSError:  # the terminal is closed: the program has ended
                break
            shown += piece
            if not piece:
                break
        assert process.stdout is not None
        assert b"1199 rows: 1199 new" in process.stdout.read()
    os.close(ours)
    assert b"1000 rows" in shown
    assert b"\x1b[" in shown


def test_show_report_and_expire(place: Path) -> None:
    text = GOOD.strip() + "\n2,=Packer,Long River,Packing. Female only.,NT$150 hourly,Taichung\n"
    (place / "a.csv").write_text(text, "utf-8")
    assert run("vacancies import a.csv --source 板").exit_code == 0
    shown = run("vacancies show 1")
    value = json.loads(shown.stdout)
    assert (value["title"], value["state"], value["pay"]["low"]) == ("Welder", "open", "45000")
    doubtful = run("vacancies show 2")
    assert "below the minimum wage" in doubtful.stderr
    assert run("vacancies show 99").exit_code == 1
    report = run("vacancies report --csv doubts.csv")
    assert "2  open       板" in report.stdout
    assert "1  open and doubtful: unlawful_wording" in report.stdout
    assert "'=Packer" in (place / "doubts.csv").read_text("utf-8-sig")
    assert run("vacancies expire").stdout == "0 vacancies expired, 0 courses have begun\n"
    assert run("vacancies list --state expired").stderr == "there are none\n"
    assert run("vacancies list --state gone").exit_code == 2
    assert run("vacancies remove-samples").stdout.startswith("0 sample vacancies")


def test_courses_are_reported_too(place: Path) -> None:
    (place / "c.jsonl").write_text(
        '{"source_id": "1", "title": "Welding", "provider": "North", "skills": ["welding", "magic"], "subsidy_figure": "pre_training.government"}\n'
        '{"source_id": "2", "title": "Baking"}\n{"source_id": "3", "title": "Tea", "provider": "N", "subsidy": "180%"}\n',
        "utf-8",
    )
    done = run("courses import c.jsonl")
    assert done.exit_code == 3
    assert done.stdout.splitlines()[0] == "3 rows: 1 new, 0 changed, 0 unchanged; 2 refused, 1 remarks"
    assert "The training provider is missing." in done.stderr
    again = run("courses import c.jsonl --full")
    assert again.stdout.splitlines()[0].startswith("3 rows: 0 new, 0 changed, 1 unchanged")
