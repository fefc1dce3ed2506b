"""The kill-switch with two gateways on one database (PostgreSQL), real Rasa and actions: off everywhere with the first message after the console's answer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from app.settings import Settings
from app.wiring import build_services
from tests.doubles.kit import real_content
from tests.integration.conftest import Postgres
from tests.integration.test_desk_killed import PASSWORD, Page
from tests.stack import Person, Stack, free_port, running_stack

pytestmark = [pytest.mark.model, pytest.mark.processes, pytest.mark.postgres]
LONGEST_SECONDS = 5.0  # from the wish to switch off until every gateway has it; some hundredths on a quiet machine
QUESTION, BUTTON = "失業給付可以領多久", ("領多久", "/topic ui_duration")
ASKED = {  # what a person writes, the act that answers, and what tells that it is switched off
    "matching": ("幫我找工作", "find_jobs", "職缺配對和推薦目前由承辦單位暫停"),
    "estimates": ("/estimate", "benefit_precheck", "給付試算目前由承辦單位暫停"),
    "alerts": ("有新的通知我", "job_alert_on", "職缺通知目前由承辦單位暫停"),
    "nlu": (QUESTION, "faq", "我現在看不懂打字的內容"),
}


@pytest.fixture(scope="module")
def gateways(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Stack]]:
    """Two of them, each its own process; Rasa and the action server are shared."""
    var = tmp_path_factory.mktemp("switch")
    database, trackers = asyncio.run(postgres.migrated()), asyncio.run(postgres.empty())
    tracker = make_url(trackers).set(drivername="postgresql").render_as_string(hide_password=False)
    asyncio.run(_supervisor(database, var))
    with running_stack(var, database_url=database, tracker_url=tracker, samples="false") as first:
        port = free_port()
        second = Stack(var, {**first.environment, "JOBSEEKER_PORT": str(port)}, {"gateway": port})
        try:
            second.start("gateway")
            yield [first, second]
        finally:
            second.stop()


@pytest.fixture
def desk(gateways: list[Stack]) -> Iterator[Page]:
    """A supervisor's page at the first gateway; everything is on before and after."""
    page = Page(SimpleNamespace(port=gateways[0].ports["gateway"]))  # type: ignore[arg-type]
    page.sign_in("boss")
    yield page
    for name in ASKED:
        assert page.call("PUT", f"/switches/{name}", {"off": False, "reason": "test"})[0] == 200


async def _supervisor(url: str, folder: Path) -> None:
    services = build_services(Settings(database_url=url, var_dir=folder), content=real_content())
    try:
        await services.create_account(login="boss", name="Boss", password=PASSWORD, role="supervisor")
    finally:
        await services.close()


def ask(person: Person, text: str) -> list[dict[str, Any]]:
    """The replies; a button where it is a command."""
    return person.ask("估算我的給付", text) if text.startswith("/") else person.ask(text)


def switch_off(desk: Page, name: str) -> float:
    """By the console; how long it took until it said that it is done (seconds)."""
    began = time.monotonic()
    status, _ = desk.call("PUT", f"/switches/{name}", {"off": True, "reason": "wrong results"})
    assert status == 200
    return time.monotonic() - began


@pytest.mark.parametrize("name", list(ASKED))
def test_the_first_message_after_the_consoles_answer_is_switched_off_on_both(
    gateways: list[Stack], desk: Page, name: str
) -> None:
    """No clock is in this: whatever is sent after the answer to the PUT finds it off. So the whole delay is that of the PUT."""
    text, act, switched_off = ASKED[name]
    for gateway in gateways:
        before = ask(Person(gateway), text)
        assert act in before[0]["act"], "this is not answered by what is switched off below"
        assert switched_off not in before[0]["text"], "it is not on to begin with"
    people = [Person(gateway) for gateway in gateways]
    seconds = switch_off(desk, name)
    with ThreadPoolExecutor(len(people)) as both:
        answers = list(both.map(lambda person: [reply["text"] for reply in ask(person, text)], people))
    assert [len(texts) == 1 and switched_off in texts[0] for texts in answers] == [True, True], answers
    assert seconds <= LONGEST_SECONDS
    for gateway in gateways:
        _questions_and_people_go_on(gateway, typed=name != "nlu")


def _questions_and_people_go_on(gateway: Stack, *, typed: bool) -> None:
    person = Person(gateway)
    answers = person.ask(QUESTION) if typed else person.ask(*BUTTON)
    assert answers[0]["topic"] == "ui_duration"
    assert person.ask("我不想活了")[0]["act"] == "crisis"
    other = Person(gateway)
    other.ask("我要找真人")
    status, shown = gateway.call("GET", f"/api/v1/conversations/{other.id}", token=other.token)
    assert (status, shown["owner"]) == (200, "queued")


@pytest.mark.parametrize("name", ["matching", "nlu"])
def test_no_answer_that_is_made_after_it_escapes_while_people_keep_writing(
    gateways: list[Stack], desk: Page, name: str
) -> None:
    """People write at both gateways all the time; what was on its way when it was switched off is held back, too."""
    text, _, switched_off = ASKED[name]
    stop, heard = threading.Event(), list[dict[str, Any]]()

    def keep_writing(gateway: Stack) -> None:
        while not stop.is_set():
            heard.extend(ask(Person(gateway), text))

    with ThreadPoolExecutor(4) as crowd:
        writing = [crowd.submit(keep_writing, gateway) for gateway in [*gateways, *gateways]]
        try:
            while len(heard) < 8:
                time.sleep(0.05)
            switch_off(desk, name)
            off_at, before = datetime.now(UTC), len(heard)
            while len(heard) < before + 8:
                time.sleep(0.05)
        finally:
            stop.set()
        for one in writing:
            one.result()
    after = [reply for reply in heard if datetime.fromisoformat(reply["at"]) >= off_at]
    assert len(after) >= 4
    assert [reply["text"] for reply in after if switched_off not in reply["text"]] == []
    assert any(switched_off not in reply["text"] for reply in heard), "nothing was answered before it"
