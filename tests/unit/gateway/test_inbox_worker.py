"""The loop around answering: several conversations at once, one message of each at a time, nothing forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.workers.inbox import InboxWorker
from jobseeker.errors import DialogueUnavailable
from jobseeker.ports import TurnRequest
from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def kit(template: Path, tmp_path: Path) -> AsyncIterator[Kit]:
    """Services."""
    async with open_kit(copied_sqlite(template, tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def working(kit: Kit, *, slots: int = 3, poll_seconds: float = 30) -> AsyncIterator[InboxWorker]:
    """A worker that runs; with the long poll it has only the signals to go by."""
    services = kit.services
    worker = InboxWorker(
        services.answer_message,
        services.store,
        services.clock,
        services.signals,
        slots=slots,
        poll_seconds=poll_seconds,
    )
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    try:
        yield worker
    finally:
        await worker.stop(5)
        await task


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.01)


async def settled(kit: Kit, count: int) -> None:
    """Wait until so many messages are done."""
    async with asyncio.timeout(10):
        while await kit.rows("SELECT count(*) FROM inbox WHERE state = 'done'") != [(count,)]:  # noqa: ASYNC110 - nor has a row
            await asyncio.sleep(0.01)


async def test_what_this_process_receives_is_answered_without_polling(kit: Kit) -> None:
    async with working(kit):
        people = [await kit.start() for _ in range(5)]
        for number in range(4):
            for person in people:
                await kit.say(person, f"謝謝 {number}")
        await settled(kit, 20)
    for person in people:
        asked = [request.text for request in kit.dialogue.requests if request.conversation_id == person.conversation.id]
        assert asked == [f"謝謝 {number}" for number in range(4)]


async def test_several_messages_that_were_there_before_the_worker_looked(kit: Kit) -> None:
    person = await kit.start()
    for number in range(3):
        await kit.say(person, f"謝謝 {number}")
    async with working(kit):
        await settled(kit, 3)


async def test_no_more_conversations_at_once_than_slots_and_never_two_messages_of_one(kit: Kit) -> None:
    people = [await kit.start() for _ in range(6)]
    at_once: dict[str, int] = {}

    async def think(request: TurnRequest) -> None:
        at_once[request.conversation_id] = at_once.get(request.conversation_id, 0) + 1
        assert at_once[request.conversation_id] == 1
        await asyncio.sleep(0.02)
        at_once[request.conversation_id] -= 1

    kit.dialogue.before = think
    async with working(kit, slots=3):
        for _ in range(3):
            for person in people:
                await kit.say(person, "謝謝")
        await settled(kit, 18)
    assert kit.dialogue.most_at_once == 3


async def test_a_message_that_comes_while_its_person_is_being_answered_is_not_forgotten(kit: Kit) -> None:
    person = await kit.start()
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def think(_: TurnRequest) -> None:
        thinking.set()
        await go_on.wait()

    kit.dialogue.before = think
    async with working(kit):
        await kit.say(person, "謝謝 0")
        await thinking.wait()
        await kit.say(person, "謝謝 1")
        await kit.say(person, "謝謝 2")
        go_on.set()
        await settled(kit, 3)


async def test_one_person_who_waits_for_the_engine_holds_up_nobody(kit: Kit) -> None:
    slow, quick = await kit.start(), await kit.start()
    go_on = asyncio.Event()

    async def think(request: TurnRequest) -> None:
        if request.conversation_id == slow.conversation.id:
            await go_on.wait()

    kit.dialogue.before = think
    async with working(kit, slots=2):
        await kit.say(slow, "謝謝")
        for _ in range(3):
            await kit.say(quick, "謝謝")
        await settled(kit, 3)
        go_on.set()
        await settled(kit, 4)


async def test_polling_finds_what_others_left_and_what_is_due_again(kit: Kit) -> None:
    people = [await kit.start() for _ in range(4)]
    for person in people:
        await kit.say(person, "謝謝")
    kit.services.signals.take_waiting()  # as if another process had received them
    kit.dialogue.problems = [DialogueUnavailable("down")] * 2
    async with working(kit, poll_seconds=0.02):
        await until(lambda: len(kit.dialogue.requests) >= 4)
        kit.later(5)
        await settled(kit, 4)


async def test_stopping_lets_the_turn_in_hand_finish_and_begins_no_other(kit: Kit) -> None:
    person = await kit.start()
    thinking = asyncio.Event()

    async def think(_: TurnRequest) -> None:
        thinking.set()
        await asyncio.sleep(0.2)

    kit.dialogue.before = think
    async with working(kit):
        await kit.say(person, "謝謝 0")
        await kit.say(person, "謝謝 1")
        await thinking.wait()
    assert await kit.rows("SELECT state FROM inbox ORDER BY seq") == [("done",), ("pending",)]
    assert await kit.rows("SELECT lease_token FROM conversation") == [(None,)]


async def test_a_turn_that_does_not_end_in_time_is_given_back(kit: Kit) -> None:
    person = await kit.start()
    thinking = asyncio.Event()

    async def think(_: TurnRequest) -> None:
        thinking.set()
        await asyncio.sleep(3600)

    kit.dialogue.before = think
    services = kit.services
    worker = InboxWorker(
        services.answer_message, services.store, services.clock, services.signals, slots=1, poll_seconds=30
    )
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    await kit.say(person, "謝謝")
    await thinking.wait()
    await worker.stop(0.05)
    await task
    assert await kit.rows("SELECT state, attempts FROM inbox") == [("pending", 0)]
    assert await kit.rows("SELECT lease_token FROM conversation") == [(None,)]
