"""Limits, signals, health, log lines, addresses: the small parts of the gateway."""

from __future__ import annotations

import asyncio
import logging

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from app.logging import JsonFormatter
from app.signals import ProcessSignals, conversation_topic
from connectors.web import client_message_id, to_inbound
from gateway.client_address import client_address
from gateway.health import Health
from gateway.limits import MOST_BUCKETS, Admission, Buckets
from jobseeker.errors import MalformedRequest, StoreUnavailable, TooManyMessages
from jobseeker.messages import Command


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.at


class TestAdmission:
    async def test_only_so_many_begin_and_the_others_are_told_in_time(self) -> None:
        admission, inside, most = Admission(2, 0.2), 0, 0
        refused: list[str] = []
        leave, told = asyncio.Event(), asyncio.Event()

        async def come(who: str) -> None:
            nonlocal inside, most
            try:
                async with admission.enter(who):
                    inside += 1
                    most = max(most, inside)
                    await leave.wait()
                    inside -= 1
            except StoreUnavailable:
                refused.append(who)
                if len(refused) == 3:
                    told.set()

        everybody = [asyncio.create_task(come(str(number))) for number in range(5)]
        await told.wait()
        assert (most, inside) == (2, 2)
        leave.set()
        await asyncio.gather(*everybody)
        assert (most, inside, refused) == (2, 0, ["2", "3", "4"])
        async with admission.enter("0"):  # nothing is left held
            assert len(admission._turns) == 1
        assert admission._turns == {}

    async def test_one_person_takes_one_place_and_is_served_in_order(self) -> None:
        admission, order, leave = Admission(2, 60.0), [], asyncio.Event()

        async def come(who: str, number: int) -> None:
            async with admission.enter(who):
                order.append((who, number))
                if number == 0:
                    await leave.wait()

        many = [asyncio.create_task(come("a", number)) for number in range(10)]
        await asyncio.sleep(0)
        await asyncio.wait_for(come("b", 1), 30)  # the second place is free for others
        assert order == [("a", 0), ("b", 1)]
        leave.set()
        await asyncio.gather(*many)
        assert [number for who, number in order if who == "a"] == list(range(10))


class TestBuckets:
    """How fast somebody may write."""

    def test_a_burst_then_the_rate(self) -> None:
        clock = Hand()
        buckets = Buckets(3, 0.5, clock)
        for _ in range(3):
            buckets.take("a")
        with pytest.raises(TooManyMessages) as refused:
            buckets.take("a")
        assert refused.value.retry_after_seconds == 2
        buckets.take("b")
        clock.at += 2
        buckets.take("a")
        with pytest.raises(TooManyMessages):
            buckets.take("a")
        clock.at += 1_000  # it never holds more than the burst
        for _ in range(3):
            buckets.take("a")
        with pytest.raises(TooManyMessages):
            buckets.take("a")

    def test_being_refused_does_not_push_the_time_back(self) -> None:
        clock = Hand()
        buckets = Buckets(1, 1.0, clock)
        buckets.take("a")
        for _ in range(10):
            clock.at += 0.09
            with pytest.raises(TooManyMessages):
                buckets.take("a")
        clock.at += 0.2
        buckets.take("a")

    @pytest.mark.slow
    def test_a_flood_of_keys_takes_no_more_memory_than_allowed(self) -> None:
        clock = Hand()
        buckets = Buckets(2, 0.001, clock)
        for number in range(MOST_BUCKETS + 500):
            buckets.take(str(number))
        assert len(buckets._filled) <= MOST_BUCKETS


class TestSignals:
    """Waking who listens."""

    async def test_a_listener_hears_its_topics_and_no_other(self) -> None:
        signals = ProcessSignals()
        with signals.listen(conversation_topic("a")) as listener:
            signals.conversation_changed("b")
            signals.conversation_changed("a")
            signals.conversation_changed("a")
            assert await listener.wait(1) == {"conversation:a"}
            assert await listener.wait(0) == set()
            assert signals.followed() == ["a"]
        assert signals.followed() == []

    async def test_what_is_called_while_nobody_waits_is_not_lost_and_takes_no_room(self) -> None:
        signals = ProcessSignals()
        with signals.listen(conversation_topic("a")) as listener:
            for _ in range(1_000):
                signals.conversation_changed("a")
            assert len(listener._called) == 1
            assert await listener.wait() == {"conversation:a"}

    async def test_topics_may_come_and_go(self) -> None:
        signals = ProcessSignals()
        with signals.listen("queue") as listener:
            listener.follow("conversation:a", "queue")
            signals.conversation_changed("a")
            assert await listener.wait(1) == {"conversation:a"}
            listener.drop("conversation:a")
            signals.conversation_changed("a")
            assert await listener.wait(0) == set()

    async def test_waiting_ends_when_something_is_called(self) -> None:
        signals = ProcessSignals()
        with signals.listen("queue") as listener:
            waiting = asyncio.create_task(listener.wait())
            await asyncio.sleep(0)
            signals.queue_changed()
            assert await waiting == {"queue"}

    def test_waiting_conversations_come_in_order_once_for_each_message(self) -> None:
        signals = ProcessSignals()
        for name in ("b", "a", "b"):
            signals.message_received(name)
        assert signals.take_waiting() == ["b", "a", "b"]
        assert signals.take_waiting() == []


class TestHealth:
    """What is asked and remembered."""

    async def test_asked_once_however_often_it_is_called(self) -> None:
        asked = 0

        async def check() -> bool:
            nonlocal asked
            asked += 1
            await asyncio.sleep(0)
            return True

        health = Health({"database": check})
        results = await asyncio.gather(*(health.of("database") for _ in range(20)))
        assert results == [{"database": "ok"}] * 20
        assert asked == 1

    @pytest.mark.parametrize("problem", [OSError(), TimeoutError(), ConnectionRefusedError()])
    async def test_a_check_that_fails_is_down(self, problem: Exception) -> None:
        async def check() -> bool:
            raise problem

        assert await Health({"rasa": check}).of("rasa") == {"rasa": "down"}


def test_a_log_line_is_json_with_its_facts() -> None:
    record = logging.makeLogRecord(
        {"name": "gateway", "levelname": "WARNING", "msg": "x %s", "args": ("y",), "inbox_id": 7}
    )
    line = orjson.loads(JsonFormatter().format(record))
    assert (line["event"], line["level"], line["logger"], line["inbox_id"]) == ("x y", "warning", "gateway", 7)
    assert "\n" not in JsonFormatter().format(logging.makeLogRecord({"msg": "a\nb"}))


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "expected"),
    [
        ("1.2.3.4", "9.9.9.9", False, "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4", True, "1.2.3.4"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("127.0.0.1", "nonsense", True, "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", False, "2001:db8:1:2::/64"),
    ],
)
def test_where_a_request_comes_from(remote: str, forwarded: str, trusted: bool, expected: str) -> None:
    request: web.Request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded}).clone(remote=remote)
    assert client_address(request, trusted) == expected


class TestWebMessages:
    """What the page posts."""

    def test_a_button(self) -> None:
        message = to_inbound("c", text="多少錢", client_message_id="m:1", payload="/topic ui_amount")
        assert (message.text, message.command, message.event_id) == ("多少錢", Command("topic", "ui_amount"), "c:m:1")
        assert client_message_id(message.event_id) == "m:1"

    def test_a_command_may_be_typed(self) -> None:
        assert to_inbound("c", text=" /HUMAN ", client_message_id="1", payload=None).command == Command("human")
        assert to_inbound("c", text="/human please", client_message_id="1", payload=None).command is None

    @pytest.mark.parametrize("payload", ["", "human", "/fly", "/topic", "/human now"])
    def test_a_payload_must_be_a_command(self, payload: str) -> None:
        with pytest.raises(MalformedRequest):
            to_inbound("c", text="x", client_message_id="1", payload=payload)
