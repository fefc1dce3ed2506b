"""Releases at the desk, in a real browser: what changes is read before it is signed, by a worker representative only; roles, phone, axe."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from app.processes import Layout
from app.releases.operating import Releases
from app.settings import Settings
from jobseeker.errors import SignatureMissing
from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import PASSWORD, ROOT, Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_desk_pages import PHONE, SLOW, fits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Console = Callable[..., ConsolePage]
RANKING = "packs/tw/policy/ranking.yml"
REMARK = "# 排序改成看證照"


@pytest.fixture(scope="module")
def releases(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Release 1 is in use; release 2 changes the ranking and an answer, release 3 wording only. No process runs under supervisord here."""
    stack.add_accounts(
        {"boss": ("主任", "supervisor"), "rep": ("勞方代表", "worker_representative"), "audit": ("稽核", "auditor")}
    )
    tree = tmp_path_factory.mktemp("tree")
    for name in ("packs", "data"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("config.yml", "domain.yml"):
        shutil.copyfile(ROOT / name, tree / name)
    (tree / "models").mkdir()
    (tree / "models" / "jobseeker-1.tar.gz").write_bytes(b"a model")
    (tree / "models" / "current").write_text("jobseeker-1.tar.gz\n")
    made = Releases(Settings(var_dir=stack.var), Layout(tree, stack.var), print)
    outside_loop(made.ready)
    append(tree / RANKING, REMARK)
    append(tree / "packs" / "tw" / "knowledge" / "ui_amount.yml", "# an answer")
    outside_loop(made.take, "證照優先")
    shutil.copyfile(ROOT / RANKING, tree / RANKING)
    append(tree / "data" / "responses" / "dialogue.yml", "# wording")
    outside_loop(made.take, "")
    return made


def append(path: Path, line: str) -> None:
    """One more line of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def outside_loop(do: Callable[..., object], *values: object) -> None:
    """Playwright's own loop runs in this thread."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(do, *values).result()


def card(desk: ConsolePage, number: int) -> Locator:
    """One release on the page."""
    return desk.page.locator(f".page.pageReleases [data-release='{number}']")


def without_desk(console: Console, login: str, **how: object) -> ConsolePage:
    """Who sees no cases signs in to pages alone."""
    made = console(None, **how)
    made.fill_sign_in(login, PASSWORD)
    return made


def go(desk: ConsolePage) -> None:
    """To the page by the menu."""
    desk.page.locator(".menu .pageReleases").click()
    expect(desk.page.locator(".release")).to_have_count(3, timeout=SLOW)


def test_a_representative_reads_and_signs_and_then_it_can_be_used(console: Console, releases: Releases) -> None:
    boss = console("boss")
    go(boss)
    expect(card(boss, 1)).to_contain_text("使用中")
    expect(card(boss, 2)).to_contain_text("等待簽署：排序規則")
    expect(card(boss, 2)).to_contain_text("證照優先")
    expect(card(boss, 3)).not_to_contain_text("等待簽署")
    card(boss, 2).locator("button").click()
    expect(card(boss, 2).locator(".diff ins", has_text=REMARK)).to_be_visible(timeout=SLOW)
    expect(card(boss, 2)).to_contain_text("ui_amount.yml")
    expect(card(boss, 2).locator("button.strong")).to_have_count(0)
    expect(card(boss, 2)).to_contain_text("由勞工代表簽署")
    with pytest.raises(SignatureMissing):
        outside_loop(releases.activate, 2, "not yet")

    rep = without_desk(console, "rep", locale="en-US")
    go(rep)
    expect(card(rep, 2).locator("button.strong")).to_have_count(0)  # nobody signs what was not shown
    card(rep, 2).locator("button").click()
    expect(card(rep, 2).locator(".diff")).to_have_count(1, timeout=SLOW)
    card(rep, 2).locator("button.strong").click()
    expect(rep.page.locator(".told")).to_contain_text("Release 2 is signed", timeout=SLOW)
    expect(card(rep, 2)).to_contain_text("signed by 勞方代表")
    outside_loop(releases.activate, 2, "signed")
    rep.page.reload()
    go(rep)
    expect(card(rep, 2)).to_contain_text("in use")


@pytest.mark.parametrize("login", ["rep", "audit"])
def test_it_fits_a_phone_and_axe_finds_nothing(console: Console, releases: Releases, login: str) -> None:
    desk = without_desk(console, login, viewport=PHONE)
    go(desk)
    card(desk, 1).locator("button").click()
    expect(card(desk, 1).locator(".differences")).to_be_focused(timeout=SLOW)
    fits(desk.page)
    assert_no_violations(desk.page)


def test_a_counsellor_does_not_see_them(console: Console, releases: Releases) -> None:
    expect(console("lin").page.locator(".menu .pageReleases")).to_have_count(0)
