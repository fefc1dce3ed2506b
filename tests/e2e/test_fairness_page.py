"""The page of the audit of fairness in a real browser: axe, a phone, dark, nothing loaded from elsewhere, numbers beside every plot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from app.fairness.running import Wish, run_audit
from app.settings import Settings
from jobseeker.clock import FixedClock
from tests.doubles.kit import NOW, copied_sqlite, migrated_sqlite, open_kit
from tests.doubles.population import Population, weighing
from tests.e2e.test_accessibility import assert_no_violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a population with a biased weight, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    template = tmp_path_factory.mktemp("template")

    async def make(url: str) -> None:
        async with open_kit(url) as kit:
            population = Population(policy=weighing({"hours": 7_000}), part_time_every=12, hours_by_sex=True)
            await population.move_in(kit)
        for language in ("zh", "en"):
            wish = Wish(language=language, swaps=False)
            report, page = await run_audit(Settings(database_url=url, var_dir=folder), FixedClock(NOW), wish)
            assert report["flagged"]
            (folder / f"{language}.html").write_text(page, "utf-8")

    def run() -> None:
        asyncio.run(make(copied_sqlite(migrated_sqlite(template), folder)))

    with ThreadPoolExecutor(1) as pool:  # the browser's own loop runs in this thread
        pool.submit(run).result()
    return folder


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
def test_anyone_can_read_it(
    pages: Path, new_context: Callable[..., BrowserContext], language: str, scheme: str
) -> None:
    page = new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((pages / f"{language}.html").as_uri())
    assert len(asked) == 1, "nothing is loaded from elsewhere"
    assert_no_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "no sideways scrolling on a phone"
    )
    drawn = page.locator("svg").all()
    assert len(drawn) >= 20
    assert all((box := one.bounding_box()) and box["width"] > 250 and box["height"] > 20 for one in drawn)
    assert page.locator("svg path.mark").count() == 1, "the flagged group has another shape, not only another colour"
