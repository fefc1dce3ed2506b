"""`jobseeker skills` and its report: the documented form, bad lines, marked files."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.evaluation.skills import Mark, Marked, evaluate, read_marked
from app.skill_lines import SkillLines
from app.wiring_reading import load_reader
from jobseeker.errors import ContentError

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture(scope="module")
def lines(root: Path) -> SkillLines:
    return SkillLines(*load_reader(root))


def test_the_line_has_the_documented_form(lines: SkillLines) -> None:
    text = "我會開堆高機三年，沒有駕照，會一點日文，想學Excel"
    result = lines.read_line(json.dumps({"text": text}), 1)
    assert list(result) == ["skills", "licences", "languages", "mentioned"]
    first = result["skills"][0]
    assert {"id", "name_en", "name_zh", "span", "start", "end", "status", "years"} <= set(first)
    assert (first["id"], first["status"], first["years"]) == ("forklift_driving", "held", 3.0)
    assert text[first["start"] : first["end"]] == first["span"]
    assert [(item["id"], item["status"]) for item in result["licences"]] == [("licence_car", "negated")]
    assert [(item["id"], item["level"], item["hedged"]) for item in result["languages"]] == [
        ("lang_japanese", "basic", True)
    ]
    assert (result["skills"][1]["id"], result["skills"][1]["status"]) == ("excel", "wanted")


def test_what_is_asked_or_anothers_stands_apart(lines: SkillLines) -> None:
    result = lines.read_line('{"text": "我太太會日文。需要會Excel嗎？"}', 1)
    assert not result["skills"]
    assert not result["languages"]
    assert [(item["id"], item["status"]) for item in result["mentioned"]] == [
        ("lang_japanese", "other"),
        ("excel", "asked"),
    ]


def test_an_employer_wants(lines: SkillLines) -> None:
    result = lines.read_line(json.dumps({"text": "誠徵門市人員，工作內容：收銀。應徵條件：會POS機，不需英文"}), 1)
    statuses = {item["id"]: item["status"] for item in result["skills"]}
    assert (statuses["cash_handling"], statuses["pos_operation"]) == ("wanted", "wanted")
    assert set(statuses.values()) == {"wanted"}
    assert [(item["id"], item["status"]) for item in result["languages"]] == [("lang_english", "negated")]


@pytest.mark.parametrize("line", ["{", "[]", '{"text": 5}', '"x"', '{"turns": []}'])
def test_a_bad_line_says_what_is_wrong(lines: SkillLines, line: str) -> None:
    result = lines.read_line(line, 7)
    assert set(result) == {"error", "line"}
    assert result["line"] == 7


def test_the_command_goes_on_after_a_bad_line_and_ends_with_1() -> None:
    done = CliRunner().invoke(app, ["skills"], input='{"text": "會Excel"}\nnonsense\n\n{"text": "no Python"}\n')
    answers = [json.loads(line) for line in io.StringIO(done.stdout)]
    assert done.exit_code == 1
    assert [answer["skills"][0]["status"] if "skills" in answer else answer["line"] for answer in answers] == [
        "held",
        2,
        "negated",
    ]


def test_the_report_counts_spans_and_status(lines: SkillLines) -> None:
    marked = [
        Marked("zh-Hant", "chat", "不會Excel", (Mark("excel", 2, 7, "negated", False),)),
        Marked("en", "chat", "I can weld", (Mark("excel", 0, 1, "held", False),)),
    ]
    report = evaluate(marked, lines)
    assert "all            2     2     2  0.500  0.500  0.500      0.500 100.0 %" in report
    assert "negated        1          100.0 %        100.0 %" in report


def test_years_levels_and_facts_of_a_text_are_counted(lines: SkillLines, tmp_path: Path) -> None:
    entry = "{text: '[堆高機](forklift_driving + 3y)開了三年，[英文](lang_english + fluent)普通，月薪三萬', says: {pay: 31000 month}}"
    (tmp_path / "marked.yml").write_text(f"zh-Hant:\n  chat:\n    - {entry}\n", "utf-8")
    report = evaluate(read_marked(tmp_path / "marked.yml"), lines, show=True)
    assert "years          1 marked, 1 right (100.0 %)" in report
    assert "level          1 marked, 0 right (0.0 %)" in report
    assert "pay '31000 month', read '30000 month'" in report


def test_marked_files_are_read_and_refused(tmp_path: Path, root: Path) -> None:
    texts = read_marked(root / "tests/data/skills_heldout.yml")
    assert len(texts) >= 150
    assert all(text.text[mark.start : mark.end].strip() for text in texts for mark in text.marks)
    (tmp_path / "bad.yml").write_text("en:\n  chat:\n    - '[Excel](excel)'\n")
    with pytest.raises(ContentError, match=r"\[words\]\(id \+\)"):
        read_marked(tmp_path / "bad.yml")


def test_marked_ids_are_in_the_taxonomy(root: Path) -> None:
    taxonomy = load_reader(root)[1]
    ids = {
        mark.id
        for name in ("heldout", "dev", "fresh3", "fresh4", "fresh5", "fresh6")
        for text in read_marked(root / f"tests/data/skills_{name}.yml")
        for mark in text.marks
    }
    assert len(ids) > 100
    assert sorted(ids - set(taxonomy.skills)) == []
