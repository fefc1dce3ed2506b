"""The gateway is killed (SIGKILL) while a counsellor claims and replies: nothing is lost, nothing is doubled, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from app.wiring import build_services
from store.engine import create_engines
from store.migrate import upgrade
from tests.doubles.kit import real_content
from tests.doubles.processes import Gateway, Person
from tests.integration.conftest import Postgres

PASSWORD = "a long password"
ROUNDS = 3
PATIENCE_SECONDS = 400.0  # a gateway starts in seconds, on a busy machine in minutes


@dataclass
class Page:
    """The counsellor's page: the same cookie over every restart; sends again what got no answer."""

    gateway: Gateway
    cookie: str = ""
    csrf: str = ""

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """(status, JSON). Raises OSError, HTTPException: the gateway is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=30)
        headers = {
            "Content-Type": "application/json",
            "X-CSRF-Token": self.csrf,
            "Cookie": f"jobseeker_staff={self.cookie}",
        }
        try:
            connection.request(method, f"/console/api{path}", json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            raw = answer.read()
            if cookie := answer.headers["Set-Cookie"]:
                self.cookie = SimpleCookie(cookie)["jobseeker_staff"].value
            return answer.status, json.loads(raw) if raw else None
        finally:
            connection.close()

    def sign_in(self, login: str) -> None:
        """A session."""
        status, found = self.call("POST", "/session", {"login": login, "password": PASSWORD})
        assert status == 200, found
        self.csrf = found["csrf_token"]

    def until_answered(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask until there is an answer, as the page does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.call(method, path, body)
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < deadline, "the gateway does not come back"
                time.sleep(0.05)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where everything is kept."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/jobseeker.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return asyncio.run(postgres.empty())


async def _account(url: str, folder: Path) -> None:
    services = build_services(Settings(database_url=url, var_dir=folder), content=real_content())
    try:
        await upgrade(services.engines)
        await services.create_account(login="mei", name="Mei", password=PASSWORD)
    finally:
        await services.close()


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""

    async def read() -> list[tuple[Any, ...]]:
        engines = create_engines(url)
        try:
            async with engines.reader.connect() as connection:
                return [tuple(row) for row in (await connection.exec_driver_sql(query)).all()]
        finally:
            await engines.dispose()

    return asyncio.run(read())


def kill_while(gateway: Gateway, seconds: float, *work: Callable[[], object]) -> None:
    """Begin the work beside, kill the gateway after `seconds`, start it again, and wait for the work."""
    failed: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as problem:
            failed.append(problem)
            raise

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    gateway.kill()
    gateway.up()
    for thread in threads:
        thread.join(timeout=PATIENCE_SECONDS)
        assert not thread.is_alive()
    assert failed == []


def until_kept(person: Person, text: str, client_id: str) -> None:
    """The person's page sends again, too."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if person.write(text, client_id)[0] in (200, 202):
                return
        except (OSError, http.client.HTTPException):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.processes
@pytest.mark.timeout(900)  # eight starts, on a machine that may be busy
def test_killed_between_claim_and_reply(make_gateway: Callable[..., Gateway], database: str, tmp_path: Path) -> None:
    asyncio.run(_account(database, tmp_path))
    gateway = make_gateway(database_url=database).up()
    page, person = Page(gateway), gateway.begin("en")
    page.sign_in("mei")
    assert person.write("/human", "ask", wait=20)[0] == 200
    ((case,),) = rows(database, "SELECT id FROM handoff_case")

    claims: list[tuple[int, Any]] = []
    kill_while(gateway, 0.02, lambda: claims.append(page.until_answered("POST", f"/cases/{case}/claim")))
    assert [status for status, _ in claims] == [200]
    gateway.kill()  # exactly between claim and reply
    gateway.up()
    status, file = page.call("GET", f"/cases/{case}")
    assert (status, file["state"], file["owner"]) == (200, "claimed", "human")  # the session outlives it, too

    numbers: dict[str, list[int]] = {}

    def reply(number: int) -> None:
        body = {"text": f"reply {number}", "client_message_id": f"r{number}"}
        status, found = page.until_answered("POST", f"/cases/{case}/replies", body)
        assert status == 201, found
        numbers.setdefault(f"reply {number}", []).append(found["seq"])

    for number in range(ROUNDS):
        kill_while(
            gateway,
            0.012 * number,
            lambda number=number: reply(number),
            lambda number=number: until_kept(person, f"words {number}", f"w{number}"),
        )
        reply(number)  # the page was not sure and sends once more: the same line
    assert all(len(set(seqs)) == 1 and len(seqs) == 2 for seqs in numbers.values()), numbers

    assert page.until_answered("POST", f"/cases/{case}/wrap-up", {"outcome": "answered"})[0] == 200
    kill_while(gateway, 0.02, lambda: page.until_answered("POST", f"/cases/{case}/return"))
    assert page.call("POST", f"/cases/{case}/return")[0] == 200
    check_nothing_lost_or_doubled(database, case, person)


def check_nothing_lost_or_doubled(database: str, case: int, person: Person) -> None:
    """In the database and on the person's page."""
    last = rows(database, f"SELECT next_seq - 1 FROM conversation WHERE id = '{person.id}'")[0][0]
    lines = person.transcript(last)
    assert [seq for seq, _, _ in lines] == list(range(1, last + 1))
    said = Counter(text for _, _, text in lines)
    for number in range(ROUNDS):
        assert said[f"reply {number}"] == said[f"words {number}"] == 1, said
    by_counsellor = [text for _, author, text in lines if author == "counsellor"]
    assert by_counsellor == [f"reply {number}" for number in range(ROUNDS)]  # in order
    events = Counter(
        action
        for (action,) in rows(database, f"SELECT action FROM audit WHERE case_id = {case} AND action <> 'case.viewed'")
    )
    assert events["case.opened"] == events["case.claimed"] == events["case.returned"] == 1, events
    assert rows(database, f"SELECT state FROM handoff_case WHERE id = {case}") == [("closed",)]
    assert rows(database, f"SELECT owner FROM conversation WHERE id = '{person.id}'") == [("bot",)]
    assert rows(database, "SELECT count(*) FROM alert WHERE kind IN ('dead_letter', 'undelivered')") == [(0,)]
