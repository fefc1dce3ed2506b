"""What only LINE has: reply tokens and retry keys, standby, unsend, groups, rich menus, cards; its own specification of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linebot.v3.messaging import ApiException
from PIL import Image

from app.channel_commands import CannotSetUpError, set_up
from connectors.base import Setup
from connectors.line import CONNECTOR, LineConnector, LineSettings
from connectors.line_calls import outcome
from connectors.line_cards import plain_messages
from connectors.line_events import variety_of
from connectors.line_menus import MenuShelf, NoFontError, draw, menu_request
from jobseeker.answers import Answers
from jobseeker.channels import GroupCall, Presence, Withdrawal
from jobseeker.errors import MalformedRequest, StoreUnavailable
from jobseeker.messages import Button, InboundMessage, Reply
from jobseeker.ports import Delivered, Gone, Refused, RetryAfter
from store.messages import OutboxRepository
from tests.doubles.channel_bench import PlatformBench, connector_for, open_bench
from tests.doubles.platforms.line import Platform
from tests.doubles.platforms.specification import SPECS, line_schemas, line_strategy

NOW_DAY = date(2026, 11, 28)
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason=f"{SPECS} is not on this machine")


@pytest.fixture
async def bench(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Any]:
    """A gateway with LINE."""
    async with open_bench("line", sqlite_template, tmp_path) as opened:
        yield opened
        assert opened.platform.tally.refused == []


@pytest.fixture
def connector() -> LineConnector:
    """Without a platform."""
    return LineConnector(LineSettings(channel_secret="s", channel_access_token="t"))


# -- its events ------------------------------------------------------------------------------------------------------------


def test_our_own_recorded_events_are_what_the_specification_says() -> None:
    platform, schemas = Platform(), line_schemas("webhook")
    person = platform.person()
    bodies = [platform.text(person, "hello"), platform.press(person, "x"), *platform.attachments(person).values()]
    checked = [problem for body in bodies for problem in schemas.problems("CallbackRequest", json.loads(body))]
    assert len(bodies) == 8
    assert checked == []
    assert schemas.problems("CallbackRequest", {"destination": "U" + "0" * 32, "events": [{"type": "message"}]})


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_kind_of_event_that_the_specification_has_can_be_read(data: st.DataObject) -> None:
    connector = LineConnector(LineSettings(channel_secret="s", channel_access_token="t"))
    request = data.draw(line_strategy("webhook", "CallbackRequest"))
    parsed = connector.parse(json.dumps(request).encode())
    assert len(parsed.events) + parsed.ignored == len(request["events"])
    for event in parsed.events:
        assert isinstance(event, InboundMessage | Withdrawal | Presence | GroupCall)
    if all(event["mode"] == "standby" for event in request["events"]):
        assert parsed.events == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["events", "type", "mode", "source", "userId", "message", "text", "id", "postback", "data", "unsend"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


def test_a_ticket_counts_from_the_moment_the_platform_says(connector: LineConnector) -> None:
    platform = Platform()
    event = platform.message("U1", {"type": "text", "text": "謝謝"})
    (read,) = connector.parse(platform.body({**event, "timestamp": 1_764_300_000_123})).events
    assert isinstance(read, InboundMessage)
    assert read.handle_since == datetime(2025, 11, 28, 3, 20, 0, 123_000, tzinfo=timezone.utc)
    for strange in (None, -1, 0, 10**15, "1764300000123", 1.5):
        (read,) = connector.parse(platform.body({**event, "timestamp": strange})).events
        assert isinstance(read, InboundMessage)
        assert (read.text, read.handle_since) == ("謝謝", None)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_no_json_whatsoever_raises(value: Any) -> None:
    connector = LineConnector(LineSettings(channel_secret="s", channel_access_token="t"))
    for body in (value, {"events": [value]}, {"events": [{"type": "message", "mode": "active", "message": value}]}):
        connector.parse(json.dumps(body).encode())


def test_what_is_not_json_is_malformed(connector: LineConnector) -> None:
    for body in (b"", b"{", b"[" * 100_000):
        with pytest.raises(MalformedRequest):
            connector.parse(body)


# -- replying and pushing --------------------------------------------------------------------------------------------------


async def test_a_reply_token_is_used_once_then_messages_are_pushed(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    assert [sent["by"] for sent in bench.platform.sent] == ["reply", "push"]  # type: ignore[attr-defined]
    await bench.ask(person, "謝謝")
    assert [sent["by"] for sent in bench.platform.sent] == ["reply", "push", "reply"]  # type: ignore[attr-defined]


async def test_a_token_that_is_over_is_replaced_by_a_push(bench: PlatformBench) -> None:
    bench.platform.token_seconds = -1.0  # type: ignore[attr-defined]
    person = await bench.newcomer()
    answered = await bench.ask(person, "可以領多少")
    assert len(answered) == 2
    assert {sent["by"] for sent in bench.platform.sent} == {"push"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("token_seconds", [60.0, -1.0])
async def test_an_answer_that_was_lost_on_the_way_does_not_double_the_message(
    bench: PlatformBench, token_seconds: float
) -> None:
    """By reply token the used-up token tells it, by push the retry key."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    bench.platform.token_seconds = token_seconds  # type: ignore[attr-defined]
    bench.platform.faults.extend(["lost"])
    answered = await bench.ask(person, "可以領多少")
    assert len([shown for shown in answered if "60%" in shown.text]) == 1
    assert await bench.rows("SELECT DISTINCT state FROM outbox") == [("delivered",)]


async def test_a_refusal_after_a_lost_answer_does_not_make_it_forgotten(bench: PlatformBench) -> None:
    """Taken, its answer lost, then refused for haste: whoever tries the third time must still know of the first."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    line: Any = bench.platform
    line.token_refused_last = True  # the real platform counts requests before it looks at the token
    line.faults.extend(["lost", "429"])
    answered = await bench.ask(person, "可以領多少")
    assert len([shown for shown in answered if "60%" in shown.text]) == 1


async def test_a_failed_attempt_and_a_token_that_is_over_since_lose_nothing(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform could not reach us for a while: by its clock the token is older than by ours, and its end says nothing of our attempt."""
    monkeypatch.setattr("connectors.line.TOKEN_SECONDS", 6.0)
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    line: Any = bench.platform
    event = line.message(person, {"type": "text", "text": "可以領多少"})
    event["timestamp"] -= 4_000
    line.faults.extend(["500"] * 100)
    pushed = len([each for each in line.sent if each["by"] == "push"])
    assert await bench.send(line.body(event)) == 200
    while len(line.faults) == 100:  # noqa: ASYNC110 - the stand-in tells
        await asyncio.sleep(0.01)
    await asyncio.sleep(2.5)
    line.tokens.clear()  # its time is over, while by our clock it would still be good
    line.faults.clear()
    await bench.settle()
    assert len([each for each in await bench.shown(person) if "60%" in each.text]) == 1
    assert len([each for each in line.sent if each["by"] == "push"]) == pushed + 1


@pytest.mark.parametrize("handle", [True, False])
async def test_a_gateway_that_is_killed_between_sending_and_noting_it_does_not_double_the_message(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch, handle: bool
) -> None:
    """Sent by reply token or pushed; its end cannot be written; a new gateway starts and clears what was in hand."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    line: Any = bench.platform
    line.token_seconds = 60.0 if handle else -1.0
    kept, killed = OutboxRepository.deliver, asyncio.Event()

    async def dies(*_: Any, **__: Any) -> None:
        killed.set()
        raise StoreUnavailable

    monkeypatch.setattr(OutboxRepository, "deliver", dies)
    await bench.write(person, "可以領多少")
    await killed.wait()
    monkeypatch.setattr(OutboxRepository, "deliver", kept)
    async with bench.services.store.write() as work:
        assert await work.outbox.clear_leases(bench.services.clock.now()) == 1
    await bench.settle()
    shown = await bench.shown(person)
    assert len([each for each in shown if "60%" in each.text]) == 1
    assert line.sent[-1]["by"] == ("reply" if handle else "push")


@pytest.mark.parametrize("faults", [["500"], ["reset"], ["429", "500", "500"]])
async def test_a_push_after_a_token_that_was_over_is_tried_until_it_is_taken(
    bench: PlatformBench, faults: list[str]
) -> None:
    """The token that was refused says nothing about the push that failed after it."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    bench.platform.token_seconds = -1.0  # type: ignore[attr-defined]
    bench.platform.faults.extend(faults)
    answered = await bench.ask(person, "可以領多少")
    assert len([shown for shown in answered if "60%" in shown.text]) == 1


@pytest.mark.parametrize("token_seconds", [60.0, -1.0])
async def test_what_is_taken_is_delivered_whatever_the_answer_says(
    bench: PlatformBench, token_seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """`{}` to the message, to the menu's name, to the profile: shown once, by reply token and by push."""
    caplog.set_level("INFO")
    line: Any = bench.platform
    line.empty_answers, line.token_seconds = True, token_seconds
    line.aliases = {"jobseeker-zh-hant-bot": "menu"}
    person = await bench.newcomer()
    source = {"type": "user", "userId": person}
    follow = line.event("follow", source, replyToken=line.token(person), follow={"isUnblocked": False})
    assert await bench.send(line.body(follow)) == 200
    await bench.settle()
    await bench.ask(person, "可以領多少")
    assert await bench.rows("SELECT DISTINCT state, attempts FROM outbox") == [("delivered", 1)]
    shown = [each.text for each in await bench.shown(person)]
    assert len(shown) == len(set(shown)) == 2
    said = {record.message for record in caplog.records}
    assert {
        "taken, but its answer cannot be read", "the menu could not be shown", "the profile could not be read",
    } <= said  # fmt: skip


async def test_an_error_whose_text_cannot_be_decoded_is_tried_again(
    bench: PlatformBench, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy's page in Big5: nothing was taken, and the log says with which status."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    line: Any = bench.platform
    line.error_text = "<html>維護中</html>".encode("big5")
    line.faults.extend(["500"])
    answered = await bench.ask(person, "可以領多少")
    assert len([shown for shown in answered if "60%" in shown.text]) == 1
    problems = [getattr(record, "problem", "") for record in caplog.records]
    assert "reply unsure: status 500" in problems


async def test_a_slow_platform_is_shown_every_part_of_a_long_reply_once(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call below its limit, all of them together above that of a send: the next attempt goes on."""
    connector: Any = bench.connector
    person = await bench.newcomer()
    await bench.ask(person, "我要找真人")
    account = await bench.services.create_account(
        login="mei", name="Mei", password="a long password", role="counsellor"
    )
    await bench.services.claim_case(account, 1)
    await bench.settle()
    monkeypatch.setattr("connectors.base.SLOW_SECONDS", 0.45)
    monkeypatch.setattr("connectors.base.SOON_SECONDS", 0.05)
    monkeypatch.setattr("jobseeker.usecases.deliver_replies.SEND_SECONDS", 1.2)
    parts = [f"第{number}段" for number in range(28)]
    monkeypatch.setattr(connector, "render", lambda *_: [{"type": "text", "text": part} for part in parts])
    bench.platform.slow_seconds = 0.3
    bench.platform.faults.extend(["slow"] * 12)
    before = len(await bench.shown(person))
    assert await bench.ask(person, "謝謝") == []  # a counsellor speaks; the token is theirs
    await bench.services.reply_as_counsellor(account, 1, text="長", client_message_id="long")
    await bench.settle()
    assert [each.text for each in (await bench.shown(person))[before:]] == parts
    assert [sent["by"] for sent in bench.platform.sent][-6:] == ["reply", *["push"] * 5]  # type: ignore[attr-defined]
    assert await bench.rows("SELECT max(attempts) > 1 FROM outbox") == [(1,)]


async def test_a_reply_that_is_broken_off_by_its_token_is_not_pushed_again(
    bench: PlatformBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox stops waiting while the platform has taken the token: the next attempt knows it from the used-up token."""
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    connector: Any = bench.connector
    send, attempts = connector.send, []

    async def waits(delivery: Any) -> Any:
        attempts.append(delivery.last_problem)
        if len(attempts) > 1:
            return await send(delivery)
        await send(delivery)
        raise TimeoutError  # as when the outbox breaks it off after the platform has taken it

    connector.send = waits
    await bench.write(person, "可以領多少")
    await bench.settle()
    assert len(attempts) == 2
    assert len([each for each in await bench.shown(person) if "60%" in each.text]) == 1


async def test_a_redelivered_event_is_answered_by_push(bench: PlatformBench) -> None:
    """Its first delivery never came: the token may be over."""
    person = await bench.newcomer()
    assert await bench.send(bench.platform.again(bench.platform.text(person, "謝謝"))) == 200
    await bench.settle()
    assert {sent["by"] for sent in bench.platform.sent} == {"push"}  # type: ignore[attr-defined]
    assert len(await bench.shown(person)) == 2


async def test_the_loading_animation_shows_while_the_engine_thinks(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "可以領多少")
    assert bench.platform.loading == [person]  # type: ignore[attr-defined]


async def test_names_above_messages(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    answered = await bench.ask(person, "可以領多少")
    assert {shown.sender for shown in answered} == {"求職小幫手（程式）"}


@pytest.mark.parametrize("name", ["Caroline", "Pauline", "Celine", "LINE Support"])
def test_a_counsellor_whose_name_the_platform_forbids_is_named_above_the_words(
    connector: LineConnector, name: str
) -> None:
    counsellor = Reply("counsellor", "en", "hello")
    (message,) = connector.render(counsellor, f"Counsellor {name}")
    assert "sender" not in message
    assert message["text"] == f"Counsellor {name}\nhello"
    assert problems(connector, counsellor, f"Counsellor {name}") == []
    (message,) = connector.render(replace(counsellor, author="bot"), "Online assistant")
    assert message["text"] == "hello"  # the assistant says itself that it is a program


@pytest.mark.parametrize("name", ["Mei", "Mei-Ling Wang, senior", "Bartholomew Featherstone"])
def test_who_speaks_is_said_however_long_the_name_is(connector: LineConnector, answers: Answers, name: str) -> None:
    sender = answers.words("sender_counsellor", "en", NOW_DAY, name=name)
    (message,) = connector.render(Reply("counsellor", "en", "hello"), sender)
    assert message["sender"]["name"].startswith("Counsellor " + name[:8])
    assert len(message["sender"]["name"]) <= 20


def test_what_answers_of_the_platform_mean() -> None:
    assert outcome(409, b"{}", {}) == Delivered()
    assert outcome(429, b'{"message": "slow"}', {"Retry-After": "7"}) == RetryAfter(7.0, "status 429 slow")
    quota = outcome(429, b'{"message": "You have reached your monthly limit."}', {})
    assert isinstance(quota, RetryAfter)
    assert quota.seconds == 3_600
    assert isinstance(outcome(500, b"<html>", {}), RetryAfter)
    assert isinstance(outcome(401, b"", {}), RetryAfter)
    assert isinstance(outcome(400, b'{"message": "The property, \'to\', in the request body is invalid"}', {}), Gone)
    assert isinstance(outcome(400, b'{"message": "May not be empty"}', {}), Refused)


@pytest.mark.parametrize(
    ("tag", "variety"),
    [("en-GB", "en"), ("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("vi", ""), ("", "")],
)
def test_a_profiles_language(tag: str, variety: str) -> None:
    assert variety_of(tag) == variety


# -- follow, unfollow, unsend, groups --------------------------------------------------------------------------------------


async def test_who_follows_is_greeted_in_the_language_of_their_profile(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    platform.profiles[person] = "en"
    source = {"type": "user", "userId": person}
    follow = platform.event("follow", source, replyToken=platform.token(person), follow={"isUnblocked": False})
    assert await bench.send(platform.body(follow)) == 200
    await bench.settle()
    assert [shown.text[:6] for shown in await bench.shown(person)] == ["Hello,"]
    assert platform.sent[0]["by"] == "reply"


async def test_nothing_is_sent_to_who_has_blocked_us_until_they_come_back(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    await bench.ask(person, "我要找真人")
    seen = len(await bench.shown(person))
    source = {"type": "user", "userId": person}
    assert await bench.send(platform.body(platform.event("unfollow", source))) == 200
    account = await bench.services.create_account(
        login="mei", name="Mei", password="a long password", role="counsellor"
    )
    await bench.services.claim_case(account, 1)
    await bench.settle()
    assert len(await bench.shown(person)) == seen
    assert ("gone",) in await bench.rows("SELECT state FROM outbox")
    assert ("undelivered",) in await bench.rows("SELECT kind FROM alert")
    await bench.services.return_to_bot(account, 1)
    follow = platform.event("follow", source, replyToken=platform.token(person), follow={"isUnblocked": True})
    assert await bench.send(platform.body(follow)) == 200
    await bench.settle()
    assert "自動程式" in (await bench.shown(person))[-1].text


async def test_an_unsent_message_is_removed_everywhere(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    person, secret = await bench.newcomer(), "我的身分證字號是什麼請幫我查"
    await bench.ask(person, "謝謝")
    bench.dialogue.problems = [RuntimeError("down")] * 11  # so that the apology quotes it
    body = platform.text(person, secret)
    message_id = json.loads(body)["events"][0]["message"]["id"]
    assert await bench.send(body) == 200
    await bench.settle()
    assert secret in str(await bench.rows("SELECT say, rendered FROM outbox"))
    bench.dialogue.problems = []
    unsend = platform.event("unsend", {"type": "user", "userId": person}, unsend={"messageId": message_id})
    assert await bench.send(platform.body(unsend)) == 200
    await bench.settle()
    for table in ("inbox", "outbox", "audit", "choice", "handoff_case"):
        assert secret not in str(await bench.rows(f"SELECT * FROM {table}")), table
    assert secret.encode("unicode_escape").decode() not in str(await bench.rows("SELECT say FROM outbox"))
    ((inbox_id,),) = await bench.rows(f"SELECT id FROM inbox WHERE message_key = '{message_id}' AND command = ''")
    conversation = await bench.conversation_id(person)
    assert bench.dialogue.forgotten == [(conversation, inbox_id)]
    assert await bench.rows("SELECT action FROM audit WHERE action = 'message.withdrawn'") != []


@pytest.mark.parametrize("known", [True, False])
async def test_a_message_that_was_unsent_before_it_came_is_not_kept(bench: PlatformBench, known: bool) -> None:
    platform: Any = bench.platform
    person = await bench.newcomer()
    if known:
        await bench.ask(person, "謝謝")
    body = platform.text(person, "秘密")
    message_id = json.loads(body)["events"][0]["message"]["id"]
    unsend = platform.event("unsend", {"type": "user", "userId": person}, unsend={"messageId": message_id})
    assert await bench.send(platform.body(unsend)) == 200
    assert await bench.send(body) == 200
    assert await bench.send(platform.body(unsend)) == 200  # comes again
    await bench.settle()
    texts = [text for (text,) in await bench.rows("SELECT text FROM inbox ORDER BY seq")]
    assert texts == ["謝謝"] * known + ["（訊息已收回）"]
    assert bench.dialogue.forgotten == []
    await bench.ask(person, "可以領多少")
    shown = [each.text for each in await bench.shown(person)]
    assert "自動程式" in shown[0]  # greeted once, as whoever has written
    assert len(shown) == (3 if known else 2)
    assert "60%" in shown[-1]


@pytest.mark.parametrize("kind", ["group", "room"])
async def test_a_group_is_refused_politely_and_left(bench: PlatformBench, kind: str) -> None:
    platform: Any = bench.platform
    source = {"type": kind, f"{kind}Id": "C1", "userId": platform.person()}
    for event in ("join", "message"):
        more = {"message": {"type": "text", "id": "1", "text": "秘密", "quoteToken": "q"}} if event == "message" else {}
        assert (
            await bench.send(platform.body(platform.event(event, source, replyToken=platform.token("C1"), **more)))
            == 200
        )
    await _until(lambda: platform.left)
    assert platform.left == ["C1"]
    assert len(platform.shown("C1")) == 1
    assert "一對一" in platform.shown("C1")[0].text
    assert await bench.rows("SELECT count(*) FROM inbox") == [(0,)]


async def _until(done: Any) -> None:
    for _ in range(200):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


# -- cards and long replies ------------------------------------------------------------------------------------------------

VACANCY = {
    "type": "vacancy", "id": 7, "title": "倉儲人員", "employer": "大成物流", "place": "新北市三重區", "distance": "3 km",
    "pay": "時薪 196–210 元", "hours": "週一至週五", "posted": "2026-11-20", "source": "台灣就業通",
    "url": "https://job.example.gov.tw/7", "reasons": [{"label": "會開堆高機", "points": 30, "share": 0.4}],
    "missing": ["機車駕照"], "buttons": [{"title": "為什麼推薦我", "payload": "a1"}, {"title": "存起來", "payload": "a2"}],
    "text": "倉儲人員，大成物流。新北市三重區，3 公里。時薪 196–210 元。",
}  # fmt: skip


def problems(connector: LineConnector, reply: Reply, sender: str = "求職小幫手") -> list[str]:
    """What the specification and the reference say against the messages of a reply."""
    messages = list(connector.render(reply, sender))
    found = []
    for start in range(0, len(messages), 5):
        found += line_schemas("messaging-api").problems(
            "PushMessageRequest", {"to": "U1", "messages": messages[start : start + 5]}
        )
    return found + [text for message in messages for text in Platform.refusals(message)]


def test_vacancies_are_a_carousel_with_their_text(connector: LineConnector) -> None:
    reply = Reply(
        "bot", "zh-Hant", "找到這些工作：", (Button("再看看", "b"),), (VACANCY, {**VACANCY, "type": "course"})
    )
    assert problems(connector, reply) == []
    text, flex = connector.render(reply)
    assert text["text"] == "找到這些工作："
    assert flex["contents"]["type"] == "carousel"
    assert flex["altText"].startswith(VACANCY["text"])
    assert flex["quickReply"]["items"][0]["action"]["data"] == "b"
    shown = json.dumps(flex, ensure_ascii=False)
    for part in ("倉儲人員", "大成物流", "3 km", "會開堆高機", "機車駕照", "a1", "https://job.example.gov.tw/7"):
        assert part in shown


CARD_VALUES = (
    st.none()
    | st.integers()
    | st.text(max_size=400)
    | st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), max_size=3)
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["vacancy", "course", "profile", "file", "details", "new"])},
            optional={key: CARD_VALUES for key in (*VACANCY, "groups") if key != "type"},
        ),
        max_size=14,
    ),
    st.text(min_size=1, max_size=12_000),
    st.lists(st.builds(Button, st.text(min_size=1, max_size=40), st.text("abc", min_size=1, max_size=34)), max_size=16),
)
def test_whatever_a_reply_holds_the_platform_takes_it(cards: Any, text: str, buttons: Any) -> None:
    connector = LineConnector(LineSettings(channel_secret="s", channel_access_token="t"))
    reply = Reply("bot", "zh-Hant", text, tuple(buttons), tuple(cards))
    if text.strip():
        assert problems(connector, reply) == []


def test_a_long_reply_is_split_and_nothing_is_lost(connector: LineConnector) -> None:
    text = "這是一段很長的說明。" * 3_000
    messages = connector.render(Reply("bot", "zh-Hant", text))
    assert "".join(message["text"] for message in messages) == text
    assert len(messages) == 6


async def test_a_long_reply_that_fails_in_the_middle_goes_on_where_it_stopped(bench: PlatformBench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "我要找真人")
    account = await bench.services.create_account(
        login="mei", name="Mei", password="a long password", role="counsellor"
    )
    await bench.services.claim_case(account, 1)
    await bench.settle()
    seen = len(await bench.shown(person))
    parts = [str(digit) * 3_999 for digit in range(1)]
    bench.platform.faults.extend(["500"])
    await bench.services.reply_as_counsellor(account, 1, text=parts[0], client_message_id="a")
    await bench.settle()
    assert [shown.text for shown in (await bench.shown(person))[seen:]] == parts


@pytest.mark.platforms
async def test_a_card_that_the_platform_refuses_is_sent_as_text(sqlite_template: Path, tmp_path: Path) -> None:
    async with open_bench("line", sqlite_template, tmp_path) as bench:
        connector: Any = bench.connector
        broken = {
            "type": "flex",
            "altText": "倉儲人員，三重區",
            "contents": {
                "type": "bubble",
                "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": ""}]},
            },
        }
        connector.render = lambda reply, name="": [broken]
        person = await bench.newcomer()
        answered = await bench.ask(person, "謝謝")
        assert {shown.text for shown in answered} == {"倉儲人員，三重區"}
        assert bench.platform.tally.refused != []


def test_a_refused_message_of_cards_loses_no_word_link_or_button(connector: LineConnector) -> None:
    """Six vacancies of 300 words each: more than an alternative text, more than one message."""
    cards = tuple(
        {
            **VACANCY, "url": f"https://job.example.gov.tw/{number}", "text": f"第{number}個職缺：" + "內容。" * 300,
            "buttons": [{"title": "為什麼推薦我", "payload": f"w{number}"}, {"title": "存起來", "payload": f"s{number}"}],
        }
        for number in range(1, 7)
    )  # fmt: skip
    reply = Reply("bot", "zh-Hant", "找到這些工作：", (Button("再看看", "b"),), cards)
    _, flex = connector.render(reply, "求職小幫手")
    messages = plain_messages(flex, reply.cards)
    found = line_schemas("messaging-api").problems("PushMessageRequest", {"to": "U1", "messages": messages})
    assert found + [text for message in messages for text in Platform.refusals(message)] == []
    assert 1 < len(messages) <= 5
    told = "".join("".join(message["text"].split()) for message in messages)
    for number, card in enumerate(cards, start=1):
        assert f"{number}.{card['text']}{card['url']}" in told
    assert ["quickReply" in message for message in messages] == [False] * (len(messages) - 1) + [True]
    actions = [item["action"] for item in messages[-1]["quickReply"]["items"]]
    assert [action["data"] for action in actions] == ["b", *(f"{kind}{n}" for n in range(1, 7) for kind in "ws")]
    assert actions[3]["displayText"] == "2. 為什麼推薦我"
    assert {message["sender"]["name"] for message in messages} == {"求職小幫手"}
    (alone,) = plain_messages(flex, cards[:1])
    assert alone["text"].startswith("第1個職缺")
    assert [item["action"]["displayText"] for item in alone["quickReply"]["items"][1:]] == ["為什麼推薦我", "存起來"]


@pytest.mark.platforms
async def test_cards_that_are_refused_are_told_whole_and_once(sqlite_template: Path, tmp_path: Path) -> None:
    """More than five messages of them, and the platform fails between: what is told is not told again."""
    async with open_bench("line", sqlite_template, tmp_path) as bench:
        line, connector = bench.platform, bench.connector
        line.refusals = lambda message: ["a card"] if message["type"] == "flex" else []
        person = await bench.newcomer()
        await bench.ask(person, "謝謝")
        cards = tuple({**VACANCY, "text": f"第{number}個職缺：" + "字" * 4_900} for number in range(7))
        send, keys = connector.send, []

        async def with_cards(delivery: Any) -> Any:
            keys.append(delivery.key)
            return await send(replace(delivery, reply=replace(delivery.reply, cards=cards)))

        connector.send = with_cards
        line.faults.extend(["", "500"])  # the first push is taken, the second is not
        answered = await bench.ask(person, "可以領多少")
        assert len(keys) == 2
        assert [len([each for each in answered if f"第{n}個" in each.text]) for n in range(7)] == [1] * 7
        assert answered[-1].buttons[-1][0].startswith("7. ") or len(answered[-1].buttons) == 13


# -- set-up ----------------------------------------------------------------------------------------------------------------


def wish(answers: Answers, font: Path | None = None, url: str = "https://chat.example.gov.tw/") -> Setup:
    """What the command hands over, in English only where the machine has no Chinese font."""
    return Setup(url, lambda key, variety: answers.words(key, variety, NOW_DAY), answers.choices, font)


def test_menus_are_what_the_specification_says(answers: Answers) -> None:
    checked = 0
    for variety in ("zh-Hant", "zh-Hans", "en"):
        for key in ("menu_bot", "menu_counsellor"):
            request = menu_request("x", answers.words(key, variety, NOW_DAY), answers.choices(key, variety))
            assert line_schemas("messaging-api").problems("RichMenuRequest", request) == []
            assert {area["action"]["data"][0] for area in request["areas"]} == {"/"}
            checked += len(request["areas"])
    assert checked == 21


def test_the_menus_picture_has_the_right_size(answers: Answers) -> None:
    buttons = answers.choices("menu_bot", "en")[:5]
    request = menu_request("x", "Menu", buttons)
    picture = draw(request, buttons, None)
    assert len(picture) < 1_000_000
    assert Image.open(BytesIO(picture)).size == (2_500, 1_686)


def test_a_font_without_the_characters_is_refused(tmp_path: Path) -> None:
    buttons = [Button("\U000f0000", "/help")]
    with pytest.raises(NoFontError, match="fonts-noto-cjk"):
        draw(menu_request("x", "x", buttons), buttons, None)
    with pytest.raises(NoFontError):
        draw(menu_request("x", "x", buttons), buttons, tmp_path / "none.ttf")


@pytest.mark.platforms
async def test_setup_makes_menus_for_each_language_and_state(answers: Answers) -> None:
    """With English titles in all languages: the machine that tests need not have a Chinese font."""
    platform = Platform()
    await platform.start()
    try:
        environment = {"JOBSEEKER_LINE_CHANNEL_SECRET": "s", **platform.environment()}
        connector: Any = connector_for(CONNECTOR, environment)
        titles = wish(answers)
        plain = replace(titles, menu=lambda key, variety: [b for b in titles.menu(key, "en") if b.title.isascii()])
        assert CONNECTOR.setup is not None
        for _ in range(2):
            done = await CONNECTOR.setup(connector._settings, plain)
        assert len([line for line in done if line.startswith("menu ")]) == 6
        assert platform.webhook == "https://chat.example.gov.tw/webhooks/line"
        assert sorted(platform.aliases) == sorted(
            f"jobseeker-{variety}-{state}"
            for variety in ("en", "zh-hans", "zh-hant")
            for state in ("bot", "counsellor")
        )
        assert set(platform.menus) == set(platform.aliases.values())  # the second run has replaced the first
        assert platform.default_menu == platform.aliases["jobseeker-zh-hant-bot"]
        assert all(platform.pictures[menu].startswith(b"\x89PNG") for menu in platform.menus)
        assert platform.tally.refused == []
        await connector.close()
    finally:
        await platform.stop()


async def test_the_menu_follows_language_and_counsellor(bench: PlatformBench) -> None:
    platform: Any = bench.platform
    platform.aliases = {
        f"jobseeker-{variety}-{state}": f"{variety}-{state}"
        for variety in ("zh-hant", "en")
        for state in ("bot", "counsellor")
    }
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    assert platform.linked[person] == "zh-hant-bot"
    await bench.ask(person, "/language en")
    assert platform.linked[person] == "en-bot"
    await bench.ask(person, "I want to talk to a person")
    account = await bench.services.create_account(
        login="mei", name="Mei", password="a long password", role="counsellor"
    )
    await bench.services.claim_case(account, 1)
    await bench.settle()
    assert platform.linked[person] == "en-counsellor"
    await bench.services.return_to_bot(account, 1)
    await bench.settle()
    assert platform.linked[person] == "en-bot"


@pytest.fixture
async def shelf() -> AsyncIterator[Any]:
    """(what knows who has which menu, its clock's hand, the SDK's client, the platform)."""
    platform = Platform()
    await platform.start()
    connector: Any = connector_for(CONNECTOR, platform.environment())
    hand = [1_000.0]
    yield MenuShelf(clock=lambda: hand[0]), hand, connector.api(), platform
    await connector.close()
    await platform.stop()


@pytest.mark.platforms
@pytest.mark.parametrize("status", [400, 404])
async def test_menus_that_are_set_up_again_are_found_without_a_restart(shelf: Any, status: int) -> None:
    menus, _, api, platform = shelf
    platform.aliases = {"jobseeker-en-bot": "old"}
    await menus.show(api, "U1", "en", False)
    platform.aliases, platform.gone_menus = {"jobseeker-en-bot": "new"}, {"old": status}
    await menus.show(api, "U2", "en", False)
    await menus.show(api, "U3", "en", False)
    assert platform.linked == {"U1": "old", "U2": "new", "U3": "new"}
    assert platform.linkings == [("U1", "old"), ("U2", "old"), ("U2", "new"), ("U3", "new")]


@pytest.mark.platforms
async def test_a_menu_whose_new_id_is_refused_too_is_not_tried_for_ever(shelf: Any) -> None:
    menus, _, api, platform = shelf
    platform.aliases, platform.gone_menus = {"jobseeker-en-bot": "old"}, {"old": 404}
    with pytest.raises(ApiException):
        await menus.show(api, "U1", "en", False)
    assert platform.linkings == [("U1", "old")]


@pytest.mark.platforms
async def test_a_menu_that_another_gateway_has_changed_is_put_right(shelf: Any) -> None:
    menus, hand, api, platform = shelf
    platform.aliases = {"jobseeker-en-bot": "bot", "jobseeker-en-counsellor": "counsellor"}
    await menus.show(api, "U1", "en", False)
    await MenuShelf().show(api, "U1", "en", True)  # the other gateway
    assert platform.linked == {"U1": "counsellor"}
    hand[0] += 30
    await menus.show(api, "U1", "en", False)
    assert platform.linked == {"U1": "counsellor"}  # not with every reply
    hand[0] += 31
    await menus.show(api, "U1", "en", False)
    assert platform.linked == {"U1": "bot"}


async def test_a_menu_that_is_not_set_up_is_not_looked_for_with_every_reply(
    bench: PlatformBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "connectors.line_menus")
    for _ in range(3):
        await bench.ask(await bench.newcomer(), "謝謝")
    assert len([record for record in caplog.records if "no rich menu" in record.message]) == 1


async def test_setup_without_settings_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHANNEL_SECRET", "CHANNEL_ACCESS_TOKEN"):
        monkeypatch.delenv(f"JOBSEEKER_LINE_{name}", raising=False)
    with pytest.raises(CannotSetUpError, match="JOBSEEKER_LINE_CHANNEL_SECRET, JOBSEEKER_LINE_CHANNEL_ACCESS_TOKEN"):
        await set_up(CONNECTOR, "", None)
