"""The migrations make exactly the tables of store/tables.py, and can be taken back. PostgreSQL: tests/integration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from app.encryption import FernetVault, new_key
from jobseeker.audit_chain import verify
from jobseeker.usecases.seal_columns import SealColumns
from store.engine import Engines, create_engines
from store.migrate import differences, downgrade, is_current, upgrade
from store.schema import metadata
from store.sealed import equip
from store.unit_of_work import SqlStore

pytestmark = pytest.mark.slow  # with `make test`


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    """An empty database."""
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    yield made
    await made.dispose()


async def test_head_is_the_tables(engines: Engines) -> None:
    assert len(metadata.tables) >= 8
    assert not await is_current(engines)
    assert len(await differences(engines)) >= len(metadata.tables)  # the comparison does see what is missing
    await upgrade(engines)
    assert await is_current(engines)
    assert await differences(engines) == []
    await upgrade(engines)  # nothing to do


async def test_a_changed_table_is_noticed(engines: Engines) -> None:
    await upgrade(engines)
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE alert DROP COLUMN seen_at")
        await connection.exec_driver_sql("DROP INDEX ix_outbox_inbox_id")
    assert len(await differences(engines)) == 2


async def test_down_and_up_again(engines: Engines) -> None:
    await upgrade(engines)
    await downgrade(engines, "base")
    assert len(await differences(engines)) >= len(metadata.tables)
    await upgrade(engines)
    assert await differences(engines) == []


async def test_conversations_from_before_keep_their_messages_and_get_a_person(engines: Engines) -> None:
    await upgrade(engines, "0001")
    when = "2026-11-01 08:00:00"
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO conversation (id, channel, channel_key, variety, variety_chosen, owner, owner_version, last_topic,"
            " last_act, failed_turns, next_seq, created_at, updated_at)"
            f" VALUES ('c1', 'web', 'c1', 'en', 0, 'bot', 0, '', '', 0, 2, '{when}', '{when}')"
        )
        await connection.exec_driver_sql(
            "INSERT INTO inbox (id, conversation_id, channel, event_id, seq, text, command, state, attempts, due_at,"
            f" last_error, received_at) VALUES (1, 'c1', 'web', 'e', 1, 'hello', '', 'done', 0, '{when}', '', '{when}')"
        )
    await upgrade(engines)
    async with engines.writer.begin() as connection:
        people = (await connection.exec_driver_sql("SELECT person_id FROM conversation")).scalars().all()
        texts = (await connection.exec_driver_sql("SELECT text FROM inbox")).scalars().all()
    assert (people, texts) == (["c1"], ["hello"])
    await downgrade(engines, "0001")
    async with engines.writer.begin() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM inbox")).scalar() == 1


async def test_contacts_from_before_stay_findable_and_are_sealed(engines: Engines) -> None:
    await upgrade(engines, "0015")
    zone = "+00:00" if engines.dialect == "postgresql" else ""
    when, no = f"2026-11-01 08:00:00{zone}", "false" if engines.dialect == "postgresql" else "0"
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql(f"INSERT INTO person (id, created_at) VALUES ('c1', '{when}')")
        await connection.exec_driver_sql(
            "INSERT INTO conversation (id, channel, channel_key, variety, variety_chosen, owner, owner_version, last_topic,"
            " last_act, failed_turns, next_seq, created_at, updated_at, person_id)"
            f" VALUES ('c1', 'line', 'U77', 'en', {no}, 'bot', 0, '', '', 0, 2, '{when}', '{when}', 'c1')"
        )
        await connection.exec_driver_sql(
            "INSERT INTO handoff_case (id, conversation_id, reasons, urgency, variety, state, opened_at, version)"
            f" VALUES (1, 'c1', '[]', 2, 'en', 'waiting', '{when}', 0)"
        )
        await connection.exec_driver_sql(
            "INSERT INTO callback_request (case_id, kind, contact, text, state, created_at)"
            f" VALUES (1, 'callback', '0912-345-678', '', 'open', '{when}')"
        )
    await upgrade(engines)
    vault = FernetVault([new_key()])
    for engine in (engines.writer, engines.reader):
        equip(engine, vault)
    store = SqlStore(engines)
    for expected in ((2, 2), (0, 0)):
        async with store.read() as work:
            found = await work.conversations.find("line", "U77")
            assert found is not None
            assert [one.contact for one in await work.callbacks.of_case(1)] == ["0912-345-678"]
        assert await SealColumns(store)(plain_only=True) == expected
    async with engines.writer.begin() as connection:
        row = (
            await connection.exec_driver_sql("SELECT channel_key, contact FROM conversation, callback_request")
        ).one()
    assert [value.startswith("sealed1:") for value in row] == [True, True]
    with pytest.raises(RuntimeError, match="is sealed: the release before cannot read it"):
        await downgrade(engines, "0015")


async def test_audit_rows_from_before_become_a_chain_in_their_order(engines: Engines) -> None:
    await upgrade(engines, "0011")
    async with engines.writer.begin() as connection:
        for number in range(1, 8):
            when = f"2026-11-0{8 - number} 08:00:00.123456"  # a clock that went back: the order is that of the ids
            zone = "+00:00" if engines.dialect == "postgresql" else ""
            await connection.exec_driver_sql(
                "INSERT INTO audit (at, actor, action, conversation_id, case_id, detail) VALUES"
                f" ('{when}{zone}', 'account:{number}', 'case.opened', 'c1', NULL, '{{\"n\": {number}, \"名\": 0.1}}')"
            )
    await upgrade(engines)
    store = SqlStore(engines)
    async with store.read() as work:
        verdict = await verify(work.ledger.links(), await work.ledger.head())
        actors = [link.actor async for link in work.ledger.links()]
    assert (verdict.rows, verdict.problems) == (7, [])
    assert actors == [f"account:{number}" for number in range(1, 8)]
    async with store.write() as work:
        await work.ledger.record(at=datetime(2026, 11, 9, tzinfo=timezone.utc), actor="system", action="test.row")
    async with store.read() as work:
        assert (await verify(work.ledger.links(), await work.ledger.head())).rows == 8
    await downgrade(engines, "0011")
    async with engines.writer.begin() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM audit")).scalar() == 8
