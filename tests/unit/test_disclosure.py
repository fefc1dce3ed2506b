"""The generated pages: what is committed is what the configuration says, and a change anywhere it reads from is noticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.commands import audit as audit_command
from app.disclosure import pages
from app.disclosure.facts import FAIRNESS, NLU
from jobseeker.errors import ContentError
from jobseeker.matching.policy import FEATURES
from tools.check import STEPS

DAY = date(2026, 11, 28)
RANKING, RETENTION = "packs/tw/policy/ranking.yml", "packs/tw/policy/retention.yml"


@pytest.fixture(scope="module")
def copied(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages are made from, to change something in."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("packs", "data/reports", "data/responses", "docs/reports"):
        shutil.copytree(root / name, folder / name)
    (folder / "data/nlu").mkdir()
    return folder


def changed(file: str, before: str, after: str) -> Callable[[Path], None]:
    """Replaces the first place."""

    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text("utf-8")
        assert before in text, f"{file} does not hold {before!r}: the test changes nothing"
        path.write_text(text.replace(before, after, 1), "utf-8")

    return change


CHANGES = {
    "an error test": changed(NLU, '"top1": 0.9', '"top1": 0.1'),
    "the swaps": changed(FAIRNESS, '"vacancies": 4', '"vacancies": 9'),
    "how long data are kept": changed(RETENTION, "value: 365", "value: 36"),
    "the office": changed("packs/tw/operator.yml", 'organisation: {zh: ""', "organisation: {zh: 某就業中心"),
    "the page itself": changed(pages.IMPACT, "0800", "0900"),
    "the record": changed(pages.RECORD, "No generative model", "A generative model"),
    "the record for programs": changed(pages.RECORD_JSON, "Jobseeker assistant", "Another"),
}


@pytest.mark.slow  # make check runs the command
def test_the_committed_pages_are_what_the_configuration_says(root: Path) -> None:
    assert pages.differences(root, "tw") == []
    assert STEPS["pages"][-1] == "--check", "in make check"


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_noticed(copied: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "checkout"
    shutil.copytree(copied, folder)
    if what == "an error test":
        report = json.loads((folder / NLU).read_text("utf-8"))
        report["goals"][0]["value"] = 0.5
        (folder / NLU).write_text(json.dumps(report), "utf-8")
    else:
        CHANGES[what](folder)
    monkeypatch.setattr(audit_command, "ROOT", folder)
    done = CliRunner().invoke(app, ["audit", "pages", "--check"])
    assert done.exit_code == 1, done.output
    assert "run jobseeker audit pages --write" in done.output
    if what == "the office":
        assert CliRunner().invoke(app, ["audit", "pages", "--write", "--day", DAY.isoformat()]).exit_code == 0
        assert "某就業中心" in (folder / pages.IMPACT).read_text("utf-8")
        assert CliRunner().invoke(app, ["audit", "pages", "--check"]).exit_code == 0, "written anew they agree"


@pytest.mark.slow
def test_a_new_weight_is_on_the_page_from_its_day_on(copied: Path, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    shutil.copytree(copied, folder)
    path = folder / RANKING
    text = path.read_text("utf-8")
    for feature, value in (("pay", 900), ("hours", 600)):
        row = f"\n      - {{value: {value}, valid_from: 2026-12-01, source: {{zh: 測試, en: test}}}}"
        text = re.sub(rf"(  weight\.{feature}:\n(?:    .*\n)*?    rows:(?:\n      .*)+)", rf"\1{row}", text, count=1)
    path.write_text(text, "utf-8")
    before, after = (pages.made(folder, "tw", day)[pages.IMPACT] for day in (DAY, date(2026, 12, 1)))
    assert "| Pay | 1,000 | 2026-01-01 |" in before
    assert "| Pay | 900 | 2026-12-01 |" in after
    assert pages.differences(folder, "tw") == [], "the committed page is for its own day"


@pytest.mark.slow
def test_what_is_missing_is_said(copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file, before, after, said in (
        ("data/reports/disclosure.yml", "  data_profile:", "  data_profil:", "data_profile"),
        ("data/reports/impact-assessment.en.md", "{{goals}}", "{{goal}}", "{{goal}} is not known"),
        (NLU, "{", "[", "nlu.json"),
        (pages.IMPACT, "<!-- ", "<!-", "says no day"),
    ):
        folder = tmp_path / said[:4].strip("{")
        shutil.copytree(copied, folder)
        changed(file, before, after)(folder)
        monkeypatch.setattr(audit_command, "ROOT", folder)
        done = CliRunner().invoke(app, ["audit", "pages", "--check"])
        assert done.exit_code == 2
        assert said in done.output
    with pytest.raises(ContentError):
        pages.filled("{{nothing}}", {}, "x")


def test_both_pages_hold_what_they_must(root: Path, pack: object) -> None:
    impact = (root / pages.IMPACT).read_text("utf-8")
    assert len(FEATURES) > 8
    assert impact.count("| 2026-") == 2 * len(FEATURES), "each factor in both languages"
    for text in (impact, (root / pages.RECORD).read_text("utf-8")):
        assert not re.search(r"\{\{|\}\}|\[\[", text)
    record = json.loads((root / pages.RECORD_JSON).read_text("utf-8"))["record"]
    names = [field["field"] for field in record]
    assert names[:4] == ["Name", "Description", "Website URL", "Contact email"]
    for name in (
        "Senior responsible owner", "Third party involvement", "Detailed description", "Alternatives considered", "Process integration",
        "Human decisions and review", "Appeals and review", "System architecture", "Model performance", "Sensitive attributes",
        "Data access and storage", "Impact assessments", "Risks and mitigations",
    ):  # fmt: skip
        assert name in names
    assert {field["tier"] for field in record} == {1, 2}
    assert all(field["zh"] and field["en"] for field in record)
