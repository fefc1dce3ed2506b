"""What a machine does to the service: its disk is full, its clock is set, its database is away, a platform takes 30 seconds.

Real processes. In each case people are told, or wait; when it is over everything goes on by itself and nothing is lost.
JOBSEEKER_OUTAGE_SECONDS makes the outages longer than a test run likes (`make soak`: 60).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.doubles.platforms.line import Platform as Line
from tests.doubles.platforms.standin import StandIn, post
from tests.doubles.platforms.telegram import Platform as Telegram
from tests.doubles.processes import DialogueServer, Gateway, Person
from tests.integration.conftest import Postgres, postgres_server
from tests.integration.test_faults import QUESTION, assert_answered_once, wait_for_status

pytestmark = pytest.mark.processes
OUTAGE_SECONDS = float(os.environ.get("JOBSEEKER_OUTAGE_SECONDS", "5"))
HOUR = 3_600.0


# -- the disk ----------------------------------------------------------------------------------------------------------


def fill_disk(gateway: Gateway) -> None:
    """From now on the operating system refuses every byte that would make a file of this process longer (EFBIG)."""
    limit_files(gateway, 1)


def limit_files(gateway: Gateway, most: int) -> None:
    """The largest file this process may write; taken back with RLIM_INFINITY."""
    assert gateway.running is not None
    process = psutil.Process(gateway.running.pid)
    _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (most, hard))


def test_a_full_disk_is_told_and_when_there_is_room_again_everything_goes_on(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway(lease_seconds=6, rasa_timeout_seconds=3).up()
    person, other = gateway.begin(), gateway.begin("en")
    assert person.write(QUESTION, "m0", wait=20)[0] == 200
    dialogue.control(delay_seconds=0.8)
    assert other.write(QUESTION, "m0")[0] == 202
    time.sleep(0.3)
    fill_disk(gateway)  # with the other's answer in hand, which can be neither written nor logged
    status, body = person.write(QUESTION, "m1")
    assert (status, body["error"]["code"]) == (503, "JS-STO-001")
    assert set(body["error"]["message"]) == {"zh", "en"}
    assert person.write("我想死", "m2")[0] == 503  # nothing is promised that cannot be kept
    time.sleep(OUTAGE_SECONDS)
    assert person.write(QUESTION, "m1")[0] == 503
    assert person.transcript(3, 5)[0][0] == 1  # what is there can still be read
    limit_files(gateway, resource.RLIM_INFINITY)
    dialogue.control(delay_seconds=0)
    assert person.write(QUESTION, "m1", wait=20)[1]["duplicate"] is False
    assert_answered_once(person, 2)
    assert_answered_once(other, 1)
    assert gateway.running is not None
    assert gateway.running.poll() is None
    wait_for_status(f"{gateway.url}/healthz", 200)


def test_a_gateway_that_is_killed_on_a_full_disk_finds_everything_afterwards(
    make_gateway: Callable[..., Gateway],
) -> None:
    gateway = make_gateway().up()
    person = gateway.begin()
    for number in range(5):
        assert person.write(QUESTION, f"m{number}")[0] == 202
    fill_disk(gateway)
    assert person.write(QUESTION, "m5")[0] == 503
    gateway.kill()
    gateway.up()
    assert person.write(QUESTION, "m5")[1]["duplicate"] is False
    assert_answered_once(person, 6)


# -- the database server -----------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_database_that_is_away_loses_nothing_of_what_people_and_platforms_send_meanwhile(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    """Two gateways, turns in hand; pages and LINE send again and again what nobody took."""
    with postgres_server() as (server, databases):
        url = asyncio.run(databases.empty())
        pair = [
            make_gateway(name, database_url=url, lease_seconds=6, rasa_timeout_seconds=3) for name in ("one", "two")
        ]
        for gateway in pair:
            gateway.up()
        people = [pair[number % 2].begin() for number in range(4)]
        dialogue.control(delay_seconds=1.0)
        for person in people:
            assert person.write(QUESTION, "m0")[0] == 202
        time.sleep(0.4)
        server.stop()
        gone_at = time.monotonic()
        refused: list[int] = []
        writing = [threading.Thread(target=write_until_taken, args=(person, refused)) for person in people]
        for thread in writing:
            thread.start()
        for gateway in pair:
            wait_for_status(f"{gateway.url}/healthz", 503)
        dialogue.control(delay_seconds=0)
        time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - gone_at)))
        assert set(refused) == {503}
        assert len(refused) > len(people)
        server.ensure_postgres_running()
        for thread in writing:
            thread.join(60)
        for person in people:
            assert_answered_once(person, 2)
        assert all(gateway.running is not None and gateway.running.poll() is None for gateway in pair)
        for gateway in pair:
            wait_for_status(f"{gateway.url}/healthz", 200)
            gateway.kill()


@pytest.mark.postgres
async def test_people_who_give_up_and_send_again_do_not_take_every_connection(
    postgres: Postgres, make_gateway: Callable[..., Gateway]
) -> None:
    """One conversation cannot be written to; its page has given up fifty times. The gateway has five connections."""
    url = await postgres.migrated()
    gateway = make_gateway(database_url=url, database_pool_size=5)
    await asyncio.to_thread(gateway.up)
    stuck, other = await asyncio.to_thread(gateway.begin), await asyncio.to_thread(gateway.begin)
    engine = create_async_engine(url)
    path = f"{gateway.url}/api/v1/conversations/{stuck.id}/messages"
    try:
        async with engine.connect() as held, aiohttp.ClientSession() as http:
            await held.execute(text("SELECT id FROM conversation WHERE id = :id FOR UPDATE"), {"id": stuck.id})

            async def give_up(number: int) -> None:
                body = {"text": QUESTION, "client_message_id": f"m{number % 3}"}
                options = {"json": body, "headers": {"Authorization": f"Bearer {stuck.token}"}}
                with contextlib.suppress(TimeoutError):
                    async with http.post(path, timeout=aiohttp.ClientTimeout(total=1.0), **options):
                        pass

            await asyncio.gather(*(give_up(number) for number in range(50)))
            for number in range(3):
                status, body = await asyncio.to_thread(other.write, QUESTION, f"m{number}", wait=30)
                assert status == 200, body
                assert body["replies"]
            await held.rollback()
        status, _ = await asyncio.to_thread(stuck.write, QUESTION, "m0", wait=30)
        assert status == 200
    finally:
        await engine.dispose()


def write_until_taken(person: Person, refused: list[int]) -> None:
    """As the page does."""
    while (status := person.write(QUESTION, "m1")[0]) != 202:
        refused.append(status)
        time.sleep(0.25)


# -- the clock ---------------------------------------------------------------------------------------------------------


class SetClock:
    """A gateway whose clock can be set."""

    def __init__(self, gateway: Gateway, file: Path) -> None:
        self.gateway, self.file = gateway, file
        gateway.command = [sys.executable, "-m", "tests.doubles.gateway_with_clock"]
        gateway.environment["JOBSEEKER_TEST_CLOCK"] = str(file)
        self.set(0)

    def set(self, seconds: float) -> None:
        """Off by so many seconds from now on."""
        beside = self.file.with_suffix(".new")
        beside.write_text(str(seconds), "utf-8")
        beside.replace(self.file)


def test_a_clock_that_is_set_with_messages_in_hand_delays_nobody(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer, tmp_path: Path
) -> None:
    """A day ahead, back again, an hour ahead, back again."""
    clock = SetClock(make_gateway(), tmp_path / "clock")
    clock.gateway.up()
    for times, hours in enumerate((24.0, 0.0, 1.0, 0.0), start=1):
        set_it_with_messages_in_hand(clock, dialogue, hours, times)


def set_it_with_messages_in_hand(clock: SetClock, dialogue: DialogueServer, hours: float, times: int) -> None:
    """Off by so many hours from now on; it is the `times`-th time."""
    gateway = clock.gateway
    people = [gateway.begin() for _ in range(3)]
    dialogue.control(delay_seconds=0.7)
    for number in range(3):
        for person in people:
            assert person.write(f"{QUESTION} {number}", f"m{number}")[0] == 202
    time.sleep(0.4)
    clock.set(hours * HOUR)  # one of each is being answered, two wait
    for person in people:
        assert person.write(QUESTION, "m3")[0] == 202
    dialogue.control(delay_seconds=0)
    for person in people:
        assert_answered_once(person, 4, seconds=30)
    deadline = time.monotonic() + 10
    while gateway.log.read_text("utf-8").count("the machine's clock was set") < times:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_message_put_off_by_a_clock_that_was_ahead_is_due_when_it_is_right_again(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer, tmp_path: Path
) -> None:
    clock = SetClock(make_gateway(retry_first_seconds=2.0, retry_longest_seconds=2.0), tmp_path / "clock")
    clock.set(HOUR)
    gateway = clock.gateway.up()
    person = gateway.begin()
    dialogue.kill()
    assert person.write(QUESTION, "m0")[0] == 202
    time.sleep(1.0)  # tried once, put off by two seconds of a clock that is an hour ahead
    gateway.kill()
    clock.set(0)  # the machine starts again and the time server puts it right
    gateway.up()
    dialogue.up()
    assert_answered_once(person, 1, seconds=30)


# -- a platform --------------------------------------------------------------------------------------------------------


async def test_a_platform_that_takes_30_seconds_gets_every_reply_once_and_holds_up_nobody(tmp_path: Path) -> None:
    """LINE takes what we send and answers half a minute later, longer than we wait; then it is well again."""
    line, telegram = Line(), Telegram()
    environment: dict[str, str] = {"LINE_MENUS": "false"}
    for platform in (line, telegram):
        await platform.start()
        environment |= {name.removeprefix("JOBSEEKER_"): value for name, value in platform.environment().items()}
    environment["LINE_MENUS"] = "false"
    dialogue = DialogueServer(tmp_path)
    gateway = Gateway(tmp_path, dialogue.url, RETRY_FIRST_SECONDS=0.1, **environment)
    try:
        await asyncio.to_thread(dialogue.up)
        await asyncio.to_thread(gateway.up)
        async with aiohttp.ClientSession() as http:
            await slow_platform(gateway, line, telegram, http)
    finally:
        await asyncio.to_thread(gateway.terminate)
        await asyncio.to_thread(dialogue.kill)
        for platform in (line, telegram):
            await platform.stop()


async def slow_platform(gateway: Gateway, line: StandIn, telegram: StandIn, http: aiohttp.ClientSession) -> None:
    """The course of the test above."""
    people = [line.person() for _ in range(4)]
    line.slow_seconds = 30.0
    line.faults.extend(["slow"] * 1_000)
    began = time.monotonic()
    for person in people:
        for number in range(2):
            assert await bring(gateway, line, person, f"謝謝 {number}", http) < 2.0
    free = telegram.person()
    await bring(gateway, telegram, free, "可以領多少", http)
    await until(lambda: len(telegram.shown(free)) == 2, 10)  # nobody else notices
    await asyncio.sleep(max(0.0, 32.0 - (time.monotonic() - began)))
    assert "reply not sent, tried again" in gateway.log.read_text("utf-8")  # an operator sees it
    line.faults.clear()
    for person in people:
        await until(lambda person=person: len(line.shown(person)) == 3, 90)  # type: ignore[misc]
    await asyncio.sleep(2.0)
    for person in people:  # the greeting and two answers, each once: what it took late was not sent again as another
        texts = [shown.text for shown in line.shown(person)]
        assert len(texts) == 3, texts
        assert "自動程式" in texts[0]
        assert all("不客氣" in text for text in texts[1:])


async def bring(gateway: Gateway, platform: StandIn, person: str, text: str, http: aiohttp.ClientSession) -> float:
    """A webhook call; the seconds until its 200."""
    body = platform.text(person, text)
    began = time.monotonic()
    status, _ = await post(http, f"{gateway.url}/webhooks/{platform.channel}", body, platform.headers(body))
    assert status == 200
    return time.monotonic() - began


async def until(done: Callable[[], bool], seconds: float) -> None:
    """Wait for it."""
    for _ in itertools.takewhile(lambda _: not done(), range(int(seconds * 20))):
        await asyncio.sleep(0.05)
    assert done()
