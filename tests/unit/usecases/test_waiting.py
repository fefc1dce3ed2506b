"""Waiting for a counsellor: place, bound, closed hours, call-back, message, summary, leaving; and what deadlines do meanwhile."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from jobseeker.handoff_records import OfficeDay
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit

pytestmark = pytest.mark.slow  # with `make test`


FRIDAY_EVENING = "2026-11-27T18:00"


def payloads(reply: object) -> list[str]:
    """The buttons' payloads of an outbox row."""
    rendered = getattr(reply, "rendered", None)
    assert rendered is not None
    return [button["payload"] for button in rendered["buttons"]]


async def queue(kit: Kit, variety: str = "zh-Hant") -> Started:
    """Somebody who waits."""
    started = await kit.start(variety)
    await kit.ask(started, "/human")
    return started


async def past_waits(kit: Kit, count: int, minutes: int) -> None:
    """So many people were taken after so long."""
    account = await kit.account("old")
    for _ in range(count):
        started = await queue(kit)
        kit.later(60 * minutes)
        case = (await kit.services.list_cases(account))[0]
        await kit.services.claim_case(account, case.id)
        await kit.services.return_to_bot(account, case.id)
        assert (await kit.conversation(started)).owner == "bot"


async def test_with_thin_data_nothing_is_promised(kit: Kit) -> None:
    started = await queue(kit)
    said = await kit.last(started)
    assert said.say.params["wait"] == {"key": "wait_unknown"}
    assert said.rendered is not None
    assert "還沒辦法估計" in said.rendered["text"]
    assert payloads(said) == ["/callback", "/message", "/summary edit", "/summary off"]


async def test_the_bound_comes_from_past_waits_while_somebody_is_there(kit: Kit) -> None:
    kit.at("2026-11-23T08:40")
    await past_waits(kit, 10, 7)
    started = await queue(kit)
    assert (await kit.last(started)).say.params["wait"] == {"key": "wait_unknown"}, "nobody is there"
    mei = await kit.account()
    await kit.services.staff_presence.set(mei, "online")
    second = await queue(kit, "en")
    assert (await kit.last(second)).say.params["wait"] == {"key": "wait_unknown"}, "no past waits in English"
    third = await queue(kit)
    said = await kit.last(third)
    assert said.say.params["position"] == 3
    assert said.say.params["wait"] == {"key": "wait_minutes", "params": {"minutes": "30"}}


async def test_the_place_is_told_on_change_and_not_more_often_than_every_two_minutes(kit: Kit) -> None:
    first, second = await queue(kit), await queue(kit)
    before = len(await kit.transcript(second))
    kit.later(60)
    await kit.tick()
    assert len(await kit.transcript(second)) == before
    kit.later(61)
    await kit.tick()
    assert len(await kit.transcript(second)) == before, "nothing has changed"
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    await kit.tick()
    assert len(await kit.transcript(second)) == before, "changed, but two minutes are not over"
    kit.later(121)
    await kit.tick()
    said = await kit.last(second)
    assert (said.say.key, said.say.params["position"], said.author) == ("handoff_position", 1, "system")
    kit.later(121)
    await kit.tick()
    assert (await kit.last(second)).seq == said.seq
    assert (await kit.last(first)).say.key == "handoff_claimed"


async def test_closed_is_said_before_anything_is_promised(kit: Kit) -> None:
    kit.at(FRIDAY_EVENING)
    started = await kit.start("en")
    (offered,) = await kit.ask(started, "違法解僱")
    assert offered.rendered is not None
    assert "現在不是上班時間，下次上班：2026年11月30日（週一）08:30" in offered.rendered["text"]
    await kit.ask(started, "/language en")
    (reply,) = await kit.ask(started, "/human")
    assert reply.say.key == "handoff_closed"
    assert reply.rendered is not None
    for part in ("not at work", "Mon, 30 November 2026, 08:30", "case 1", "need not repeat", "1955", "1925", "119"):
        assert part in reply.rendered["text"], part
    assert "/callback" in payloads(reply)
    (again,) = await kit.ask(started, "/human")
    assert again.say.key == "handoff_closed_again"
    (answer,) = await kit.ask(started, "可以領多少")
    assert answer.topic == "ui_amount", "the assistant goes on answering"
    account = await kit.account()
    await kit.services.staff_presence.set(account, "online")
    await kit.tick()
    assert (await kit.conversation(started)).owner == "queued", "nothing is assigned while it is closed"


async def test_a_holiday_is_named(kit: Kit) -> None:
    kit.at("2026-12-25T10:00")
    started = await queue(kit)
    said = await kit.last(started)
    assert said.rendered is not None
    assert "行憲紀念日" in said.rendered["text"]
    assert "2026年12月28日（週一）08:30" in said.rendered["text"]


async def test_a_typhoon_day_counts_from_the_moment_it_is_entered(kit: Kit) -> None:
    boss = await kit.account("boss", "supervisor")
    typhoon = OfficeDay(date(2026, 11, 23), "", "", {"zh": "颱風停班", "en": "typhoon"})
    number = await kit.services.staff_presence.add_day(boss, typhoon)
    started = await queue(kit)
    assert (await kit.last(started)).say.key == "handoff_closed"
    assert await kit.services.staff_presence.remove_day(boss, number)
    assert not await kit.services.staff_presence.remove_day(boss, number)
    other = await queue(kit)
    assert (await kit.last(other)).say.key == "handoff_queued"


async def test_unclaimed_half_an_hour_after_opening_is_a_supervisors_matter(kit: Kit) -> None:
    kit.at(FRIDAY_EVENING)
    await queue(kit)
    kit.at("2026-11-30T08:59")
    await kit.tick()
    assert "unclaimed" not in await kit.alerts()
    kit.at("2026-11-30T09:00")
    await kit.tick()
    await kit.tick()
    kit.later(7_200)
    await kit.tick()
    assert (await kit.alerts()).count("unclaimed") == 1


async def test_unclaimed_waits_for_a_day_that_was_declared_off_since(kit: Kit) -> None:
    kit.at(FRIDAY_EVENING)
    await queue(kit)
    boss = await kit.account("boss", "supervisor")
    await kit.services.staff_presence.add_day(
        boss, OfficeDay(date(2026, 11, 30), "", "", {"zh": "颱風停班", "en": "typhoon"})
    )
    kit.at("2026-11-30T09:00")
    await kit.tick()
    assert await kit.alerts() == []
    kit.at("2026-12-01T09:00")
    await kit.tick()
    assert await kit.alerts() == ["unclaimed"]


async def test_a_call_back(kit: Kit) -> None:
    started = await queue(kit)
    (choice,) = await kit.ask(started, "/callback")
    slots = payloads(choice)
    assert len(slots) == 4
    assert slots[0] == "/callback 2026-11-23T11:00" or slots[0].startswith("/callback 2026-11-23T")
    (kept,) = await kit.ask(started, "週一", slots[1])
    assert kept.say.key == "callback_kept"
    (other,) = await kit.ask(started, "可以領多少")
    assert other.topic == "ui_amount", "what is no number is an ordinary message"
    (number,) = await kit.ask(started, "請打 0912-345-678 謝謝")
    assert (number.say.key, number.say.params["number"]) == ("callback_number_kept", "●●●678")
    (again,) = await kit.ask(started, "改時間", slots[2])
    assert again.say.key == "callback_kept"
    async with kit.services.store.read() as work:
        assert [(one.state, one.contact) for one in await work.callbacks.of_case(1)] == [
            ("cancelled", "0912-345-678"),
            ("open", ""),
        ]


async def test_a_call_back_that_nobody_makes_is_told_to_both(kit: Kit) -> None:
    started = await queue(kit)
    (choice,) = await kit.ask(started, "/callback")
    await kit.ask(started, "x", payloads(choice)[0])
    kit.at("2026-11-23T17:29")
    await kit.tick()
    assert (await kit.alerts()).count("callback_due") == 1
    assert (await kit.alerts()).count("callback_missed") == 1
    said = [row.say.key for row in await _said(kit, started)]
    assert said.count("callback_missed_person") == 1


async def _said(kit: Kit, started: Started) -> list[object]:
    async with kit.services.store.read() as work:
        return list(await work.outbox.after(started.conversation.id, 0, 1_000))


async def test_a_slot_that_is_not_offered_is_not_taken(kit: Kit) -> None:
    started = await queue(kit)
    (reply,) = await kit.ask(started, "/callback 2026-11-29T03:00")
    assert reply.say.key == "callback_choose"
    assert await kit.rows("SELECT count(*) FROM callback_request") == [(0,)]


async def test_a_message_is_kept_as_it_is_and_only_the_next_one(kit: Kit) -> None:
    started = await queue(kit)
    await kit.ask(started, "/message")
    asked = len(kit.dialogue.requests)
    (reply,) = await kit.ask(started, "老闆說明天不用來了")
    assert reply.say.key == "message_kept"
    assert len(kit.dialogue.requests) == asked
    assert await kit.rows("SELECT kind, text FROM callback_request") == [("message", "老闆說明天不用來了")]
    (answer,) = await kit.ask(started, "可以領多少")
    assert answer.topic == "ui_amount"


async def test_a_crisis_comes_before_what_is_expected_and_the_wish_for_a_person_is_part_of_it(kit: Kit) -> None:
    started = await queue(kit)
    await kit.ask(started, "/message")
    (kept,) = await kit.ask(started, "我要找真人，請打給我")
    assert kept.say.key == "message_kept"
    await kit.ask(started, "/message")
    (crisis,) = await kit.ask(started, "我想死")
    assert crisis.say.key == "crisis"
    assert (await kit.conversation(started)).expecting == ""
    assert await kit.rows("SELECT count(*) FROM callback_request") == [(1,)]


async def test_the_summary_is_shown_can_be_put_otherwise_and_withheld(kit: Kit) -> None:
    started = await kit.start("en")
    await kit.ask(started, "可以領多少")
    await kit.ask(started, "/language en")
    (reply,) = await kit.ask(started, "/human")
    assert reply.rendered is not None
    assert "This summary goes along" in reply.rendered["text"]
    assert '"可以領多少"' in reply.rendered["text"]
    mei = await kit.account()
    assert await _shared(kit, mei) == (True, "")
    (off,) = await kit.ask(started, "/summary off")
    assert off.say.key == "summary_off"
    assert await _shared(kit, mei) == (False, "")
    (shown,) = await kit.ask(started, "/summary show")
    assert shown.say.key == "summary_withheld"
    await kit.ask(started, "/summary edit")
    (kept,) = await kit.ask(started, "My pay is two months late.")
    assert kept.say.key == "summary_kept"
    assert await _shared(kit, mei) == (True, "My pay is two months late.")


async def _shared(kit: Kit, account: object) -> tuple[bool, str]:
    file = await kit.services.read_case(account, 1)  # type: ignore[arg-type]
    assert file.case.summary is not None
    return bool(file.case.summary["shared"]), str(file.case.summary["words"])


@pytest.mark.parametrize("words", ["不用等了", "取消等候", "不用找真人了", "取消等待", "Cancel waiting"])
async def test_leaving_in_words(kit: Kit, words: str) -> None:
    started = await queue(kit)
    await kit.ask(started, words)
    account = await kit.account("mei")
    assert await kit.services.list_cases(account) == []


async def test_leaving_the_queue(kit: Kit) -> None:
    started = await queue(kit)
    (reply,) = await kit.ask(started, "/leave")
    assert reply.say.key == "leave_done"
    assert (await kit.conversation(started)).owner == "bot"
    assert await kit.rows("SELECT state, outcome FROM handoff_case") == [("closed", "not_needed")]
    (nothing,) = await kit.ask(started, "/leave")
    assert nothing.say.key == "handoff_none_open"
    await kit.ask(started, "我想死")
    (stays,) = await kit.ask(started, "/leave")
    assert stays.say.key == "leave_crisis"
    assert (await kit.conversation(started)).owner == "queued"


@pytest.mark.parametrize("payload", ["/wait", "/callback", "/message", "/summary", "/leave", "/rate 5", "/comment"])
async def test_a_button_without_a_case_says_so(kit: Kit, payload: str) -> None:
    started = await kit.start()
    (reply,) = await kit.ask(started, "x", payload)
    assert reply.say.key in ("handoff_none_open", "rate_nothing")
    assert kit.dialogue.requests == []


async def test_deadlines_run_once_however_many_look(kit: Kit) -> None:
    kit.at(FRIDAY_EVENING)
    for _ in range(4):
        await queue(kit)
    kit.at("2026-11-30T09:30")

    async def replica() -> None:
        while await kit.services.run_deadlines() is not None:
            pass

    await asyncio.gather(*(replica() for _ in range(6)))
    assert (await kit.alerts()).count("unclaimed") == 4


async def test_a_replica_that_is_killed_leaves_a_deadline_to_the_next(kit: Kit) -> None:
    kit.at(FRIDAY_EVENING)
    await queue(kit)
    kit.at("2026-11-30T09:30")
    async with kit.services.store.write() as work:  # somebody takes it and is gone
        taken = await work.deadlines.lease_due(now=kit.clock.at, until=kit.clock.at.replace(minute=31))
    assert taken is not None
    await kit.tick()
    kit.later(120)
    await kit.tick()
    assert await kit.alerts() == ["unclaimed"]
    async with kit.services.store.write() as work:  # it comes back to life: what it did is void
        assert not await work.deadlines.finish(taken, now=kit.clock.at)


async def test_a_deadline_that_fails_is_tried_again_and_told(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    await queue(kit)
    kit.later(3_600)

    async def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("jobseeker.usecases.run_deadlines.STEPS", {"queue_notice": fail, "unclaimed": fail})
    for _ in range(12):
        await kit.tick()
        kit.later(1_000)
    assert (await kit.alerts()).count("deadline_failed") == 2
    monkeypatch.undo()
    await kit.tick()
    assert "unclaimed" in await kit.alerts()
