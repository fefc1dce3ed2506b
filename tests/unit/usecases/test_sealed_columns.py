"""Contact data does not stand in clear in the database, is found by look-up all the same, and its keys can be changed. On PostgreSQL: tests/integration."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, text, update
from typer.testing import CliRunner

from app.cli import app
from app.desk import build_desk
from app.encryption import new_key
from app.settings import Settings
from jobseeker.errors import NoEncryptionKey, SealBroken
from jobseeker.handoff_records import Bridged
from jobseeker.journeys.memory import Memory
from jobseeker.messages import Command, InboundMessage
from jobseeker.usecases import seal_columns
from jobseeker.usecases.privacy_effects import erase
from jobseeker.usecases.talk_about_vacancies import HeardWish
from store.classes import CLASSES, CONTACT, class_of, stale, unclassified
from store.engine import sqlite_path
from store.schema import metadata
from store.sealed import SealedBytes, SealedText
from store.sealing import SEALED
from store.tables import account, conversation
from tests.doubles.kit import NOW, Kit, open_kit

pytestmark = pytest.mark.slow  # with `make test`

OLD, NEW = new_key(), new_key()
NUMBER, LINE_USER, DESK_CONTACT, EMAIL = "0912-345-678", "U5ba7f00d5ba7f00d", "desk-contact-7f00d", "mei@example.gov.tw"
SECRETS = (NUMBER, LINE_USER, DESK_CONTACT, EMAIL)


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    """Services with the old key."""
    async with open_kit(database_url, encryption_keys=OLD) as opened:
        yield opened


@pytest.fixture
def restored_url(tmp_path: Path) -> str:
    """No tables."""
    return f"sqlite+aiosqlite:///{tmp_path}/restored.db"


# -- the list of columns ---------------------------------------------------------------------------------------------


def test_every_column_has_its_class_and_every_contact_is_sealed() -> None:
    assert unclassified(metadata) == [], "store/classes.py must say what a new column holds"
    assert stale(metadata) == []
    contacts = {f"{t}.{column}" for t, classes in CLASSES.items() for column in classes.get(CONTACT, "").split()}
    assert contacts == set(SEALED)
    assert len(SEALED) >= 5


def test_a_column_nobody_has_classified_is_found() -> None:
    other = MetaData()
    Table("inbox", other, Column("text", String), Column("telephone", String))
    Table("new_table", other, Column("id", String))
    assert unclassified(other) == ["inbox.telephone", "new_table.id"]
    assert "account.email" in stale(other)
    assert class_of("callback_request", "contact") == CONTACT


def test_every_sealed_column_has_one_key_and_its_own_purpose() -> None:
    for place, column in SEALED.items():
        assert isinstance(column.type, (SealedText, SealedBytes))
        assert column.type.purpose == place
        assert len(column.table.primary_key.columns) == 1


# -- what is kept ----------------------------------------------------------------------------------------------------


async def live(kit: Kit) -> str:
    """One contact of every kind, in through the front door where there is one; the conversation on LINE."""
    await from_line(kit, "e1")
    started = await kit.start()
    await kit.ask(started, "/human")
    (choice,) = await kit.ask(started, "/callback")
    assert choice.rendered is not None
    await kit.ask(started, "時段", choice.rendered["buttons"][0]["payload"])
    await kit.ask(started, NUMBER)
    params = {"format": "json", "profile": {"skills": []}, "contact": {"name": "王小明", "phone": NUMBER, "email": ""}}
    kit.dialogue.commands = [[("store_file", params)]]
    await kit.ask(started, "謝謝")
    await kit.account("mei")
    await kit.services.access.accounts.set_email("mei", EMAIL, "test")
    async with kit.services.store.write() as work:
        await work.bridges.add(Bridged(1, "chatwoot", DESK_CONTACT, "77", 0), now=NOW)
    return await on_line(kit)


async def from_line(kit: Kit, event_id: str) -> None:
    """They write."""
    await kit.services.receive_event(
        InboundMessage(channel="line", conversation_key=LINE_USER, event_id=event_id, text="可以領多少")
    )


async def on_line(kit: Kit) -> str:
    """The id of the conversation that is found for them."""
    async with kit.services.store.read() as work:
        found = await work.conversations.find("line", LINE_USER)
    assert found is not None
    assert found.channel_key == LINE_USER
    return found.id


async def read_back(kit: Kit) -> None:
    """Everything `live` has put in comes out as it was."""
    await on_line(kit)
    async with kit.services.store.read() as work:
        assert [one.contact for one in await work.callbacks.of_case(1)] == [NUMBER]
        assert [one.email for one in await work.accounts.all()] == [EMAIL]
        bridged = await work.bridges.of_case(1)
        found = await work.accounts.by_provider("issuer subject", EMAIL)
    assert bridged is not None
    assert bridged.contact == DESK_CONTACT
    assert found is not None
    assert json.loads(await file_content(kit))["basics"]["phone"] == NUMBER


async def file_content(kit: Kit) -> bytes:
    """Of the one file."""
    async with kit.services.engines.reader.connect() as connection:
        return bytes((await connection.execute(metadata.tables["stored_file"].select())).mappings().one()["content"])


async def at_rest(kit: Kit) -> bytes:
    """All that is kept, as whoever has the disk sees it: the bytes of the SQLite files; every row as text of PostgreSQL."""
    path = sqlite_path(kit.services.settings.database)
    if path is not None:
        files = [file for file in path.parent.glob(path.name + "*") if not file.name.endswith("-lock")]
        return b"".join(file.read_bytes() for file in files)
    found = []
    for name in metadata.tables:
        found += [str(row) for (row,) in await kit.rows(f"SELECT t::text FROM {name} t")]
    return "\n".join(found).encode()


def seen(kept: bytes, words: tuple[str, ...] = SECRETS) -> list[str]:
    """Which of them stand there, as they are or (bytes of PostgreSQL) in hex."""
    return [word for word in words if word.encode() in kept or word.encode().hex().encode() in kept]


async def test_nothing_stands_in_clear_and_all_of_it_is_found(kit: Kit) -> None:
    await live(kit)
    kept = await at_rest(kit)
    assert len(kept) > 5_000
    assert seen(kept, ("可以領多少",)) == ["可以領多少"], "the search does see what is in clear"
    assert seen(kept) == []
    await read_back(kit)


async def test_the_search_sees_what_an_older_release_has_kept(kit: Kit) -> None:
    await live(kit)
    await in_clear(kit)
    assert seen(await at_rest(kit)) == [LINE_USER, EMAIL]


async def in_clear(kit: Kit) -> None:
    """As an older release wrote it."""
    plain = {conversation: (conversation.c.channel == "line", LINE_USER, "channel_key"), account: (account.c.login == "mei", EMAIL, "email")}  # fmt: skip
    async with kit.services.engines.writer.begin() as connection:
        for table, (where, word, name) in plain.items():
            values = {table.c[name]: text(f"'{word}'"), table.c[f"{name}_index"]: None}
            assert (await connection.execute(update(table).where(where).values(values))).rowcount == 1


async def test_one_person_on_a_platform_has_one_conversation(kit: Kit) -> None:
    first = await live(kit)
    await asyncio.gather(*(from_line(kit, f"n{number}") for number in range(4)))
    assert await on_line(kit) == first
    assert await kit.rows("SELECT count(*) FROM conversation WHERE channel = 'line'") == [(1,)]


async def test_two_who_are_new_at_once_get_one_conversation(kit: Kit) -> None:
    await asyncio.gather(*(from_line(kit, f"n{number}") for number in range(6)))
    assert await kit.rows("SELECT count(*) FROM conversation WHERE channel = 'line'") == [(1,)]
    assert await kit.rows("SELECT count(*) FROM inbox") == [(6,)]


async def test_what_an_older_release_has_kept_is_found_and_then_sealed(kit: Kit) -> None:
    first = await live(kit)
    await in_clear(kit)
    await read_back(kit)
    await from_line(kit, "later")
    assert await on_line(kit) == first
    assert await kit.services.seal_columns(plain_only=True) == (2, 2)
    assert await kit.services.seal_columns(plain_only=True) == (0, 0)
    await read_back(kit)
    rows = await kit.rows("SELECT channel_key FROM conversation WHERE channel = 'line'")
    assert rows[0][0].startswith("sealed1:")
    assert None not in [index for (index,) in await kit.rows("SELECT email_index FROM account")]


# -- keys ------------------------------------------------------------------------------------------------------------


async def test_keys_are_changed_while_everything_stays_findable(kit: Kit, database_url: str) -> None:
    first = await live(kit)
    async with open_kit(database_url, encryption_keys=f"{NEW},{OLD}") as both:
        await read_back(both)
        await from_line(both, "with both keys")
        assert await on_line(both) == first
        assert await both.services.access.rotate_keys("test") == (5, 5)
        assert await both.services.access.rotate_keys("test") == (5, 0)
        await read_back(both)
    async with open_kit(database_url, encryption_keys=NEW) as after:
        await read_back(after)
        assert await on_line(after) == first
        await after.services.seal_columns.check()
    async with open_kit(database_url, encryption_keys=OLD) as before:
        with pytest.raises(SealBroken):
            await before.services.seal_columns.check()
        with pytest.raises(SealBroken):
            await before.services.access.rotate_keys("test")
        async with before.services.store.read() as work:
            assert await work.conversations.find("line", LINE_USER) is None, "not under the old key's digest"


async def test_a_change_of_keys_that_is_broken_off_goes_on(
    kit: Kit, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await kit.start(channel="line") for _ in range(9)]
    monkeypatch.setattr(seal_columns, "AT_ONCE", 2)
    async with open_kit(database_url, encryption_keys=f"{NEW},{OLD}") as both:
        real, calls = both.services.store.write, iter(range(99))

        def breaking() -> Any:
            if next(calls) == 3:
                raise RuntimeError("the power went")
            return real()

        monkeypatch.setattr(both.services.store, "write", breaking)
        with pytest.raises(RuntimeError, match="power"):
            await both.services.seal_columns()
        monkeypatch.undo()
        monkeypatch.setattr(seal_columns, "AT_ONCE", 2)
        looked, changed = await both.services.seal_columns()
    assert looked == len(people)
    assert 0 < changed < len(people), "what was done before stays done"
    async with open_kit(database_url, encryption_keys=NEW) as after, after.services.store.read() as work:
        for person in people:
            found = await work.conversations.find("line", person.conversation.channel_key)
            assert found is not None
            assert found.id == person.conversation.id


async def test_without_a_key_nothing_is_kept_and_nothing_is_read(kit: Kit, database_url: str, tmp_path: Path) -> None:
    await live(kit)
    before = await kit.rows("SELECT count(*) FROM callback_request")
    async with open_kit(database_url, encryption_keys="", var_dir=tmp_path) as bare:
        with pytest.raises(NoEncryptionKey):
            async with bare.services.store.write() as work:
                await work.callbacks.add(1, kind="callback", contact=NUMBER, now=NOW)
        with pytest.raises(NoEncryptionKey):
            await from_line(bare, "no key")
        with pytest.raises(NoEncryptionKey):
            await read_back(bare)
        with pytest.raises(NoEncryptionKey):
            await bare.services.seal_columns.check()
        assert await bare.rows("SELECT count(*) FROM callback_request") == before
        web = await bare.start()
        assert await bare.ask(web, "可以領多少"), "on the web nobody is known by anything: it works without"


async def test_the_action_server_needs_no_key(kit: Kit, database_url: str, tmp_path: Path) -> None:
    somebody = await live(kit)
    desk = build_desk(Settings(database_url=database_url, var_dir=tmp_path, encryption_keys=""))
    try:
        assert (await desk.talk_about_profile.known(somebody)).profile.version == 0
        told = await desk.talk_about_privacy(somebody, "consent_change", Command("consent"))
        assert [say.key for say in told.says] == ["consent_overview"]
        heard = HeardWish("台北的會計工作", None, "zh-Hant", 1, "find_jobs", 1.0)
        assert (await desk.talk_about_vacancies(somebody, heard, Memory())).step.says
    finally:
        await desk.close()


async def test_a_backup_holds_no_contact_in_clear_and_erasing_again_needs_the_key(
    kit: Kit, database_url: str, restored_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    somebody = await live(kit)
    for name, value in (("VAR_DIR", tmp_path / "var"), ("TRACKER_URL", f"sqlite:///{tmp_path}/none.db")):
        monkeypatch.setenv(f"JOBSEEKER_{name}", str(value))
    file, marks = tmp_path / "backup.zip", tmp_path / "tombstones.jsonl"

    async def run(url: str, keys: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("JOBSEEKER_DATABASE_URL", url)
        monkeypatch.setenv("JOBSEEKER_ENCRYPTION_KEYS", keys)
        done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
        return done.exit_code, done.output

    assert (await run(database_url, "", "backup", str(file), "--without-tracker"))[0] == 0, "a backup needs no key"
    with zipfile.ZipFile(file) as bundle:
        kept = b"".join(bundle.read(name) for name in bundle.namelist())
    assert seen(kept, ("可以領多少",)) == ["可以領多少"]
    assert seen(kept) == []
    async with kit.services.store.write() as work:
        await erase(work, somebody, NOW)
    marks.write_text((await run(database_url, "", "privacy", "tombstones"))[1], "utf-8")
    for keys, said in (("", "JS-SEC-001"), (NEW, "JS-SEC-002")):
        code, out = await run(restored_url, keys, "restore", str(file), "--tombstones", str(marks))
        assert (code, said in out) == (1, True), out
    code, out = await run(restored_url, OLD, "restore", str(file), "--tombstones", str(marks))
    assert (code, "1 persons erased again" in out) == (0, True), out
    async with open_kit(restored_url, encryption_keys=OLD) as restored, restored.services.store.read() as work:
        assert [one.contact for one in await work.callbacks.of_case(1)] == [NUMBER]


async def test_a_wrong_key_opens_nothing(kit: Kit, database_url: str) -> None:
    await live(kit)
    async with open_kit(database_url, encryption_keys=NEW) as wrong:
        for attempt in (wrong.services.seal_columns.check(), read_callbacks(wrong), file_content(wrong)):
            with pytest.raises(SealBroken):
                await attempt


async def read_callbacks(kit: Kit) -> None:
    """Of the one case."""
    async with kit.services.store.read() as work:
        await work.callbacks.of_case(1)


async def test_a_value_that_was_moved_to_another_column_does_not_open(kit: Kit) -> None:
    await live(kit)
    async with kit.services.engines.writer.begin() as connection:
        moved = "UPDATE callback_request SET contact = (SELECT contact FROM bridge_conversation)"
        await connection.execute(text(moved))
    with pytest.raises(SealBroken):
        await read_callbacks(kit)


async def test_no_contact_stays_no_contact(kit: Kit) -> None:
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(
            insert(account),
            {
                "login": "a", "name": "A", "password_hash": "x", "role": "counsellor", "languages": [], "active": True,
                "failed_sign_ins": 0, "created_at": NOW, "email": "",
            },
        )  # fmt: skip
    assert await kit.rows("SELECT email, email_index FROM account") == [("", None)]


async def test_the_command_says_what_it_did_and_what_is_wrong(
    kit: Kit, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await live(kit)
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", database_url)
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path / "var"))

    async def rotate(keys: str) -> tuple[int, str]:
        monkeypatch.setenv("JOBSEEKER_ENCRYPTION_KEYS", keys)
        done = await asyncio.to_thread(CliRunner().invoke, app, ["keys", "rotate"])
        return done.exit_code, done.output

    for keys, said in (("", "JS-SEC-001"), (NEW, "JS-SEC-002"), ("nonsense", "jobseeker keys new")):
        code, out = await rotate(keys)
        assert (code, said in out) == (1, True), out
        assert NEW not in out
    assert await rotate(f"{NEW},{OLD}") == (0, "5 encrypted values, 5 encrypted anew\n")
