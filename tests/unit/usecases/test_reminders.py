"""Reminders: with consent, once, by day, on the same channel, stopped by the stop word; a calendar file behind a link."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

from icalendar import Calendar

from tests.doubles.kit import Kit

DAY = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)  # nine in the morning in Taipei


def reminders(*moments: datetime, active: bool = True) -> tuple[str, dict[str, Any]]:
    items = [{"kind": "determination", "day": "2026-11-30", "send_at": moment.isoformat()} for moment in moments]
    return "set_reminders", {"active": active, "notice_version": "2026-11", "items": items}


async def remind(kit: Kit, at: datetime) -> list[str]:
    """All that is due at this moment; the outcomes."""
    kit.clock.at = at
    outcomes = []
    while (done := await kit.services.send_reminders()) is not None:
        outcomes.append(done.outcome)
        assert len(outcomes) < 10
    return outcomes


async def shown(kit: Kit) -> list[str]:
    rows = await kit.rows("SELECT say FROM outbox WHERE act = 'reminder' ORDER BY seq")
    return [str(row[0]) for row in rows]


async def test_each_is_sent_once_on_the_same_channel(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[reminders(DAY, DAY + timedelta(days=2))]]
    replies = await kit.ask(started, "謝謝")
    assert [reply.say.key for reply in replies][-1] == "remind_on"
    assert await remind(kit, DAY - timedelta(minutes=1)) == []
    assert await remind(kit, DAY) == ["sent"]
    assert await remind(kit, DAY + timedelta(hours=1)) == []
    assert await remind(kit, DAY + timedelta(days=2)) == ["sent"]
    assert len(await shown(kit)) == 2
    rows = await kit.rows("SELECT conversation_id, state FROM outbox WHERE act = 'reminder'")
    assert {row[0] for row in rows} == {started.conversation.id}
    rendered = await kit.rows("SELECT rendered FROM outbox WHERE act = 'reminder' ORDER BY seq")
    assert "失業認定" in str(rendered[0][0]) or "\\u5931" in str(rendered[0][0])


async def test_two_workers_send_it_once(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[reminders(DAY)]]
    await kit.ask(started, "謝謝")
    kit.clock.at = DAY
    done = await asyncio.gather(*(kit.services.send_reminders() for _ in range(4)))
    assert [one.outcome for one in done if one is not None].count("sent") == 1
    assert len(await shown(kit)) == 1


async def test_not_at_night_and_not_far_too_late(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[reminders(DAY)]]
    await kit.ask(started, "謝謝")
    night = DAY + timedelta(hours=14)  # eleven at night
    assert await remind(kit, night) == []
    assert await remind(kit, DAY + timedelta(days=2, hours=1)) == ["late"]
    assert await shown(kit) == []


async def test_not_without_consent_and_not_while_a_counsellor_speaks(kit: Kit) -> None:
    started = await kit.start()
    consent = {"purpose": "reminders", "notice_version": "x"}
    kit.dialogue.commands = [[reminders(DAY, DAY + timedelta(days=1))], [("withdraw_consent", consent)]]
    await kit.ask(started, "謝謝")
    await kit.ask(started, "謝謝")
    assert await remind(kit, DAY) == ["stopped"]
    assert await remind(kit, DAY + timedelta(days=1)) == []
    assert await kit.rows("SELECT id FROM reminder WHERE done_at IS NULL") == []
    kit.dialogue.commands = [[reminders(DAY + timedelta(days=2))]]
    await kit.ask(started, "謝謝")
    account = await kit.account()
    case = await kit.services.open_case(started.conversation.id, reasons=("asked_for_human",))
    await kit.services.claim_case(account, case.id)
    assert await remind(kit, DAY + timedelta(days=2)) == []


async def test_the_stop_word_stops_them(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[reminders(DAY)]]
    await kit.ask(started, "謝謝")
    replies = await kit.ask(started, "停止通知")
    assert [reply.say.key for reply in replies] == ["remind_off"]
    assert await remind(kit, DAY) == []
    assert await shown(kit) == []


async def test_new_dates_replace_what_waits_and_repeat_nothing(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[reminders(DAY)], [reminders(DAY, DAY + timedelta(days=1))]]
    await kit.ask(started, "謝謝")
    assert await remind(kit, DAY) == ["sent"]
    await kit.ask(started, "謝謝")
    assert await remind(kit, DAY + timedelta(hours=2)) == []
    assert await remind(kit, DAY + timedelta(days=1)) == ["sent"]


async def test_a_calendar_file_behind_its_link(kit: Kit) -> None:
    started = await kit.start()
    params = {"dates": {"left_on": "2026-11-09", "registered_on": "2026-11-16"}, "longer": False}
    kit.dialogue.commands = [[("store_calendar", params)]]
    replies = await kit.ask(started, "謝謝")
    (card,) = replies[-1].say.params["items"]
    found = await kit.services.fetch_file(card["url"].rpartition("/")[2])
    assert (found.media_type, found.name[-4:]) == ("text/calendar", ".ics")
    assert len(Calendar.from_ical(found.content).walk("VEVENT")) >= 6
