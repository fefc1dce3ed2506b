"""Whole journeys with everything real: browser, gateway, Rasa with the trained model, action server, two people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.model]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """Everything as `make up` runs it, with its own data."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")
    running = Stack(tmp_path_factory.mktemp("real"), real_dialogue=True)
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        running.add_account("lin", "林小姐")
        running.start()
        yield running
    finally:
        running.stop()


def test_zh_from_the_first_question_to_a_counsellor_and_back(chat: Chat, console: Console) -> None:
    jobseeker = chat()
    jobseeker.ask("公司把我資遣了，失業給付一個月可以領多少？")
    answer = jobseeker.of("bot").last
    expect(answer.locator(".body")).to_contain_text("60%")
    expect(answer.locator(".sources")).to_contain_text("就業保險法")
    jobseeker.ask("那可以領多久")
    expect(jobseeker.of("bot").last.locator(".body")).to_contain_text("個月")
    jobseeker.page.reload()
    expect(jobseeker.of("bot")).to_have_count(3)
    jobseeker.write("我想找真人")
    expect(jobseeker.person).to_have_text("已在排隊等真人")

    counsellor = console("lin")
    counsellor.take("我想找真人")
    assert counsellor.texts("jobseeker") == ["公司把我資遣了，失業給付一個月可以領多少？", "那可以領多久", "我想找真人"]
    expect(counsellor.open_case.locator(".tag", has_text="ui_amount").first).to_be_visible()
    counsellor.reply("您好，我是林小姐。")
    expect(jobseeker.of("counsellor").last).to_contain_text("您好，我是林小姐。")
    bots = jobseeker.of("bot").count()
    jobseeker.write("失業給付要帶什麼文件")
    expect(counsellor.lines("jobseeker").last).to_contain_text("要帶什麼文件")
    jobseeker.page.wait_for_timeout(2_000)
    assert jobseeker.of("bot").count() == bots
    counsellor.give_back()
    expect(jobseeker.subtitle).to_have_text("自動程式，不是真人")
    jobseeker.ask("失業給付要帶什麼文件")
    expect(jobseeker.of("bot").last.locator(".sources")).to_be_visible()
    jobseeker.expect_consistent()


def test_en_by_buttons_and_by_words(chat: Chat) -> None:
    jobseeker = chat(locale="en-US")
    jobseeker.button("How much is it?").click()
    expect(jobseeker.of("bot")).to_have_count(2)
    expect(jobseeker.of("bot").last.locator(".body")).to_contain_text("60%")
    jobseeker.ask("how long will they pay me")
    expect(jobseeker.of("bot").last.locator(".body")).to_contain_text("months")
    expect(jobseeker.of("bot").last.locator(".body")).to_have_attribute("lang", "en")
    jobseeker.chat.get_by_role("button", name="繁體中文").click()
    expect(jobseeker.person).to_have_text("找真人")
    expect(jobseeker.of("bot")).to_have_count(4)
    jobseeker.ask("how long will they pay me")  # the choice sticks
    expect(jobseeker.of("bot").last.locator(".body")).to_have_attribute("lang", "zh-Hant-TW")
    jobseeker.expect_consistent()


def test_odd_input_gets_a_kind_answer(chat: Chat) -> None:
    jobseeker = chat()
    for text in ("😀😀😀", "asdfghjkl", "<script>alert(1)</script>", "/nonsense", "。"):
        before = jobseeker.of("bot").count()
        jobseeker.write(text)
        expect(jobseeker.chat.locator(".message.pending")).to_have_count(0)
        expect(jobseeker.of("bot").nth(before)).to_be_visible()
    jobseeker.expect_consistent()


def test_the_gateway_and_the_engine_are_killed_with_a_question_on_its_way(chat: Chat, stack: Stack) -> None:
    jobseeker = chat()
    jobseeker.ask("失業給付可以領多久")
    rasa = stack.others[0]
    rasa.kill()
    rasa.wait(timeout=30)
    jobseeker.write("失業給付可以領多少")
    expect(jobseeker.chat.locator(".message.pending")).to_have_count(0)
    stack.kill_gateway()
    stack.start_dialogue()
    stack.start_gateway()
    expect(jobseeker.of("bot")).to_have_count(3, timeout=60_000)
    expect(jobseeker.of("bot").last.locator(".body")).to_contain_text("60%")
    jobseeker.page.wait_for_timeout(1_500)
    jobseeker.expect_consistent()
    assert jobseeker.of("bot").count() == 3
