"""The second step of signing in, in a real browser: set up, signed in with a code, a code that was used, a recovery code; axe on every step."""

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

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Stack]:
    """A gateway that asks counsellors for a second factor."""
    settings = {
        "JOBSEEKER_SECOND_FACTOR_ROLES": "counsellor",
        "JOBSEEKER_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    running = Stack(tmp_path_factory.mktemp("strict"), settings=settings)
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        running.add_accounts({"mei": ("王小姐", "counsellor")})
        running.start()
        yield running
    finally:
        running.stop()


def test_a_counsellor_sets_up_a_code_and_signs_in_with_it(
    strict: Stack, new_context: Callable[..., BrowserContext]
) -> None:
    desk = ConsolePage(new_context().new_page(), strict.url)
    page = desk.page
    desk.open()
    desk.fill_sign_in("mei", PASSWORD)
    key = page.locator(".second-step .key")
    expect(key).to_be_visible()
    expect(page.locator(".second-step svg.qr[role=img]")).to_be_visible()  # what it holds: web/test/qr.test.ts
    assert_no_violations(page)
    secret = key.inner_text().replace(" ", "")
    assert f"secret={secret}" in (page.locator(".second-step a").get_attribute("href") or "")
    code = page.locator("#code")
    code.fill("000000" if pyotp.TOTP(secret).now() != "000000" else "111111")
    code.press("Enter")
    expect(page.locator(".second-step .problem")).not_to_be_empty()
    used = pyotp.TOTP(secret).now()
    code.fill(used)
    code.press("Enter")
    codes = page.locator(".second-step .codes li")
    expect(codes).to_have_count(10)
    assert_no_violations(page)
    recovery = codes.first.inner_text()
    page.locator(".second-step .strong").click()
    expect(desk.status).to_have_attribute("data-state", "open")

    again = ConsolePage(new_context().new_page(), strict.url)
    again.open()
    again.fill_sign_in("mei", PASSWORD)
    code = again.page.locator("#code")
    expect(code).to_be_focused()
    assert_no_violations(again.page)
    expect(again.page.locator(".second-step .key")).to_have_count(0)  # it is shown once
    code.fill(used)
    code.press("Enter")
    expect(again.page.locator(".second-step .problem")).not_to_be_empty()
    code.fill(recovery)
    code.press("Enter")
    expect(again.status).to_have_attribute("data-state", "open")
