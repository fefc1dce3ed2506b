"""The hand-off as jobseeker and counsellor live it, side by side in two browsers. The HTTP interface alone is test_console_api.py."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def running_gateway(stack: Stack) -> Iterator[None]:
    """A test that failed while the gateway was down must not take the others along."""
    yield
    if stack.gateway is None:
        stack.start_gateway()


def wait_for_a_person(chat: Chat, **options: object) -> tuple[ChatPage, str]:
    """A jobseeker in the queue, and the last words by which the counsellor finds the case."""
    page = chat(**options)
    words = f"請幫我 {next(_numbers):03d}號"
    page.person.click()
    expect(page.person).to_have_text(re.compile("排隊|Waiting"))
    page.ask(words)
    return page, words


def test_signing_in_and_out(console: Console) -> None:
    page = console(None)
    expect(page.page.locator("#login")).to_be_focused()
    page.fill_sign_in("lin", "wrong password")
    expect(page.page.locator(".problem")).to_have_text("帳號或密碼不正確。")
    expect(page.page.locator("#password")).to_have_value("")
    page.sign_in("lin")
    expect(page.page.locator("header .who")).to_have_text("林小姐")
    page.page.reload()
    expect(page.page.locator("header .who")).to_have_text("林小姐")
    page.page.get_by_role("button", name="登出").click()
    expect(page.page.locator("#login")).to_be_visible()
    page.page.reload()
    expect(page.page.locator("#login")).to_be_visible()


def test_a_hand_off_from_both_sides(chat: Chat, console: Console) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    waiting = counsellor.waiting(words)  # arrives by itself
    expect(waiting).to_contain_text("需要真人")
    expect(waiting).to_contain_text("求職者要求真人")
    expect(waiting).to_contain_text("繁體中文")
    expect(waiting.locator(".time")).to_contain_text("已等")
    first = waiting.locator(".time").text_content()
    expect(waiting.locator(".time")).not_to_have_text(str(first))  # it ticks

    counsellor.look_at(words)
    expect(counsellor.box).to_be_hidden()  # not to be written in before it is taken
    assert counsellor.texts("jobseeker") == ["找真人", words]
    expect(counsellor.lines("bot").first).to_contain_text("自動程式")
    counsellor.claim()
    expect(counsellor.box).to_be_focused()
    expect(counsellor.mine.filter(has_text=words)).to_have_count(1)
    expect(counsellor.waiting(words)).to_have_count(0)

    expect(jobseeker.subtitle).to_have_text("輔導員林小姐正在回覆您")
    expect(jobseeker.of("system").last).to_contain_text("從現在起由真人回答您")
    expect(jobseeker.person).to_have_text("輔導員已接手")

    replies = jobseeker.of("bot").count()
    counsellor.reply("您好，我是林小姐。請說 <b>哪一天</b> 離職？")
    expect(jobseeker.of("counsellor").last.locator(".body")).to_have_text("您好，我是林小姐。請說 <b>哪一天</b> 離職？")
    expect(jobseeker.of("counsellor").last.locator(".who")).to_have_text("輔導員 林小姐")
    jobseeker.write("領多少")  # the program would know an answer, but it is silent now
    expect(counsellor.lines("jobseeker").last).to_contain_text("領多少")
    counsellor.reply("我幫您看。")
    expect(jobseeker.of("counsellor")).to_have_count(2)
    jobseeker.page.wait_for_timeout(1500)
    assert jobseeker.of("bot").count() == replies
    expect(jobseeker.chat.locator(".waiting")).to_be_hidden()

    counsellor.give_back()
    expect(counsellor.open_case).to_contain_text("這個案件已經交回程式。")
    expect(counsellor.box).to_be_hidden()
    expect(jobseeker.subtitle).to_have_text("自動程式，不是真人")
    jobseeker.ask("領多少")
    expect(jobseeker.of("bot").last).to_contain_text("60%")
    jobseeker.expect_consistent()
    jobseeker.page.reload()
    expect(jobseeker.of("counsellor")).to_have_count(2)
    expect(jobseeker.of("counsellor").first.locator(".who")).to_have_text("輔導員 林小姐")  # still known afterwards


def test_the_counsellor_sees_what_the_person_wrote_on_another_channel(chat: Chat, console: Console) -> None:
    """Two pages stand for two channels; what is between them is the person's own /link code."""
    elsewhere = chat()
    elsewhere.ask("可以領多少")
    elsewhere.ask("/link")
    code = re.search(r"/link ([A-Z0-9-]{6,})", elsewhere.of("bot").last.text_content() or "")
    assert code, elsewhere.of("bot").last.text_content()
    jobseeker, words = wait_for_a_person(chat)
    jobseeker.ask(f"/link {code[1]}")
    desk = console()
    desk.waiting(f"/link {code[1]}").or_(desk.waiting(words)).first.click()
    linked = desk.open_case.locator("details.linked")
    expect(linked).to_have_count(1)
    expect(linked.locator("summary")).to_contain_text("網頁")
    expect(linked.locator(".body").first).to_be_hidden()
    linked.locator("summary").click()
    expect(linked.locator(".line.jobseeker .body").first).to_have_text("可以領多少")
    expect(desk.open_case.locator(".transcript .line.jobseeker .body").first).not_to_have_text("可以領多少")


def test_of_two_counsellors_who_press_at_once_one_gets_it(chat: Chat, console: Console, stack: Stack) -> None:
    one, two = console("lin"), console("chen", locale="en-US")
    _, words = wait_for_a_person(chat)
    one.look_at(words)
    two.look_at(words)
    number = str(one.open_case.locator("h2").text_content()).split()[-1]
    held: list[Route] = []
    for page in (one, two):
        page.page.route("**/claim", lambda route: held.append(route))
        page.claim()
    while len(held) < 2:  # both presses are on their way before the server hears of either
        one.page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    for page in (one, two):
        expect(page.open_case.locator(".bar")).to_be_hidden()  # answered, one way or the other
    winner, loser = (one, two) if one.box.is_visible() else (two, one)
    expect(winner.box).to_be_visible()
    expect(loser.notice).to_have_text(re.compile("剛被其他輔導員接走了|Another counsellor has just taken"))
    expect(loser.open_case).to_be_hidden()
    expect(loser.waiting(words)).to_have_count(0)
    assert len(stack.rows("SELECT id FROM handoff_case WHERE id = ? AND state = 'claimed'", number)) == 1
    assert len(stack.rows("SELECT id FROM audit WHERE action = 'case.claimed' AND case_id = ?", number)) == 1


def test_a_claim_that_comes_too_late_is_told_kindly(chat: Chat, console: Console) -> None:
    one, two = console("lin"), console("chen")
    _, words = wait_for_a_person(chat)
    one.look_at(words)
    two.look_at(words)
    two.page.route("**/console/api/cases?state=*", lambda route: route.abort())  # it has not heard yet
    one.claim()
    expect(one.box).to_be_visible()
    two.claim()
    expect(two.notice).to_have_text("這個案件剛被其他輔導員接走了。")


def test_a_crisis_comes_first_and_is_marked_by_words(chat: Chat, console: Console) -> None:
    _, ordinary = wait_for_a_person(chat)
    counsellor = console("lin")
    expect(counsellor.waiting(ordinary)).to_be_visible()
    jobseeker = chat()
    jobseeker.ask("我不想活了")
    expect(jobseeker.of("bot").last.locator("a[href='tel:1925']").first).to_be_visible()
    first = counsellor.queue.first
    expect(first).to_contain_text("緊急：人身安全")
    expect(first).to_contain_text("可能有人身安全危險")
    expect(first.locator(".badge svg")).to_be_visible()
    expect(counsellor.page.get_by_role("alert")).to_contain_text("請優先處理")
    counsellor.page.get_by_role("button", name="知道了").click()
    expect(counsellor.page.locator(".alert")).to_have_count(0)
    counsellor.page.reload()
    expect(counsellor.queue.first).to_contain_text("緊急：人身安全")
    counsellor.page.wait_for_timeout(500)
    expect(counsellor.page.locator(".alert")).to_have_count(0)  # understood once is understood


def test_the_crisis_check_goes_on_while_a_counsellor_answers(chat: Chat, console: Console) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    expect(jobseeker.subtitle).to_contain_text("林小姐")
    jobseeker.write("我不想活了")
    expect(jobseeker.of("system").last).to_contain_text("1925")
    expect(counsellor.page.get_by_role("alert")).to_contain_text("請優先處理")
    expect(counsellor.lines("jobseeker").last.locator(".check")).to_have_text("安全檢查：可能有人身安全危險")
    expect(counsellor.open_case.locator(".badge")).to_have_text("緊急：人身安全")


def test_a_reply_survives_the_loss_of_the_network(chat: Chat, console: Console, stack: Stack) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    counsellor.page.context.set_offline(True)
    expect(counsellor.status).to_contain_text("連線中斷")
    counsellor.reply("離線時寫的回覆")
    expect(counsellor.open_case.locator(".pending .delivery")).to_have_text("還沒送出，連上線後會自動送出")
    counsellor.page.context.set_offline(False)
    expect(jobseeker.of("counsellor")).to_have_count(1)
    expect(counsellor.open_case.locator(".pending")).to_have_count(0)
    assert counsellor.texts("counsellor") == ["離線時寫的回覆"]

    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        return route.abort()

    counsellor.page.route("**/replies", lose)
    counsellor.reply("答覆途中斷線")
    expect(counsellor.open_case.locator(".pending")).to_have_count(0)
    assert lost
    expect(jobseeker.of("counsellor")).to_have_count(2)
    jobseeker.page.wait_for_timeout(500)
    jobseeker.expect_consistent()
    assert counsellor.texts("counsellor") == ["離線時寫的回覆", "答覆途中斷線"]


def test_the_gateway_is_killed_during_a_hand_off(chat: Chat, console: Console, stack: Stack) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    stack.kill_gateway()
    expect(counsellor.status).to_contain_text("連線中斷")
    counsellor.reply("重開後送達")
    jobseeker.write("我還在")
    stack.start_gateway()
    expect(jobseeker.of("counsellor").locator(".body")).to_have_text(["重開後送達"], timeout=40_000)
    expect(counsellor.lines("jobseeker").last).to_contain_text("我還在", timeout=40_000)
    expect(counsellor.status).to_have_text("已連線")
    jobseeker.expect_consistent()
    assert counsellor.texts("counsellor") == ["重開後送達"]
    assert counsellor.texts("jobseeker").count("我還在") == 1


def test_a_reload_and_a_second_tab_show_the_same(chat: Chat, console: Console) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    counsellor.reply("一")
    expect(jobseeker.of("counsellor")).to_have_count(1)
    counsellor.box.fill("寫到一半")
    counsellor.page.reload()
    expect(counsellor.box).to_have_value("寫到一半")  # the same case, the same draft
    assert counsellor.texts("counsellor") == ["一"]

    tab = ConsolePage(counsellor.page.context.new_page(), counsellor.url)
    tab.open()
    expect(tab.status).to_have_attribute("data-state", "open")
    jobseeker.write("有人嗎")
    tab.mine.filter(has_text="有人嗎").click()
    tab.reply("二")
    expect(counsellor.lines("counsellor")).to_have_count(2)
    expect(tab.lines("counsellor")).to_have_count(2)
    assert counsellor.texts("counsellor") == tab.texts("counsellor") == ["一", "二"]
    tab.give_back()
    expect(counsellor.open_case).to_contain_text("這個案件已經交回程式。")  # the other tab hears of it
    expect(counsellor.box).to_be_hidden()


def test_what_has_not_been_looked_at_is_counted(chat: Chat, console: Console) -> None:
    jobseeker, words = wait_for_a_person(chat)
    console("lin").take(words)
    elsewhere = console("lin")  # another browser, where it has never been open
    jobseeker.write("有人在嗎")
    mine = elsewhere.mine.filter(has_text="有人在嗎")
    expect(mine.locator(".unread")).to_have_text("3 則未讀")
    mine.click()
    expect(elsewhere.mine.filter(has_text="有人在嗎")).to_be_visible()
    expect(elsewhere.mine.filter(has_text="有人在嗎").locator(".unread")).to_have_count(0)


def test_signing_in_again_in_another_tab_does_not_break_this_one(chat: Chat, console: Console) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    tab = ConsolePage(counsellor.page.context.new_page(), counsellor.url)
    tab.open()
    tab.page.get_by_role("button", name="登出").click()
    expect(tab.page.locator("#login")).to_be_visible()
    tab.sign_in("lin")
    counsellor.page.bring_to_front()
    if counsellor.box.is_visible():  # it may have noticed already that its old session ended
        counsellor.reply("新的憑證")
    else:
        counsellor.page.reload()
        counsellor.reply("新的憑證")
    expect(jobseeker.of("counsellor").locator(".body")).to_have_text(["新的憑證"])


def test_a_session_that_ran_out_keeps_what_was_written(chat: Chat, console: Console, stack: Stack) -> None:
    counsellor = console("lin")
    jobseeker, words = wait_for_a_person(chat)
    counsellor.take(words)
    counsellor.page.context.set_offline(True)
    counsellor.reply("登入過期時寫的")
    stack.change("DELETE FROM staff_session")
    counsellor.page.context.set_offline(False)
    expect(counsellor.page.locator(".sign-in .notice")).to_contain_text("登入已過期")
    counsellor.sign_in("lin")
    expect(jobseeker.of("counsellor").locator(".body")).to_have_text(["登入過期時寫的"])
    jobseeker.expect_consistent()


def test_the_console_by_keyboard_and_in_english(chat: Chat, console: Console) -> None:
    jobseeker, words = wait_for_a_person(chat, locale="en-US")
    counsellor = console("chen", locale="en-US")
    expect(counsellor.page.locator("h1")).to_have_text("Counsellor console")
    case = counsellor.waiting(words)
    expect(case).to_contain_text("English")
    case.focus()
    counsellor.page.keyboard.press("Enter")
    expect(counsellor.open_case.locator("h2")).to_be_focused()
    _tab_to(counsellor, ".bar .strong")
    counsellor.page.keyboard.press("Enter")
    expect(counsellor.box).to_be_focused()
    counsellor.page.keyboard.type("Hello, how can I help?")
    counsellor.page.keyboard.press("Enter")
    expect(jobseeker.of("counsellor").last).to_contain_text("Hello, how can I help?")
    counsellor.open_case.locator("h2").focus()
    _tab_to(counsellor, ".head .plain")
    counsellor.page.keyboard.press("Enter")
    expect(counsellor.open_case.locator(".reply .sure .strong")).to_be_focused()
    counsellor.page.keyboard.press("Escape")
    expect(counsellor.open_case.locator(".reply .sure")).to_be_hidden()
    counsellor.page.keyboard.press("Enter")
    counsellor.page.keyboard.press("Enter")
    expect(counsellor.open_case).to_contain_text("returned to the program")


def _tab_to(page: ConsolePage, selector: str) -> None:
    for _ in range(30):
        if page.page.locator(f".open {selector}:focus").count():
            return
        page.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")
