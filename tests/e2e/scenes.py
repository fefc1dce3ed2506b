"""The scenes of docs/screenshots, each played once by a jobseeker and a counsellor in two browsers with everything real.

One implementation: test_scenes.py plays them and looks at what they leave behind; `make screenshots` plays the same and keeps the pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.console_page import ConsolePage
from tests.e2e.office_days import SUPERVISOR, keep_closed, keep_open
from tests.e2e.side_by_side import COUNSELLOR, JOBSEEKER
from tests.e2e.stack import Stack

SLOW = 60_000
PICTURES = (
    "handoff-zh-1-waiting",
    "handoff-zh-2-talking",
    "handoff-zh-3-returned",
    "handoff-en-1-waiting",
    "handoff-en-2-talking",
    "handoff-en-3-returned",
    "closed-hours",
    "crisis",
    "contested-1-worked-out-again",
    "contested-2-decided",
)


@dataclass(frozen=True)
class Stage:
    """Where a scene is played. show: keeps what both see, under one of PICTURES."""

    stack: Stack
    chat: Callable[..., ChatPage]
    console: Callable[..., ConsolePage]
    show: Callable[[str, ChatPage, ConsolePage], None]

    def jobseeker(self, locale: str) -> ChatPage:
        """Somebody with a telephone."""
        return self.chat(locale=locale, **JOBSEEKER)

    def counsellor(self, login: str, locale: str) -> ConsolePage:
        """Somebody at a desk."""
        return self.console(login, locale=locale, **COUNSELLOR)


@dataclass(frozen=True)
class _Words:
    """What is typed in a hand-off, in one language."""

    question: str
    inserted: str
    asked_back: str
    answer: str
    last: str
    person: re.Pattern[str]
    returned: re.Pattern[str]
    best: str


HANDOFF = {
    "zh-TW": _Words(
        "失業給付可以領多久",
        "失業給付",
        "您好，我是林小姐。您是哪一天離職的？",
        "上星期五，公司說業務緊縮。",
        "那屬於非自願離職。請帶離職證明到就業中心，我幫您約星期一上午十點。",
        re.compile("排隊"),
        re.compile("輔導員已經離開"),
        "5 很有幫助",
    ),
    "en-US": _Words(
        "How long can I get unemployment benefit?",
        "unemployment",
        "Hello, this is Ms Lin. On which day did you leave?",
        "Last Friday. They said there was no more work.",
        "Then you did not leave by choice. Please bring your leaving certificate; I have booked Monday at ten for you.",
        re.compile("Waiting"),
        re.compile("counsellor has left"),
        "5 a great deal",
    ),
}


def handoff(stage: Stage, locale: str) -> str:
    """From the first question over waiting, talking and wrap-up back to the program; the number of the case."""
    words, name = HANDOFF[locale], f"handoff-{locale[:2]}"
    keep_open(stage.stack)
    desk, person = stage.counsellor("lin", locale), stage.jobseeker(locale)
    person.ask(words.question)
    person.person.click()
    expect(person.person).to_have_text(words.person, timeout=SLOW)
    expect(person.of("bot").last.locator(".choice").first).to_be_visible(timeout=SLOW)
    number = _look_at_theirs(desk, person)
    expect(desk.open_case.locator(".masked")).to_be_visible(timeout=SLOW)
    stage.show(f"{name}-1-waiting", person, desk)

    desk.claim()
    expect(desk.box).to_be_visible(timeout=SLOW)
    expect(person.of("system").last).to_be_visible(timeout=SLOW)
    desk.reply(words.asked_back)
    expect(person.of("counsellor")).to_have_count(1, timeout=SLOW)
    person.write(words.answer)
    expect(desk.lines("jobseeker").last).to_contain_text(words.answer, timeout=SLOW)
    desk.open_tool("suggestions")
    expect(desk.open_case.locator(".suggestions button").first).to_be_visible(timeout=SLOW)
    desk.reply(words.last)
    expect(person.of("counsellor")).to_have_count(2, timeout=SLOW)
    desk.box.fill("")
    stage.show(f"{name}-2-talking", person, desk)

    desk.open_tool("suggestions")
    desk.open_tool("wrapUp")
    desk.open_case.locator("select[name=outcome]").select_option("appointment")
    desk.open_case.locator(".tool.wrapUp button[type=submit]").click()
    expect(desk.open_case.locator(".resume")).to_be_visible(timeout=SLOW)
    desk.give_back()
    expect(person.of("bot").last.or_(person.of("system").last).last).to_contain_text(words.returned, timeout=SLOW)
    person.button(words.best).click()
    expect(person.chat.locator(".choice", has_text=re.compile("補充一句話|Add a word"))).to_be_visible(timeout=SLOW)
    stage.show(f"{name}-3-returned", person, desk)
    return number


def closed_hours(stage: Stage) -> None:
    """A typhoon day: said before anything is promised, with the next opening; the supervisor's page of hours beside it."""
    keep_closed(stage.stack)
    try:
        desk, person = stage.counsellor(SUPERVISOR, "zh-TW"), stage.jobseeker("zh-TW")
        desk.page.locator(".menu .pageOffices").click()
        expect(desk.page.locator(".office-state")).to_contain_text("現在沒有人服務", timeout=SLOW)
        before = person.of("bot").count()
        person.person.click()
        expect(person.of("bot")).to_have_count(before + 1, timeout=SLOW)
        told = person.of("bot").last
        expect(told).to_contain_text("颱風假")
        expect(told).to_contain_text("下次上班")
        expect(told).to_contain_text("您的案件已經登記")
        expect(told.locator(".choice", has_text="約時間回電")).to_be_visible()
        stage.show("closed-hours", person, desk)
    finally:
        keep_open(stage.stack)


def crisis(stage: Stage) -> str:
    """Answered at once, first in the queue, called out at the desk; the number of the case."""
    keep_open(stage.stack)
    desk, person = stage.counsellor("lin", "zh-TW"), stage.jobseeker("zh-TW")
    person.ask("我不想活了")
    expect(person.of("bot").last.locator("a[href='tel:1925']").first).to_be_visible(timeout=SLOW)
    expect(desk.page.get_by_role("alert")).to_contain_text("請優先處理", timeout=SLOW)
    expect(desk.queue.first).to_contain_text("緊急：人身安全", timeout=SLOW)
    desk.queue.first.click()
    expect(desk.open_case.locator(".badge.level-0")).to_be_visible(timeout=SLOW)
    stage.show("crisis", person, desk)
    number = desk.case_number()
    desk.claim()
    expect(desk.box).to_be_visible(timeout=SLOW)
    desk.reply("我是林小姐，我在這裡。您現在安全嗎？")
    expect(person.of("counsellor")).to_have_count(1, timeout=SLOW)
    desk.give_back()
    expect(desk.box).to_be_hidden(timeout=SLOW)
    return number


def contested(stage: Stage) -> str:
    """A ranking is contested, worked out again as it was logged, and decided with reasons; the number of the case."""
    keep_open(stage.stack)
    desk, person = stage.counsellor("lin", "zh-TW"), stage.jobseeker("zh-TW")
    person.ask("我想在桃園找堆高機的工作")
    _press(person, "為什麼")
    _press(person, "請人重看", replies=2)
    told = person.of("bot").last
    expect(told).to_contain_text("案號", timeout=SLOW)
    number = _look_at_theirs(desk, person)
    expect(desk.open_case.locator(".head")).to_contain_text("不服結果")
    expect(desk.open_case.locator(".tool.review")).to_be_visible(timeout=SLOW)
    desk.claim()
    expect(desk.box).to_be_visible(timeout=SLOW)
    desk.open_case.locator(".note-block > summary").click()  # room for the review
    desk.open_case.locator(".rerun").click()
    expect(desk.open_case.locator(".tool.review tbody tr").first).to_be_visible(timeout=SLOW)
    expect(desk.open_case.locator(".tool.review [role=status]")).to_contain_text("完全相同")
    stage.show("contested-1-worked-out-again", person, desk)

    desk.open_tool("decide")
    desk.open_case.locator("select[name=decision]").select_option("upheld")
    desk.open_case.locator("textarea[name=decision-text]").fill("您的堆高機證照沒有算進去。我們會更正，並重新排序。")
    desk.open_case.locator(".tool.decide button[type=submit]").click()
    expect(person.chat).to_contain_text("認為您說得對", timeout=SLOW)
    expect(person.chat).to_contain_text("您的堆高機證照沒有算進去")
    expect(desk.open_case.locator(".decided")).to_contain_text("求職者有理", timeout=SLOW)
    stage.show("contested-2-decided", person, desk)
    desk.give_back()
    expect(desk.box).to_be_hidden(timeout=SLOW)
    return number


def _look_at_theirs(desk: ConsolePage, person: ChatPage) -> str:
    """Open the case whose number the person has just been told."""
    told = re.search(r"(?:案件|案號|[Cc]ase )(\d+)", person.of("bot").last.text_content() or "")
    assert told, person.of("bot").last.text_content()
    desk.queue.filter(has_text=re.compile(rf"(案件|[Cc]ase) {told[1]}(?!\d)")).click(timeout=SLOW)
    expect(desk.open_case).to_be_visible(timeout=SLOW)
    return told[1]


def _press(person: ChatPage, title: str, *, replies: int = 1) -> None:
    before = person.of("bot").count()
    person.of("bot").last.locator(".choice", has_text=title).first.click()
    expect(person.of("bot")).to_have_count(before + replies, timeout=SLOW)
