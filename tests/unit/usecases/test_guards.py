"""Guards of the store that stand behind another guard: each is tried alone here, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from jobseeker.messages import Say
from jobseeker.usecases.answer_message import _LeaseLostError
from tests.doubles.kit import Kit


async def test_a_conversation_whose_oldest_message_must_wait_is_not_due(kit: Kit) -> None:
    started = await kit.start()
    first = await kit.say(started, "謝謝 0")
    await kit.say(started, "謝謝 1")
    now = kit.clock.at
    async with kit.services.store.write() as work:
        await work.inbox.put_off(first.inbox_id, attempts=1, due_at=now + timedelta(seconds=5), error="x")
    async with kit.services.store.write() as work:
        assert await work.conversations.due(now, 10) == []
        assert await work.conversations.lease(None, token="t", now=now, until=now) is None
        assert await work.inbox.next_pending(started.conversation.id, now) is None
        later = now + timedelta(seconds=5)
        assert await work.conversations.due(later, 10) == [started.conversation.id]
        row = await work.inbox.next_pending(started.conversation.id, later)
        assert row is not None
        assert (row.id, row.attempts) == (first.inbox_id, 1)


async def test_the_longest_waiting_conversations_come_first(kit: Kit) -> None:
    people = []
    for _ in range(4):
        people.append(await kit.start())
        for _ in range(2):
            await kit.say(people[-1], "謝謝")
        kit.later(1)
    ids = [person.conversation.id for person in people]
    async with kit.services.store.write() as work:
        assert await work.conversations.due(kit.clock.at, 3) == ids[:3]
        await work.conversations.lease(ids[1], token="t", now=kit.clock.at, until=kit.clock.at + timedelta(seconds=9))
        assert await work.conversations.due(kit.clock.at, 10) == [ids[0], ids[2], ids[3]]
        assert await work.conversations.lease(ids[1], token="u", now=kit.clock.at, until=kit.clock.at) is None
        await work.conversations.release(ids[1], "u")  # not its holder
        assert await work.conversations.lease(ids[1], token="u", now=kit.clock.at, until=kit.clock.at) is None


async def test_a_case_that_was_read_earlier_cannot_be_moved(kit: Kit) -> None:
    started = await kit.start()
    case = await kit.services.open_case(started.conversation.id, reasons=["x"])
    account = await kit.account()
    async with kit.services.store.write() as work:
        await work.cases.raise_to(case, reasons=["x", "y"], urgency=0)
        assert not await work.cases.move(case, state="claimed", claimed_by=account.id, now=kit.clock.at)
        fresh = await work.cases.get(case.id)
        assert fresh is not None
        assert await work.cases.move(fresh, state="claimed", claimed_by=account.id, now=kit.clock.at)
        assert not await work.cases.move(fresh, state="claimed", claimed_by=account.id, now=kit.clock.at)


async def test_a_worker_without_its_lease_may_not_finish_even_without_a_reply(kit: Kit) -> None:
    started = await kit.start()
    await kit.say(started, "謝謝")
    use_case = kit.services.answer_message
    leased = await use_case._lease(None)
    assert leased is not None
    conversation, row, off = leased
    stranger = replace(conversation, lease_token="another")
    plan = await use_case._plan(conversation, row, off)
    with pytest.raises(_LeaseLostError):
        await use_case._finish(stranger, row, replace(plan, says=()))
    assert await kit.rows("SELECT state FROM inbox") == [("pending",)]


async def test_the_same_reply_cannot_be_written_twice(kit: Kit) -> None:
    started = await kit.start()
    conversation = await kit.conversation(started)
    row = kit.services.composer.row(conversation, Say("utterance", "act_thanks"), key="7:0", seq=2, now=kit.clock.at)

    async def write(seq: int) -> None:
        async with kit.services.store.write() as work:
            await work.outbox.add([replace(row, seq=seq)])

    await write(2)
    with pytest.raises(IntegrityError):
        await write(3)
