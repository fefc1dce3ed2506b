"""What is asked again and again, for every message or every half second, goes through an index however much is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import String, bindparam, event, func, insert, select

from jobseeker.channels import Event, Presence, Withdrawal
from jobseeker.messages import Command, InboundMessage
from store.engine import Engines, create_engines
from store.migrate import upgrade
from store.sqlite_driver import OneVisitCursor
from store.tables import conversation, inbox, outbox, person
from store.unit_of_work import SqlUnitOfWork
from tests.doubles.kit import open_kit

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]  # with `make test`

AT = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
STORED, TURNS = 50, 5  # conversations, and messages and replies of each, all of them done
FEWEST_STATEMENTS = 25
CHANNELS = ("web", "line")
TIMES = 5_000  # the planner is told of so many times as much
LARGE = ("conversation", "inbox", "outbox", "person")
PARTIAL = "pending"  # in the name of an index that holds only what waits

Ask = Callable[[SqlUnitOfWork], Awaitable[Any]]
ASKED: dict[str, Ask] = {
    "inbox, what is due": lambda work: work.conversations.due(AT, 8),
    "inbox, lease the next": lambda work: work.conversations.lease(None, token="t", now=AT, until=AT),
    "inbox, lease this one": lambda work: work.conversations.lease(key(7), token="t", now=AT, until=AT),
    "inbox, the next of one": lambda work: work.inbox.next_pending(key(7), AT),
    "inbox, by event": lambda work: work.inbox.by_event("web", "e7:0"),
    "outbox, anything due": lambda work: work.outbox.any_due(AT),
    "outbox, claim": lambda work: work.outbox.claim_due(now=AT, until=AT, limit=8),
    "outbox, replies to one message": lambda work: work.outbox.for_inbox(7),
    "outbox, after a seq": lambda work: work.outbox.after(key(7), 0, 100),
    "conversations, one": lambda work: work.conversations.lock(key(7)),
    "conversations, their versions": lambda work: work.conversations.versions([key(1), key(2)]),
    "deadlines": lambda work: work.deadlines.lease_due(now=AT, until=AT),
    "cases that wait": lambda work: work.cases.listed(state="waiting"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engines(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engines]:
    """A database with much in it, of which nothing waits."""
    made = create_engines(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('plans')}/jobseeker.db")
    await upgrade(made)
    await fill(made)
    yield made
    await made.dispose()


@pytest.mark.parametrize("name", ASKED)
async def test_no_question_reads_a_whole_table(name: str, engines: Engines) -> None:
    plans = await plans_of(engines, ASKED[name])
    assert plans, "something was asked"
    assert whole(plans) == []


async def test_a_question_that_does_is_found(engines: Engines) -> None:
    async def all_of_them(work: SqlUnitOfWork) -> None:
        await work.connection.execute(select(func.count()).where(inbox.c.text == "x"))

    assert whole(await plans_of(engines, all_of_them))


async def test_brief_transactions_go_through_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement that ran on the event loop while people wrote, were in danger, asked for a person and read their replies."""
    url = f"sqlite+aiosqlite:///{tmp_path}/jobseeker.db"
    made = create_engines(url)
    await upgrade(made)
    await fill(made)
    ran: dict[str, Any] = {}
    run = OneVisitCursor._run

    def note(cursor: OneVisitCursor, statement: str, values: Any) -> list[Any]:
        if cursor._conn.brief:
            ran[statement] = values
        return run(cursor, statement, values)

    monkeypatch.setattr(OneVisitCursor, "_run", note)
    async with open_kit(url) as kit:
        started = await kit.start()
        for text in (
            "你好",
            "失業給付可以領多久",
            "I want to talk to a person",
            "我不想活了",
            "A123456789 是我的身分證",
            "bye",
        ):
            await kit.ask(started, text)
        for event in from_a_platform():
            await kit.services.receive_event(event)
            while await kit.services.answer_message() is not None:
                pass
            await kit.services.deliver_replies()
    assert len(ran) >= FEWEST_STATEMENTS
    assert any(statement.startswith("UPDATE") for statement in ran)
    async with made.reader.connect() as connection:
        for statement, values in ran.items():
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert whole([str(row[-1]) for row in rows.all()]) == [], statement
    await made.dispose()


def from_a_platform() -> list[Event]:
    """What a person does on a platform: comes, writes, presses, writes anew, takes back, blocks us."""

    def sent(number: int, text: str, **more: Any) -> InboundMessage:
        key = f"m{number}"
        return InboundMessage("line", f"event-{number}", "U1", text, handle=f"token-{number}", message_key=key, **more)

    return [
        Presence("line", "event-0", "U1", here=True),
        sent(1, "失業給付可以領多久"),
        sent(2, "轉真人", command=Command("human")),
        sent(3, "我想找工作", replaces="m1"),
        Withdrawal("line", "event-4", "U1", message_key="m3"),
        Presence("line", "event-5", "U1", here=False),
    ]


async def fill(engines: Engines) -> None:
    """Conversations that are over; the planner is told how many there are."""
    turns = [(number, turn) for number in range(STORED) for turn in range(TURNS)]
    own_key = bindparam("own_key", type_=String)  # in clear: what nobody is known by
    async with engines.writer.begin() as connection:
        people = [{"id": key(number), "created_at": AT} for number in range(STORED)]
        await connection.execute(insert(person), people)
        talks = [
            {
                **TALK, "id": key(number), "own_key": key(number), "person_id": key(number), "channel": CHANNELS[number % 2],
                "channel_key_index": f"digest-{number}" if number % 2 else None,
            }
            for number in range(STORED)
        ]  # fmt: skip
        await connection.execute(insert(conversation).values(channel_key=own_key), talks)
        heard = [
            {**HEARD, "conversation_id": key(number), "event_id": f"e{number}:{turn}", "seq": 2 * turn + 2}
            for number, turn in turns
        ]
        await connection.execute(insert(inbox), heard)
        said = [
            {**SAID, "conversation_id": key(number), "key": f"k{number}:{turn}", "seq": 2 * turn + 3, "inbox_id": place}
            for place, (number, turn) in enumerate(turns, start=1)
        ]
        await connection.execute(insert(outbox), said)
        await connection.exec_driver_sql("ANALYZE")
        found = (await connection.exec_driver_sql("SELECT rowid, stat FROM sqlite_stat1")).all()
        for row in found:  # "rows, rows of one value of the first column, of the first two, ..."
            counts = [int(number) for number in row[1].split()]
            rows, equal = counts[0], counts[1:]
            several = [str(rows * TIMES if many == rows > 1 else many) for many in equal]
            told = " ".join([str(rows * TIMES), *several])
            await connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", (told, row[0]))
        assert found, "the planner has been told"
    await engines.dispose()  # what is told is read when a connection is opened


async def plans_of(engines: Engines, ask: Ask) -> list[str]:
    """How SQLite answers each statement of a question, a step a line. What it changes is undone."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    plans: list[str] = []
    async with engines.writer.connect() as connection:
        event.listen(engines.writer.sync_engine, "before_cursor_execute", note)
        try:
            await ask(SqlUnitOfWork(connection))
        finally:
            event.remove(engines.writer.sync_engine, "before_cursor_execute", note)
        for statement, values in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans += [str(row[-1]) for row in rows.all()]
        await connection.rollback()
    return plans


def whole(plans: list[str]) -> list[str]:
    """The steps that go through a large table from end to end, not through an index of what waits."""
    scans = [plan.split() for plan in plans if plan.startswith("SCAN")]
    return [" ".join(scan) for scan in scans if scan[1] in LARGE and PARTIAL not in scan[-1]]


def key(number: int) -> str:
    """The id of a stored conversation."""
    return f"stored{number:026d}"


SAY = {"kind": "utterance", "key": "greeting"}
TALK: dict[str, Any] = {
    "variety": "en", "variety_chosen": False, "owner": "bot", "owner_version": 0, "last_topic": "", "last_act": "",
    "failed_turns": 0, "next_seq": 9, "created_at": AT, "updated_at": AT,
}  # fmt: skip
HEARD: dict[str, Any] = {
    "channel": "web", "text": "hello", "command": "", "state": "done", "attempts": 0, "due_at": AT - timedelta(days=1), "last_error": "",
    "received_at": AT, "done_at": AT,
}  # fmt: skip
SAID: dict[str, Any] = {
    "author": "bot", "say": SAY, "variety": "en", "act": "", "topic": "", "escalation": {}, "rendered": {}, "versions": {},
    "state": "delivered", "attempts": 1, "due_at": AT - timedelta(days=1), "last_error": "", "created_at": AT, "delivered_at": AT,
}  # fmt: skip
