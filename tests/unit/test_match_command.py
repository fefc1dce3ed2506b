"""`jobseeker match`: what it prints, and that whatever is wrong with the input is said in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from content import load_taxonomy

pytestmark = pytest.mark.slow  # the command reads all content anew each time
DATA = Path(__file__).resolve().parent.parent / "data" / "matching"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> tuple[Path, Path]:
    """A profile and two vacancies with ids of the real taxonomy; `var` is a folder of the test."""
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))
    relations = [line.split(",") for line in (root / "data/taxonomy/relations.csv").read_text("utf-8").splitlines()]
    occupation, skill = next(
        (item[1], item[2]) for item in relations if item[0] == "essential" and item[2][:7] != "licence"
    )
    line = json.loads((DATA / "vacancies.jsonl").read_text("utf-8").splitlines()[0])
    line |= {
        "occupation_id": occupation,
        "essential_skills": [skill],
        "optional_skills": [],
        "licences": [],
        "place_id": "tw_taipei",
    }
    vacancies = tmp_path / "vacancies.jsonl"
    vacancies.write_text(
        "".join(json.dumps({**line, "id": number}, ensure_ascii=False) + "\n" for number in (5, 7)), "utf-8"
    )
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"held": [{"id": skill}], "home": "tw_taipei"}), "utf-8")
    return profile, vacancies


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["match", "--day", "2026-11-28", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_json_holds_reasons_that_add_up_and_the_versions(files: tuple[Path, Path]) -> None:
    code, out, _ = run("--profile", str(files[0]), "--vacancies", str(files[1]), "--top", "1", "--json")
    value = json.loads(out)
    assert code == 0
    [match] = value["result"]["matches"]
    assert match["vacancy_id"] == 5
    assert match["tied_with"] == [7]
    assert sum(reason["points"] for reason in match["reasons"]) == match["score"]
    assert value["vacancies"]["5"]["title"]
    assert value["versions"]["policy"]["weight.pay"]


def test_a_kind_of_work_that_is_not_wanted_is_left_out(files: tuple[Path, Path], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in files[1].read_text("utf-8").splitlines()]
    profile = tmp_path / "picky.json"
    taxonomy = load_taxonomy(Path(__file__).resolve().parents[2])
    one, other = sorted(taxonomy.occupations)[:2]
    files[1].write_text(
        "".join(
            json.dumps(line | {"occupation_id": kind}) + "\n" for line, kind in zip(lines, (one, other), strict=True)
        ),
        "utf-8",
    )
    profile.write_text(json.dumps({"wishes": {"avoid_occupations": [one]}}), "utf-8")
    _, out, _ = run("--profile", str(profile), "--vacancies", str(files[1]), "--json")
    value = json.loads(out)
    assert [match["vacancy_id"] for match in value["result"]["matches"]] == [7]
    assert (value["query"]["hidden"], value["result"]["excluded"]["not_for_me"]) == ([5], 1)


def test_a_table_for_people(files: tuple[Path, Path]) -> None:
    code, out, _ = run("--profile", str(files[0]), "--vacancies", str(files[1]))
    assert code == 0
    assert "2 open vacancies looked at" in out
    assert "why: Essential skills" in out
    assert "same score as: 7" in out


def test_the_database_is_ranked_where_no_file_is_given(files: tuple[Path, Path]) -> None:
    code, out, _ = run("--profile", str(files[0]))
    assert code == 0, "an empty database is no error"
    assert "0 open vacancies looked at" in out
    assert "nothing fits" in out


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "should hold one JSON object"),
        ('{"age": 58}', "'age' is not known; a profile has held, jobs"),
        ('{"held": {}}', "held should be a list"),
        ('{"held": ["forklift"]}', "an entry of held should be an object"),
        ('{"held": [{"id": "forklift_drivng"}]}', "did you mean"),
        ('{"held": [{"id": "excel", "sex": "f"}]}', "unexpected keyword argument 'sex'"),
        ('{"held": [{"id": "excel", "evidence": "sworn"}]}', "should be one of stated, evidenced, verified"),
        ('{"home": "tw_tapei"}', "did you mean tw_taipei"),
        ('{"wishes": {"pay_low": "much"}}', "pay_low should be an amount"),
        ('{"wishes": {"hours": ["all_day"]}}', "wishes.hours: 'all_day' is not known"),
        ('{"wishes": {"hours": "full_time"}}', "wishes.hours should be a list of texts"),
        ('{"wishes": {"firm": ["beauty"]}}', "JS-MAT-001"),
        ('{"wishes": {"weights": {"sex": 2}}}', "'sex' is not a feature"),
        ('{"wishes": {"weights": {"pay": "a lot"}}}', "should be a number"),
        ('{"wishes": {"commute_km": -3}}', "should be a distance"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said(files: tuple[Path, Path], profile: str, said: str) -> None:
    files[0].write_text(profile, "utf-8")
    code, _, err = run("--profile", str(files[0]), "--vacancies", str(files[1]))
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_what_is_wrong_with_vacancies_names_the_line(files: tuple[Path, Path], tmp_path: Path) -> None:
    good = files[1].read_text("utf-8").splitlines()[0]
    for bad, said in (
        ("{", "line 2: is not JSON"),
        ('{"id": 3}', "line 2: the field"),
        (good, "line 2: the id 5 stands in line 1"),
    ):
        files[1].write_text(f"{good}\n{bad}\n", "utf-8")
        code, _, err = run("--profile", str(files[0]), "--vacancies", str(files[1]))
        assert code == 1
        assert said in err
    assert "cannot be read" in run("--profile", str(tmp_path / "none.json"))[2]
    assert (
        "--day should look like"
        in CliRunner().invoke(app, ["match", "--profile", str(files[0]), "--day", "soon"]).stderr
    )
