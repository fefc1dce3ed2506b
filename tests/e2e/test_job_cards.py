"""Vacancies, profile and résumé in the browser with everything real: cards, reasons, buttons, comparison, upload, on a narrow phone, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.stack import ROOT, Stack, load_sample_vacancies
from tests.e2e.test_accessibility import assert_no_violations

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.model]
Chat = Callable[..., ChatPage]
PHONE = {"width": 360, "height": 740}
RESUME = "姓名：略\n工作經歷\n2018/03 - 2023/06 倉管人員 某某物流\n技能：堆高機操作、盤點、Excel\n證照：堆高機操作技術士\n語言：日文 N3\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """Everything as `make up` runs it, with the sample vacancies."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    running = Stack(tmp_path_factory.mktemp("jobs"), real_dialogue=True)
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        load_sample_vacancies(running)
        running.start()
        yield running
    finally:
        running.stop()


def cards(page: ChatPage, kind: str) -> Locator:
    """The cards of the newest reply."""
    return page.of("bot").last.locator(f".card.{kind}")


def press(page: ChatPage, card: Locator, payload_title: str) -> None:
    """Press a card's button and wait for the reply."""
    before = page.of("bot").count()
    card.locator(".choice", has_text=payload_title).first.click()
    expect(page.of("bot")).to_have_count(before + 1)


@pytest.mark.parametrize(
    ("locale", "wish", "why", "save"),
    [
        ("zh-TW", "我想在桃園找堆高機的工作", "為什麼", "存"),
        ("en-US", "find me a forklift job in Taoyuan", "Why", "Save"),
    ],
)
def test_vacancies_are_shown_explained_saved_and_compared(
    chat: Chat, locale: str, wish: str, why: str, save: str
) -> None:
    page = chat(locale=locale, viewport=PHONE)
    page.ask(wish)
    shown = cards(page, "vacancy")
    expect(shown.first).to_be_visible()
    assert shown.count() >= 2
    first = shown.first
    expect(first.locator("dl > div").first).to_be_visible()
    expect(first.locator(".bar")).to_have_attribute("aria-hidden", "true")
    reasons = first.locator(".why li")
    assert reasons.count() >= 1, "the bar has no words beside it"
    assert_no_violations(page.page)
    overflow = page.page.evaluate(
        "() => { const log = document.querySelector('job-chat').shadowRoot.querySelector('.scroller');"
        " return log.scrollWidth - log.clientWidth; }"
    )
    assert overflow <= 0, "the cards are wider than the phone"
    listed = page.of("bot").last
    second = listed.locator(".card.vacancy").nth(1)
    handle_first, handle_second = first.element_handle(), second.element_handle()
    for handle in (handle_first, handle_second):
        assert handle is not None
        before = page.of("bot").count()
        [button] = [one for one in handle.query_selector_all(".choice") if save in (one.text_content() or "")][:1]
        button.click()
        expect(page.of("bot")).to_have_count(before + 1)
    page.ask("/compare")
    table = page.of("bot").last.locator("table")
    expect(table.locator("thead th")).to_have_count(2)
    assert table.locator("tbody th").count() >= 5
    assert_no_violations(page.page)
    assert handle_first is not None
    before = page.of("bot").count()
    [button] = [one for one in handle_first.query_selector_all(".choice") if why in (one.text_content() or "")][:1]
    button.click()
    expect(page.of("bot")).to_have_count(before + 1)
    assert page.of("bot").last.locator(".why li").count() >= 5
    page.expect_consistent()


def test_not_for_me_hides_it_and_the_reason_counts(chat: Chat) -> None:
    page = chat(locale="zh-TW", viewport=PHONE)
    page.ask("我想在桃園找堆高機的工作")
    shown = cards(page, "vacancy")
    expect(shown.first).to_be_visible()
    lines = shown.first.inner_text().splitlines()
    employer, place = lines[lines.index("雇主") + 1], lines[lines.index("地點") + 1]
    assert employer
    assert place
    press(page, shown.first, "不適合我")
    asked = page.of("bot").last
    expect(asked).to_contain_text("為什麼")
    before = page.of("bot").count()
    asked.locator(".choice", has_text="太遠").first.click()
    expect(page.of("bot")).to_have_count(before + 1)
    expect(page.of("bot").last).to_contain_text("您說過不適合您")
    assert not any(employer in text and place in text for text in cards(page, "vacancy").all_inner_texts())
    page.ask("不要大夜班")
    expect(page.of("bot").last).to_contain_text("桃園")
    assert_no_violations(page.page)


def test_a_resume_is_handed_in_shown_and_kept_only_after_yes(chat: Chat, stack: Stack) -> None:
    page = chat(viewport=PHONE)
    attach = page.chat.locator("input[type=file]")
    attach.set_input_files({"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    expect(page.chat.locator(".upload-state.problem")).to_contain_text("PDF")
    before = page.of("bot").count()
    profiles = stack.rows("SELECT count(*) FROM profile")
    attach.set_input_files({"name": "履歷.txt", "mimeType": "text/plain", "buffer": RESUME.encode()})
    expect(page.of("bot")).to_have_count(before + 1, timeout=60_000)
    expect(page.of("jobseeker").last.locator(".body")).to_contain_text("履歷.txt")
    card = cards(page, "profile")
    expect(card).to_contain_text("堆高機")
    expect(card.locator(".remove").first).to_be_visible()
    assert_no_violations(page.page)
    assert stack.rows("SELECT count(*) FROM profile") == profiles, "kept before the person agreed"
    page.ask("/confirm")
    assert stack.rows("SELECT count(*) FROM profile") != profiles
    page.expect_consistent()
