"""The desk's further pages in a real browser: canned replies, call-backs, opening for somebody, hours, log of crises; roles, 360 px, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR, ZONE, keep_open
from tests.e2e.stack import Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console import wait_for_a_person
from tests.e2e.test_console_api import client, jobseeker_waits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
SLOW = 20_000
PHONE = {"width": 360, "height": 740}
STAFF = {"ed": ("編輯", "editor"), "audit": ("稽核", "auditor"), "rep": ("代表", "worker_representative")}
PAGES = (
    "show-figures",
    "pageCallbacks",
    "pageBehalf",
    "pageOffices",
    "pageCanned",
    "pageReviews",
    "pageFlags",
    "pageSwitches",
    "pageReleases",
)


@pytest.fixture(scope="module", autouse=True)
def staff(stack: Stack) -> None:
    """Everybody who has something to do here, and an office that is open whatever the day."""
    stack.add_accounts({**STAFF, SUPERVISOR: ("主任", "supervisor")})
    keep_open(stack)


def go_to(desk: ConsolePage, name: str) -> None:
    """Open a further page of the desk."""
    desk.page.locator(f".menu .{name}").click()
    expect(desk.page.locator(".place .figures")).to_be_visible(timeout=SLOW)


def fits(page: Page) -> None:
    """Nothing is wider than the window, once the page stands still."""
    wide = """() => { const all = [...document.querySelectorAll('body *')].filter(n => !n.closest('.unseen, .table, .diff'));
      const named = n => `${n.tagName}.${n.className} ends at ${Math.ceil(n.getBoundingClientRect().right)}`;
      const over = all.filter(n => Math.ceil(n.getBoundingClientRect().right) > window.innerWidth).map(named);
      const whole = document.documentElement.scrollWidth;
      return [all.length, whole > window.innerWidth ? [`the page is ${whole} wide`, ...over] : over]; }"""
    for _ in range(20):
        looked_at, over = page.evaluate(wide)
        if not over:
            break
        page.wait_for_timeout(250)  # a busy machine lays out what has just come
    assert looked_at > 30, "almost nothing was looked at"
    assert over == []


def test_an_editor_keeps_canned_replies_and_a_counsellor_inserts_one(
    chat: Chat, console: Console, stack: Stack
) -> None:
    editor = console(None)
    editor.fill_sign_in("ed", "correct-horse-battery-staple")
    page = editor.page.locator(".page.pageCanned")
    expect(page).to_be_visible(timeout=SLOW)
    for variety, title, text in (
        ("zh-Hant", "要帶的文件", "請帶身分證和離職證明。"),
        ("en", "Documents", "Please bring your ID card and the leaving certificate."),
        ("en", "Old", "No longer used."),
    ):
        page.locator("#canned-variety").select_option(variety)
        page.locator("#canned-title").fill(title)
        page.locator("#canned-text").fill(text)
        page.locator("button[type=submit]").click()
        expect(page.locator("li", has_text=text)).to_be_visible(timeout=SLOW)
    old = page.locator("li", has_text="No longer used.")
    old.get_by_role("button", name="移除").click()
    expect(old).to_be_visible()  # it asks first
    old.get_by_role("button", name="確定移除").click()
    expect(old).to_have_count(0, timeout=SLOW)
    page.locator("li", has_text="leaving certificate").get_by_role("button", name="修改").click()
    expect(page.locator("#canned-title")).to_be_focused()
    page.locator("#canned-text").fill("Please bring your ID card and your leaving certificate.")
    page.locator("button[type=submit]").click()
    expect(page.locator("li", has_text="your leaving certificate")).to_be_visible(timeout=SLOW)
    assert_no_violations(editor.page)
    assert stack.rows("SELECT count(*) FROM audit WHERE action LIKE 'canned_reply.%'") == [(5,)]

    desk = console("lin", locale="en-US")
    person, words = wait_for_a_person(chat, locale="en-US")
    desk.take(words)
    block = desk.open_case.locator(".tool.canned")
    block.locator("summary").click()
    expect(block.locator("select")).to_have_value("en")  # the person's language
    expect(block.locator("li")).to_have_count(1, timeout=SLOW)
    block.locator("select").select_option("zh-Hant")
    expect(block.locator("li button")).to_contain_text("要帶的文件", timeout=SLOW)
    block.locator("select").select_option("zh-Hans")
    expect(block.locator("li")).to_contain_text("no canned replies", timeout=SLOW)
    block.locator("select").select_option("en")
    expect(block.locator("li button")).to_contain_text("Documents", timeout=SLOW)
    block.locator("li button").click()
    expect(desk.box).to_have_value("Please bring your ID card and your leaving certificate.")
    assert person.of("counsellor").count() == 0, "an inserted reply was sent alone"
    assert_no_violations(desk.page)
    desk.box.press("End")
    desk.page.keyboard.type(" Thank you!")
    desk.box.press("Enter")
    expect(person.of("counsellor").locator(".body")).to_have_text(
        ["Please bring your ID card and your leaving certificate. Thank you!"], timeout=SLOW
    )
    desk.give_back()


def test_a_call_back_is_listed_hidden_until_claimed_and_marked_done(chat: Chat, console: Console, stack: Stack) -> None:
    person, words = wait_for_a_person(chat)
    person.button("約時間回電").click()
    slot = person.of("bot").last.locator(".choice").first
    expect(slot).to_be_visible(timeout=SLOW)
    asked = stack.rows("SELECT count(*) FROM callback_request")
    slot.click()
    expect(person.of("bot").last).to_contain_text("電話號碼", timeout=SLOW)
    assert stack.rows("SELECT count(*) FROM callback_request") != asked
    person.ask("0912-345-678")
    desk = console("lin")
    go_to(desk, "pageCallbacks")
    one = desk.page.locator(".page .callback").last
    expect(one).to_contain_text("●", timeout=SLOW)
    assert "345" not in (one.text_content() or "")
    assert_no_violations(desk.page)
    one.get_by_role("button", name="查看案件").click()
    expect(desk.open_case.locator(".masked")).to_be_visible(timeout=SLOW)
    assert "345-678" not in (desk.open_case.text_content() or ""), "the number is shown before the case is claimed"
    desk.claim()
    mine = desk.open_case.locator(".tool.callbacks")
    mine.locator("summary").click()
    expect(mine).to_contain_text("0912-345-678", timeout=SLOW)
    go_to(desk, "pageCallbacks")
    one = desk.page.locator(".page .callback", has_text="0912-345-678")
    one.locator(".done").click()
    expect(one).to_have_count(0, timeout=SLOW)
    expect(desk.page.locator(".page .told")).to_contain_text("已記下")
    expect(desk.page.locator("#page-heading")).to_be_focused()
    assert stack.rows("SELECT state FROM callback_request ORDER BY id DESC LIMIT 1") == [("done",)]
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'callback.done'") == [(1,)]
    desk.mine.filter(has_text=words).or_(desk.mine.first).first.click()
    desk.give_back()


def test_a_conversation_is_opened_for_somebody_at_the_counter(console: Console, stack: Stack) -> None:
    desk = console("chen")
    go_to(desk, "pageBehalf")
    page = desk.page.locator(".page.pageBehalf")
    page.locator("#behalf-language").select_option("en")
    page.locator("#behalf-place").select_option("counter")
    page.locator("#behalf-note").fill("在三號櫃台")
    assert_no_violations(desk.page)
    page.locator("button[type=submit]").click()
    expect(desk.box).to_be_visible(timeout=SLOW)
    expect(desk.open_case.locator(".head")).to_contain_text("櫃台或電話代為開啟")
    expect(desk.open_case.locator(".head")).to_contain_text("英文")
    expect(desk.mine.first.locator(".tag")).to_have_text("counter", timeout=SLOW)
    desk.open_case.locator(".tool.notes summary").click()
    expect(desk.open_case.locator(".notes li").first).to_contain_text("在三號櫃台", timeout=SLOW)
    number = str(desk.open_case.locator("h2").text_content()).split()[-1]
    audited = "SELECT count(*) FROM audit WHERE action = 'case.on_behalf' AND case_id = ?"
    assert stack.rows(audited, number) == [(1,)]
    desk.give_back()


def test_a_typhoon_day_is_entered_seen_and_taken_away(console: Console, stack: Stack) -> None:
    boss, counsellor = console("boss"), console("chen", locale="en-US")
    day = datetime.now(ZONE).date() + timedelta(days=3)
    go_to(boss, "pageOffices")
    page = boss.page.locator(".page.pageOffices")
    expect(page.locator(".office-state").first).to_have_text("現在有人服務", timeout=SLOW)
    assert_no_violations(boss.page)
    page.locator("#office-day").fill(day.isoformat())
    page.locator("#office-zh").fill("颱風假測試")
    page.locator("#office-en").fill("typhoon rehearsal")
    page.locator("button[type=submit]").click()
    row = page.locator("tr", has_text="颱風假測試")
    expect(row).to_contain_text("休息", timeout=SLOW)
    go_to(counsellor, "pageOffices")
    theirs = counsellor.page.locator(".page.pageOffices")
    expect(theirs.locator("tr", has_text="typhoon rehearsal")).to_contain_text("closed", timeout=SLOW)
    expect(theirs.locator("form")).to_have_count(0)  # only supervisors set hours
    expect(theirs.get_by_role("button", name=re.compile("exception"))).to_have_count(0)
    row.get_by_role("button", name=re.compile("取消")).click()
    expect(row).to_have_count(0, timeout=SLOW)
    page.locator("#office-shut").uncheck()
    page.locator("#office-day").fill(day.isoformat())
    page.locator("#office-zh").fill("延長")
    page.locator("#office-en").fill("longer")
    page.locator("button[type=submit]").click()
    expect(page.locator(".told")).to_contain_text("請填開始與結束時間")
    page.locator("#office-opens").fill("08:00")
    page.locator("#office-closes").fill("20:00")
    page.locator("button[type=submit]").click()
    expect(page.locator("tr", has_text="08:00-20:00")).to_contain_text("臨時調整", timeout=SLOW)
    page.locator("tr", has_text="08:00-20:00").get_by_role("button", name=re.compile("取消")).click()
    expect(page.locator("tr", has_text="08:00-20:00")).to_have_count(0, timeout=SLOW)
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'office_day.removed'") == [(2,)]


def test_the_log_of_crises_is_for_supervisors_and_auditors(chat: Chat, console: Console, stack: Stack) -> None:
    chat().ask("我不想活了")
    looks = "SELECT count(*) FROM audit WHERE action = 'flags.viewed'"
    assert stack.rows(looks) == [(0,)]
    auditor = console(None)
    auditor.fill_sign_in("audit", "correct-horse-battery-staple")
    log = auditor.page.locator(".page.pageFlags")
    expect(log.locator("tbody tr").first).to_contain_text("可能有人身安全危險", timeout=SLOW)
    expect(log.locator("tbody tr").first).to_contain_text("還沒有人確認")
    assert "不想活" not in (log.text_content() or "")
    expect(log.get_by_role("button")).to_have_count(0)  # an auditor opens no case
    expect(auditor.page.locator(".case")).to_have_count(0)
    expect(auditor.page.locator(".menu button")).to_have_text(["危機紀錄", "版本"])  # and nothing else
    assert_no_violations(auditor.page)
    auditor.page.locator("[data-language=en]").click()
    expect(log.locator("tbody tr").first).to_contain_text("not seen yet")
    assert stack.rows(looks) == [(1,)], "a change of language is no second look"
    boss = console("boss")
    go_to(boss, "pageFlags")
    boss.page.locator(".page.pageFlags tbody tr").first.get_by_role("button").click()
    expect(boss.open_case).to_contain_text("我不想活了", timeout=SLOW)
    boss.claim()
    expect(boss.box).to_be_visible(timeout=SLOW)
    go_to(boss, "pageFlags")
    expect(boss.page.locator(".page.pageFlags tbody tr").first).not_to_contain_text("還沒有人確認", timeout=SLOW)
    assert stack.rows(looks) == [(3,)]
    counsellor = console("chen")
    expect(counsellor.page.locator(".menu .pageCallbacks")).to_be_visible()
    expect(counsellor.page.locator(".menu .pageFlags, .menu .pageReviews, .menu .show-figures")).to_have_count(0)
    assert client(stack, "chen").call("GET", "/flags").status == 403
    assert client(stack, "audit").call("GET", "/cases").status == 403


def test_pictures_and_files_are_marked_in_the_transcript(chat: Chat, console: Console, stack: Stack) -> None:
    """As a platform's picture is kept (connectors are tests/contract): its words in place of it, and what it was."""
    person, words = wait_for_a_person(chat)
    person.ask("（圖片）")
    person.ask("（檔案 離職證明.pdf）")
    for text, command in (("（圖片）", "/attachment image"), ("（檔案 離職證明.pdf）", "/attachment file")):
        stack.change("UPDATE inbox SET command = ? WHERE text = ?", command, text)
    desk = console("lin")
    desk.look_at("（檔案 離職證明.pdf）")
    picture = desk.open_case.locator(".body[data-attachment=image]")
    expect(picture).to_contain_text("（圖片）")
    expect(picture).to_contain_text("沒有保存")
    expect(picture.locator("svg")).to_be_visible()
    expect(desk.open_case.locator(".body[data-attachment=file]")).to_contain_text("離職證明.pdf")
    expect(desk.open_case.locator(".line", has_text=words).locator(".attachment")).to_have_count(0)
    assert_no_violations(desk.page)


def test_notification_and_sound_are_off_until_chosen(console: Console, stack: Stack) -> None:
    desk = console("lin")
    desk.page.context.grant_permissions(["notifications"], origin=stack.url)
    desk.page.add_init_script(
        """window.told = []; const real = Notification;
           window.Notification = class extends real { constructor(title, options) { super(title, options); window.told.push(title); } };
           Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});
           const audio = AudioContext; window.beeps = 0;
           window.AudioContext = class extends audio { constructor() { super(); window.beeps += 1; } };"""
    )
    desk.page.reload()
    expect(desk.status).to_have_attribute("data-state", "open")
    notify, sound = desk.page.locator("#notify"), desk.page.locator("#sound")
    expect(notify).not_to_be_checked()
    expect(sound).not_to_be_checked()
    jobseeker_waits(stack, "靜音時來的")
    expect(desk.waiting("靜音時來的")).to_be_visible(timeout=SLOW)
    assert desk.page.evaluate("[told.length, beeps]") == [0, 0]
    notify.check()
    sound.check()
    assert desk.page.evaluate("beeps") == 1  # so that one hears what it is
    jobseeker_waits(stack, "有聲時來的秘密")
    expect(desk.waiting("有聲時來的秘密")).to_be_visible(timeout=SLOW)
    assert desk.page.evaluate("[told, beeps]") == [["有新的案件在等候"], 2], "and no words of the person in it"
    desk.page.reload()
    expect(sound).to_be_checked()  # chosen once is chosen


@pytest.mark.parametrize(("locale", "scheme"), [("zh-TW", "light"), ("en-US", "dark")])
def test_every_page_fits_a_phone_and_axe_finds_nothing(console: Console, locale: str, scheme: str) -> None:
    desk = console("boss", locale=locale, color_scheme=scheme, viewport=PHONE)
    for name in PAGES:
        go_to(desk, name)
        expect(desk.page.locator(".place h2")).to_be_focused()
        fits(desk.page)
        assert_no_violations(desk.page)
        small = desk.page.locator(".place button, .place select, .place textarea").evaluate_all(
            "all => all.filter(n => n.getClientRects().length && n.getBoundingClientRect().height < 44).map(n => n.outerHTML)"
        )
        assert small == []
        desk.page.locator(".place .figures button").first.click()  # back
        expect(desk.page.locator("#queue-heading")).to_be_focused()
