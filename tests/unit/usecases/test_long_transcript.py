"""Opening a case costs the same however long the conversation is: as many statements, as many rows, and no table read from end to end.

Seconds are measured by `make bench-desk`; nothing here looks at a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from jobseeker.usecases.read_case import PAGE
from tests.doubles.kit import Kit
from tests.doubles.long_talk import make_long

pytestmark = pytest.mark.slow  # with `make test`


GROW = ("inbox", "outbox")  # what grows with the conversation


@dataclass
class Seen:
    """What was asked of the database."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def reads(self) -> list[tuple[str, Any]]:
        """Those that look at what grows."""
        return [(sql, values) for sql, values in self.statements if any(f" {table}" in sql for table in GROW)]


@contextmanager
def watched(kit: Kit) -> Iterator[Seen]:
    """Statements of the work inside."""
    seen, engines = Seen(), {id(one): one for one in (kit.services.engines.writer, kit.services.engines.reader)}

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.statements.append((statement, parameters))

    for engine in engines.values():
        event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield seen
    for engine in engines.values():
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def opened(kit: Kit, lines: int) -> tuple[Seen, int]:
    """The case of a conversation of so many lines is opened, read backwards a page and followed: (statements, rows that came)."""
    started = await kit.start()
    await make_long(kit.services.engines, started.conversation.id, 2, lines, kit.clock.now())
    await kit.ask(started, "/human")
    ((case,),) = await kit.rows(f"SELECT id FROM handoff_case WHERE conversation_id = '{started.conversation.id}'")
    boss = await kit.account(f"boss{lines}", "supervisor")
    with watched(kit) as seen:
        file = await kit.services.read_case(boss, case)
        before = await kit.services.read_case.earlier(boss, case, file.transcript[0].seq)
        after = await kit.services.read_case.entries(boss, case, file.transcript[-1].seq)
        await kit.services.list_cases(boss, "waiting")
    assert len(file.transcript) <= PAGE
    assert before
    rows = 0
    for statement, parameters in seen.reads():
        async with kit.services.engines.reader.connect() as connection:
            found = (await connection.exec_driver_sql(statement, parameters)).all()
            plan = [
                str(row[-1]) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
        rows += 0 if "handoff_case" in statement else len(found)  # the list of waiting cases grows with the cases
        assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in GROW], (statement, plan)
    return seen, rows + len(after)


async def test_statements_and_rows_do_not_grow_with_the_transcript(kit: Kit) -> None:
    short, short_rows = await opened(kit, 2 * PAGE)
    long, long_rows = await opened(kit, 5_000)
    assert len(short.reads()) > 4, "it did look"
    assert [sql for sql, _ in long.statements if "handoff_case" not in sql] == [
        sql for sql, _ in short.statements if "handoff_case" not in sql
    ]
    assert long_rows == short_rows
    assert 0 < long_rows <= 4 * 2 * PAGE


async def test_the_test_would_see_a_whole_table_read(kit: Kit) -> None:
    started = await kit.start()
    await make_long(kit.services.engines, started.conversation.id, 2, 10, kit.clock.now())
    async with kit.services.engines.reader.connect() as connection:
        plan = await connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT text FROM inbox WHERE text LIKE '%x%'")
        assert str(plan.one()[-1]).startswith("SCAN inbox")


async def test_of_a_long_conversation_on_another_channel_the_end_is_shown(kit: Kit) -> None:
    web, line = await kit.start(), await kit.start(channel="line")
    person = (await kit.conversation(web)).person
    async with kit.services.store.write() as work:
        await work.channels.set_person(line.conversation.id, person)
    await make_long(kit.services.engines, line.conversation.id, 2, 2_000, kit.clock.now())
    await kit.ask(web, "/human")
    file = await kit.services.read_case(await kit.account("boss", "supervisor"), 1)
    (linked,) = file.linked
    assert linked.transcript[-1].seq == 2_001


@pytest.mark.parametrize("lines", [1, 49, 51])
async def test_a_short_one_is_shown_whole(kit: Kit, lines: int) -> None:
    web, line = await kit.start(), await kit.start(channel="line")
    person = (await kit.conversation(web)).person
    async with kit.services.store.write() as work:
        await work.channels.set_person(line.conversation.id, person)
    await make_long(kit.services.engines, line.conversation.id, 2, lines, kit.clock.now())
    await kit.ask(web, "/human")
    file = await kit.services.read_case(await kit.account("boss", "supervisor"), 1)
    (linked,) = file.linked
    assert len(linked.transcript) >= min(lines, 50) - 1
    assert linked.transcript[-1].seq == lines + 1
