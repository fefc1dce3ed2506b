"""What happens when processes die. Real processes, really killed (SIGKILL): every message is answered, once, in order.

The dialogue engine is the stand-in by default. JOBSEEKER_TEST_RASA_URL (and JOBSEEKER_TEST_RASA_TOKEN) run the tests that only
kill gateways against a real Rasa that is already up.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from app.encryption import new_key
from tests.doubles.kit import copied_sqlite, open_kit
from tests.doubles.processes import DialogueServer, Gateway, Person, call
from tests.integration.conftest import Postgres, postgres_server
from tests.stack import KEY, free_port

pytestmark = pytest.mark.processes
QUESTION = "失業給付可以領多少"


def page(port: int) -> str:
    """The metrics at this port, as they are now: what was asked is remembered for a second."""
    time.sleep(1.1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def assert_answered_once(person: Person, questions: int, *, seconds: float = 90) -> None:
    """Greeting, then each question with exactly one reply; replies in the order of the questions."""
    last = 1 + 2 * questions
    lines = person.transcript(last, seconds)
    assert [seq for seq, _, _ in lines] == list(range(1, last + 1)), lines
    assert Counter(author for _, author, _ in lines) == {"bot": questions + 1, "jobseeker": questions}


def wait_for_status(url: str, status: int, seconds: float = 30) -> None:
    """Ask until it answers so; health is remembered for a second."""
    deadline = time.monotonic() + seconds
    while call(url)[0] != status:
        assert time.monotonic() < deadline, f"{url} does not answer {status}"
        time.sleep(0.1)


def test_a_gateway_killed_with_messages_in_the_inbox_answers_each_once_after_the_restart(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway().up()
    people = [gateway.begin() for _ in range(4)]
    dialogue.control(delay_seconds=0.5)
    for number in range(3):
        for person in people:
            assert person.write(f"{QUESTION} {number}", f"m{number}")[0] == 202
    gateway.kill()  # four turns are in hand, eight messages wait
    dialogue.control(delay_seconds=0)
    assert len(dialogue.control()["turns"]) < 12
    gateway.up()
    for person in people:
        for number in range(3):  # a page that got no answer sends again: nothing is kept twice
            assert person.write(f"{QUESTION} {number}", f"m{number}")[1]["duplicate"] is True
        assert_answered_once(person, 3)


def test_killed_again_and_again_in_the_middle_of_the_work(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway().up()
    people = [gateway.begin() for _ in range(3)]
    dialogue.control(delay_seconds=0.05)
    sent = 0
    for round_number in range(4):
        for _ in range(3):
            for person in people:
                status, body = person.write(QUESTION, f"m{sent}")
                assert (status, body["duplicate"]) == (202, False)
            sent += 1
        time.sleep(0.06 * round_number)
        gateway.kill()
        gateway.up()
    for person in people:
        assert_answered_once(person, sent)


def test_a_message_is_kept_before_it_is_acknowledged(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    """Killed at a random moment while pages write: whatever was acknowledged is there, and what was not can be sent again."""
    gateway = make_gateway().up()
    person = gateway.begin()
    acknowledged: list[str] = []

    def write() -> None:
        for number in range(500):
            try:
                status, _ = person.write(QUESTION, f"m{number}")
            except OSError:
                return
            assert status == 202
            acknowledged.append(f"m{number}")

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 5:
        time.sleep(0.01)
    gateway.kill()
    writer.join()
    gateway.up()
    for client_id in acknowledged:
        assert person.write(QUESTION, client_id)[1]["duplicate"] is True
    number = len(acknowledged)
    kept_without_answer = person.write(QUESTION, f"m{number}")[1]["duplicate"]
    assert kept_without_answer in (True, False)  # killed between keeping and answering, or before
    assert_answered_once(person, number + 1)


def test_an_engine_that_dies_in_the_middle_of_a_turn_is_waited_for(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway().up()
    person = gateway.begin()
    dialogue.control(mode="die")
    assert person.write(QUESTION, "m0")[0] == 202
    assert person.write("謝謝", "m1")[0] == 202
    assert dialogue.running is not None
    dialogue.running.wait(30)
    wait_for_status(f"{gateway.url}/readyz", 503)
    assert call(f"{gateway.url}/healthz")[0] == 200
    dialogue.up()
    assert_answered_once(person, 2)


def test_an_engine_killed_after_it_has_recorded_the_turn_answers_the_recorded_reply(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway().up()
    person = gateway.begin()
    dialogue.control(delay_seconds=1.0)
    person.write(QUESTION, "m0")
    time.sleep(0.9)
    dialogue.kill()
    dialogue.up()
    assert_answered_once(person, 1)
    assert dialogue.control()["turns"] == [1]


def test_an_engine_that_hangs_is_given_up_and_asked_again(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway(rasa_timeout_seconds=1, lease_seconds=3).up()
    person, other = gateway.begin(), gateway.begin()
    dialogue.control(mode="hang", next=1)
    person.write(QUESTION, "m0")
    assert other.write(QUESTION, "m0", wait=20)[0] == 200  # nobody else waits for it
    assert_answered_once(person, 1)


def test_with_the_engine_down_for_good_everybody_gets_an_apology(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway(answer_attempts=3, retry_first_seconds=0.2, retry_longest_seconds=0.2).up()
    person = gateway.begin("en")
    dialogue.kill()
    status, body = person.write("how much can I get?", "m0", wait=30)
    assert status == 200
    (reply,) = body["replies"]
    assert reply["author"] == "system"
    assert "/human" in [button["payload"] for button in reply["buttons"]]
    status, body = person.write("我想死", "m1", wait=5)
    assert (status, body["replies"][0]["act"]) == (200, "crisis")


def test_told_to_stop_it_finishes_what_it_has_in_hand(
    make_gateway: Callable[..., Gateway], dialogue: DialogueServer
) -> None:
    gateway = make_gateway().up()
    person = gateway.begin()
    stream = threading.Thread(target=person.events, kwargs={"seconds": 30})
    stream.start()  # an open stream must not keep it from stopping
    dialogue.control(delay_seconds=1.0)
    person.write(QUESTION, "m0")
    person.write(QUESTION, "m1")
    time.sleep(0.3)
    assert gateway.terminate() == 0
    stream.join(10)
    assert not stream.is_alive()
    assert dialogue.control()["turns"] == [1]  # the turn in hand was finished, the next one not begun
    dialogue.control(delay_seconds=0)
    gateway.up()
    assert_answered_once(person, 2)
    assert dialogue.control()["requests"] == 2
    assert QUESTION not in gateway.log.read_text("utf-8")  # no person's words in the log


def test_a_sqlite_database_has_one_gateway(make_gateway: Callable[..., Gateway]) -> None:
    first = make_gateway("first").up()
    second = make_gateway("second")
    done = subprocess.run(
        second.command,
        env={**os.environ, **second.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "another gateway already uses" in done.stderr
    first.kill()
    second.up()  # the lock went with the process


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"INTERNAL_TOKEN": ""}, "JOBSEEKER_INTERNAL_TOKEN"),
        ({"PORT": "eighty"}, "JOBSEEKER_PORT"),
        ({"DATABASE_URL": "mysql://x"}, "sqlite+aiosqlite://"),
        ({"CONTENT_DIR": "/nonexistent"}, "packs/tw"),
        ({"MIGRATE_ON_START": "false"}, "revision"),
        ({"DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/x"}, "JS-SEC-001"),
    ],
)
def test_a_gateway_that_cannot_start_says_why(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    values = {"VAR_DIR": str(tmp_path), "INTERNAL_TOKEN": "x", "PORT": "0", **settings}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")}
    environment = {**clean, **{f"JOBSEEKER_{name}": value for name, value in values.items()}}
    command = [sys.executable, "-m", "app.gateway_main"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("keys", [new_key(), ""], ids=["another key", "the key file is lost"])
def test_a_gateway_whose_keys_are_not_those_of_the_database_does_not_start(
    make_gateway: Callable[..., Gateway], tmp_path: Path, sqlite_template: Path, keys: str
) -> None:
    async def somebody_on_line() -> None:
        async with open_kit(copied_sqlite(sqlite_template, tmp_path)) as kit:
            await kit.start(channel="line")

    asyncio.run(somebody_on_line())
    gateway = make_gateway(encryption_keys=keys)
    with pytest.raises(RuntimeError, match="JS-SEC-002"):
        gateway.up()
    make_gateway("right", encryption_keys=KEY).up()


def test_a_gateway_on_one_machine_makes_its_key_once(make_gateway: Callable[..., Gateway], tmp_path: Path) -> None:
    first = make_gateway(encryption_keys="")
    first.up()
    made = (tmp_path / "encryption.key").read_text("ascii")
    assert (tmp_path / "encryption.key").stat().st_mode & 0o077 == 0
    first.kill()
    make_gateway("again", encryption_keys="").up()
    assert (tmp_path / "encryption.key").read_text("ascii") == made


@pytest.mark.postgres
def test_a_database_server_that_goes_away_is_waited_for(make_gateway: Callable[..., Gateway]) -> None:
    with postgres_server() as (server, databases):
        metrics = free_port()
        gateway = make_gateway(database_url=asyncio.run(databases.empty()), metrics_port=metrics).up()
        person = gateway.begin()
        assert person.write(QUESTION, "m0", wait=20)[0] == 200
        assert "jobseeker_inbox_pending 0.0" in page(metrics)
        assert server.stop() is None
        status, body = person.write(QUESTION, "m1")
        assert (status, body["error"]["code"]) == (503, "JS-STO-001")
        wait_for_status(f"{gateway.url}/healthz", 503)
        assert call(f"{gateway.url}/livez")[0] == 200  # nobody is to restart it for that
        assert 'jobseeker_dependency_up{dependency="database"} 0.0' in page(metrics)
        assert "jobseeker_inbox_pending" not in page(metrics)  # not known is not the same as none
        server.ensure_postgres_running()
        wait_for_status(f"{gateway.url}/healthz", 200)
        assert person.write(QUESTION, "m1", wait=20)[1]["duplicate"] is False
        assert_answered_once(person, 2)
        gateway.kill()


@pytest.mark.postgres
class TestTwoGateways:
    """Two gateways on one PostgreSQL database."""

    @pytest.fixture
    async def gateways(self, postgres: Postgres, make_gateway: Callable[..., Gateway]) -> list[Gateway]:
        """Both are up; the database is empty, so they migrate it at the same time."""
        url = await postgres.empty()
        pair = [
            make_gateway(name, database_url=url, lease_seconds=6, rasa_timeout_seconds=3) for name in ("one", "two")
        ]
        starting = [threading.Thread(target=gateway.up) for gateway in pair]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        return pair

    def test_they_share_the_work_and_keep_each_person_s_order(
        self, gateways: list[Gateway], dialogue: DialogueServer
    ) -> None:
        people = [gateways[0].begin() for _ in range(6)]
        dialogue.control(delay_seconds=0.05)

        def write(person: Person) -> None:
            for number in range(6):  # by turns through both gateways
                person.url = gateways[number % 2].url
                assert person.write(f"{QUESTION} {number}", f"m{number}")[0] == 202

        writing = [threading.Thread(target=write, args=(person,)) for person in people]
        for thread in writing:
            thread.start()
        for thread in writing:
            thread.join()
        for person in people:
            assert_answered_once(person, 6)
        assert dialogue.control()["requests"] == (0 if "JOBSEEKER_TEST_RASA_URL" in os.environ else 36)

    def test_what_one_answers_is_live_at_the_other(self, gateways: list[Gateway]) -> None:
        person = gateways[0].begin()
        person.write(QUESTION, "m0", wait=20)
        reader = Person(gateways[1].url, person.id, person.token)
        found: list[tuple[str, object]] = []
        reading = threading.Thread(target=lambda: found.extend(reader.events(3, 30, until=5)))
        reading.start()
        time.sleep(0.5)
        person.write("謝謝", "m1")
        reading.join(35)
        assert [kind for kind, _ in found if kind != "state"] == ["own", "reply"]

    def test_the_other_takes_over_when_one_is_killed(self, gateways: list[Gateway], dialogue: DialogueServer) -> None:
        people = [gateways[0].begin() for _ in range(3)]
        dialogue.control(delay_seconds=1.0)
        for number in range(2):
            for person in people:
                person.write(f"{QUESTION} {number}", f"m{number}")
        gateways[0].end(signal.SIGKILL)
        dialogue.control(delay_seconds=0)
        for person in people:
            person.url = gateways[1].url
            assert_answered_once(person, 2)
