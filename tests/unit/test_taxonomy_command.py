"""`jobseeker taxonomy …` as a person calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.unit.test_esco import FILES

pytestmark = pytest.mark.slow  # with `make test`


runner = CliRunner()


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A var folder of this test."""
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_check_counts_by_kind_and_group() -> None:
    done = runner.invoke(app, ["taxonomy", "check"])
    assert done.exit_code == 0, done.output
    assert "0 problems" in done.output
    assert "licence" in done.output
    assert sum(line.startswith("ISCO-08") for line in done.output.splitlines()) == 11


def test_check_names_file_and_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.commands.taxonomy.ROOT", tmp_path)
    done = runner.invoke(app, ["taxonomy", "check"])
    assert done.exit_code == 1
    assert "data/taxonomy/skills.csv:1" in done.output
    assert "the file is missing" in done.output


def test_sort_has_nothing_to_do() -> None:
    done = runner.invoke(app, ["taxonomy", "sort"])
    assert (done.exit_code, done.output) == (0, "nothing to do\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("forklift_driving", "essential for: forklift_driver"),
        ("堆高機", "forklift_driving  堆高機操作 | forklift driving"),
        ("Fork  Lift", "forklift_driving  堆高機操作 | forklift driving"),
        ("forklift_driver", "essential: forklift_driving, licence_forklift"),
        ("洗碗阿姨", "dishwasher_worker"),
        ("licence_truck", "broader: licence_car, truck_driving"),
    ],
)
def test_show_finds_ids_names_and_aliases(name: str, shown: str) -> None:
    done = runner.invoke(app, ["taxonomy", "show", name])
    assert done.exit_code == 0, done.output
    assert shown in done.output


def test_show_suggests_where_nothing_is_found() -> None:
    done = runner.invoke(app, ["taxonomy", "show", "forklift_drivin"])
    assert done.exit_code == 1
    assert "did you mean forklift_driving" in done.output


def test_esco_is_imported_shown_and_refused(var: Path, tmp_path: Path) -> None:
    missing = runner.invoke(app, ["taxonomy", "show", "--esco", "excel"])
    assert missing.exit_code == 1
    assert "run `jobseeker taxonomy import-esco DIR`" in missing.output
    download = tmp_path / "download"
    download.mkdir()
    for name, text in FILES.items():
        (download / name).write_text(text, "utf-8", newline="")
    done = runner.invoke(app, ["taxonomy", "import-esco", str(download)])
    assert done.exit_code == 0, done.output
    assert "7 skills (1 digital, 4 hard, 1 language, 1 soft), 2 occupations" in done.output
    assert "1 of them name a concept no file has" in done.output
    assert (var / "esco" / "mapping.csv").is_file()
    shown = runner.invoke(app, ["taxonomy", "show", "--esco", "use of forklifts"])
    assert shown.output.startswith("forklift_driving ")
    (download / "skills_en.csv").unlink()
    refused = runner.invoke(app, ["taxonomy", "import-esco", str(download)])
    assert refused.exit_code == 1
    assert "skills_en.csv is missing; download" in refused.output
    assert "nothing was imported" in refused.output
