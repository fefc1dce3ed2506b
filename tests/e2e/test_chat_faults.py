"""What goes wrong around a chat: reloads, a killed gateway, no network, lost answers. Nothing may be lost or said twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
MESSAGES = "**/api/v1/conversations/*/messages"


@pytest.fixture(autouse=True)
def running_gateway(stack: Stack) -> Iterator[None]:
    """A test that failed while the gateway was down must not take the others along."""
    yield
    if stack.gateway is None:
        stack.start_gateway()
    stack.control(b'{"mode": "answer", "delay_seconds": 0}')


def stored(stack: Stack, page: ChatPage) -> list[str]:
    """The person's messages as the database has them, in order."""
    rows = stack.rows("SELECT text FROM inbox WHERE conversation_id = ? ORDER BY seq", page.conversation()["id"])
    return [str(row[0]) for row in rows]


def answered(stack: Stack, page: ChatPage) -> list[int]:
    """How many replies each of the person's messages got."""
    query = """SELECT count(outbox.id) FROM inbox LEFT JOIN outbox ON outbox.inbox_id = inbox.id
               WHERE inbox.conversation_id = ? GROUP BY inbox.id ORDER BY inbox.seq"""
    return [int(str(row[0])) for row in stack.rows(query, page.conversation()["id"])]


def test_a_reload_in_the_middle_shows_the_same_conversation(chat: Chat) -> None:
    page = chat()
    page.ask("領多少")
    page.ask("領多久")
    before = page.messages()
    assert len(before) == 5
    for _ in range(2):
        page.page.reload()
        expect(page.of("bot")).to_have_count(3)
        page.expect_consistent()
        assert page.messages() == before


def test_a_reload_while_the_answer_is_on_its_way(chat: Chat, stack: Stack) -> None:
    page = chat()
    stack.control(b'{"mode": "answer", "delay_seconds": 1.5}')
    page.write("領多少")
    expect(page.chat.locator(".waiting")).to_be_visible()
    page.page.reload()
    expect(page.chat.locator(".waiting")).to_be_visible()  # it is known that an answer is owed
    expect(page.of("bot")).to_have_count(2)
    expect(page.chat.locator(".waiting")).to_be_hidden()
    page.expect_consistent()
    assert page.own_texts() == ["領多少"]


def test_the_gateway_is_killed_and_restarted_under_an_open_page(chat: Chat, stack: Stack) -> None:
    page = chat()
    page.ask("領多少")
    stack.kill_gateway()
    expect(page.banner).to_be_visible()
    expect(page.banner).to_contain_text("連")
    page.write("領多久")
    page.write("要什麼資格")
    expect(page.chat.locator(".message.pending")).to_have_count(2)
    expect(page.chat.locator(".delivery").first).to_have_text("還沒送出，連上線後會自動送出")
    page.page.wait_for_timeout(1500)
    stack.start_gateway()
    expect(page.of("bot")).to_have_count(4, timeout=40_000)
    expect(page.banner).to_be_hidden(timeout=15_000)
    page.expect_consistent()
    assert page.own_texts() == ["領多少", "領多久", "要什麼資格"] == stored(stack, page)
    assert answered(stack, page) == [1, 1, 1]


def test_the_gateway_is_killed_with_the_message_in_hand(chat: Chat, stack: Stack) -> None:
    page = chat()
    stack.control(b'{"mode": "answer", "delay_seconds": 3}')
    page.write("領多少")
    expect(page.chat.locator(".waiting")).to_be_visible()
    expect(page.chat.locator(".message.pending")).to_have_count(0)  # it has been taken, the answer has not been given
    stack.kill_gateway()
    stack.control(b'{"mode": "answer", "delay_seconds": 0}')
    stack.start_gateway()
    expect(page.of("bot")).to_have_count(2, timeout=40_000)
    page.page.wait_for_timeout(1500)
    page.expect_consistent()
    assert page.own_texts() == ["領多少"] == stored(stack, page)
    assert answered(stack, page) == [1]


def test_what_is_written_offline_is_delivered_once(chat: Chat, stack: Stack) -> None:
    page = chat(locale="en-US")
    page.ask("how much")
    page.page.context.set_offline(True)
    expect(page.banner).to_contain_text("You are offline")
    expect(page.banner.locator("a[href='tel:0800777888']")).to_be_visible()
    page.write("how long")
    expect(page.chat.locator(".delivery")).to_have_text("Not sent yet. It is sent as soon as you are connected.")
    page.page.context.set_offline(False)
    expect(page.of("bot")).to_have_count(3)
    expect(page.banner).to_be_hidden(timeout=15_000)
    page.expect_consistent()
    assert page.own_texts() == ["how much", "how long"] == stored(stack, page)
    assert answered(stack, page) == [1, 1]


def test_what_was_not_sent_survives_closing_the_page(chat: Chat, stack: Stack) -> None:
    page = chat()
    stack.kill_gateway()
    page.write("領多少")
    expect(page.chat.locator(".message.pending")).to_have_count(1)
    context = page.page.context
    page.page.close()
    stack.start_gateway()
    again = ChatPage(context.new_page(), stack.url)
    again.open()
    expect(again.of("bot")).to_have_count(2)
    again.expect_consistent()
    assert again.own_texts() == ["領多少"] == stored(stack, again)


def test_two_tabs_with_one_queue_deliver_once(chat: Chat, stack: Stack) -> None:
    one = chat()
    two = ChatPage(one.page.context.new_page(), one.url)
    two.open()
    one.page.context.set_offline(True)
    one.write("from one")
    two.write("from two")
    expect(one.chat.locator(".message.pending")).to_have_count(2)
    expect(two.chat.locator(".message.pending")).to_have_count(2)
    one.page.context.set_offline(False)
    for page in (one, two):
        expect(page.of("bot")).to_have_count(3)
        page.expect_consistent()
        assert page.own_texts() == ["from one", "from two"] == stored(stack, page)
    assert answered(stack, one) == [1, 1]


@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_is_lost_on_the_way_back_does_not_double_the_message(
    chat: Chat, stack: Stack, times: int
) -> None:
    page = chat()
    lost: list[str] = []

    def lose(route: Route) -> None:
        if len(lost) >= times:
            return route.continue_()
        lost.append(str(route.request.post_data))
        route.fetch()  # the server has it …
        return route.abort()  # … and the page never hears

    page.page.route(MESSAGES, lose)
    page.write("領多少")
    expect(page.of("bot")).to_have_count(2)
    expect(page.chat.locator(".message.pending")).to_have_count(0, timeout=20_000)
    assert lost, "the answer was not lost"
    page.page.wait_for_timeout(500)
    page.expect_consistent()
    assert page.own_texts() == ["領多少"] == stored(stack, page)
    assert answered(stack, page) == [1]


def test_refusals_that_pass_are_waited_out(chat: Chat, stack: Stack) -> None:
    page = chat()
    answers = [(503, {}), (429, {"Retry-After": "1"}), (502, {})]
    seen: list[int] = []

    def refuse(route: Route) -> None:
        if len(seen) >= len(answers):
            return route.continue_()
        status, headers = answers[len(seen)]
        seen.append(status)
        body = (
            json.dumps({"error": {"code": "JS-IN-004", "message": {"zh": "…", "en": "…"}}})
            if status != 502
            else "<html>Bad Gateway</html>"
        )
        return route.fulfill(status=status, headers=headers, body=body)

    page.page.route(MESSAGES, refuse)
    page.write("領多少")
    expect(page.banner).to_contain_text("送得太快了")
    expect(page.of("bot")).to_have_count(2)
    assert seen == [503, 429, 502]
    page.expect_consistent()
    assert stored(stack, page) == ["領多少"]


def test_an_unknown_conversation_starts_a_new_one_and_keeps_what_was_not_sent(chat: Chat, stack: Stack) -> None:
    page = chat()
    page.ask("領多少")
    old = page.conversation()["id"]
    page.page.context.set_offline(True)
    page.write("領多久")
    page.box.fill("half a thou")
    stack.change("UPDATE conversation SET token_hash = 'gone' WHERE id = ?", old)
    page.page.context.set_offline(False)
    expect(page.chat.locator(".notes")).to_contain_text("找不到先前的對話")
    expect(page.of("jobseeker")).to_have_count(1)
    expect(page.of("bot")).to_have_count(2)
    expect(page.box).to_have_value("half a thou")
    page.expect_consistent()
    assert page.conversation()["id"] != old
    assert page.own_texts() == ["領多久"] == stored(stack, page)


def test_an_unknown_conversation_on_the_next_visit(chat: Chat, stack: Stack) -> None:
    page = chat()
    page.ask("領多少")
    old = page.conversation()["id"]
    stack.change("UPDATE conversation SET token_hash = 'gone' WHERE id = ?", old)
    page.page.reload()
    expect(page.chat.locator(".notes")).to_contain_text("找不到先前的對話")
    expect(page.of("bot")).to_have_count(1)
    expect(page.of("jobseeker")).to_have_count(0)
    assert page.conversation()["id"] != old


def test_a_strange_404_in_between_does_not_cost_the_conversation(chat: Chat) -> None:
    page = chat()
    page.ask("領多少")
    old = page.conversation()["id"]
    seen: list[int] = []

    def wrong(route: Route) -> None:
        if len(seen) >= 2:
            return route.continue_()
        seen.append(404)
        return route.fulfill(status=404, body="<html>captive portal</html>")

    page.page.route(MESSAGES, wrong)
    page.ask("領多久")
    assert len(seen) == 2
    assert page.conversation()["id"] == old
    page.expect_consistent()


def test_the_first_visit_while_the_service_is_down(stack: Stack, new_context: Callable[..., BrowserContext]) -> None:
    tab = new_context(locale="zh-TW").new_page()
    page = ChatPage(tab, stack.url)
    calls = _refuse_api(tab)
    tab.goto(stack.url + "/")
    expect(page.chat.locator(".notice")).to_contain_text("電腦程式，不是真人")
    page.write("領多少")
    expect(page.banner).to_contain_text("現在連不上服務")
    expect(page.banner.locator("a[href='tel:0800777888']")).to_be_visible()
    assert calls, "the API was not asked"
    tab.unroute("**/api/v1/**")
    expect(page.of("bot")).to_have_count(2, timeout=40_000)
    expect(page.banner).to_be_hidden(timeout=15_000)
    page.expect_consistent()
    assert page.own_texts() == ["領多少"]


def test_an_engine_that_is_down_still_ends_in_an_answer(chat: Chat, stack: Stack) -> None:
    page = chat()
    stack.control(b'{"mode": "fail"}')
    page.write("領多少")
    expect(page.chat.locator(".waiting")).to_contain_text("程式正在準備回答")
    time.sleep(1)
    stack.control(b'{"mode": "answer"}')
    expect(page.of("bot")).to_have_count(2, timeout=40_000)
    page.expect_consistent()
    assert answered(stack, page) == [1]


def _refuse_api(tab: Page) -> list[str]:
    calls: list[str] = []

    def refuse(route: Route) -> None:
        calls.append(route.request.url)
        route.abort("connectionrefused")

    tab.route("**/api/v1/**", refuse)
    return calls
