"""What only Telegram has: opaque buttons of 64 bytes, presses to acknowledge, MarkdownV2, edits, captions, long polling, commands."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Setup
from connectors.telegram import CONNECTOR, TelegramConnector, TelegramSettings, is_taken
from connectors.telegram_cards import CALLBACK_BYTES, card_messages, escape, plain, without_links
from connectors.telegram_cards import message as text_message
from connectors.telegram_updates import variety_of
from gateway.intake import Intake
from gateway.limits import Admission
from gateway.workers.fetch import FetchWorker
from jobseeker.answers import Answers
from jobseeker.errors import StoreUnavailable
from jobseeker.messages import Button, InboundMessage, Reply
from store.messages import InboxRepository
from tests.doubles.channel_bench import PlatformBench, connector_for, open_bench
from tests.doubles.platforms.specification import SPECS, telegram_schemas
from tests.doubles.platforms.telegram import TOKEN, Platform, read_markdown

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason=f"{SPECS} is not on this machine")


@pytest.fixture
async def bench(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Any]:
    """A gateway with Telegram."""
    async with open_bench("telegram", sqlite_template, tmp_path) as opened:
        yield opened
        assert opened.platform.tally.refused == []


def made() -> TelegramConnector:
    """A connector without a platform."""
    return TelegramConnector(TelegramSettings(bot_token="1:x", webhook_secret="s"))


# -- updates ---------------------------------------------------------------------------------------------------------------


def test_our_own_recorded_updates_are_what_the_specification_says() -> None:
    platform, schemas = Platform(), telegram_schemas()
    person = platform.person()
    bodies = [platform.text(person, "hello"), platform.press(person, "x"), *platform.attachments(person).values()]
    wrong = [
        problem for body in bodies for problem in schemas.problems("Update", json.loads(body)) if "poll" not in problem
    ]
    assert len(bodies) == 10
    assert [problem for problem in wrong if not problem.startswith("message:")] == []
    assert schemas.problems("Update", {"update_id": "1"})


KEYS = ["update_id", "message", "edited_message", "callback_query", "my_chat_member", "chat", "id", "type", "from", "text",
        "data", "location", "new_chat_member", "status", "entities", "caption"]  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["private", "group", "member", "/start x", "a"])
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_no_json_whatsoever_raises(value: Any) -> None:
    for body in (value, {"update_id": 1, "message": value}, {"update_id": 1, "callback_query": value}):
        made().parse(json.dumps(body).encode())


async def test_a_press_is_always_acknowledged(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    await bench.press(person, "可以領多少")
    assert await bench.send(platform.press(person, "nobody offered this")) == 200
    group = json.loads(platform.press(person, "x"))
    group["callback_query"]["message"]["chat"]["type"] = "group"
    assert await bench.send(json.dumps(group).encode()) == 200
    await bench.settle()
    await _until(lambda: len(platform.answered) == 3)


async def test_a_press_is_acknowledged_with_the_database_away(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")

    async def away(*_: Any, **__: Any) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(InboxRepository, "by_event", away)
        pressed = platform.press(person, "x")
        assert await bench.send(pressed) == 503
        await _until(lambda: len(platform.answered) == 1)
    assert await bench.send(pressed) == 200  # it came again: kept now
    await bench.settle()
    assert "不能用了" in (await bench.shown(person))[-1].text


@pytest.mark.parametrize("data", ["\0", "a\0b", "求" * 1_000, "/human", "a" * 63 + "求"])
async def test_a_forged_press_is_an_old_button_at_most(bench: PlatformBench, data: str) -> None:
    """A changed client may send any bytes as a press of a button that we sent."""
    platform: Any = bench.platform
    person = await bench.newcomer()
    body = platform.press(person, data)
    for event in made().parse(body).events:
        assert isinstance(event, InboundMessage)
        assert "\0" not in event.choice
        assert 0 < len(event.choice.encode()) <= CALLBACK_BYTES
    assert await bench.send(body) == 200
    await bench.settle()
    assert await bench.rows("SELECT DISTINCT command FROM inbox") in ([], [("/attachment old_button",)])


async def test_buttons_carry_short_ids(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    data = [data for shown in await bench.shown(person) for _, data in shown.buttons]
    assert len(data) >= 4
    assert all(len(each.encode()) <= CALLBACK_BYTES and "/" not in each for each in data)


async def test_an_edited_message_is_answered_anew_and_its_old_words_go(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    first = platform.message(person, text="我的電話是 0912 可以領多少")
    assert await bench.send(platform.update(message=first)) == 200
    await bench.settle()
    edited = {**first, "text": "可以領多久", "edit_date": first["date"] + 5}
    assert await bench.send(platform.update(edited_message=edited)) == 200
    await bench.settle()
    texts = [text for (text,) in await bench.rows("SELECT text FROM inbox ORDER BY seq")]
    assert texts == ["（訊息已收回）", "（訊息已收回）", "可以領多久"]
    assert len(bench.dialogue.forgotten) == 1
    assert bench.dialogue.requests[-1].text == "可以領多久"


async def test_each_further_edit_takes_back_the_last_wording_alone(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person, words = await bench.newcomer(), ["可以領多久", "可以領多少", "要怎麼申請", "謝謝"]
    first = platform.message(person, text=words[0])
    assert await bench.send(platform.update(message=first)) == 200
    await bench.settle()
    for number, wording in enumerate(words[1:], start=1):
        edited = platform.update(edited_message={**first, "text": wording, "edit_date": first["date"] + number})
        assert await bench.send(edited) == 200
        assert await bench.send(edited) == 200  # comes again
        await bench.settle()
    rows = await bench.rows("SELECT id, text, command FROM inbox ORDER BY seq")
    ids = [row_id for row_id, _, _ in rows]
    assert [command for _, _, command in rows[1::2]] == [f"/withdrawn {row_id}" for row_id in ids[:-1:2]]
    assert [text for _, text, _ in rows] == ["（訊息已收回）"] * 6 + ["謝謝"]
    assert [inbox_id for _, inbox_id in bench.dialogue.forgotten] == ids[:-1:2]
    assert await bench.rows("SELECT count(*) FROM audit WHERE action = 'message.withdrawn'") == [(3,)]


async def test_an_edit_that_comes_before_its_message_replaces_it(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    first = platform.message(person, text="可以領多久")
    late = platform.update(message=first)
    assert await bench.send(platform.update(edited_message={**first, "text": "可以領多少"})) == 200
    assert await bench.send(late) == 200
    assert await bench.send(platform.update(edited_message={**first, "text": "要怎麼申請"})) == 200
    await bench.settle()
    texts = [text for (text,) in await bench.rows("SELECT text FROM inbox ORDER BY seq")]
    assert texts == ["謝謝", "（訊息已收回）", "（訊息已收回）", "（訊息已收回）", "要怎麼申請"]


PHOTO = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}


async def texts_after(bench: PlatformBench, first: dict[str, Any], *edits: dict[str, Any]) -> list[str]:
    """The rows after a message and its new versions, each answered before the next comes."""
    platform: Any = bench.platform
    assert await bench.send(platform.update(message=first)) == 200
    await bench.settle()
    for edited in edits:
        assert await bench.send(platform.update(edited_message=edited)) == 200
        await bench.settle()
    return [text for (text,) in await bench.rows("SELECT text FROM inbox ORDER BY seq")]


async def test_an_edited_caption_leaves_the_picture(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    plain_photo = platform.message(await bench.newcomer(), **PHOTO)
    first, second = {**plain_photo, "caption": "可以領多少"}, {**plain_photo, "caption": "可以領多久"}
    texts = await texts_after(bench, first, second, {**plain_photo, "caption": "謝謝"}, plain_photo, plain_photo)
    gone = "（訊息已收回）"
    assert texts == [
        "（圖片）",
        gone,
        gone,
        gone,
        gone,
        gone,
        gone,
    ]  # three wordings, each taken back once; the last by its removal
    assert "領多" not in str(await bench.rows("SELECT text FROM inbox"))


async def test_a_caption_that_is_written_afterwards_takes_nothing_back(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    first = platform.message(await bench.newcomer(), **PHOTO)
    assert await texts_after(bench, first, first, {**first, "caption": "可以領多少"}) == ["（圖片）", "可以領多少"]


async def test_words_that_become_a_caption_are_replaced(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    first = platform.message(await bench.newcomer(), text="我的電話是 0912")
    edited = {name: value for name, value in first.items() if name != "text"} | PHOTO | {"caption": "謝謝"}
    assert await texts_after(bench, first, edited) == ["（訊息已收回）", "（訊息已收回）", "謝謝"]


async def test_a_live_location_that_moves_says_nothing_new(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    where, place = {"latitude": 25.03, "longitude": 121.56}, {"latitude": 22.63, "longitude": 120.3}
    first = platform.message(await bench.newcomer(), location={**where, "live_period": 900})
    moved, ended = {**first, "location": {**place, "live_period": 900}}, {**first, "location": place}
    assert await texts_after(bench, first, moved, moved, ended) == ["（位置 臺北市信義區）"]
    assert [request.command for request in bench.dialogue.requests] == ["/live tw_taipei_xinyi"]


async def test_what_changes_by_itself_says_nothing(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    first = platform.message(await bench.newcomer(), poll={"id": "1", "question": "?", "options": []})
    assert await texts_after(bench, first, first) == ["（無法顯示的訊息）"]


async def test_a_caption_is_read_and_the_picture_is_mentioned(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    photo = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], "caption": "可以領多少"}
    assert await bench.send(platform.update(message=platform.message(person, **photo))) == 200
    await bench.settle()
    assert await bench.rows("SELECT text FROM inbox ORDER BY seq") == [("（圖片）",), ("可以領多少",)]
    assert "60%" in (await bench.shown(person))[-1].text


async def test_start_greets_and_greets_again(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    english = platform.message(person, text="/start") | {"from": platform.sender(person, "en")}
    for _ in range(2):
        assert await bench.send(platform.update(message=english)) == 200
        await bench.settle()
    assert [shown.text[:6] for shown in await bench.shown(person)] == ["Hello,", "Hello,"]
    assert await bench.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_command_in_a_private_chat_may_carry_the_bots_name(bench: PlatformBench) -> None:
    await bench.open_offices()
    person = await bench.newcomer()
    answered = await bench.ask(person, "/human@jobs_tw_bot")
    assert "已經請他們接手" in answered[-1].text


async def test_a_group_is_refused_and_left_but_its_talk_is_not_answered(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    chat = {"id": -77, "type": "supergroup", "title": "g"}
    talk = {**platform.message("5", text="hello all"), "chat": chat}
    assert await bench.send(platform.update(message=talk)) == 200
    assert platform.left == []
    added = {
        "chat": chat, "from": platform.sender("5"), "date": 1,
        "old_chat_member": {"status": "left", "user": platform.sender("9")},
        "new_chat_member": {"status": "member", "user": platform.sender("9")},
    }  # fmt: skip
    assert await bench.send(platform.update(my_chat_member=added)) == 200
    await _until(lambda: platform.left == ["-77"])
    assert "一對一" in platform.shown("-77")[0].text + platform.shown("-77")[0].sender


async def test_who_blocks_the_bot_is_gone_and_comes_back(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    platform.blocked.add(person)
    await bench.write(person, "謝謝")
    await bench.settle()
    assert await bench.rows("SELECT state FROM outbox ORDER BY seq DESC LIMIT 1") == [("gone",)]
    platform.blocked.clear()
    assert len(await bench.ask(person, "謝謝")) == 1


async def test_retry_after_is_obeyed(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    bench.platform.faults.extend(["429"])
    loop = asyncio.get_running_loop()
    began = loop.time()
    await bench.ask(person, "謝謝")
    assert loop.time() - began >= bench.platform.retry_after_seconds


@pytest.mark.parametrize("answer", [{"ok": True, "result": {}}, {"ok": True}, {"ok": True, "result": [1]}])
async def test_what_is_taken_is_delivered_whatever_the_answer_says(
    bench: PlatformBench, answer: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    telegram: Any = bench.platform
    telegram.answer = answer
    person = await bench.newcomer()
    await bench.ask(person, "可以領多少")
    shown = [each.text for each in await bench.shown(person)]
    assert len(shown) == len(set(shown)) == 2
    assert await bench.rows("SELECT DISTINCT state, attempts FROM outbox") == [("delivered", 1)]
    assert "taken, but its answer cannot be read" in {record.message for record in caplog.records}


def test_only_an_answer_that_says_so_means_taken() -> None:
    assert is_taken(200, b'{"ok": true}')
    assert not any(is_taken(200, body) for body in (b"", b"<html>", b"{}", b'{"ok": false}', b"[]", b'{"ok": "yes"}'))
    assert not is_taken(500, b'{"ok": true}')


async def test_a_slow_platform_is_shown_every_part_of_a_long_reply_once(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call below its limit, all of them together above that of a send: the next attempt goes on."""
    connector: Any = bench.connector
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    monkeypatch.setattr("connectors.base.SLOW_SECONDS", 0.6)
    monkeypatch.setattr("connectors.base.SOON_SECONDS", 0.05)
    monkeypatch.setattr("jobseeker.usecases.deliver_replies.SEND_SECONDS", 3.0)
    parts = [f"第{number}段" for number in range(8)]
    monkeypatch.setattr(connector, "render", lambda *_: [text_message(part) for part in parts])
    bench.platform.slow_seconds = 0.5
    bench.platform.faults.extend(["slow"] * 16)
    assert [each.text for each in await bench.ask(person, "可以領多少")] == parts
    assert await bench.rows("SELECT max(attempts) > 1 FROM outbox") == [(1,)]


async def test_of_a_reply_that_runs_out_of_time_only_the_part_in_doubt_is_shown_again(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part is taken and its answer does not come: the first is not sent again."""
    connector: Any = bench.connector
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    monkeypatch.setattr("connectors.base.PARTS_SECONDS", 1.5)
    monkeypatch.setattr("jobseeker.usecases.deliver_replies.SEND_SECONDS", 2.5)
    monkeypatch.setattr(connector, "render", lambda *_: [text_message(part) for part in ("一", "二", "三")])
    kept, asked = connector._shown, []

    async def hangs(chat: str, given: Any) -> Any:
        sent = await kept(chat, given)
        asked.append(given["text"])
        if len(asked) == 2:
            await asyncio.sleep(60)
        return sent

    monkeypatch.setattr(connector, "_shown", hangs)
    answered = await bench.ask(person, "可以領多少")
    assert [each.text for each in answered] == ["一", "二", "二", "三"]


@pytest.mark.parametrize(
    "said", ["BUTTON_URL_INVALID", "inline keyboard button URL 'https://a.example' is invalid: Wrong HTTP URL"]
)
async def test_a_link_that_is_refused_is_told_in_the_text(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """The words, the link and the other buttons are shown, once."""
    connector: Any = bench.connector
    telegram: Any = bench.platform
    url = "https://a.example/x_(1)?a=1"
    telegram.refused_links = {url: said}
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    card = {"type": "vacancy", "title": "倉儲人員", "text": "倉儲人員，三重區。", "url": url,
            "buttons": [{"title": "存起來", "payload": "a1"}]}  # fmt: skip
    monkeypatch.setattr(connector, "render", lambda *_: card_messages(card))
    (shown,) = await bench.ask(person, "可以領多少")
    assert shown.text == f"倉儲人員，三重區。\n{url}"
    assert shown.buttons == (("存起來", "a1"),)
    assert await bench.rows("SELECT DISTINCT state FROM outbox") == [("delivered",)]


def test_a_message_without_its_links_says_them_once_and_within_the_limit() -> None:
    url = "https://a.example/" + "x" * 900
    card = {"type": "file", "title": "檔案", "url": url, "text": "檔案"}
    (given,) = card_messages(card)
    (made_plain,) = without_links(given)
    assert read_markdown(made_plain["text"])[0].count(url) == 1
    assert "reply_markup" not in made_plain
    (given,) = card_messages({**card, "text": f"檔案 {url}"})
    assert read_markdown(without_links(given)[0]["text"])[0].count(url) == 1
    (given,) = card_messages({**card, "text": "字" * 3_800})
    link, words = without_links(given)
    assert read_markdown(link["text"])[0] == url
    assert words["text"] == given["text"]


async def test_typing_shows_while_the_engine_thinks(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "可以領多少")
    await _until(lambda: platform.typing)
    assert platform.typing == [int(person)]


async def _until(done: Any) -> None:
    for _ in range(200):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


# -- messages --------------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_escaped_text_shows_exactly_the_text(text: str) -> None:
    assert read_markdown(escape(text)) == (text, "")
    assert plain(escape(text)) == text


CARD = {
    "type": "vacancy", "title": "倉儲人員 (夜班)", "text": "倉儲人員 (夜班)\n大成物流。時薪 196–210 元。", "url": "https://job.example.gov.tw/7",
    "source": "台灣就業通", "buttons": [{"title": "為什麼推薦我", "payload": "a1"}],
}  # fmt: skip


def test_cards_are_messages_with_their_own_buttons() -> None:
    first, second, last = made().render(Reply("bot", "zh-Hant", "找到：", (Button("再看看", "b"),), (CARD, CARD)))
    assert read_markdown(first["text"]) == ("找到：", "")
    assert read_markdown(second["text"]) == (CARD["text"], "")
    assert second["text"].startswith("*倉儲人員 \\(夜班\\)*")
    assert second["reply_markup"]["inline_keyboard"] == [
        [{"text": "為什麼推薦我", "callback_data": "a1"}],
        [{"text": "台灣就業通", "url": "https://job.example.gov.tw/7"}],
    ]
    assert last["reply_markup"]["inline_keyboard"][-1] == [{"text": "再看看", "callback_data": "b"}]


VALUES = (
    st.none()
    | st.integers()
    | st.text(max_size=200)
    | st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), max_size=3)
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["vacancy", "course", "profile", "file", "details", "new"])},
            optional={key: VALUES for key in CARD if key != "type"},
        ),
        max_size=6,
    ),
    st.text(min_size=1, max_size=9_000),
    st.lists(st.builds(Button, st.text(min_size=1, max_size=50), st.text("abc", min_size=1, max_size=34)), max_size=30),
)
def test_whatever_a_reply_holds_the_platform_takes_it(cards: Any, text: str, buttons: Any) -> None:
    for message in made().render(
        Reply("counsellor", "zh-Hant", text, tuple(buttons), tuple(cards)), "王美玲（輔導員）"
    ):
        given = {"chat_id": 1, **message}
        assert telegram_schemas().problems("sendMessage", given) == []
        shown, wrong = read_markdown(message["text"])
        assert wrong == ""
        assert 0 < len(shown.encode("utf-16-le")) // 2 <= 4_096


def test_an_emoji_counts_twice_at_the_limit() -> None:
    messages = made().render(Reply("bot", "en", "😀" * 3_000))
    assert [len(read_markdown(message["text"])[0]) for message in messages] == [2_048, 952]


def test_a_counsellors_name_stands_above_their_words() -> None:
    (message,) = made().render(Reply("counsellor", "zh-Hant", "您好"), "王美玲（輔導員）")
    assert read_markdown(message["text"])[0] == "王美玲（輔導員）\n您好"


@pytest.mark.parametrize(("code", "variety"), [("zh-hans", "zh-Hans"), ("zh", "zh-Hant"), ("en-US", "en"), ("vi", "")])
def test_a_users_language(code: str, variety: str) -> None:
    assert variety_of(code) == variety


# -- long polling and set-up -----------------------------------------------------------------------------------------------


@pytest.mark.platforms
async def test_long_polling_keeps_and_then_confirms(sqlite_template: Path, tmp_path: Path) -> None:
    async with open_bench("telegram", sqlite_template, tmp_path) as bench:
        platform = bench.platform
        connector: Any = connector_for(CONNECTOR, {**platform.environment(), "JOBSEEKER_TELEGRAM_POLLING": "true"})
        assert connector.polls
        person = await bench.newcomer()
        platform.updates = [json.loads(platform.text(person, f"謝謝 {number}")) for number in range(3)]
        worker = FetchWorker(connector, Intake(bench.services, Admission(1)))
        running = asyncio.create_task(worker.run())
        await _until(lambda: not platform.updates)
        worker.stop()
        await running
        await connector.close()
        await bench.settle()
        assert await bench.rows("SELECT text FROM inbox ORDER BY seq") == [("謝謝 0",), ("謝謝 1",), ("謝謝 2",)]
        assert platform.tally.refused == []


@pytest.mark.platforms
async def test_a_second_poller_is_waited_for(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Two gateways with one bot's token: the platform tells one of them 409. It waits longer each time, then goes on."""
    monkeypatch.setattr("gateway.workers.fetch.FIRST_WAIT_SECONDS", 0.02)
    async with open_bench("telegram", sqlite_template, tmp_path) as bench:
        platform = bench.platform
        connector: Any = connector_for(CONNECTOR, {**platform.environment(), "JOBSEEKER_TELEGRAM_POLLING": "true"})
        person = await bench.newcomer()
        platform.conflicts = 3
        platform.updates = [json.loads(platform.text(person, "謝謝"))]
        worker = FetchWorker(connector, Intake(bench.services, Admission(1)))
        running = asyncio.create_task(worker.run())
        await _until(lambda: not platform.updates)
        worker.stop()
        await running
        await connector.close()
        assert await bench.rows("SELECT text FROM inbox") == [("謝謝",)]
        told = [record.__dict__ for record in caplog.records if record.message == "events cannot be fetched"]
        assert [(each["problem"], each["wait_seconds"]) for each in told] == [
            ("Conflict", 0.02), ("Conflict", 0.04), ("Conflict", 0.08),
        ]  # fmt: skip


@pytest.mark.platforms
async def test_setup_writes_commands_in_each_language_and_the_webhook(answers: Answers) -> None:
    platform = Platform()
    await platform.start()
    try:
        settings: Any = connector_for(CONNECTOR, platform.environment())._settings  # type: ignore[attr-defined]
        wish = Setup(
            "https://chat.example.gov.tw",
            lambda key, variety: answers.words(key, variety, date(2026, 11, 28)),
            answers.choices,
        )
        assert CONNECTOR.setup is not None
        done = await CONNECTOR.setup(settings, wish)
        assert done[-1] == "webhook https://chat.example.gov.tw/webhooks/telegram"
        commands = {
            given.get("language_code", ""): given["commands"]
            for name, given in platform.calls
            if name == "setMyCommands"
        }
        assert set(commands) == {"", "zh", "en"}
        assert commands["en"][0] == {"command": "human", "description": "Talk to a person"}
        (webhook,) = [given for name, given in platform.calls if name == "setWebhook"]
        assert webhook["secret_token"] == "telegram-webhook-secret"
        assert "callback_query" in webhook["allowed_updates"]
        assert platform.tally.refused == []
    finally:
        await platform.stop()


async def test_the_token_is_in_no_log(bench: PlatformBench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    person = await bench.newcomer()
    bench.platform.faults.extend(["500", "reset"])
    await bench.ask(person, "謝謝")
    assert len(caplog.records) > 0
    assert TOKEN not in caplog.text
    assert person not in caplog.text


def test_a_secret_that_telegram_would_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="letters, digits") as refused:
        TelegramSettings(bot_token="1:x", webhook_secret="two words")
    assert "two words" not in str(refused.value)
