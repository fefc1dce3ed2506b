"""A case through a counsellor's hands in a real browser: handed over, let pass, wrapped up and rated, in two tabs, without network, very long, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR, keep_open
from tests.e2e.stack import PASSWORD, Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console import wait_for_a_person
from tests.e2e.test_console_api import client, jobseeker_waits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
SLOW = 30_000
LINES = 5_000
PAGE = 300


@pytest.fixture(scope="module", autouse=True)
def opened(stack: Stack) -> None:
    """Open, whatever the day."""
    stack.add_account(SUPERVISOR, "主任", "supervisor")
    keep_open(stack)


def tool(desk: ConsolePage, name: str) -> None:
    """Press a tool's own button."""
    desk.open_case.locator(f".tool.{name} button[type=submit]").click()


def test_a_case_is_handed_to_a_colleague_who_lets_it_pass_and_to_an_office(
    chat: Chat, console: Console, stack: Stack
) -> None:
    lin, chen = console("lin"), console("chen")
    chen.page.locator("#presence").select_option("online")
    person, words = wait_for_a_person(chat)
    lin.take(words)
    number = lin.case_number()
    lin.open_tool("transfer")
    target = lin.open_case.locator("select[name=target]")
    expect(target.locator("option", has_text="陳先生")).to_have_count(1, timeout=SLOW)
    expect(target.locator("option", has_text="林小姐")).to_have_count(0)  # not to oneself
    colleague = target.locator("option", has_text="陳先生（在線")
    target.select_option(str(colleague.get_attribute("value")))
    lin.open_case.locator("textarea[name=transfer-note]").fill("他想談資遣費")
    tool(lin, "transfer")
    expect(lin.box).to_be_hidden(timeout=SLOW)
    expect(person.of("system").last).to_contain_text("已轉給另一位輔導員", timeout=SLOW)

    offered = chen.waiting(words)
    expect(offered.locator(".tag", has_text="指派給您")).to_be_visible(timeout=SLOW)
    offered.click()
    expect(chen.open_case.locator(".masked")).to_have_count(0)  # whom it is offered to sees it whole
    chen.open_tool("notes")
    expect(chen.open_case.locator(".notes li").first).to_contain_text("他想談資遣費", timeout=SLOW)
    boss = client(stack, SUPERVISOR)  # somebody else who could take it
    assert boss.call("PUT", "/presence", {"state": "online"}).status == 204
    chen.open_case.get_by_role("button", name="這次不接").click()
    expect(chen.waiting(words).locator(".tag", has_text="指派給您")).to_have_count(0, timeout=SLOW)
    expect(chen.open_case.get_by_role("button", name="這次不接")).to_be_hidden(timeout=SLOW)
    assert boss.call("PUT", "/presence", {"state": "offline"}).status == 204
    assert stack.rows("SELECT state FROM handoff_case WHERE id = ?", number) == [("waiting",)]

    chen.claim()  # whoever let it pass may still take it
    expect(chen.box).to_be_visible(timeout=SLOW)
    chen.open_tool("transfer")
    target = chen.open_case.locator("select[name=target]")
    expect(target.locator("option[value='office:national']")).to_have_count(1, timeout=SLOW)
    target.select_option("office:national")
    tool(chen, "transfer")
    expect(person.of("system").last).to_contain_text("已轉給線上就業諮詢", timeout=SLOW)
    expect(lin.waiting(words)).to_be_visible(timeout=SLOW)
    assert stack.rows("SELECT state, office FROM handoff_case WHERE id = ?", number) == [("waiting", "national")]
    person.expect_consistent()
    chen.page.locator("#presence").select_option("offline")


def test_wrap_up_return_and_the_outcome_question(chat: Chat, console: Console, stack: Stack) -> None:
    desk = console("lin")
    person, words = wait_for_a_person(chat)
    desk.take(words)
    number = desk.case_number()
    desk.reply("請帶離職證明來。")
    expect(person.of("counsellor")).to_have_count(1, timeout=SLOW)
    desk.open_tool("wrapUp")
    desk.open_case.locator("select[name=outcome]").select_option("referred")
    desk.open_case.locator("textarea[name=outcome-text]").fill("轉給勞工局")
    tool(desk, "wrapUp")
    expect(desk.open_case.locator(".wrapping")).to_contain_text("您已結束對話", timeout=SLOW)
    expect(desk.box).to_be_hidden()
    before = person.of("bot").count()
    desk.give_back()
    asked = person.chat.locator(".choice", has_text="4").last
    expect(asked).to_be_visible(timeout=SLOW)
    expect(person.chat).to_contain_text("輔導員已經離開。我是程式")
    asked.click()
    more = person.chat.locator(".choice", has_text="補充一句話").last
    expect(more).to_be_visible(timeout=SLOW)
    more.click()
    expect(person.chat).to_contain_text("下一則訊息會和評分放在一起", timeout=SLOW)
    person.write("等太久，不過有幫上忙")
    expect(person.chat).to_contain_text("謝謝您，收到了", timeout=SLOW)
    kept = "SELECT state, outcome, rating, rating_text FROM handoff_case WHERE id = ?"
    assert stack.rows(kept, number) == [("closed", "referred", 4, "等太久，不過有幫上忙")]
    person.write("領多少")
    expect(person.of("bot").last).to_contain_text("60%", timeout=SLOW)
    assert person.of("bot").count() > before
    assert "轉給勞工局" not in (person.chat.text_content() or "")
    person.expect_consistent()


def test_two_tabs_of_one_counsellor_are_one_counsellor(chat: Chat, console: Console, stack: Stack) -> None:
    one = console("lin")
    person, words = wait_for_a_person(chat)
    two = ConsolePage(one.page.context.new_page(), one.url)
    two.open()
    expect(two.status).to_have_attribute("data-state", "open")
    two.look_at(words)
    one.take(words)
    expect(two.box).to_be_visible(timeout=SLOW)  # taken in one is taken in both
    two.box.fill("還沒寫完")
    one.page.context.set_offline(True)
    one.reply("一")
    two.reply("二")
    one.page.context.set_offline(False)
    expect(person.of("counsellor")).to_have_count(2, timeout=SLOW)
    for tab in (one, two):
        expect(tab.lines("counsellor")).to_have_count(2, timeout=SLOW)
        expect(tab.open_case.locator(".pending")).to_have_count(0, timeout=SLOW)
    assert sorted(one.texts("counsellor")) == sorted(two.texts("counsellor")) == ["一", "二"]
    one.open_tool("tags")
    one.open_case.locator("input[name=tags]").fill("兩個分頁")
    tool(one, "tags")
    expect(two.mine.locator(".tag", has_text="兩個分頁")).to_be_visible(timeout=SLOW)
    two.open_tool("wrapUp")
    tool(two, "wrapUp")
    expect(one.open_case.locator(".resume")).to_be_visible(timeout=SLOW)
    one.give_back()
    expect(two.open_case).to_contain_text("這個案件已經交回程式。", timeout=SLOW)
    person.expect_consistent()


def test_without_network_for_a_while_nothing_is_lost_and_nothing_doubled(
    chat: Chat, console: Console, stack: Stack
) -> None:
    desk = console("lin")
    person, words = wait_for_a_person(chat)
    desk.take(words)
    for away in range(2):  # it goes twice, and comes back in the middle of what waits
        desk.page.context.set_offline(True)
        expect(desk.status).to_contain_text("連線中斷")
        for number in range(3):
            desk.reply(f"離線回覆 {away}{number}")
            person.write(f"我還在 {away}{number}")
        expect(desk.open_case.locator(".pending")).to_have_count(3)
        if away == 0:
            desk.open_tool("notes")
        desk.open_case.locator("textarea[name=note]").fill(f"離線備註 {away}")
        tool(desk, "notes")
        expect(desk.open_case.locator(".tool.notes .told")).to_contain_text("連不上", timeout=SLOW)
        expect(desk.open_case.locator("textarea[name=note]")).to_have_value(f"離線備註 {away}")
        desk.page.context.set_offline(False)
        expect(desk.open_case.locator(".pending")).to_have_count(0, timeout=SLOW)
        tool(desk, "notes")
        expect(desk.open_case.locator(".notes li")).to_have_count(away + 1, timeout=SLOW)
    expect(person.of("counsellor")).to_have_count(6, timeout=SLOW)
    wanted = [f"離線回覆 {away}{number}" for away in range(2) for number in range(3)]
    expect(desk.lines("jobseeker").last).to_contain_text("我還在 12", timeout=SLOW)
    assert desk.texts("counsellor") == wanted
    assert [text for text in desk.texts("jobseeker") if text.startswith("我還在")] == [
        f"我還在 {away}{number}" for away in range(2) for number in range(3)
    ]
    assert [text.strip() for text in person.of("counsellor").locator(".body").all_text_contents()] == wanted
    person.expect_consistent()
    desk.give_back()


def test_a_transcript_of_five_thousand_lines_opens_at_its_end_and_is_read_in_pages(
    console: Console, stack: Stack
) -> None:
    case = jobseeker_waits(stack)
    [(conversation, begin)] = stack.rows(
        "SELECT c.id, c.next_seq FROM conversation c JOIN handoff_case h ON h.conversation_id = c.id WHERE h.id = ?",
        case,
    )
    stack.change(
        "INSERT INTO inbox (conversation_id, channel, event_id, seq, text, command, state, attempts, due_at, last_error, received_at)"
        " SELECT ?, 'web', 'long' || n, ? + n, '第 ' || n || ' 句', '', 'done', 0, '2026-11-23 01:00:00', '', '2026-11-23 01:00:00' FROM"
        " (WITH RECURSIVE line(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM line WHERE n < ? - 1) SELECT n FROM line)",
        conversation, begin, LINES,
    )  # fmt: skip
    stack.change("UPDATE conversation SET next_seq = ? WHERE id = ?", int(str(begin)) + LINES, conversation)
    desk = console("lin")
    sizes: list[int] = []

    def look(answer: Response) -> None:
        if f"/cases/{case}" in answer.url and answer.request.method == "GET" and "suggestions" not in answer.url:
            sizes.append(len(answer.json()["transcript"]))

    desk.page.on("response", look)
    desk.queue.filter(has_text=f"案件 {case}").first.click()
    lines = desk.open_case.locator(".transcript > .line")
    expect(lines).to_have_count(PAGE, timeout=SLOW)
    expect(lines.last).to_contain_text(f"第 {LINES - 1} 句")
    expect(lines.last).to_be_in_viewport()
    for page in (2, 3):
        first = str(lines.first.get_attribute("data-seq"))
        desk.open_case.get_by_role("button", name="載入更早的對話").click()
        expect(lines).to_have_count(PAGE * page, timeout=SLOW)
        expect(
            desk.open_case.locator(f".line[data-seq='{first}']")
        ).to_be_in_viewport()  # what was read stays where it is
        expect(desk.open_case.locator(".transcript")).to_be_focused()
    seqs = [int(each) for each in lines.evaluate_all("all => all.map(each => each.dataset.seq)")]
    assert seqs == list(range(seqs[0], seqs[0] + 3 * PAGE)), "a line is missing, twice, or out of order"
    assert sizes == [PAGE] * 3, "more than one page was asked for at once"
    desk.claim()
    expect(desk.box).to_be_visible(timeout=SLOW)
    desk.reply("看完了")
    expect(lines.last).to_contain_text("看完了", timeout=SLOW)
    expect(lines.last).to_be_in_viewport()
    desk.give_back()


def tab_to(page: Page, selector: str, most: int = 90) -> None:
    """Go to it with Tab; whatever has the focus on the way can be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found, ring, what = page.evaluate(
            "wanted => { const n = document.activeElement; const s = getComputedStyle(n);"
            " return [n.matches(wanted), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, n.outerHTML.slice(0, 120)]; }",
            selector,
        )
        assert ring or what.startswith("<body"), f"the focus cannot be seen on {what}"
        if found:
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_a_whole_case_by_keyboard_alone(chat: Chat, console: Console, stack: Stack) -> None:
    """Sign in, case, claim, answer, canned replies, note, tags, wrap-up, return, call-backs and back: no mouse."""
    person, words = wait_for_a_person(chat)
    [(case,)] = stack.rows("SELECT max(id) FROM handoff_case")
    desk = console(None)
    page, keys = desk.page, desk.page.keyboard
    expect(page.locator("#login")).to_be_focused()
    keys.type("lin")
    tab_to(page, "#password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(desk.status).to_have_attribute("data-state", "open")
    expect(page.locator("#queue-heading")).to_be_focused()
    expect(desk.waiting(words)).to_be_visible(timeout=SLOW)
    for _ in range(90):  # through the queue to this person's case
        tab_to(page, ".case")
        if words in (page.evaluate("document.activeElement.textContent") or ""):
            break
    keys.press("Enter")
    expect(page.locator("#case-heading")).to_be_focused(timeout=SLOW)
    tab_to(page, ".bar .strong")
    keys.press("Enter")
    expect(desk.box).to_be_focused(timeout=SLOW)
    keys.type("Hello / 您好")
    keys.press("Enter")
    expect(person.of("counsellor")).to_have_count(1, timeout=SLOW)

    page.locator("#case-heading").evaluate("node => node.focus()")
    tab_to(page, ".tool.canned > summary")
    keys.press("Enter")
    tab_to(page, "select[name=canned-variety]")
    tab_to(page, ".tool.notes > summary")
    keys.press("Enter")
    tab_to(page, "textarea[name=note]")
    keys.type("keyboard only")
    tab_to(page, ".tool.notes button[type=submit]")
    keys.press("Enter")
    expect(desk.open_case.locator(".notes li", has_text="keyboard only")).to_be_visible(timeout=SLOW)
    tab_to(page, ".tool.tags > summary")
    keys.press("Enter")
    tab_to(page, "input[name=tags]")
    keys.type("keys")
    keys.press("Enter")
    expect(desk.mine.filter(has_text=words).locator(".tag")).to_have_text(["keys"], timeout=SLOW)
    tab_to(page, ".tool.wrapUp > summary")
    keys.press("Enter")
    tab_to(page, "select[name=outcome]")
    keys.press("ArrowDown")
    tab_to(page, ".tool.wrapUp button[type=submit]")
    keys.press("Enter")
    expect(desk.open_case.locator(".resume")).to_be_visible(timeout=SLOW)
    page.locator("#case-heading").evaluate("node => node.focus()")
    tab_to(page, ".head .plain")
    keys.press("Enter")
    expect(desk.open_case.locator(".reply .sure .strong")).to_be_focused()
    keys.press("Enter")
    expect(desk.open_case).to_contain_text(re.compile("已經交回程式|returned to the program"), timeout=SLOW)
    assert stack.rows("SELECT state, outcome FROM handoff_case WHERE id = ?", case) == [("closed", "referred")]

    page.locator("#queue-heading").evaluate("node => node.focus()")
    for _ in range(40):  # the menu stands before the queue
        keys.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.menu .pageCallbacks')"):
            break
    keys.press("Enter")
    expect(page.locator("#page-heading")).to_be_focused(timeout=SLOW)
    tab_to(page, ".figures button")
    keys.press("Enter")
    expect(page.locator("#queue-heading")).to_be_focused()


@pytest.mark.parametrize(("locale", "scheme"), [("zh-TW", "dark"), ("en-US", "light")])
def test_axe_finds_nothing_with_every_tool_and_question_open(
    chat: Chat, console: Console, locale: str, scheme: str
) -> None:
    desk = console("lin", locale=locale, color_scheme=scheme, viewport={"width": 360, "height": 740})
    person, words = wait_for_a_person(chat)
    desk.page.locator(".filters > summary").click()
    assert_no_violations(desk.page)
    desk.take(words)
    names = ["suggestions", "canned", "notes", "tags", "transfer", "wrapUp"]
    for name in names:
        desk.open_tool(name)
        expect(desk.open_case.locator(f".tool.{name}")).to_have_attribute("open", "")
    expect(desk.open_case.locator("select[name=target] option").first).to_be_attached(timeout=SLOW)
    assert_no_violations(desk.page)
    assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    desk.page.context.set_offline(True)
    desk.reply("還沒送出")
    expect(desk.open_case.locator(".pending")).to_be_visible()
    desk.page.get_by_role("button", name=re.compile("^(登出|Sign out)$")).click()
    question = desk.page.locator("body > .sure")
    expect(question.locator("button").last).to_be_focused()
    desk.open_case.locator(".head .plain:not(.back)").click()
    expect(desk.open_case.locator(".reply .sure")).to_be_visible()
    assert_no_violations(desk.page)
    question.locator("button").last.click()
    desk.page.context.set_offline(False)
    expect(person.of("counsellor")).to_have_count(1, timeout=SLOW)
    desk.open_case.locator(".reply .sure .strong").click()
    expect(desk.box).to_be_hidden(timeout=SLOW)


def test_a_supervisor_hands_over_what_somebody_else_has(chat: Chat, console: Console, stack: Stack) -> None:
    desk = console("lin")
    _, words = wait_for_a_person(chat)
    desk.take(words)
    number = desk.case_number()
    [(chen,)] = stack.rows("SELECT id FROM account WHERE login = 'chen'")
    assert client(stack, "chen").call("POST", f"/cases/{number}/transfer", {"to_account": chen}).status == 403
    assert client(stack, SUPERVISOR).call("POST", f"/cases/{number}/transfer", {"to_account": chen}).status == 200
    expect(desk.box).to_be_hidden(timeout=SLOW)
    expect(desk.mine.filter(has_text=words)).to_have_count(0, timeout=SLOW)
