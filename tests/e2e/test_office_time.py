"""The desk's times in a browser whose zone is not the offices': opening hours and transcript are theirs, and the zone is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR, ZONE, keep_closed
from tests.e2e.stack import Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console import wait_for_a_person
from tests.e2e.test_console_api import client
from tests.e2e.test_desk_pages import PHONE, fits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
AWAY = "America/New_York"  # 12 or 13 hours behind: always another half of the day
NOTE = "header .zone-note"


def test_who_is_elsewhere_sees_the_offices_times_and_is_told(chat: Chat, console: Console, stack: Stack) -> None:
    keep_closed(stack)  # today and tomorrow, whatever the day is: so there is a next opening to be shown
    _, words = wait_for_a_person(chat)
    (office,) = client(stack, SUPERVISOR).call("GET", "/offices").body["offices"]
    opens_at = datetime.fromisoformat(office["opens_at"]).astimezone(ZONE)
    desk = console("lin", locale="en-GB", timezone_id=AWAY, viewport=PHONE)
    assert desk.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == AWAY
    note = desk.page.locator(NOTE)
    expect(note).to_contain_text(re.compile(r"times here are those of the offices \(Tai(pei|wan) Standard Time\)"))
    expect(note).to_contain_text("Eastern")
    desk.page.locator(".menu .pageOffices").click()
    expect(desk.page.locator(".office-state")).to_contain_text(f"{opens_at:%d/%m/%Y, %H:%M}")
    expect(desk.page.locator(".office tbody th").first).to_contain_text(
        f"{datetime.fromisoformat(office['days'][0]['day']):%-d/%-m}"
    )
    fits(desk.page)
    assert_no_violations(desk.page)
    desk.page.locator(".place .figures button").first.click()  # back
    desk.look_at(words)
    line = desk.lines("jobseeker").filter(has_text=words).locator("time")
    said_at = datetime.fromisoformat(str(line.get_attribute("datetime"))).astimezone(ZONE)
    expect(line).to_have_text(f"{said_at:%H:%M}")
    desk.page.locator("[data-language=zh-Hant]").click()
    expect(note).to_contain_text(re.compile("[台臺][北灣]標準時間"))  # browsers differ in its name


def test_who_is_at_the_office_is_told_nothing(console: Console) -> None:
    for zone in ("Asia/Taipei", "Asia/Shanghai"):  # another name for the same time
        desk = console("lin", timezone_id=zone)
        expect(desk.page.locator(NOTE)).to_be_hidden()
