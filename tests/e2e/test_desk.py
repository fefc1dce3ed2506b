"""The counsellor's desk in a real browser: note, tools, suggested answers, hostile texts, the supervisor's page; the claim race over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.stack import Stack
from tests.e2e.test_accessibility import assert_no_violations
from tests.e2e.test_console import wait_for_a_person
from tests.e2e.test_console_api import client, jobseeker_waits

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]
Console = Callable[..., ConsolePage]
SLOW = 20_000
RACERS = 20
PAYLOADS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg/onload=window.hit=1>",
    "\"><iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "[x](javascript:window.hit=1)",
    "javascript:window.hit=1",
    "<a href='javascript:window.hit=1' autofocus onfocus=window.hit=1>x</a>",
    "**<details open ontoggle=window.hit=1>**",
    "{{constructor.constructor('window.hit=1')()}}",
    "<math><mtext></mtext><style><img src onerror=window.hit=1></style></math>",
)


def nothing_ran(page: Page) -> None:
    """No payload became markup or ran."""
    assert page.evaluate("window.hit") is None
    assert page.locator("iframe, .body img, .body script, dd img, li img, .tag img").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_a_whole_hand_off_side_by_side(chat: Chat, console: Console, stack: Stack, locale: str) -> None:
    """Note, internal note, tags, a suggested answer, wrap-up with outcome, going on, return; what staff write stays with staff."""
    desk = console("lin", locale=locale)
    person, words = wait_for_a_person(chat, locale=locale)
    desk.look_at(words)
    note = desk.open_case.locator(".sheet")
    order = note.locator("> div").evaluate_all("all => all.map(each => each.dataset.field)")
    assert order[:5] == ["reason", "trigger", "words", "language", "channel"]
    assert order[-2:] == ["risk", "next_step"]
    expect(desk.open_case.locator(".masked")).to_be_visible()
    desk.claim()
    expect(desk.open_case.locator(".masked")).to_have_count(0, timeout=SLOW)

    desk.open_tool("notes")
    desk.open_case.locator("textarea[name=note]").fill("只給同事看 / staff only")
    desk.open_case.locator(".tool.notes button[type=submit]").click()
    expect(desk.open_case.locator(".notes li")).to_contain_text("只給同事看", timeout=SLOW)
    desk.open_tool("notes")
    desk.open_tool("tags")
    desk.open_case.locator("input[name=tags]").fill("給付、急")
    desk.open_case.locator(".tool.tags button[type=submit]").click()
    expect(desk.mine.filter(has_text=words).locator(".tag")).to_have_text(["給付", "急"], timeout=SLOW)
    desk.open_tool("tags")

    question = "how long can I get unemployment benefit" if locale == "en-US" else "失業給付可以領多久"
    person.write(question)
    expect(desk.lines("jobseeker").last).to_contain_text(question, timeout=SLOW)
    desk.open_tool("suggestions")
    suggested = desk.open_case.locator(".suggestions button").first
    expect(suggested).to_be_visible(timeout=SLOW)
    said = person.of("counsellor").count()
    suggested.click()
    expect(desk.box).not_to_have_value("")
    assert person.of("counsellor").count() == said, "an inserted answer was sent alone"
    desk.open_tool("suggestions")
    desk.box.press("Enter")
    expect(person.of("counsellor")).to_have_count(said + 1, timeout=SLOW)
    assert_no_violations(desk.page)

    desk.open_tool("wrapUp")
    desk.open_case.locator("select[name=outcome]").select_option("answered")
    desk.open_case.locator(".tool.wrapUp button[type=submit]").click()
    expect(desk.open_case.locator(".resume")).to_be_visible(timeout=SLOW)
    expect(desk.box).to_be_hidden()
    desk.open_case.locator(".resume").click()
    expect(desk.box).to_be_visible(timeout=SLOW)
    desk.give_back()
    expect(desk.box).to_be_hidden(timeout=SLOW)
    assert "staff only" not in (person.chat.text_content() or "")
    number = str(desk.open_case.locator("h2").text_content()).split()[-1]
    assert stack.rows("SELECT outcome, state FROM handoff_case WHERE id = ?", number) == [("answered", "closed")]


def test_no_text_that_a_person_can_type_runs(chat: Chat, console: Console, stack: Stack) -> None:
    """In the chat, the queue, the transcript, a note, a tag, and the name of a counsellor."""
    stack.change("UPDATE account SET name = ? WHERE login = 'chen'", PAYLOADS[1])
    desk = console("chen")
    person, _ = wait_for_a_person(chat)
    for payload in PAYLOADS:
        person.write(payload)
    last = desk.waiting(PAYLOADS[-1])
    expect(last).to_be_visible(timeout=SLOW)
    last.click()
    desk.claim()
    expect(desk.box).to_be_visible(timeout=SLOW)
    desk.open_tool("notes")
    desk.open_case.locator("textarea[name=note]").fill("\n".join(PAYLOADS))
    desk.open_case.locator(".tool.notes button[type=submit]").click()
    expect(desk.open_case.locator(".notes li")).to_have_count(1, timeout=SLOW)
    desk.open_tool("tags")
    desk.open_case.locator("input[name=tags]").fill("<svg/onload=window.hit=1>")
    desk.open_case.locator(".tool.tags button[type=submit]").click()
    expect(desk.mine.locator(".tag").first).to_have_text("<svg/onload=window.hit=1>", timeout=SLOW)
    for payload in PAYLOADS:
        desk.reply(payload)
    expect(person.of("counsellor")).to_have_count(len(PAYLOADS), timeout=SLOW)
    assert set(PAYLOADS) <= set(desk.texts("counsellor")) | set(desk.texts("jobseeker"))
    nothing_ran(desk.page)
    nothing_ran(person.page)
    desk.give_back()
    stack.change("UPDATE account SET name = '陳先生' WHERE login = 'chen'")


def test_the_supervisor_sees_board_and_history(chat: Chat, console: Console, stack: Stack) -> None:
    if not stack.rows("SELECT id FROM account WHERE login = 'boss'"):
        stack.add_account("boss", "主任", "supervisor")
    desk = console("boss")
    wait_for_a_person(chat)
    desk.page.locator(".show-figures").click()
    figures = desk.page.locator(".figures")
    expect(figures.locator(".now dd").first).not_to_have_text("0", timeout=SLOW)
    expect(figures.locator(".past table").first).to_be_visible(timeout=SLOW)
    assert_no_violations(desk.page)
    with desk.page.expect_download() as coming:
        figures.locator("a[download]").click()
    text = Path(coming.value.path()).read_text("utf-8-sig")
    assert text.startswith("day,office,language,measure,key,value")
    assert re.search(r",opened,,\d+", text)
    console("lin").page.wait_for_selector(".list.queue")
    assert client(stack, "lin").call("GET", "/board").status == 403


def test_of_twenty_counsellors_who_claim_at_once_one_gets_it(stack: Stack) -> None:
    case = jobseeker_waits(stack, "請幫我")
    for number in range(RACERS):
        stack.change(  # the same password: hashing twenty more would only take time
            "INSERT INTO account (login, name, password_hash, role, languages, active, failed_sign_ins, created_at)"
            " SELECT ?, name, password_hash, role, languages, active, 0, created_at FROM account WHERE login = 'lin'",
            f"racer{number}",
        )
    racers = [client(stack, f"racer{number}") for number in range(RACERS)]
    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(lambda each: each.call("POST", f"/cases/{case}/claim"), racers))
    assert sorted(answer.status for answer in answers) == [200] + [409] * (RACERS - 1)
    assert {answer.code for answer in answers if answer.status == 409} == {"JS-HND-002"}
    assert stack.rows("SELECT count(*) FROM audit WHERE action = 'case.claimed' AND case_id = ?", case) == [(1,)]
    looks = [each.call("GET", f"/cases/{case}").status for each in racers]
    assert looks.count(200) == 1, "only who has it may read it now"
