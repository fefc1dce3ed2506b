"""`jobseeker audit fairness`: exit code, figures, and a page anyone can read: no script, nothing from elsewhere, a table beside every plot."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from typer.testing import CliRunner

from app.cli import app
from app.commands import audit as audit_command
from content.report_words import load_words
from jobseeker.clock import FixedClock
from jobseeker.fairness.audit import DIMENSIONS, OUTCOMES
from tests.doubles.kit import NOW, copied_sqlite, open_kit
from tests.doubles.population import Population, weighing

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture(scope="module")
def databases(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One with a biased weight, one without."""
    urls = {}

    async def fill(url: str, population: Population) -> None:
        async with open_kit(url) as kit:
            await population.move_in(kit)

    for name, hours in (("biased", 7_000), ("even", 0)):
        urls[name] = copied_sqlite(sqlite_template, tmp_path_factory.mktemp(name))
        population = Population(policy=weighing({"hours": hours}), part_time_every=12, hours_by_sex=True)
        asyncio.run(fill(urls[name], population))
    return urls


def run(
    monkeypatch: pytest.MonkeyPatch, url: str, folder: Path, *arguments: str
) -> tuple[int, str, dict[str, Any], str]:
    """Exit code, what was said, the figures, the page."""
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", url)
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(folder / "var"))
    monkeypatch.setattr(audit_command, "SystemClock", lambda: FixedClock(NOW))
    figures = folder / "out" / "f.json"
    done = CliRunner().invoke(app, ["audit", "fairness", "--no-swaps", "--json", str(figures), *arguments])
    page = folder / "var" / "reports" / "fairness-2026-11.html"
    return (
        done.exit_code,
        done.output,
        json.loads(figures.read_text("utf-8")) if figures.exists() else {},
        page.read_text("utf-8") if page.exists() else "",
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_seeded_bias_ends_with_1_and_stands_on_the_page(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, root: Path
) -> None:
    code, said, report, page = run(monkeypatch, databases["biased"], tmp_path, "--language", language)
    assert (code, report["flagged"]) == (1, 1)
    assert "1 flagged of" in said
    tree = lxml_html.fromstring(page.encode())
    assert tree.get("lang") == {"zh": "zh-Hant", "en": "en"}[language]
    words = load_words(root, "fairness", language)
    [finding] = tree.xpath("//p[@role='status']/following-sibling::ul[1]/li")
    assert words["outcome_match_points"] in finding.text_content()
    assert words["group_female"] in finding.text_content()
    flagged = tree.xpath("//td/span[@class='flagged']")
    assert [one.text for one in flagged] == [words["verdict_flagged"]]
    figures = tree.xpath("//svg")
    assert len(figures) >= 20
    for figure in figures:
        assert figure.get("role") == "img"
        title, description = (figure.xpath(f"./{tag}")[0] for tag in ("title", "desc"))
        assert figure.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text_content()
        assert figure.getparent().getnext().xpath(".//table//tr"), "a table beside each plot"
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not re.search(r"<script|src=|https?:|url\(|@import", page.replace("http-equiv", ""))
    assert not re.search(r"[0-9a-f]{32}", page + json.dumps(report)), "no id of a person"
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_that_it_was_read_stands_in_the_audit(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, databases["even"], tmp_path, "--from", "2026-10")

    async def rows() -> list[tuple[Any, ...]]:
        async with open_kit(databases["even"]) as kit:
            return await kit.rows("SELECT actor, detail FROM audit WHERE action = 'fairness.audited'")

    assert ("command line", '{"begin":"2026-10","end":"2026-11"}') in asyncio.run(rows())


def test_without_the_bias_it_ends_with_0(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said, report, page = run(monkeypatch, databases["even"], tmp_path)
    assert (code, report["flagged"]) == (0, 0), said
    assert report["comparisons"] > 25
    assert report["people"] == 160
    assert "沒有標示任何差別" in page
    assert {(cell["dimension"], cell["outcome"]) for cell in report["cells"]} == {
        (dimension, outcome) for dimension in DIMENSIONS for outcome in OUTCOMES
    }


@pytest.mark.parametrize("arguments", [("--from", "2026-12"), ("--until", "yesterday"), ("--language", "fr")])
def test_what_cannot_be_made_ends_with_2(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str]
) -> None:
    code, said, report, page = run(monkeypatch, databases["even"], tmp_path, *arguments)
    assert (code, report, page) == (2, {}, "")
    assert "cannot be made" in said


def test_swaps_stand_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run on an empty installation: the samples are ranked, nothing is flagged."""
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("JOBSEEKER_DATABASE_URL", raising=False)
    done = CliRunner().invoke(app, ["audit", "fairness", "--language", "en", "--html", str(tmp_path / "page.html")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "nationality, ethnic group" in page
    assert "Nothing was counted in this period." in page
