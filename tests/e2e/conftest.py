"""Fixtures of the browser tests: Chromium, built pages, a running stack. Page helpers are chat_page.py and console_page.py."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import ROOT, Stack

WEB = ROOT / "web"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNSELLORS = {"lin": "林小姐", "chen": "陳先生"}
Opener = Callable[..., Page]


def find_chromium() -> str | None:
    """The browser: JOBSEEKER_CHROMIUM, or one that is installed."""
    named = os.environ.get("JOBSEEKER_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without one the browser tests cannot run."""
    path = find_chromium()
    if path is None:
        pytest.skip(
            "no Chromium on this machine (Debian: sudo apt-get install chromium fonts-noto-cjk, or set JOBSEEKER_CHROMIUM)"
        )
    return path


@pytest.fixture(scope="session")
def built_pages() -> Path:
    """web/dist as built from the sources as they are now."""
    dist = WEB / "dist"
    sources = [
        path
        for path in (*WEB.glob("*.html"), *WEB.glob("*.ts"), *(WEB / "src").rglob("*"), *(WEB / "public").rglob("*"))
        if path.is_file()
    ]
    assert len(sources) > 20, "the sources of the pages are not where this test looks for them"
    newest = max(path.stat().st_mtime for path in sources)
    wanted = [dist / name for name in ("index.html", "console.html", "job-chat.js")]
    if not all(path.is_file() and path.stat().st_mtime >= newest for path in wanted):
        npm = shutil.which("npm")
        assert npm, "web/dist is missing or older than web/src, and there is no npm to build it: run make web"
        if not (WEB / "node_modules").is_dir():
            subprocess.run([npm, "ci"], cwd=WEB, check=True)
        subprocess.run([npm, "run", "build"], cwd=WEB, check=True)
    return dist


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser process for all tests. What is expected may take long: the machine does other things, too."""
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """A real gateway with the stand-in for the dialogue engine, for one file of tests."""
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        running.add_accounts({login: (name, "counsellor") for login, name in COUNSELLORS.items()})
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (separate people); a script error on any of their pages fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: object) -> BrowserContext:
        given: dict[str, object] = {"locale": "zh-TW", "viewport": {"width": 1100, "height": 800}, **options}
        context = browser.new_context(**given)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not errors, f"scripts failed on the page: {errors}"


@pytest.fixture
def chat(stack: Stack, new_context: Callable[..., BrowserContext]) -> Callable[..., ChatPage]:
    """Opens the chat as a new person: `chat(locale="en-US")`."""

    def open_chat(**options: object) -> ChatPage:
        page = ChatPage(new_context(**options).new_page(), stack.url)
        page.open()
        return page

    return open_chat


@pytest.fixture
def console(stack: Stack, new_context: Callable[..., BrowserContext]) -> Callable[..., ConsolePage]:
    """Opens the console and signs in: `console("lin")`."""

    def open_console(login: str | None = "lin", **options: object) -> ConsolePage:
        page = ConsolePage(new_context(**options).new_page(), stack.url)
        page.open()
        if login:
            page.sign_in(login)
        return page

    return open_console
