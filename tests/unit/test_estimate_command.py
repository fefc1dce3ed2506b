"""`jobseeker estimate`: YAML and JSON in, text or JSON out, and every doubtful value named instead of used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app

pytestmark = pytest.mark.slow  # with `make test`


GOOD = {
    "left_on": "民國115年3月2日", "reason": "被資遣", "birth_on": "民國70年3月2日", "status": "national", "earlier": "none",
    "insured_months": "2年3個月", "salary": "3萬4千8", "dependants": "太太和一個小孩", "income": 0, "registered_on": "115/3/5",
}  # fmt: skip


def run(tmp_path: Path, values: object, *options: str) -> tuple[int, str, str]:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    done = CliRunner().invoke(app, ["estimate", str(file), "--on", "2026-04-01", *options])
    return done.exit_code, done.stdout, done.stderr


def test_text_in_both_languages(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, GOOD)
    assert code == 0
    for part in ("不是決定", "20,880元", "27,840元", "最長9個月", "2026年3月19日", "就業保險法第16條", "數字版本"):
        assert part in out, part
    code, out, _ = run(tmp_path, GOOD, "--language", "en")
    assert code == 0
    assert "NT$27,840 a month" in out
    code, out, _ = run(tmp_path, GOOD, "--language", "zh-Hans")
    assert "失业给付" in out


def test_json_names_rule_clause_and_version(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, GOOD, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["figures_on"] == "2026-03-02"
    monthly = next(line for line in found["lines"] if line["rule"] == "monthly")
    assert monthly["value"] == "20880"
    assert monthly["used"][0]["name"] == "unemployment.rate"
    assert monthly["used"][0]["valid_from"] == "2003-01-01"
    assert monthly["used"][0]["clause"]["en"] == "Employment Insurance Act, Article 16"
    assert found["case"]["parents"] == 0 if "parents" in found["case"] else True


def test_unclear_is_said_without_a_verdict(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, {**GOOD, "reason": "resigned"})
    assert code == 0
    assert "不替您下結論" in out
    assert "20,880" not in out


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("left_on", "2026/2/30", "day_impossible"),
        ("left_on", 20260302, "wrong_kind"),
        ("birth_on", "70/3/2", "day_ambiguous"),
        ("birth_on", "2023-03-02", "age"),
        ("age", 3, "age"),
        ("age", 130, "age"),
        ("salary", 34.8, "unit"),
        ("salary", "34.8", "unit"),
        ("salary", -34800, "negative"),
        ("dependants", 200, "too_many"),
        ("dependants", 1.5, "not_whole"),
        ("dependants", True, "wrong_kind"),
        ("insured_months", "3", "months_or_years"),
        ("reason", "天氣", "not_understood"),
        ("disability", "maybe", "not_understood"),
        ("incom", 0, "unknown_field"),
    ],
)
def test_a_doubtful_value_is_named_and_nothing_is_worked_out(
    tmp_path: Path, field: str, value: object, problem: str
) -> None:
    code, out, err = run(tmp_path, {**GOOD, field: value})
    assert code == 1
    assert out == ""
    assert "JS-BEN-001" in err
    assert f"{field}: {str(value)!r} ({problem})" in err


@pytest.mark.parametrize("values", [[], "text", None])
def test_a_file_without_fields_is_refused(tmp_path: Path, values: object) -> None:
    code, _, err = run(tmp_path, values)
    assert code == 1
    assert "fields and values" in err


def test_yaml_dates_and_a_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "case.yml"
    file.write_text(
        "left_on: 2026-03-02\nreason: laid_off\nage: 44\nstatus: national\nearlier: none\ninsured_months: 12\n", "utf-8"
    )
    done = CliRunner().invoke(app, ["estimate", str(file), "--on", "2026-04-01"])
    assert done.exit_code == 0
    assert "最長6個月" in done.stdout
    assert "平均月投保薪資" in done.stdout
    assert CliRunner().invoke(app, ["estimate", str(tmp_path / "none.yml")]).exit_code == 1
