"""The machine's clock was ahead, or is set while it runs: nothing waits for a time that was wrong."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.workers.clock import ClockWorker
from jobseeker.clock import FixedClock
from jobseeker.errors import DialogueUnavailable, StoreUnavailable
from jobseeker.ports import RetryAfter
from jobseeker.usecases.deliver_replies import GIVE_UP_ATTEMPTS
from jobseeker.usecases.mend_times import MendTimes
from tests.doubles.kit import NOW, Kit
from tests.unit.usecases.test_deliveries import Pigeon, deliver, kit, pigeon, say  # noqa: F401

pytestmark = pytest.mark.slow  # with `make test`


HOUR = timedelta(hours=1)


async def test_what_a_clock_that_was_ahead_put_off_is_due_again(kit: Kit, pigeon: Pigeon) -> None:  # noqa: F811
    person = await kit.start(channel="pigeon")
    await deliver(kit)
    await say(kit, person, "謝謝", 0)
    kit.dialogue.problems = [DialogueUnavailable("down")]
    await kit.services.answer_message()  # tried once, put off
    kit.clock.at = NOW - HOUR  # and the clock is put right
    assert await kit.services.answer_message() is None
    assert await kit.services.mend_times() == 1
    assert await kit.services.mend_times() == 0
    await kit.work()
    pigeon.results = [RetryAfter(30, "busy")]
    await deliver(kit)
    kit.clock.at = NOW - 2 * HOUR
    assert await kit.services.mend_times() == 1
    await deliver(kit)
    assert len(pigeon.sent) == 1  # somebody may be sending it just now: it keeps a lease
    kit.later(61)
    await deliver(kit)
    assert len(pigeon.sent) == 2


async def test_a_lease_lasts_no_longer_than_a_lease(kit: Kit) -> None:  # noqa: F811
    person = await kit.start()
    async with kit.services.store.write() as work:
        taken = await work.conversations.lease(
            person.conversation.id, token="t", now=NOW, until=NOW + timedelta(seconds=45)
        )
    assert taken is not None
    kit.clock.at = NOW - HOUR
    assert await kit.services.mend_times() == 1
    seconds = kit.services.settings.lease_seconds
    async with kit.services.store.write() as work:
        until = NOW - HOUR + timedelta(seconds=seconds)
        for late, wanted in ((-1, False), (1, True)):
            now = until + timedelta(seconds=late)
            found = await work.conversations.lease(person.conversation.id, token="u", now=now, until=now)
            assert (found is not None) is wanted


async def test_a_clock_set_a_day_ahead_gives_no_reply_up(kit: Kit, pigeon: Pigeon) -> None:  # noqa: F811
    await kit.start(channel="pigeon")
    kit.later(30 * 3_600)
    pigeon.results = [RetryAfter(0, "busy")] * (GIVE_UP_ATTEMPTS - 1)
    for _ in range(GIVE_UP_ATTEMPTS):
        await deliver(kit)
        kit.later(61)
    assert await kit.rows("SELECT state, last_error FROM outbox") == [("delivered", "being sent")]
    assert len(pigeon.sent) == 1


class Steady:
    """A clock that only counts."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Mend(MendTimes):
    """Counts; cannot reach the database as often as told."""

    def __init__(self) -> None:
        self.calls, self.failures = 0, 0

    async def __call__(self) -> int:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable
        return 0


@pytest.mark.parametrize(("jump", "calls"), [(-3.0, 2), (-86_400.0, 2), (3.0, 1), (86_400.0, 1), (-1.5, 1)])
async def test_only_a_clock_that_went_back_is_mended(jump: float, calls: int, caplog: pytest.LogCaptureFixture) -> None:
    clock, steady, mend = FixedClock(NOW), Steady(), Mend()
    worker = ClockWorker(mend, clock, every_seconds=0.005, steady=steady)
    running = asyncio.create_task(worker.run())
    for _ in range(5):  # both go on: that is not a jump
        clock.at += timedelta(seconds=10)
        steady.seconds += 10
        await asyncio.sleep(0.01)
    assert mend.calls == 1  # at the start
    clock.at += timedelta(seconds=jump)
    await asyncio.sleep(0.05)
    worker.stop()
    await running
    assert mend.calls == calls
    said = [record for record in caplog.records if record.message == "the machine's clock was set"]
    assert len(said) == (abs(jump) > 2)


async def test_it_tries_again_while_the_database_is_away() -> None:
    mend = Mend()
    mend.failures = 3
    worker = ClockWorker(mend, FixedClock(NOW), every_seconds=0.005, steady=Steady())
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.1)
    worker.stop()
    await running
    assert mend.calls == 4
