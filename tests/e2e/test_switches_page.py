"""The kill-switch at the desk, in a real browser: a reason before anything is stopped, everybody sees what is stopped, roles, phone, axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR, keep_open
from tests.e2e.stack import PASSWORD, Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console import wait_for_a_person
from tests.e2e.test_console_api import client
from tests.e2e.test_desk_pages import PHONE, SLOW, fits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
LONG = "結果不對：" + "年長的人都排在最後面，同樣的條件卻少了很多職缺。" * 16


@pytest.fixture(scope="module", autouse=True)
def staff(stack: Stack) -> None:
    """Two supervisors and a worker representative."""
    stack.add_accounts(
        {
            SUPERVISOR: ("主任", "supervisor"),
            "chief": ("副主任", "supervisor"),
            "rep": ("勞方代表", "worker_representative"),
        }
    )
    keep_open(stack)


@pytest.fixture(autouse=True)
def everything_on(stack: Stack) -> None:
    """Each test begins with nothing stopped."""
    boss = client(stack, SUPERVISOR)
    for one in boss.call("GET", "/switches").body["switches"]:
        if one["off"]:
            assert boss.call("PUT", f"/switches/{one['name']}", {"off": False, "reason": "test"}).status == 200


def card(desk: ConsolePage, name: str) -> Locator:
    """One capability on the page."""
    return desk.page.locator(f".page.pageSwitches [data-capability={name}]")


def go(desk: ConsolePage) -> None:
    """To the page by the button that is on every page."""
    desk.page.locator("header .emergency").click()
    expect(desk.page.locator("#page-heading")).to_be_focused(timeout=SLOW)
    expect(desk.page.locator(".switch-card")).to_have_count(4, timeout=SLOW)


def test_it_is_stopped_with_a_reason_and_everybody_sees_it_by_itself(
    chat: Chat, console: Console, stack: Stack
) -> None:
    boss, chief, counsellor = console(SUPERVISOR), console("chief"), console("lin", locale="en-US")
    expect(counsellor.page.locator("header .emergency")).to_be_hidden()
    expect(counsellor.page.locator(".menu .pageSwitches")).to_have_count(0)
    go(boss)
    go(chief)
    mine, theirs = card(boss, "matching"), card(chief, "matching")
    expect(mine).to_contain_text("寄職缺通知")  # what it stops
    expect(mine).to_contain_text("從來沒有停用過")
    mine.locator(".stop").click()
    reason = mine.locator("textarea")
    expect(reason).to_be_focused()
    mine.locator("[type=submit]").click()
    reason.fill("   ")
    mine.locator("[type=submit]").click()
    expect(boss.page.locator(".told")).to_have_text("請寫下原因。")
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'capability.off'") == [(0,)], (
        "stopped without a reason"
    )
    assert_no_violations(boss.page)
    reason.fill("年長的人都排在最後")
    mine.locator("[type=submit]").click()
    expect(boss.page.locator(".told")).to_contain_text("已停用「職缺媒合」", timeout=SLOW)
    expect(mine.locator(".tag")).to_have_text("已停用")
    expect(mine).to_contain_text("由主任停用")
    assert stack.rows("SELECT off, reason FROM capability_switch WHERE name = 'matching'") == [
        (1, "年長的人都排在最後")
    ]

    expect(theirs.locator(".tag")).to_have_text("已停用", timeout=SLOW)  # nobody reloaded anything
    expect(theirs).to_contain_text("年長的人都排在最後")
    banner = counsellor.page.locator(".stopped p")
    expect(banner).to_have_count(1, timeout=SLOW)
    expect(banner).to_contain_text("Stopped: Matching vacancies")
    expect(banner).to_contain_text("主任")
    expect(counsellor.page.locator(".stopped button")).to_have_count(0)  # a counsellor can change nothing
    _, words = wait_for_a_person(chat)
    counsellor.look_at(words)
    expect(banner).to_be_visible()  # also over an open case
    assert_no_violations(counsellor.page)

    theirs.locator(".start").click()
    theirs.locator("textarea").fill("規則改好了")
    theirs.locator("[type=submit]").click()
    expect(mine.locator(".tag")).to_have_text("使用中", timeout=SLOW)
    expect(mine).to_contain_text("由副主任恢復")
    expect(banner).to_have_count(0, timeout=SLOW)
    expect(boss.page.locator(".stopped")).to_be_hidden()
    audited = "SELECT action FROM audit WHERE action LIKE 'capability.%' ORDER BY position"
    assert stack.rows(audited)[-2:] == [("capability.off",), ("capability.on",)]


def test_what_another_has_just_done_is_not_done_again(console: Console, stack: Stack) -> None:
    boss = console(SUPERVISOR)
    go(boss)
    card(boss, "estimates").locator(".stop").click()
    box = card(boss, "estimates").locator("textarea")
    box.fill("一半的")
    other = client(stack, "chief")
    assert other.call("PUT", "/switches/alerts", {"off": True, "reason": "x"}).status == 200
    expect(card(boss, "alerts").locator(".tag")).to_have_text("已停用", timeout=SLOW)
    expect(box).to_have_value("一半的")  # who is writing goes on writing
    expect(box).to_be_focused()
    assert other.call("PUT", "/switches/estimates", {"off": True, "reason": "算錯了"}).status == 200
    expect(box).to_have_count(0, timeout=SLOW)
    expect(boss.page.locator(".told")).to_have_text("「給付試算」剛剛由副主任改過了，請看目前的狀態。")
    expect(card(boss, "estimates")).to_contain_text("算錯了")
    boss.page.locator("[data-language=en]").click()
    expect(card(boss, "estimates").locator(".start")).to_have_text('Start "Estimating benefits" again')
    expect(boss.page.locator(".stopped p").first).to_contain_text("Stopped: Estimating benefits")


def test_a_worker_representative_stops_but_does_not_start(console: Console, stack: Stack) -> None:
    rep = console(None)
    rep.fill_sign_in("rep", PASSWORD)
    expect(rep.page.locator(".switch-card")).to_have_count(4, timeout=SLOW)
    expect(rep.page.locator(".case, .queue")).to_have_count(0)
    expect(rep.page.locator(".page.pageSwitches")).to_contain_text("恢復由主管決定")
    card(rep, "nlu").locator(".stop").click()
    card(rep, "nlu").locator("textarea").fill("勞方要求先停")
    card(rep, "nlu").get_by_role("button", name="取消").click()
    expect(card(rep, "nlu").locator(".stop")).to_be_focused()
    card(rep, "nlu").locator(".stop").click()
    expect(card(rep, "nlu").locator("textarea")).to_have_value("")
    card(rep, "nlu").locator("textarea").fill("勞方要求先停")
    card(rep, "nlu").locator("[type=submit]").click()
    expect(card(rep, "nlu").locator(".tag")).to_have_text("已停用", timeout=SLOW)
    expect(card(rep, "nlu").locator("button")).to_be_hidden()
    expect(card(rep, "matching").locator(".stop")).to_be_visible()
    assert_no_violations(rep.page)
    assert client(stack, "rep").call("PUT", "/switches/nlu", {"off": False, "reason": "x"}).status == 403
    rep.page.reload()
    expect(card(rep, "nlu").locator(".tag")).to_have_text("已停用", timeout=SLOW)


def test_an_old_state_is_called_old(console: Console, stack: Stack) -> None:
    boss = console(SUPERVISOR)
    go(boss)
    boss.page.route("**/console/api/switches", lambda route: route.abort())
    expect(boss.page.locator(".told")).to_contain_text("讀不到最新狀態", timeout=SLOW)
    expect(boss.page.locator(".switch-card")).to_have_count(4)
    boss.page.unroute("**/console/api/switches")
    expect(boss.page.locator(".told")).to_have_text("", timeout=SLOW)


@pytest.mark.parametrize(("locale", "scheme"), [("zh-TW", "dark"), ("en-US", "light")])
def test_all_of_it_on_a_phone_with_everything_stopped(
    chat: Chat, console: Console, stack: Stack, locale: str, scheme: str
) -> None:
    boss = client(stack, SUPERVISOR)
    for name in ("matching", "estimates", "alerts", "nlu"):
        assert boss.call("PUT", f"/switches/{name}", {"off": True, "reason": LONG}).status == 200
    _, words = wait_for_a_person(chat)
    desk = console(SUPERVISOR, locale=locale, color_scheme=scheme, viewport=PHONE)
    expect(desk.page.locator(".stopped p")).to_have_count(4, timeout=SLOW)
    fits(desk.page)
    desk.look_at(words)
    expect(desk.page.locator("header .emergency")).to_be_visible()  # from an open case, too
    desk.page.locator(".stopped button").click()
    expect(desk.page.locator("#page-heading")).to_be_focused(timeout=SLOW)
    card(desk, "matching").locator(".start").click()
    fits(desk.page)
    assert_no_violations(desk.page)
    heights = "all => all.filter(n => n.getClientRects().length && n.getBoundingClientRect().height < 44).map(n => n.outerHTML)"
    targets = desk.page.locator("header button, .stopped button, .page button, .page textarea")
    assert targets.count() > 7
    assert targets.evaluate_all(heights) == []
