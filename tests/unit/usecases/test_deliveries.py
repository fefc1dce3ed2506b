"""Replies on a channel that must be sent to: order, retries, people who are gone. (The first such channel comes later.)"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from jobseeker.messages import InboundMessage, Reply
from jobseeker.ports import Delivered, Gone, RetryAfter
from jobseeker.usecases.deliver_replies import ATTEMPTS
from tests.doubles.kit import Kit, open_kit


class Pigeon:
    """A channel that delivers, or not, as told."""

    def __init__(self) -> None:
        self.results: list[Delivered | RetryAfter | Gone] = []
        self.sent: list[tuple[str, str]] = []

    async def send(self, channel_key: str, reply: Reply, key: str) -> Delivered | RetryAfter | Gone:
        """Note it."""
        result = self.results.pop(0) if self.results else Delivered()
        if isinstance(result, Delivered):
            self.sent.append((channel_key, key))
        return result


@pytest.fixture
def pigeon() -> Pigeon:
    """The channel."""
    return Pigeon()


@pytest.fixture
async def kit(database_url: str, pigeon: Pigeon) -> AsyncIterator[Kit]:
    """Services with that channel."""
    async with open_kit(database_url, senders={"pigeon": pigeon}) as opened:
        yield opened


async def deliver(kit: Kit) -> None:
    """Deliver all that is due."""
    while await kit.services.deliver_replies(limit=3):
        pass


async def say(kit: Kit, started: object, text: str, number: int) -> None:
    """A message on that channel."""
    conversation = started.conversation  # type: ignore[attr-defined]
    message = InboundMessage("pigeon", f"{conversation.id}:{number}", conversation.id, text)
    await kit.services.receive_message(message, token=started.token)  # type: ignore[attr-defined]


async def test_replies_are_sent_in_order(kit: Kit, pigeon: Pigeon) -> None:
    people = [await kit.start(channel="pigeon") for _ in range(3)]
    for number in range(3):
        for person in people:
            await say(kit, person, "謝謝", number)
    await kit.work()
    await deliver(kit)
    assert len(pigeon.sent) == 12
    for person in people:
        keys = [key for channel_key, key in pigeon.sent if channel_key == person.conversation.channel_key]
        rows = await kit.rows(f"SELECT key FROM outbox WHERE conversation_id = '{person.conversation.id}' ORDER BY seq")
        assert [(key,) for key in keys] == rows
    assert await kit.rows("SELECT DISTINCT state FROM outbox") == [("delivered",)]


async def test_a_reply_that_must_wait_holds_back_the_later_ones(kit: Kit, pigeon: Pigeon) -> None:
    person = await kit.start(channel="pigeon")
    await say(kit, person, "謝謝", 0)
    await kit.work()
    pigeon.results = [RetryAfter(30, "busy")]
    await deliver(kit)
    assert pigeon.sent == []
    kit.later(31)
    await deliver(kit)
    keys = [key for _, key in pigeon.sent]
    assert keys == [f"greeting:{person.conversation.id}", "1:0"]


async def test_after_the_last_attempt_it_is_dead_and_told(kit: Kit, pigeon: Pigeon) -> None:
    await kit.start(channel="pigeon")
    pigeon.results = [RetryAfter(0, "busy")] * 50
    for _ in range(ATTEMPTS + 2):
        await deliver(kit)
        kit.later(400)
    assert await kit.rows("SELECT state FROM outbox") == [("dead",)]
    assert await kit.rows("SELECT kind FROM alert") == [("undelivered",)]
    assert len(pigeon.results) == 50 - ATTEMPTS


async def test_a_person_who_is_gone_is_not_tried_again(kit: Kit, pigeon: Pigeon) -> None:
    await kit.start(channel="pigeon")
    pigeon.results = [Gone("blocked")]
    await deliver(kit)
    kit.later(400)
    await deliver(kit)
    assert await kit.rows("SELECT state FROM outbox") == [("gone",)]
    assert pigeon.sent == []


async def test_figures_are_those_of_the_day_it_is_sent(kit: Kit, pigeon: Pigeon) -> None:
    person = await kit.start(channel="pigeon")
    await say(kit, person, "可以領多少", 0)
    await kit.work()
    assert await kit.rows("SELECT rendered FROM outbox WHERE inbox_id IS NOT NULL") == [(None,)]
    await deliver(kit)
    ((rendered,),) = await kit.rows("SELECT rendered FROM outbox WHERE inbox_id IS NOT NULL")
    assert "60%" in str(rendered)
