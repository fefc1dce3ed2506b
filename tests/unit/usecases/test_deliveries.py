"""Replies on a channel that must be sent to: order, retries, people who are gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors import base
from connectors.line import MENU_SECONDS, TOKEN_SECONDS
from jobseeker.messages import InboundMessage
from jobseeker.ports import Delivered, Delivery, Gone, Refused, RetryAfter, Sent
from jobseeker.usecases.deliver_replies import GIVE_UP_SECONDS, LANGUAGE_SECONDS, LEASE_SECONDS, SEND_SECONDS
from tests.doubles.kit import NOW, Kit, open_kit

pytestmark = pytest.mark.slow  # with `make test`


class Pigeon:
    """A channel that delivers, or not, as told."""

    def __init__(self) -> None:
        self.results: list[Sent] = []
        self.asked: list[Delivery] = []
        self.language = ""
        self.riddle: Exception | None = None
        self.sent: list[tuple[str, str]] = []

    async def send(self, delivery: Delivery) -> Sent:
        """Note it."""
        self.asked.append(delivery)
        result = self.results.pop(0) if self.results else Delivered()
        if isinstance(result, Delivered):
            self.sent.append((delivery.channel_key, delivery.key))
        return result

    async def language_of(self, channel_key: str) -> str:
        """As told."""
        if self.riddle is not None:
            raise self.riddle
        return self.language


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


async def test_people_whose_replies_must_wait_hold_up_nobody_else(kit: Kit, pigeon: Pigeon) -> None:
    """More of them than are looked at in one go, each with another reply behind the one that waits."""
    waiting = [await kit.start(channel="pigeon") for _ in range(5)]
    for person in waiting:
        await say(kit, person, "謝謝", 0)
    await kit.work()
    pigeon.results = [RetryAfter(30, "busy")] * 5
    await deliver(kit)
    assert pigeon.sent == []
    kit.later(1)
    other = await kit.start(channel="pigeon")
    assert await kit.services.deliver_replies(limit=3) == 1
    assert pigeon.sent == [(other.conversation.channel_key, f"greeting:{other.conversation.id}")]
    assert await kit.services.deliver_replies(limit=3) == 0
    kit.later(30)
    await deliver(kit)
    assert len(pigeon.sent) == 11


async def test_a_platform_that_is_down_for_hours_loses_nothing_and_after_a_day_it_is_told(
    kit: Kit, pigeon: Pigeon
) -> None:
    await kit.start(channel="pigeon")
    pigeon.results = [RetryAfter(0, "busy")] * 1_000
    waits = []
    while kit.clock.now() - NOW < timedelta(seconds=GIVE_UP_SECONDS - 3_600):
        await deliver(kit)
        waits.append(len(pigeon.asked))
        kit.later(3_000)
    assert waits[-1] == len(waits) > 20  # tried each time, never given up
    assert await kit.rows("SELECT state FROM outbox") == [("pending",)]
    kit.later(2 * 3_600)
    await deliver(kit)
    assert await kit.rows("SELECT state FROM outbox") == [("dead",)]
    assert await kit.rows("SELECT kind FROM alert") == [("undelivered",)]


async def test_what_was_taken_of_a_long_reply_is_not_sent_again(kit: Kit, pigeon: Pigeon) -> None:
    await kit.start(channel="pigeon")
    pigeon.results = [RetryAfter(1, "busy", parts_sent=2), RetryAfter(1, "busy", parts_sent=3)]
    for _ in range(3):
        await deliver(kit)
        kit.later(2)
    assert [(each.attempt, each.parts_sent) for each in pigeon.asked] == [(1, 0), (2, 2), (3, 3)]


async def test_a_refused_reply_is_dead_at_once(kit: Kit, pigeon: Pigeon) -> None:
    await kit.start(channel="pigeon")
    pigeon.results = [Refused("status 400")]
    await deliver(kit)
    assert await kit.rows("SELECT state, last_error FROM outbox") == [("dead", "status 400")]
    assert await kit.rows("SELECT kind FROM alert") == [("undelivered",)]


async def test_buttons_travel_as_ids_that_stay_the_same(kit: Kit, pigeon: Pigeon) -> None:
    person = await kit.start(channel="pigeon")
    for number in range(2):
        await say(kit, person, "謝謝", number)
    await say(kit, person, "???", 2)
    await say(kit, person, "???", 3)
    await kit.work()
    await deliver(kit)
    ids = [{b.title: b.payload for b in each.reply.buttons} for each in pigeon.asked if each.reply.buttons]
    assert len(ids) == 3
    assert all(len(value) == 32 and "/" not in value for shown in ids for value in shown.values())
    assert ids[1] == ids[2]
    rows = await kit.rows("SELECT id, payload FROM choice")
    assert dict(rows)[ids[1]["找真人輔導員"]] == "/human"


async def test_the_greeting_is_in_the_language_the_platform_knows(kit: Kit, pigeon: Pigeon) -> None:
    pigeon.language = "en"
    await kit.start(channel="pigeon")
    await deliver(kit)
    assert pigeon.asked[0].reply.text.startswith("Hello")
    assert await kit.rows("SELECT variety, variety_chosen FROM conversation") == [("en", 0)]


@pytest.mark.parametrize("riddle", [ValueError("displayName"), TimeoutError()])
async def test_a_language_that_cannot_be_read_holds_up_no_greeting(kit: Kit, pigeon: Pigeon, riddle: Exception) -> None:
    person = await kit.start(channel="pigeon")
    pigeon.riddle = riddle
    await deliver(kit)
    assert [key for _, key in pigeon.sent] == [f"greeting:{person.conversation.id}"]


async def test_nothing_is_still_being_sent_when_somebody_else_may_take_it() -> None:
    """Each limit holds what is inside it, with room."""
    inside = base.SLOW_SECONDS, base.PARTS_SECONDS + MENU_SECONDS, SEND_SECONDS, SEND_SECONDS + LANGUAGE_SECONDS
    assert list(inside) == sorted(set(inside))
    assert base.SEND_TIMEOUT_SECONDS * 2 < base.PARTS_SECONDS  # a reply by token, then a push in its place
    assert inside[-1] < LEASE_SECONDS < TOKEN_SECONDS


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
