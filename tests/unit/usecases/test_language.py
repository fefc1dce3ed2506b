"""Replies come in the variety the person writes, unless they chose one; commands that need no engine."""

from __future__ import annotations

import pytest

from jobseeker.errors import MalformedRequest
from tests.doubles.kit import Kit


async def test_the_reply_follows_the_language_of_the_message(kit: Kit) -> None:
    started = await kit.start("zh-Hant")
    for text, variety in (
        ("how much do I get", "en"),
        ("失业给付可以领多少钱", "zh-Hans"),
        ("失業給付可以領多少", "zh-Hant"),
        ("😀", "zh-Hant"),
    ):
        (reply,) = await kit.ask(started, text)
        assert reply.rendered is not None
        assert reply.rendered["language"] == variety


async def test_an_explicit_choice_sticks(kit: Kit) -> None:
    started = await kit.start("zh-Hant")
    (reply,) = await kit.ask(started, "English", payload="/language en")
    assert (reply.say.key, reply.act, reply.variety) == ("language_switched", "switch_language", "en")
    (reply,) = await kit.ask(started, "失業給付可以領多少")
    assert reply.variety == "en"
    assert (await kit.conversation(started)).variety_chosen
    assert kit.dialogue.requests[-1].variety == "en"
    (reply,) = await kit.ask(started, "/language zh-Hans")
    assert reply.variety == "zh-Hans"


async def test_the_engine_may_set_the_variety(kit: Kit) -> None:
    started = await kit.start("zh-Hant")
    (reply,) = await kit.ask(started, "請 speak english")
    assert (reply.say.key, reply.variety) == ("language_switched", "en")
    assert (await kit.conversation(started)).variety_chosen


async def test_a_language_that_is_not_served_goes_to_the_engine(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/language fr")
    assert [request.command for request in kit.dialogue.requests] == ["/language fr"]


async def test_the_title_of_a_button_does_not_change_the_language(kit: Kit) -> None:
    started = await kit.start("zh-Hant")
    (reply,) = await kit.ask(started, "How much is it?", payload="/topic ui_amount")
    assert reply.variety == "zh-Hant"


async def test_more_gives_the_full_answer_without_the_engine(kit: Kit) -> None:
    started = await kit.start()
    (short,) = await kit.ask(started, "可以領多少")
    (full,) = await kit.ask(started, "看完整說明", payload="/more ui_amount")
    assert short.rendered is not None
    assert full.rendered is not None
    assert len(full.rendered["text"]) > len(short.rendered["text"])
    assert (full.topic, full.act, len(kit.dialogue.requests)) == ("ui_amount", "faq", 1)
    assert (await kit.conversation(started)).last_topic == "ui_amount"


async def test_a_compound_question_gets_one_reply_for_each_topic_in_order(kit: Kit) -> None:
    started = await kit.start()
    replies = await kit.ask(started, "可以領多少？可以領多久？")
    assert [reply.topic for reply in replies] == ["ui_amount", "ui_duration"]
    assert [reply.key.rpartition(":")[2] for reply in replies] == ["0", "1"]


async def test_close_topics_are_asked_back(kit: Kit) -> None:
    started = await kit.start()
    (reply,) = await kit.ask(started, "金額或是期間")
    assert reply.rendered is not None
    assert reply.act == "clarify"
    assert [button["payload"] for button in reply.rendered["buttons"]][:2] == ["/topic ui_amount", "/topic ui_duration"]
    assert (await kit.conversation(started)).failed_turns == 0


async def test_an_adverse_topic_offers_a_counsellor_once(kit: Kit) -> None:
    started = await kit.start()
    replies = await kit.ask(started, "違法解僱 可以領多少")
    assert [reply.escalation.level for reply in replies] == ["none", "offer"]
    offers = [
        [button["payload"] for button in reply.rendered["buttons"]].count("/human")
        for reply in replies
        if reply.rendered
    ]
    assert sum(offers) >= 1
    assert (await kit.conversation(started)).owner == "bot"


async def test_an_unknown_language_is_refused(kit: Kit) -> None:
    with pytest.raises(MalformedRequest):
        await kit.services.start_conversation(channel="web", variety="fr")
