"""Erasing a person: every table of the schema is walked with a mark in it, the tracker is told to forget, what is left is named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, insert, select, text
from sqlalchemy.types import String, TypeEngine

from jobseeker.errors import DialogueUnavailable, UnknownFile
from jobseeker.messages import Say
from jobseeker.privacy import CHANGEABLE, GROUPS
from jobseeker.usecases.privacy_effects import erase
from jobseeker.usecases.start_conversation import Started
from store.metadata import Id
from store.moment import Moment
from store.privacy import IDS_ONLY, NOT_OF_PERSONS, SHELL, TREATMENT
from store.schema import metadata
from store.sealed import SealedBytes, SealedText
from tests.doubles.kit import NOW, Kit

pytestmark = pytest.mark.slow  # with `make test`


MARK = "MARK7"  # short enough for every column


def test_every_table_has_its_treatment_and_its_line() -> None:
    assert set(TREATMENT) == set(metadata.tables), "a new table must say what an erasure does with it"
    assert len(TREATMENT) >= 30
    counted = [table for tables in GROUPS.values() for table in tables]
    of_persons = {name for name, how in TREATMENT.items() if how not in (IDS_ONLY, NOT_OF_PERSONS, SHELL)}
    assert sorted(counted) == sorted(of_persons)


def value_for(kind: TypeEngine[Any], name: str, number: int) -> Any:
    if isinstance(kind, Moment):
        return NOW
    if isinstance(kind, JSON):
        return {"words": MARK}
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Date):
        return date(2026, 11, 28)
    if isinstance(kind, (LargeBinary, SealedBytes)):
        return MARK.encode()
    if isinstance(kind, SealedText):
        return f"{MARK}{number}"
    if isinstance(kind, String):
        return f"{MARK}{number}"[: kind.length or 99]
    return number


async def mark_every_table(kit: Kit, started: Started) -> list[str]:
    """A row with the mark in every table that holds something of a person; the names of the tables."""
    conversation = await kit.conversation(started)
    known: dict[str, Any] = {"person_id": conversation.person, "conversation_id": conversation.id}
    marked = []
    async with kit.services.engines.writer.begin() as connection:
        for number, table in enumerate(metadata.sorted_tables, start=7000):
            how = TREATMENT[table.name]
            if how in (IDS_ONLY, SHELL) or table.name in (
                "account_presence",
                "staff_session",
                "office_exception",
                "canned_reply",
                "release_signature",
                "release_activation",
            ):
                continue
            values = {
                column.name: known.get(column.name, value_for(column.type, column.name, number))
                for column in table.columns
                if not (column.primary_key and isinstance(column.type, (Integer, type(Id))) and column.name == "id")
            }
            for column, target in (
                ("inbox_id", "inbox"),
                ("opened_by_inbox_id", "inbox"),
                ("case_id", "handoff_case"),
                ("vacancy_id", "vacancy"),
                ("course_id", "course"),
                ("account_id", "account"),
                ("claimed_by", "account"),
                ("done_by", "account"),
                ("acknowledged_by", "account"),
            ):
                if column in values:
                    values[column] = known.get(target)
            if "state" in values:
                values["state"] = {"inbox": "done", "outbox": "delivered", "handoff_case": "closed"}.get(
                    table.name, "open"
                )
            if table.name in ("inbox", "outbox"):
                values["seq"] = number
            if table.name == "outbox":  # read again with the next message
                values |= {"say": Say("text", "", {"text": MARK}).to_dict(), "escalation": None}
            if table.name == "handoff_case":
                values["urgency"] = 2
            if "id" in table.columns and isinstance(table.c.id.type, String):
                values["id"] = f"{MARK}{number}"
            done = await connection.execute(insert(table).values(values))
            if "id" in table.columns:
                known[table.name] = done.inserted_primary_key[0] if done.inserted_primary_key else None
            marked.append(table.name)
    return marked


async def where_marked(kit: Kit, ignored: set[str]) -> list[str]:
    """Tables in which the mark stands anywhere."""
    found = []
    async with kit.services.engines.reader.connect() as connection:
        for name, table in metadata.tables.items():
            if name in ignored:
                continue
            rows = (await connection.execute(select(table))).all()
            if any(MARK in repr(tuple(row)) for row in rows):
                found.append(name)
    return found


NOT_THEIRS = {name for name, how in TREATMENT.items() if how == NOT_OF_PERSONS}


async def test_nothing_is_left_in_any_table(kit: Kit) -> None:
    started, stranger = await kit.start(), await kit.start()
    await kit.ask(stranger, "謝謝")
    await kit.ask(started, f"我叫 {MARK} 謝謝")
    marked = await mark_every_table(kit, started)
    assert len(marked) >= 22
    assert len(await where_marked(kit, NOT_THEIRS)) >= 18, "the search does see it"
    others = await kit.rows(f"SELECT count(*) FROM inbox WHERE conversation_id = '{stranger.conversation.id}'")
    kit.dialogue.commands = [[("erase_person", {})]]
    received = await kit.say(started, "全部刪除", "/erase yes")
    assert await kit.work() == ["done", "done"]  # the message, and the order to forget
    assert await where_marked(kit, NOT_THEIRS) == []
    assert await kit.rows(f"SELECT count(*) FROM inbox WHERE conversation_id = '{stranger.conversation.id}'") == others
    assert kit.dialogue.forgotten == [(started.conversation.id, 0)]
    receipt = (await kit.replies_to(received))[-1]
    assert receipt.say.key == "erase_receipt"
    lines = {line["key"].removeprefix("erase_count_"): line["params"]["count"] for line in receipt.say.params["lines"]}
    assert set(lines) == set(GROUPS)
    assert lines["profile"] == lines["files"] == lines["marks"] == 1
    assert receipt.rendered is not None
    assert "收據" in receipt.rendered["text"]


async def test_all_channels_of_the_person_and_what_waits(kit: Kit) -> None:
    web, line = await kit.start(), await kit.start(channel="line")
    one, other = await kit.conversation(web), await kit.conversation(line)
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(text(f"UPDATE conversation SET person_id = '{one.person}' WHERE id = '{other.id}'"))
    kit.dialogue.commands = [[("erase_person", {})]]
    await kit.say(web, "全部刪除", "/erase yes")
    await kit.work()
    assert sorted(key for key, _ in kit.dialogue.forgotten) == sorted([one.id, other.id])
    erased = await kit.rows("SELECT count(*) FROM conversation WHERE erased_at IS NOT NULL")
    assert erased == [(2,)]


async def test_the_order_to_forget_outlives_a_dialogue_engine_that_is_down(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[("erase_person", {})]]
    await kit.say(started, "全部刪除", "/erase yes")
    kit.dialogue.before = None
    assert (await kit.services.answer_message()).outcome == "done"  # type: ignore[union-attr]
    kit.dialogue.problems = [DialogueUnavailable("down"), DialogueUnavailable("down")]
    assert await kit.work() == ["retry"]
    kit.later(60)
    assert await kit.work() == ["retry"]
    kit.later(60)
    assert await kit.work() == ["done"]
    assert kit.dialogue.forgotten == [(started.conversation.id, 0)]


async def test_not_while_a_crisis_is_open(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "我不想活了")
    kit.dialogue.commands = [[("erase_person", {})]]
    received = await kit.say(started, "全部刪除", "/erase yes")
    await kit.work()
    assert [reply.say.key for reply in await kit.replies_to(received)][-1] == "erase_after_crisis"
    assert await kit.rows("SELECT count(*) FROM tombstone") == [(0,)]


async def test_the_conversation_goes_on_and_the_shell_goes_later(kit: Kit) -> None:
    started, other = await kit.start(), await kit.start()
    for each in (started, other):
        kit.dialogue.commands = [[("erase_person", {})]]
        await kit.say(each, "全部刪除", "/erase yes")
        await kit.work()
    kit.later(3600)
    await kit.ask(other, "謝謝")  # came back: what is new stays
    kit.later(86_400)
    done = await kit.services.keep_to_retention()
    assert done.shells == 1
    assert await kit.rows("SELECT id FROM conversation") == [(other.conversation.id,)]
    assert await kit.rows(f"SELECT count(*) FROM outbox WHERE conversation_id = '{started.conversation.id}'") == [(0,)]


async def test_a_tombstone_finds_the_person_in_a_restored_backup(kit: Kit) -> None:
    started, stays = await kit.start(), await kit.start()
    person = (await kit.conversation(started)).person
    async with kit.services.store.write() as work:
        await erase(work, person, NOW)
    async with kit.services.store.read() as work:
        hashes = [one.id_hash for one in await work.privacy.tombstones()]
        assert person not in str(hashes)
        assert list(await work.privacy.persons_among(hashes)) == [person]
    assert (await kit.conversation(stays)).person != person


async def test_who_does_not_come_back_is_forgotten_in_time(kit: Kit) -> None:
    old, waiting = await kit.start(), await kit.start()
    await kit.ask(old, f"我叫 {MARK}")
    await kit.services.open_case(waiting.conversation.id, reasons=("asked_for_human",))
    assert (await kit.services.keep_to_retention()).persons == 0
    kit.clock.at = NOW + timedelta(days=731)
    new = await kit.start()
    await kit.ask(new, "謝謝")
    assert (await kit.services.keep_to_retention()).persons == 1
    await kit.work()
    assert await where_marked(kit, NOT_THEIRS) == []
    assert kit.dialogue.forgotten == [(old.conversation.id, 0)]
    assert (await kit.services.keep_to_retention()).persons == 0


async def test_an_export_holds_every_row_and_no_secret(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, f"我叫 {MARK} 謝謝")
    marked = await mark_every_table(kit, started)
    kit.dialogue.commands = [[("store_export", {})]]
    received = await kit.say(started, "給我一份資料", "/export")
    await kit.work()
    reply = (await kit.replies_to(received))[-1]
    files = [await kit.services.fetch_file(item["url"].rpartition("/")[2]) for item in reply.say.params["items"]]
    assert [file.media_type for file in files] == ["application/json", "text/html"]
    data = json.loads(files[0].content)["data"]
    of_persons = [name for name in marked if TREATMENT[name] != NOT_OF_PERSONS]
    assert [name for name in of_persons if not data[name]] == []
    assert len([name for name in of_persons if MARK in json.dumps(data[name])]) >= 15
    assert started.token not in files[0].content.decode()
    assert "token_hash" not in files[0].content.decode()
    page = files[1].content.decode()
    assert "您寫的訊息" in page
    assert "<script" not in page
    assert MARK in page
    kit.later(8 * 86_400)
    with pytest.raises(UnknownFile):
        await kit.services.fetch_file(reply.say.params["items"][0]["url"].rpartition("/")[2])


@pytest.mark.parametrize("purpose", CHANGEABLE)
async def test_a_purpose_is_off_until_agreed_to_and_ends_what_it_kept(kit: Kit, purpose: str) -> None:
    started = await kit.start()
    person = (await kit.conversation(started)).person
    await mark_every_table(kit, started)

    async def given() -> bool:
        async with kit.services.store.read() as work:
            return await work.profiles.has_consented(person, purpose)

    assert not await given()
    for wish, key in ((True, "given"), (False, "withdrawn")):
        kit.dialogue.commands = [[("set_consent", {"purpose": purpose, "given": wish, "notice_version": "x"})]]
        replies = await kit.ask(started, "謝謝")
        assert [reply.say.key for reply in replies][-1] == f"consent_{key}_{purpose}"
        assert await given() is wish
    if purpose == "profile":
        assert await kit.rows("SELECT count(*) FROM profile") == [(0,)]
    if purpose == "alerts":
        assert await kit.rows("SELECT active FROM job_alert") in ([(0,)], [(False,)])
