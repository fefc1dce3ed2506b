"""One's own account in a real browser: every role finds it and changes its password; a telephone, both languages, axe, a second factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import BrowserContext, expect

from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import PASSWORD, Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console_api import Client, client
from tests.e2e.test_desk_pages import PHONE, fits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
FRESH = "three herons over the weir"
STAFF = {
    "mei": ("王小姐", "counsellor"),
    "wu": ("吳先生", "counsellor"),
    "boss": ("主任", "supervisor"),
    "chief": ("科長", "supervisor"),
    "ed": ("編輯", "editor"),
    "audit": ("稽核", "auditor"),
    "rep": ("代表", "worker_representative"),
}
Console = Callable[..., ConsolePage]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """A gateway of its own: passwords change here. With a key, so that a second factor can be enrolled."""
    key = {"JOBSEEKER_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    running = Stack(tmp_path_factory.mktemp("account"), settings=key)
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        running.add_accounts(STAFF)
        running.start()
        yield running
    finally:
        running.stop()


def open_account(desk: ConsolePage) -> None:
    """By one's own name above everything."""
    desk.page.locator("header .who").click()
    expect(desk.page.locator(".page.pageAccount #page-heading")).to_be_focused()


def fill(desk: ConsolePage, present: str, fresh: str, again: str) -> None:
    """The form, sent by Enter as most people do."""
    for name, value in (("now", present), ("new", fresh), ("again", again)):
        desk.page.locator(f"#password-{name}").fill(value)
    desk.page.locator("#password-again").press("Enter")


def test_a_counsellor_changes_it_on_a_telephone_and_is_signed_out_elsewhere(console: Console, stack: Stack) -> None:
    at_the_office, phone = console("mei"), console("mei", viewport=PHONE)
    open_account(phone)
    page, problem = phone.page, phone.page.locator("#password-problem")
    fits(page)
    assert_no_violations(page)
    expect(page.locator("#password-code")).to_be_hidden()  # no second factor: none is asked for
    fill(phone, "not the present one", FRESH, FRESH)
    expect(problem).to_contain_text("目前的密碼不正確")
    expect(page.locator("#password-now")).to_be_focused()
    expect(page.locator("#password-now")).to_have_attribute("aria-describedby", "password-problem")
    assert_no_violations(page)
    for fresh, again, words in (
        ("too short", "too short", "12 到 256"),
        (PASSWORD, PASSWORD, "相同"),
        (FRESH, FRESH + "!", "不一樣"),
    ):
        fill(phone, PASSWORD, fresh, again)
        expect(problem).to_contain_text(words)
    fits(page)
    page.locator("#password-show").check()
    expect(page.locator("#password-new")).to_have_attribute("type", "text")
    page.locator("#password-show").uncheck()
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'password.changed'") == [(0,)]

    fill(phone, PASSWORD, FRESH, FRESH)
    expect(page.locator(".told")).to_contain_text("密碼已變更。其他 1 個登入已經結束")
    expect(page.locator("#password-new")).to_have_value("")
    fits(page)
    page.locator("[data-language=en]").click()
    expect(page.locator(".told")).to_contain_text("Other sign-ins that were ended: 1.")
    assert_no_violations(page)
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'password.changed'") == [(1,)]
    at_the_office.page.reload()
    expect(at_the_office.page.locator("#login")).to_be_visible()

    page.reload()  # this one goes on
    expect(phone.status).to_have_attribute("data-state", "open")
    at_the_office.fill_sign_in("mei", PASSWORD)
    expect(at_the_office.page.locator(".problem")).not_to_be_empty()
    at_the_office.sign_in("mei", FRESH)


def test_every_role_finds_it_and_the_way_back(console: Console) -> None:
    for login in ("boss", "ed", "audit", "rep"):
        desk = console(None)
        desk.fill_sign_in(login, PASSWORD)
        first = desk.page.locator("h2").first
        expect(first).to_be_visible()
        open_account(desk)
        expect(desk.page.locator("#account-login")).to_have_value(login)
        desk.page.locator(".page.pageAccount button").first.click()
        expect(desk.page.locator(".page.pageAccount")).to_have_count(0)
        expect(desk.page.locator("#queue-heading:focus, #page-heading:focus")).to_have_count(1)


def test_with_a_second_factor_a_code_is_asked_for(stack: Stack, new_context: Callable[..., BrowserContext]) -> None:
    codes = enrol(client(stack, "wu"))
    desk = ConsolePage(new_context(locale="en-US", color_scheme="dark", viewport=PHONE).new_page(), stack.url)
    desk.open()
    desk.fill_sign_in("wu", PASSWORD)
    desk.page.locator("#code").fill(codes[0])
    desk.page.locator("#code").press("Enter")
    expect(desk.status).to_have_attribute("data-state", "open")
    open_account(desk)
    code = desk.page.locator("#password-code")
    expect(code).to_be_visible()
    fits(desk.page)
    assert_no_violations(desk.page)
    code.fill(codes[0])  # used a moment ago
    fill(desk, PASSWORD, FRESH, FRESH)
    expect(desk.page.locator("#password-problem")).to_contain_text("already used")
    expect(code).to_be_focused()
    code.fill(codes[1])
    fill(desk, PASSWORD, FRESH, FRESH)
    expect(desk.page.locator(".told")).to_contain_text("Your password is changed.")


def test_a_first_password_is_changed_before_anything_else(
    stack: Stack, new_context: Callable[..., BrowserContext]
) -> None:
    made = client(stack, "chief").call("POST", "/accounts", {"login": "newcomer", "name": "新同事"})
    desk = ConsolePage(new_context(viewport=PHONE).new_page(), stack.url)
    page = desk.page
    desk.open()
    desk.fill_sign_in("newcomer", made.body["password"])
    heading = page.locator(".page.pageFirstPassword #page-heading")
    expect(heading).to_be_focused()
    fits(page)
    assert_no_violations(page)
    expect(page.locator(".desk, .menu button, header .who:visible, header .emergency:visible")).to_have_count(0)
    page.reload()
    expect(heading).to_be_visible()  # there is no way around it
    fill(desk, made.body["password"], made.body["password"], made.body["password"])
    expect(page.locator("#password-problem")).to_contain_text("相同")
    fill(desk, made.body["password"], FRESH, FRESH)
    expect(page.locator(".told")).to_contain_text("密碼已變更")
    expect(page.locator("form")).to_have_count(0)
    assert_no_violations(page)
    page.get_by_role("button", name="進入主控台").click()
    expect(desk.status).to_have_attribute("data-state", "open")
    expect(page.locator("header .who")).to_have_text("新同事")


def enrol(staff: Client) -> list[str]:
    """A second factor in force; the recovery codes."""
    made = staff.call("POST", "/second-factor", {"password": PASSWORD})
    confirmed = staff.call("POST", "/second-factor/confirmation", {"code": pyotp.TOTP(made.body["key"]).now()})
    assert confirmed.status == 200, confirmed.body
    return list(confirmed.body["recovery_codes"])
