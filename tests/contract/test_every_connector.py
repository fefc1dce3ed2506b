"""One contract for every channel there is and will be: what it must keep, refuse, show and survive. A new connector is found by itself.

What only one platform has is in test_line.py and test_telegram.py. The platforms are stand-ins made from their own
specifications (tests/doubles/platforms), which refuse what the real ones would; in the end nothing may have been refused.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.registry import discover
from jobseeker.messages import Escalation, Say
from jobseeker.outgoing import Composer
from tests.doubles.channel_bench import Bench, PlatformBench, open_bench
from tests.doubles.kit import NOW
from tests.doubles.platforms.specification import specifications_are_here
from tests.doubles.platforms.standin import stand_in

CHANNELS = sorted(discover())
PLATFORMS = sorted(channel for channel, made in discover().items() if made.settings is not None)
CRISIS = "我不想活了"


def test_the_channels_are_found() -> None:
    assert {"web", "line", "telegram"} <= set(CHANNELS)
    assert len(PLATFORMS) >= 2


def test_the_specifications_were_read(shared: Path) -> None:
    assert specifications_are_here()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings that a test changes by parametrisation."""
    return {}


@pytest.fixture(params=CHANNELS)
async def bench(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path, settings: dict[str, Any]
) -> AsyncIterator[Any]:
    """A gateway with one channel; each channel in turn."""
    async with open_bench(request.param, sqlite_template, tmp_path, **settings) as opened:
        yield opened
        if isinstance(opened, PlatformBench):
            assert opened.platform.tally.refused == []


@pytest.fixture(params=PLATFORMS)
async def platform(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path, settings: dict[str, Any]
) -> AsyncIterator[Any]:
    """The same, of the channels that have a platform."""
    async with open_bench(request.param, sqlite_template, tmp_path, **settings) as opened:
        yield opened
        assert opened.platform.tally.refused == []


# -- coming in -----------------------------------------------------------------------------------------------------------


async def test_a_message_is_kept_and_answered(bench: Bench) -> None:
    person = await bench.newcomer()
    answered = await bench.ask(person, "失業給付可以領多少？")
    assert "60%" in answered[-1].text
    assert await bench.rows("SELECT text, command, state FROM inbox") == [("失業給付可以領多少？", "", "done")]


def with_long_ids(value: Any) -> Any:
    """The same webhook, its own ids longer than any column."""
    if isinstance(value, list):
        return [with_long_ids(each) for each in value]
    if not isinstance(value, dict):
        return value
    own = {"webhookEventId", "update_id", "message_id"} | ({"id"} if value.get("type") == "text" else set())
    return {key: f"{each}{'9' * 300}" if key in own else with_long_ids(each) for key, each in value.items()}


async def test_an_overlong_id_of_the_platform_fits_and_is_still_told_from_others(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    bodies = [
        json.dumps(with_long_ids(json.loads(platform.platform.text(person, words))), ensure_ascii=False).encode()
        for words in ("謝謝", "你好")
    ]
    assert all(b"9" * 300 in body for body in bodies)
    for body in (bodies[0], bodies[0], bodies[1]):  # the first is brought twice
        assert await platform.send(body) == 200
    await platform.settle()
    rows = await platform.rows("SELECT event_id, message_key FROM inbox")
    assert len(set(rows)) == len(rows) == 2
    assert all(0 < len(each) <= 128 for row in rows for each in row)  # PostgreSQL refuses more


async def test_the_first_thing_anybody_sees_is_the_greeting(bench: Bench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    first = (await bench.shown(person))[0]
    assert "自動程式" in first.text
    assert "找真人輔導員" in [title for title, _ in first.buttons]


async def test_what_proves_nothing_is_refused_and_not_kept(bench: Bench) -> None:
    person = await bench.newcomer()
    statuses = await bench.forged(person, "hello")
    assert len(statuses) >= 3
    assert set(statuses) <= {401, 404}
    assert await bench.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_an_event_that_comes_again_is_answered_once(bench: Bench) -> None:
    person = await bench.newcomer()
    written = await bench.write(person, "謝謝")
    await bench.repeat(written)
    await bench.settle()
    seen = len(await bench.shown(person))
    await bench.repeat(written)
    await bench.settle()
    assert len(await bench.shown(person)) == seen
    assert await bench.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_events_from_which_nothing_follows_are_taken_and_change_nothing(platform: PlatformBench) -> None:
    strange = platform.platform.strange()
    assert len(strange) >= 3
    assert {await platform.send(body) for body in strange} == {200}
    assert await platform.rows("SELECT count(*) FROM inbox") == [(0,)]
    assert platform.platform.seen == {}


async def test_only_the_platform_learns_that_the_address_is_ours(platform: PlatformBench) -> None:
    questions = platform.platform.questions()
    assert "" in [wanted for _, wanted in questions]
    for query, wanted in questions:
        async with platform.http.get(platform.url + platform.path, params=query) as answer:
            status, body = answer.status, await answer.text()
        assert (status, body) == (200, wanted) if wanted else (status, "hub" in body) == (401, False), query


def test_some_platform_asks_whether_the_address_is_ours() -> None:
    assert [channel for channel in PLATFORMS if any(wanted for _, wanted in stand_in(channel).questions())] != []


async def test_what_is_not_json_is_refused(platform: PlatformBench) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"<xml/>"):
        assert await platform.send(body) == 400
    assert await platform.send(b"x" * 1_100_000) == 413


async def test_what_is_not_text_becomes_a_placeholder_and_is_answered(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    given = platform.platform.attachments(person)
    assert {"sticker", "image", "audio", "file", "location"} <= set(given)
    for body in given.values():
        before = len(await platform.shown(person))
        assert await platform.send(body) == 200
        await platform.settle()
        assert len(await platform.shown(person)) == before + 1
    texts = [text for (text,) in await platform.rows("SELECT text FROM inbox ORDER BY seq")][1:]
    assert len(texts) == len(given)
    assert all(text.startswith("（") and "{" not in text for text in texts)
    assert any("履歷.pdf" in text for text in texts)


async def test_a_location_is_a_place_and_reaches_the_dialogue_as_such(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    assert await platform.send(platform.platform.attachments(person)["location"]) == 200
    await platform.settle()
    (row,) = await platform.rows("SELECT text, command FROM inbox")
    assert row == ("（位置 臺北市信義區）", "/live tw_taipei_xinyi")
    assert [request.command for request in platform.dialogue.requests] == ["/live tw_taipei_xinyi"]


async def test_a_text_that_is_too_long_is_kept_whole_and_answered_once(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    long_text = "我的老闆一直不給薪水，我不知道怎麼辦。" * 230  # longer than 4,000 characters, as the platforms allow
    answered = await platform.ask(person, long_text[:4_370])
    rows = [text for (text,) in await platform.rows("SELECT text FROM inbox ORDER BY seq")][1:]
    assert "".join(rows).replace("\n", "") == long_text[:4_370]
    assert len(answered) == 1
    assert "很長" in answered[0].text


async def test_a_crisis_in_a_text_that_is_too_long_is_seen(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    answered = await platform.ask(person, "我的老闆一直不給薪水。" * 380 + CRISIS)
    assert any("1925" in shown.text for shown in answered)


async def test_invisible_text_is_answered(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    assert len(await platform.ask(person, "\u200b\u200b")) == 1


async def test_messages_are_answered_in_the_order_they_came(bench: Bench) -> None:
    person = await bench.newcomer()
    for text in ("可以領多少", "可以領多久", "謝謝", "可以領多少"):
        await bench.write(person, text)
    await bench.settle()
    rows = await bench.rows("SELECT key FROM outbox WHERE inbox_id IS NOT NULL ORDER BY seq")
    assert [key for (key,) in rows] == ["1:0", "2:0", "3:0", "4:0"]
    texts = [shown.text for shown in await bench.shown(person)]
    asked = ["60%", "不客氣"]
    places = [next(at for at, text in enumerate(texts) if mark in text) for mark in asked]
    assert places == sorted(places)


async def test_messages_that_overtake_each_other_are_answered_in_the_order_they_came(platform: PlatformBench) -> None:
    """The platform's own order is not known here: what comes first is answered first, and nothing is lost."""
    person = await platform.newcomer()
    platform.platform.reorder = 1
    await platform.write(person, "可以領多少")
    assert await platform.rows("SELECT count(*) FROM inbox") == [(0,)]  # on its way
    await platform.write(person, "謝謝")
    await platform.settle()
    assert await platform.rows("SELECT text FROM inbox ORDER BY seq") == [("謝謝",), ("可以領多少",)]
    greeting, *texts = [shown.text for shown in await platform.shown(person)]
    assert "自動程式" in greeting
    assert ["不客氣" in text for text in texts][:1] == [True]
    assert ["60%" in text for text in texts] == [False] * (len(texts) - 1) + [True]


# -- buttons ---------------------------------------------------------------------------------------------------------------


async def test_a_button_means_the_same_everywhere(bench: Bench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    await bench.press(person, "可以領多少")
    await bench.settle()
    command, text = (await bench.rows("SELECT command, text FROM inbox ORDER BY seq DESC LIMIT 1"))[0]
    assert (command, text) == ("/topic ui_amount", "可以領多少")
    assert "60%" in (await bench.shown(person))[-1].text


async def test_a_command_may_be_typed(bench: Bench) -> None:
    person = await bench.newcomer()
    answered = await bench.ask(person, "/language en")
    assert answered[-1].text.startswith("All right")


async def test_a_button_that_does_not_fit_is_text_that_may_be_typed(platform: PlatformBench) -> None:
    """The person types the title that they read: it means what the button means."""
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    await platform.write(person, "要怎麼申請")
    await platform.settle()
    assert await platform.rows("SELECT command FROM inbox ORDER BY seq DESC LIMIT 1") == [("/topic ui_how_to_apply",)]


async def test_a_button_of_somebody_else_means_nothing(platform: PlatformBench) -> None:
    first, second = await platform.newcomer(), await platform.newcomer()
    await platform.ask(first, "謝謝")
    data = next(
        data for shown in platform.platform.shown(first) for title, data in shown.buttons if title == "可以領多少"
    )
    await platform.ask(second, "謝謝")
    assert await platform.send(platform.platform.press(second, data)) == 200
    await platform.settle()
    assert "不能用了" in (await platform.shown(second))[-1].text


# -- what must never fail --------------------------------------------------------------------------------------------------


async def test_a_crisis_is_answered_whole_at_once_and_with_the_engine_down(bench: Bench) -> None:
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    bench.dialogue.problems = [RuntimeError("down")] * 100
    answered = await bench.ask(person, CRISIS)
    composer = Composer(bench.services.composer.answers, [])
    whole = composer.render(
        Say("utterance", "crisis"), variety="zh-Hant", now=NOW, author="bot", owner="queued",
        escalation=Escalation("immediate", ("crisis",)),
    ).text  # fmt: skip
    assert "".join("".join(shown.text.split()) for shown in answered) == "".join(whole.split())
    assert bench.dialogue.requests[-1].text == "謝謝"
    assert await bench.rows("SELECT urgency, state FROM handoff_case") == [(0, "waiting")]


async def test_a_counsellor_takes_over_writes_and_gives_back(bench: Bench) -> None:
    await bench.open_offices()
    person = await bench.newcomer()
    await bench.ask(person, "謝謝")
    queued = await bench.ask(person, "我要找真人")
    assert "已經請他們接手" in queued[-1].text
    account = await bench.services.create_account(
        login="mei", name="王美玲", password="a long password", role="counsellor"
    )
    ((case_id,),) = await bench.rows("SELECT id FROM handoff_case")
    await bench.services.claim_case(account, case_id)
    await bench.settle()
    said = await bench.ask(person, "我被老闆罵了")
    assert said == []  # the counsellor reads it, the assistant is silent
    await bench.services.reply_as_counsellor(account, case_id, text="您好，我是美玲。", client_message_id="r1")
    await bench.settle()
    seen = (await bench.shown(person))[-1]
    assert "您好，我是美玲。" in seen.text
    if isinstance(bench, PlatformBench):
        assert "王美玲" in seen.sender + seen.text
    await bench.services.return_to_bot(account, case_id)
    await bench.settle()
    assert "輔導員已經離開" in (await bench.shown(person))[-1].text


async def test_the_language_of_the_first_words_is_the_language_of_the_answers(platform: PlatformBench) -> None:
    english, simplified = await platform.newcomer(), await platform.newcomer()
    await platform.ask(english, "Hello, how much is the unemployment benefit?")
    assert (await platform.shown(english))[0].text.startswith("Hello, I am an automatic program")
    await platform.ask(simplified, "请问失业给付可以领多少？")
    assert (
        "自动程式" in (await platform.shown(simplified))[0].text
        or "自动程序" in (await platform.shown(simplified))[0].text
    )


@pytest.mark.parametrize("settings", [{"message_burst": 3, "messages_per_second": 0.01}])
async def test_who_writes_too_fast_is_told_so_once_and_a_crisis_comes_through(platform: PlatformBench) -> None:
    person, other = await platform.newcomer(), await platform.newcomer()
    for number in range(8):
        await platform.write(person, f"謝謝 {number}")
    await platform.settle()
    assert await platform.rows("SELECT count(*) FROM inbox") == [(3,)]
    notices = [shown for shown in await platform.shown(person) if "訊息來得太快" in shown.text]
    assert 1 <= len(notices) <= 2  # once a minute
    assert len(await platform.ask(other, "謝謝")) == 2
    assert any("1925" in shown.text for shown in await platform.ask(person, CRISIS))


# -- a platform that fails -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["429", "500", "reset", "slow"])
async def test_a_reply_survives_what_the_platform_does(platform: PlatformBench, fault: str) -> None:
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    platform.platform.faults.extend([fault, fault])
    answered = await platform.ask(person, "可以領多少")
    assert len([shown for shown in answered if "60%" in shown.text]) == 1
    assert platform.platform.tally.faults == (1 if fault == "slow" else 2)
    assert await platform.rows("SELECT DISTINCT state FROM outbox") == [("delivered",)]


async def test_replies_stay_in_order_while_the_platform_fails(platform: PlatformBench) -> None:
    person = await platform.newcomer()
    await platform.ask(person, "謝謝")
    platform.platform.faults.extend(["500", "429", "500"])
    for text in ("可以領多少", "謝謝", "可以領多久"):
        await platform.write(person, text)
    await platform.settle()
    texts = [shown.text for shown in await platform.shown(person)][2:]
    assert [("60%" in text, "不客氣" in text) for text in texts][:2] == [(True, False), (False, True)]
    assert len(texts) == 3
