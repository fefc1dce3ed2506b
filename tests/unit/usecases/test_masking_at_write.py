"""Identifiers are hidden before anything is written: every table is walked for them after they came in by every door."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import select

from jobseeker.messages import InboundMessage
from jobseeker.privacy.in_hand import KEPT_FOR, MOST, InHand
from jobseeker.resume.records import Contact
from language.contact import read_contact
from store.schema import metadata
from tests.doubles.kit import NOW, Kit

pytestmark = pytest.mark.slow  # with `make test`


RAW = ("A123456789", "0912345678", "0912-345-678", "me.x@example.com", "012-345678901234", "4111 1111 1111 1111", "文化路一段188號")  # fmt: skip
EVERYTHING = f"身分證{RAW[0]} 手機{RAW[1]} 或 {RAW[2]} 信箱 {RAW[3]} 帳號 {RAW[4]} 卡 {RAW[5]} 住板橋區{RAW[6]}5樓"


async def tables_with(kit: Kit, *words: str) -> dict[str, list[str]]:
    """By table, which of these words stand in it."""
    found: dict[str, list[str]] = {}
    looked = 0
    async with kit.services.engines.reader.connect() as connection:
        for name, table in metadata.tables.items():
            rows = "".join(repr(tuple(row)) for row in (await connection.execute(select(table))).all())
            looked += len(rows)
            if hits := [word for word in words if word in rows]:
                found[name] = hits
    assert looked > 1_000
    return found


async def only_file(kit: Kit) -> bytes:
    """The content of the one file that is kept."""
    async with kit.services.engines.reader.connect() as connection:
        return bytes((await connection.execute(select(metadata.tables["stored_file"].c.content))).scalar_one())


def event(text: str, number: int, **values: Any) -> InboundMessage:
    """A message of a platform."""
    return InboundMessage(channel="line", conversation_key="U1", event_id=f"e{number}", text=text, **values)


async def test_nothing_raw_is_in_any_table_or_log(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    started = await kit.start()
    await kit.ask(started, EVERYTHING)
    await kit.ask(started, f"/profile {RAW[1]}")
    kit.dialogue.problems = [RuntimeError("down")] * 20
    await kit.say(started, f"我的證號 {RAW[0]}")
    for _ in range(12):
        kit.later(30)
        await kit.work()
    assert (await kit.last(started)).say.key == "apology", "a dead letter quotes what was kept"
    kit.dialogue.problems = []
    await kit.ask(started, "/human")
    await kit.ask(started, f"請輔導員查 {RAW[0]}")
    mei = await kit.account()
    await kit.services.claim_case(mei, 1)
    await kit.ask(started, f"我的電話 {RAW[2]}，{RAW[3]}")
    await kit.services.reply_as_counsellor(
        mei, 1, text=f"您的證號是 {RAW[0]} 對嗎？請打 02-2345-6789", client_message_id="a"
    )
    await kit.services.handle_case.note(mei, 1, f"他給了 {RAW[0]} 和 {RAW[1]}")
    await kit.services.handle_case.wrap_up(mei, 1, outcome="answered", note=f"帳號 {RAW[4]}")
    await kit.services.receive_event(event(EVERYTHING, 1))
    await kit.services.receive_event(event(EVERYTHING * 30, 2))
    await kit.services.receive_event(event(EVERYTHING, 3, message_key="m3", replaces="m1"))
    await kit.services.receive_event(event("", 4, attachment="file", attachment_name=f"{RAW[1]}.pdf"))
    await kit.work()
    assert await tables_with(kit, *RAW) == {}
    assert await tables_with(kit, "●●●", "02-2345-6789") == {
        "inbox": ["●●●"],
        "outbox": ["●●●", "02-2345-6789"],
        "case_note": ["●●●"],
        "handoff_case": ["●●●"],
    }, "the search does see it, and an office's number is left in a counsellor's reply"
    seen = repr([request.to_dict() for request in kit.dialogue.requests])
    assert "●●●" in seen
    assert not [word for word in RAW if word in seen], "the dialogue engine gets the mask"
    assert not [word for word in RAW if word in caplog.text]


async def test_what_the_pre_check_needs_reaches_it(kit: Kit) -> None:
    started = await kit.start()
    text = "我45歲，民國115年3月2日被資遣，月薪34,800，投保30個月，扶養2人，編號A-2026-001，打過1955"
    await kit.ask(started, text)
    assert kit.dialogue.requests[-1].text == text


async def test_the_hint_is_said_once_after_the_answer(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "English", "/language en")
    first = await kit.ask(started, "可以領多少 my number is 0912345678, id A123456789")
    assert [reply.author for reply in first] == ["bot", "system"]
    assert first[0].topic == "ui_amount", "the answer comes first"
    assert first[1].rendered is not None
    text = first[1].rendered["text"]
    assert "an identity number" in text
    assert "a phone number" in text
    assert "0912" not in text
    second = await kit.ask(started, "可以領多少 a@example.com")
    assert [reply.author for reply in second] == ["bot"]
    other = await kit.ask(await kit.start(), "電話 0912345678 可以領多少")
    assert other[1].rendered is not None
    assert "電話號碼" in other[1].rendered["text"]


async def test_a_crisis_is_read_in_the_text_as_it_was_sent(kit: Kit) -> None:
    started = await kit.start()
    received = await kit.say(started, "我不想活了，我的手機0912345678")
    assert received.settled
    replies = await kit.replies_to(received)
    assert [reply.say.key for reply in replies] == ["crisis"], "no hint beside it"
    assert await tables_with(kit, "0912345678") == {}
    assert "●●●●●●●●●●" in repr(await kit.rows("SELECT text FROM inbox"))


async def test_while_a_counsellor_speaks_the_service_says_what_it_hid(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    mei = await kit.account()
    await kit.services.claim_case(mei, 1)
    replies = await kit.ask(started, "A123456789")
    assert [(reply.author, reply.say.key) for reply in replies] == [("system", "identifiers_masked")]


async def test_a_number_that_was_asked_for_is_taken_at_once(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    (choice,) = await kit.ask(started, "/callback")
    assert choice.rendered is not None
    slot = choice.rendered["buttons"][0]["payload"]
    waiting = await kit.say(started, "時段", slot)  # not answered yet: nothing is expected when the number comes
    await kit.say(started, "0912-345-678")
    await kit.work()
    assert await kit.replies_to(waiting)
    async with kit.services.store.read() as work:
        assert [one.contact for one in await work.callbacks.of_case(1)] == ["0912-345-678"]
    assert await tables_with(kit, "0912-345-678") == {"callback_request": ["0912-345-678"]}, "nowhere else"
    (again,) = await kit.ask(started, "改時間", slot)
    assert again.say.key == "callback_kept"
    received = await kit.say(started, "0987-654-321")
    assert received.settled, "expected already: it does not wait for a worker"
    assert [reply.say.key for reply in await kit.replies_to(received)] == ["callback_number_kept"]


async def test_a_resume_gets_what_was_written_and_nothing_else_does(kit: Kit) -> None:
    started = await kit.start()
    contact = {"name": "王小明", "phone": "●●●●●●●●●●●●", "email": ""}
    params = {"format": "json", "profile": {"skills": []}, "contact": contact}
    kit.dialogue.commands = [[("store_file", params)]]
    replies = await kit.ask(started, "王小明 0912-345-678")
    assert [reply.say.key for reply in replies][-1] == "resume_ready", "asked for: no hint"
    content = await only_file(kit)
    assert "0912-345-678" in content.decode()
    assert list(await tables_with(kit, "0912-345-678")) == ["stored_file"]


async def test_a_resume_without_the_text_at_hand_says_so(kit: Kit) -> None:
    started = await kit.start()
    params = {"format": "json", "profile": {"skills": []}, "contact": {"name": "王", "phone": "●●●●", "email": ""}}
    kit.dialogue.commands = [[("store_file", params)]]
    received = await kit.say(started, "王 0912-345-678")
    kit.services.answer_message.in_hand.drop(received.inbox_id)  # another process received it
    await kit.work()
    assert [reply.say.key for reply in await kit.replies_to(received)][-1] == "resume_contact_missing"
    content = await only_file(kit)
    assert "●" not in content.decode()


def test_what_is_in_hand_is_forgotten() -> None:
    hands = InHand(read_contact)
    for number in range(MOST + 5):
        hands.hold(number, f"text {number}", NOW)
    assert hands.text(4) is None
    assert hands.text(5) == "text 5"
    hands.hold(9_999, "new", NOW + KEPT_FOR * 2)
    assert hands.text(MOST) is None
    assert hands.text(9_999) == "new"
    hands.drop(9_999)
    assert hands.text(9_999) is None


def test_a_masked_contact_is_a_contact() -> None:
    assert read_contact("王小明 ●●●●●●●●●●●● ●●●●●●") == Contact("王小明", "●●●●●●●●●●●●", "")
