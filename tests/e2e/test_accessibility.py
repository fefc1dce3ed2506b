"""Can everybody use it: axe on chat and console, 320 px, zoom, dark, reduced motion, target and text sizes, announcements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
SCHEMES = ("light", "dark")
LOCALES = ("zh-TW", "en-US")
LONG = "https://example.org/" + "a" * 200 + " 失業給付" * 40 + " Donaudampfschifffahrtsgesellschaftskapitaen" * 3


def assert_no_violations(page: Page) -> None:
    """No violation that axe calls moderate or worse, and it looked at something."""
    results: dict[str, Any] = Axe().run(page).response
    assert len(results["passes"]) > 15, "axe looked at almost nothing"
    assert any(
        "job-chat" in str(node["target"]) or "html" in str(node["target"])
        for rule in results["passes"]
        for node in rule["nodes"]
    )
    bad = [
        f"{rule['impact']} {rule['id']}: {rule['help']} {[node['target'] for node in rule['nodes']]}"
        for rule in results["violations"]
        if rule["impact"] in ("moderate", "serious", "critical")
    ]
    assert not bad, "\n".join(bad)


def all_kinds_of_messages(page: ChatPage) -> None:
    """Own, bot with details and sources, system, refused, waiting for a person."""
    page.ask("how much 領多少")
    page.chat.locator("summary").last.click()
    page.write("\u200b")
    expect(page.chat.locator(".message.failed")).to_have_count(1)
    page.person.click()
    expect(page.person).to_have_attribute("aria-disabled", "true")
    expect(page.of("bot")).to_have_count(3)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("locale", LOCALES)
def test_axe_finds_nothing_on_the_chat(chat: Chat, scheme: str, locale: str) -> None:
    page = chat(locale=locale, color_scheme=scheme)
    assert_no_violations(page.page)
    all_kinds_of_messages(page)
    assert_no_violations(page.page)
    page.chat.locator(".quiet").click()
    page.page.context.set_offline(True)
    expect(page.banner).to_be_visible()
    page.box.fill("字" * 4_001)
    assert_no_violations(page.page)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_console(chat: Chat, console: Console, scheme: str) -> None:
    page = console(None, color_scheme=scheme)
    expect(page.page.locator("#login")).to_be_visible()
    page.fill_sign_in("lin", "wrong")
    expect(page.page.locator(".problem")).to_contain_text("不正確")
    assert_no_violations(page.page)
    page.sign_in("lin")
    assert_no_violations(page.page)
    words = f"無障礙檢查 {scheme}"
    jobseeker = chat()
    jobseeker.person.click()
    expect(jobseeker.of("bot")).to_have_count(2)
    jobseeker.ask("我不想活了")
    jobseeker.ask(words)
    expect(page.page.locator(".alert")).to_be_visible()
    page.look_at(words)
    assert_no_violations(page.page)
    page.claim()
    page.reply("您好")
    expect(page.lines("counsellor")).to_have_count(1)
    page.page.context.set_offline(True)
    page.reply("離線")
    expect(page.open_case.locator(".pending")).to_be_visible()
    page.open_case.locator(".head .plain:not(.back)").click()
    assert_no_violations(page.page)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_own_and_counsellor_messages_have_contrast(chat: Chat, console: Console, scheme: str) -> None:
    jobseeker = chat(color_scheme=scheme)
    words = f"對比檢查 {scheme}"
    jobseeker.person.click()
    expect(jobseeker.of("bot")).to_have_count(2)
    jobseeker.ask(words)
    counsellor = console("chen")
    counsellor.take(words)
    counsellor.reply("您好")
    expect(jobseeker.of("counsellor")).to_have_count(1)
    expect(jobseeker.of("system")).to_have_count(1)
    assert_no_violations(jobseeker.page)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256), (640, 400), (1280, 720)])
def test_nothing_is_wider_than_the_window(chat: Chat, locale: str, width: int, height: int) -> None:
    """320 x 256 is a 1280 x 1024 screen at 400 %, 640 x 400 one of 1280 x 800 at 200 %."""
    page = chat(locale=locale, viewport={"width": width, "height": height})
    assert page.overflow() <= 0
    all_kinds_of_messages(page)
    page.ask(LONG)
    page.chat.locator(".quiet").click()
    page.page.context.set_offline(True)
    expect(page.banner).to_be_visible()
    page.write("x")
    assert page.overflow() <= 0
    for place in (page.person, page.box, page.chat.locator(".send"), page.chat.locator(".choice").first):
        place.scroll_into_view_if_needed()
        expect(place).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (640, 400)])
def test_the_console_fits_a_narrow_window(chat: Chat, console: Console, width: int, height: int) -> None:
    words = f"窄螢幕 {width}"
    jobseeker = chat()
    jobseeker.person.click()
    expect(jobseeker.of("bot")).to_have_count(2)
    jobseeker.ask(words)
    jobseeker.ask(LONG)
    page = console("lin", viewport={"width": width, "height": height})
    _fits(page.page)
    page.queue.last.click()
    expect(page.open_case).to_be_visible()
    _fits(page.page)
    page.claim()
    expect(page.box).to_be_visible()
    page.reply(LONG)
    expect(page.lines("counsellor")).to_have_count(1)
    _fits(page.page)
    page.page.get_by_role("button", name="回到清單").click()
    expect(page.page.locator("#queue-heading")).to_be_focused()
    _fits(page.page)


def test_targets_are_large_and_text_is_readable(chat: Chat, console: Console) -> None:
    page = chat(viewport={"width": 320, "height": 568})
    all_kinds_of_messages(page)
    sizes = page.page.evaluate(
        """() => { const root = document.querySelector('job-chat').shadowRoot;
          const shown = node => node.getClientRects().length > 0 && !node.closest('.unseen');
          const small = [...root.querySelectorAll('button, textarea, summary')].filter(shown)
            .map(node => [node.textContent, node.getBoundingClientRect().width, node.getBoundingClientRect().height]).filter(([, w, h]) => w < 44 || h < 44);
          const tiny = [...root.querySelectorAll('*')].filter(node => shown(node) && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
            .map(node => [node.textContent.slice(0, 20), parseFloat(getComputedStyle(node).fontSize)]);
          return {small, tiny: tiny.filter(([, size]) => size < 16), texts: tiny.length}; }"""
    )
    assert sizes["texts"] > 20, "almost no text was looked at"
    assert sizes["small"] == []
    assert sizes["tiny"] == []


def test_the_text_follows_the_readers_own_size(chat: Chat) -> None:
    page = chat()
    page.page.add_style_tag(content="html { font-size: 200%; }")
    assert (
        page.page.evaluate(
            "() => getComputedStyle(document.querySelector('job-chat').shadowRoot.querySelector('.body')).fontSize"
        )
        == "32px"
    )
    page.page.add_style_tag(content="html { font-size: 62.5%; }")  # a habit of many embedding sites
    assert (
        page.page.evaluate(
            "() => getComputedStyle(document.querySelector('job-chat').shadowRoot.querySelector('.body')).fontSize"
        )
        == "16px"
    )


def test_nothing_moves_for_who_does_not_want_it(chat: Chat, stack: Any) -> None:
    page = chat(reduced_motion="reduce")
    stack.control(b'{"mode": "answer", "delay_seconds": 1.5}')
    page.write("領多少")
    expect(page.chat.locator(".waiting")).to_be_visible()
    running = page.page.evaluate("() => document.querySelector('job-chat').shadowRoot.getAnimations().length")
    stack.control(b'{"mode": "answer", "delay_seconds": 0}')
    assert running == 0
    expect(page.of("bot")).to_have_count(2)


def test_new_messages_are_announced_and_old_ones_are_not(chat: Chat) -> None:
    page = chat()
    log = page.chat.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    page.ask("領多少")
    page.page.reload()
    at_replay = page.page.evaluate(
        """() => new Promise(done => { const log = document.querySelector('job-chat').shadowRoot.querySelector('[role=log]');
          done([log.querySelectorAll('.message').length, log.getAttribute('aria-live')]); })"""
    )
    assert at_replay[1] == "off" or at_replay[0] == 0 or at_replay == [3, "polite"], at_replay
    expect(page.of("bot")).to_have_count(2)
    expect(log).to_have_attribute("aria-live", "polite")


def test_a_long_answer_is_read_from_its_beginning(chat: Chat) -> None:
    page = chat(viewport={"width": 320, "height": 568}, locale="en-US")
    page.ask("how much")
    expect(page.of("bot").last.locator(".who")).to_be_in_viewport()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures_for_people(chat: Chat, tmp_path: Path, locale: str, scheme: str) -> None:
    """Screenshots to look at (pytest keeps them in its base folder); that they can be made is all that is asserted."""
    for name, width, height in (("narrow", 320, 568), ("wide", 1100, 800)):
        page = chat(locale=locale, color_scheme=scheme, viewport={"width": width, "height": height})
        page.page.screenshot(path=tmp_path / f"{name}-start.png")
        all_kinds_of_messages(page)
        page.page.screenshot(path=tmp_path / f"{name}-used.png")
    assert len(list(tmp_path.glob("*.png"))) == 4


def _fits(page: Page) -> None:
    wider = page.evaluate(
        "() => Math.ceil(Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('body *')].filter(n => !n.closest('.unseen')).map(n => n.getBoundingClientRect().right)) - window.innerWidth)"
    )
    assert wider <= 0
