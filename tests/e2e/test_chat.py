"""What a jobseeker does with the chat: ask, press, switch language, use the keyboard. Faults are test_chat_faults.py."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Chat = Callable[..., ChatPage]


@pytest.mark.parametrize(
    ("locale", "program", "decides", "person"),
    [
        ("zh-TW", "電腦程式，不是真人", "由就業中心或勞保局決定", "找真人"),
        ("zh-CN", "电脑程序，不是真人", "由就业中心或劳保局决定", "找真人"),
        (
            "en-US",
            "computer program, not a person",
            "decided by the employment centre or the Bureau",
            "Talk to a person",
        ),
    ],
)
def test_the_first_thing_seen_is_who_speaks_who_decides_and_how_to_reach_a_person(
    chat: Chat, locale: str, program: str, decides: str, person: str
) -> None:
    for viewport in ({"width": 1100, "height": 800}, {"width": 320, "height": 568}):
        page = chat(locale=locale, viewport=viewport)
        notice = page.chat.locator(".notice")
        expect(notice).to_contain_text(program)
        expect(notice).to_contain_text(decides)
        expect(notice.locator("a[href='tel:0800777888']")).to_be_in_viewport()
        expect(notice).to_be_in_viewport(ratio=0.99)
        expect(page.person).to_have_text(person)
        expect(page.person).to_be_in_viewport()


@pytest.mark.parametrize(
    ("locale", "question", "answer", "source", "lang"),
    [
        ("zh-TW", "失業給付可以領多少？", "60%", "就業保險法第16條", "zh-Hant-TW"),
        ("zh-CN", "失业给付可以领多少？ how much", "60%", "就业保险法第16条", "zh-Hans"),
        ("en-US", "How much unemployment benefit can I get?", "60%", "Employment Insurance Act, Article 16", "en"),
    ],
)
def test_a_benefit_question_is_answered_with_its_source(
    chat: Chat, locale: str, question: str, answer: str, source: str, lang: str
) -> None:
    page = chat(locale=locale)
    page.ask(question)
    reply = page.of("bot").last
    expect(reply.locator(".body")).to_contain_text(answer)
    expect(reply.locator(".body")).to_have_attribute("lang", lang)
    link = reply.locator(".sources a", has_text=source)
    expect(link).to_have_attribute("href", "https://www.bli.gov.tw/en/0016409.html")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(reply.locator("a[href='tel:0223961266']").first).to_be_visible()
    reply.locator("summary").click()
    expect(reply.locator(".card-text li").first).to_be_visible()
    page.expect_consistent()


def test_speakers_are_named(chat: Chat) -> None:
    page = chat()
    page.ask("領多少")
    said = page.messages()
    assert {(message["author"], message["who"]) for message in said} == {("bot", "小幫手（程式）"), ("jobseeker", "您")}


def test_a_button_of_a_reply_is_a_message_and_keeps_the_focus(chat: Chat) -> None:
    page = chat()
    before = page.of("bot").count()
    page.button("可以領多少").click()
    expect(page.of("bot")).to_have_count(before + 1)
    assert page.own_texts() == ["可以領多少"]
    expect(page.of("bot").last).to_contain_text("60%")
    expect(page.chat.locator(".choice:focus")).to_have_text("可以領多少")


def test_talk_to_a_person_is_always_there_and_queues(chat: Chat) -> None:
    page = chat()
    page.ask("領多少")
    page.person.click()
    expect(page.person).to_have_text("已在排隊等真人")
    expect(page.subtitle).to_have_text("輔導員還沒接手，程式先回答")
    expect(page.of("bot").last).to_contain_text(
        re.compile("已經請真人輔導員接手|現在不是上班時間")
    )  # by the hour of the test
    page.ask("領多久")  # meanwhile the program goes on
    expect(page.of("bot").last).to_contain_text("最長")


def test_everything_by_keyboard(chat: Chat) -> None:
    page = chat(locale="en-US")
    page.page.keyboard.press("Tab")
    names = []
    for _ in range(15):
        focused = page.page.evaluate(
            """() => { const node = document.querySelector('job-chat').shadowRoot.activeElement;
                 if (!node) return null;
                 const style = getComputedStyle(node);
                 return [node.className || node.tagName, node.getAttribute('aria-label') || node.textContent, style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
        )
        if focused is None:
            break
        assert focused[2] == "solid", f"the focus on {focused[:2]} cannot be seen"
        assert focused[3] >= 2
        names.append(focused[0])
        page.page.keyboard.press("Tab")
    assert names[:4] == ["BUTTON", "BUTTON", "BUTTON", "person"], names
    assert "scroller" in names, names
    assert "choice" in names, names
    assert names[-4:] == ["TEXTAREA", "send", "attach", "quiet"], names

    page.box.focus()
    page.page.keyboard.type("How much is it?")
    page.page.keyboard.press("Enter")
    expect(page.of("bot")).to_have_count(2)
    expect(page.box).to_be_focused()
    for _ in range(20):  # back to the newest button
        page.page.keyboard.press("Shift+Tab")
        if page.chat.locator("summary:focus").count():
            break
    page.page.keyboard.press("Enter")
    expect(page.chat.locator("details[open]")).to_have_count(1)


def test_the_language_switch_changes_words_answers_and_stays(chat: Chat) -> None:
    page = chat()
    page.chat.get_by_role("button", name="English").click()
    expect(page.person).to_have_text("Talk to a person")
    expect(page.page.locator("html")).to_have_attribute("lang", "en")
    expect(page.page).to_have_title("Job assistant")
    expect(page.chat.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    expect(page.chat.get_by_role("button", name="English")).to_be_focused()
    expect(page.of("bot")).to_have_count(2)
    page.ask("領多少")  # the choice sticks, whatever language is written
    expect(page.of("bot").last).to_contain_text("60%")
    expect(page.of("bot").last.locator(".body")).to_have_attribute("lang", "en")
    page.page.reload()
    expect(page.person).to_have_text("Talk to a person")
    expect(page.of("bot")).to_have_count(3)
    page.chat.get_by_role("button", name="简体中文").click()
    page.ask("領多少", replies=2)
    expect(page.of("bot").last).to_contain_text("劳保局")
    page.expect_consistent()


def test_enter_while_an_input_method_composes_does_not_send(chat: Chat) -> None:
    page = chat()
    page.box.click()
    session = page.page.context.new_cdp_session(page.page)
    session.send("Input.imeSetComposition", {"text": "ㄕ", "selectionStart": 1, "selectionEnd": 1})
    session.send("Input.imeSetComposition", {"text": "失", "selectionStart": 1, "selectionEnd": 1})
    page.page.keyboard.press("Enter")
    assert page.own_texts() == []
    session.send("Input.insertText", {"text": "失業"})
    page.page.wait_for_timeout(300)
    assert page.own_texts() == []
    expect(page.chat.locator(".message.pending")).to_have_count(0)
    page.page.keyboard.press("Enter")
    expect(page.of("jobseeker").locator(".body")).to_contain_text("失業")


def test_shift_enter_starts_a_line_and_the_draft_survives_a_reload(chat: Chat) -> None:
    page = chat()
    page.box.click()
    page.page.keyboard.type("one")
    page.page.keyboard.press("Shift+Enter")
    page.page.keyboard.type("two")
    assert page.box.input_value() == "one\ntwo"
    page.page.reload()
    expect(page.box).to_have_value("one\ntwo")
    page.box.press("Enter")
    expect(page.of("jobseeker")).to_have_count(1)
    expect(page.box).to_have_value("")


def test_a_text_that_is_too_long_is_counted_kindly_and_kept(chat: Chat) -> None:
    page = chat()
    page.box.fill("😀" * 3_990)  # counted as the server counts: code points
    expect(page.chat.locator(".count")).to_have_text("還可以寫 10 字")
    page.box.fill("字" * 4_005)
    expect(page.chat.locator(".count")).to_have_text("超過 5 字。一則最多 4,000 字，請分成幾則送出。")
    page.box.press("Enter")
    assert page.box.input_value() == "字" * 4_005
    expect(page.of("jobseeker")).to_have_count(0)
    page.box.fill("字" * 4_000)
    page.box.press("Enter")
    expect(page.of("jobseeker")).to_have_count(1)
    page.expect_consistent()


@pytest.mark.parametrize("text", ["   ", "\n\n"])
def test_nothing_written_is_not_sent(chat: Chat, text: str) -> None:
    page = chat()
    page.box.fill(text)
    page.box.press("Enter")
    page.ask("領多少")
    assert page.own_texts() == ["領多少"]


def test_what_only_the_server_refuses_is_said_and_given_back(chat: Chat) -> None:
    page = chat(locale="en-US")
    page.write("\u200b\u200b")  # zero width spaces: visible to no one, the server says so
    failed = page.chat.locator(".message.failed")
    expect(failed).to_contain_text("Not sent")
    expect(failed).to_contain_text("The message is empty")
    page.ask("how much")  # it does not hold up what follows
    page.page.reload()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Delete this message").click()
    expect(failed).to_have_count(0)
    page.expect_consistent()


def test_the_conversation_can_be_cleared_from_a_shared_device(chat: Chat) -> None:
    page = chat()
    page.ask("領多少")
    before = page.conversation()["id"]
    page.chat.locator(".quiet").click()
    expect(page.chat.locator(".sure .choice").last).to_be_focused()
    page.chat.locator(".sure .choice").first.click()
    expect(page.of("jobseeker")).to_have_count(0)
    expect(page.of("bot")).to_have_count(1)
    expect(page.chat.locator(".notes")).to_contain_text("已從這台裝置清除")
    assert page.conversation()["id"] != before
    assert before not in page.page.evaluate("() => JSON.stringify(localStorage)")


PAYLOADS = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg/onload=window.pwned=1>",
    "</div></job-chat><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "javascript:window.pwned=1",
    '[x](javascript:window.pwned=1) https://example.org/"onmouseover="window.pwned=1',
    "**<b onclick=window.pwned=1>bold</b>**",
    "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1}",
    "data:text/html,<script>window.pwned=1</script>",
    "\u202e<img src=x onerror=window.pwned=1>\u202c",
    "</textarea><script>window.pwned=1</script>",
    "- <a href='javascript:window.pwned=1'>1955</a>",
]


def test_markup_is_shown_as_text_and_never_runs(chat: Chat) -> None:
    page = chat()
    dialogs: list[str] = []
    page.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for payload in PAYLOADS:
        page.ask(payload)
    assert page.own_texts() == PAYLOADS
    page.page.reload()  # and once more from the replay
    expect(page.of("jobseeker")).to_have_count(len(PAYLOADS))
    assert page.page.evaluate("() => window.pwned") is None
    assert dialogs == []
    bad = page.page.evaluate(
        """() => [...document.querySelector('job-chat').shadowRoot.querySelectorAll('*')]
          .filter(node => ['SCRIPT', 'IFRAME', 'IMG', 'OBJECT', 'EMBED'].includes(node.tagName)
            || [...node.attributes].some(a => a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.value))
            || (node.tagName === 'A' && !/^(https?|tel):/.test(node.getAttribute('href')))).length"""
    )
    assert bad == 0


def test_two_tabs_of_one_conversation_stay_in_step(chat: Chat) -> None:
    one = chat()
    two = ChatPage(one.page.context.new_page(), one.url)
    two.open()
    assert one.conversation() == two.conversation()
    one.ask("領多少")
    expect(two.of("bot")).to_have_count(2)
    two.ask("領多久")
    expect(one.of("bot")).to_have_count(3)
    one.write("first of one")
    two.write("first of two")
    expect(one.of("jobseeker")).to_have_count(4)
    expect(two.of("jobseeker")).to_have_count(4)
    expect(one.of("bot")).to_have_count(5)
    expect(two.of("bot")).to_have_count(5)
    for page in (one, two):
        page.expect_consistent()
    assert one.messages() == two.messages()
    two.chat.locator(".quiet").click()
    two.chat.locator(".sure .choice").first.click()
    expect(one.of("jobseeker")).to_have_count(0)
    expect(one.of("bot")).to_have_count(1)
    assert one.conversation() == two.conversation()


def test_a_browser_that_keeps_nothing_still_works_and_says_so(
    stack: Stack, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(locale="en-US")
    context.add_init_script(
        "for (const kind of ['localStorage', 'sessionStorage']) Object.defineProperty(window, kind, {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    page = ChatPage(context.new_page(), stack.url)
    page.open()
    expect(page.chat.locator(".notes")).to_contain_text("does not allow pages to keep data")
    page.ask("how much")
    page.expect_consistent()
