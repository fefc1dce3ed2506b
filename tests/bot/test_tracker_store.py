"""The tracker store on a real database: append-only, idempotent, right with several servers, durable or an error.

Runs on SQLite, and on PostgreSQL too where JOBSEEKER_TEST_POSTGRES_URL names a server (tests/integration starts one).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import uuid
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import TurnTrackerStore
from bot.tracker_store.database import TrackerConflict
from bot.tracker_store.lane import Lane
from bot.tracker_store.window import event_from, tracker_for

POSTGRES = os.environ.get("JOBSEEKER_TEST_POSTGRES_URL")
DOMAIN = Domain.from_dict({"slots": {"wish": {"type": "text", "mappings": [{"type": "custom"}]}}, "intents": ["ask"]})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tracker.db'}"
        return
    if not POSTGRES:
        pytest.skip("JOBSEEKER_TEST_POSTGRES_URL names no PostgreSQL server")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.engine.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


class Servers:
    """Opens stores on one database and closes them in the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opened: list[TurnTrackerStore] = []

    def __call__(self) -> TurnTrackerStore:
        self.opened.append(TurnTrackerStore(DOMAIN, url=self.url))
        return self.opened[-1]


@pytest.fixture
def server(url: str) -> Iterator[Servers]:
    servers = Servers(url)
    yield servers
    for store in servers.opened:
        store.close()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def rows(
    url: str, statement: str = "SELECT number, inbox_id, event_count FROM tracker_turn ORDER BY id"
) -> list[tuple[Any, ...]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(statement))]
    engine.dispose()
    return found


async def turn(
    store: TurnTrackerStore, number: int, conversation: str = "c", slot: str | None = None
) -> dict[str, Any] | None:
    """One turn as the channel does it; gives the recorded reply where there is one."""
    recorded = await store.begin_turn(conversation, number)
    if recorded is not None:
        return recorded
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    if not tracker.events:
        for event in (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")):
            tracker.update(event)
    tracker.update(UserUttered(f"第{number}句", {"name": "ask", "confidence": 1.0}))
    if slot:
        tracker.update(SlotSet("wish", slot))
    for event in (ActionExecuted("utter_x"), BotUttered("x"), ActionExecuted("action_listen")):
        tracker.update(event)
    await store.finish_turn(tracker, number, {"inbox_id": number, "said": f"reply {number}"})
    return None


def test_nothing_is_ever_rewritten_and_nothing_is_lost(url: str, server: Servers) -> None:
    store = server()

    async def work() -> None:
        for number in range(1, 41):
            await turn(store, number, slot="early" if number == 3 else None)
        whole = await store.retrieve_full_tracker("c")
        window = await store.retrieve("c")
        assert [e.text for e in whole.events if isinstance(e, UserUttered)] == [f"第{n}句" for n in range(1, 41)]
        assert len(window.events) < 70 < len(whole.events)
        assert window.get_slot("wish") == whole.get_slot("wish") == "early"
        assert window.latest_message.text == "第40句"
        assert list(await store.keys()) == ["c"]
        assert await store.exists("c")
        assert not await store.exists("d")

    run(work())
    assert [row[:2] for row in rows(url)] == [(n, n) for n in range(1, 41)]
    assert rows(url)[0][2] == 7
    assert {row[2] for row in rows(url)[3:]} == {4}


def test_a_forgotten_message_is_nowhere_any_more_and_the_dialogue_goes_on(url: str, server: Servers) -> None:
    secret = "我的身分證是什麼"

    async def work() -> None:
        store = server()
        for number in range(1, 31):
            await turn(store, number)
        tracker = await store.get_or_create_tracker("c", append_action_listen=False)
        tracker.update(UserUttered(secret, {"name": "ask", "confidence": 1.0}, message_id="31"))
        for event in (
            SlotSet("wish", f"wants {secret}"),
            BotUttered(f"you said {secret}"),
            ActionExecuted("action_listen"),
        ):
            tracker.update(event)
        await store.finish_turn(tracker, 31, {"inbox_id": 31, "said": "x"})
        assert secret in str(rows(url, "SELECT events FROM tracker_turn"))
        assert await store.forget_turn("c", 31)
        assert await store.forget_turn("c", 31)  # asked again it does nothing
        assert not await store.forget_turn("c", 99)
        assert not await store.forget_turn("somebody else", 31)
        for number in range(32, 60):
            await turn(store, number)
        whole = await store.retrieve_full_tracker("c")
        assert len([event for event in whole.events if isinstance(event, UserUttered)]) == 59
        assert await store.begin_turn("c", 31) == {"inbox_id": 31, "said": "x"}

    run(work())
    stored = str(rows(url, "SELECT events, reply FROM tracker_turn")) + str(
        rows(url, "SELECT events FROM tracker_head")
    )
    assert "第30句" in stored
    assert secret not in stored


def test_what_a_head_sums_up_is_forgotten_too(url: str, server: Servers) -> None:
    async def work() -> None:
        store = server()
        tracker = await store.get_or_create_tracker("c", append_action_listen=False)
        tracker.update(UserUttered("秘密的話", {"name": "ask", "confidence": 1.0}, message_id="1"))
        for event in (SlotSet("wish", "秘密的話"), ActionExecuted("action_listen")):
            tracker.update(event)
        await store.finish_turn(tracker, 1, {"inbox_id": 1})
        for number in range(2, 60):
            await turn(store, number)
        assert rows(url, "SELECT number FROM tracker_head")[0][0] > 1
        assert await store.forget_turn("c", 1)

    run(work())
    assert "秘密的話" not in str(rows(url, "SELECT events FROM tracker_head")) + str(
        rows(url, "SELECT events FROM tracker_turn")
    )


def test_a_second_store_reads_what_the_first_wrote(server: Servers) -> None:
    async def work() -> None:
        first = server()
        for number in range(1, 31):
            await turn(first, number, slot="kept" if number == 1 else None)
        before = await first.retrieve("c")
        second = server()  # a restart: nothing in memory
        after = await second.retrieve("c")
        assert list(after.events)[-30:] == list(before.events)[-30:]
        assert after.get_slot("wish") == "kept"
        assert await second.begin_turn("c", 7) == {"inbox_id": 7, "said": "reply 7"}

    run(work())


def test_two_servers_take_turns_and_neither_works_on_an_old_window(url: str, server: Servers) -> None:
    async def work() -> None:
        stores = [server(), server()]
        for number in range(1, 61):
            await turn(stores[number % 2], number)
        whole = await stores[0].retrieve_full_tracker("c")
        assert [e.text for e in whole.events if isinstance(e, UserUttered)] == [f"第{n}句" for n in range(1, 61)]

    run(work())
    assert [row[0] for row in rows(url)] == list(range(1, 61))


def test_a_turn_added_meanwhile_is_a_conflict_not_a_second_turn(url: str, server: Servers) -> None:
    async def work() -> None:
        slow, quick = server(), server()
        await turn(slow, 1)
        assert await slow.begin_turn("c", 2) is None
        tracker = await slow.retrieve("c")
        tracker.update(UserUttered("slow", {"name": "ask"}))
        await turn(quick, 2)
        with pytest.raises(TrackerConflict):
            await slow.finish_turn(tracker, 2, {"inbox_id": 2})
        assert await slow.begin_turn("c", 2) == {"inbox_id": 2, "said": "reply 2"}
        await turn(slow, 3)

    run(work())
    assert [row[:2] for row in rows(url)] == [(1, 1), (2, 2), (3, 3)]


def test_the_same_message_number_in_another_conversation_is_another_message(server: Servers) -> None:
    async def work() -> None:
        store = server()
        await turn(store, 5, "a")
        assert await turn(store, 5, "b") is None  # no reply of somebody else, even after the gateway's ids began anew

    run(work())


def test_one_conflict_in_a_group_spoils_no_other_turn(url: str, server: Servers) -> None:
    async def work() -> None:
        store, other = server(), server()
        for name in "abcdefgh":
            await turn(store, 1, name)
        await turn(other, 2, "d")  # behind the first server's back
        trackers = {}
        for name in "abcdefgh":
            trackers[name] = tracker_for(name, store._windows[name], DOMAIN)
            trackers[name].update(UserUttered(f"x {name}", {"name": "ask"}))
        results = await asyncio.gather(
            *(store.finish_turn(tracker, 3, {"inbox_id": 3}) for tracker in trackers.values()), return_exceptions=True
        )
        failed = [name for name, result in zip(trackers, results, strict=True) if isinstance(result, Exception)]
        assert failed == ["d"]
        assert isinstance(results[3], TrackerConflict)

    run(work())
    assert sorted(rows(url, "SELECT sender_id, number FROM tracker_turn WHERE number = 2")) == [
        (name, 2) for name in "abcdefgh"
    ]


def test_a_tracker_made_elsewhere_is_continued(server: Servers) -> None:
    """Rasa's own ways (reminders, rasa shell) save a tracker with the whole history."""

    async def work() -> None:
        store = server()
        tracker = DialogueStateTracker.from_events(
            "r", [ActionExecuted("action_listen"), UserUttered("one", {"name": "ask"})], DOMAIN.slots
        )
        await store.save(tracker)
        tracker.update(BotUttered("two"))
        await store.save(tracker)
        await store.save(tracker)  # nothing new
        whole = await store.retrieve_full_tracker("r")
        assert [type(event) for event in whole.events] == [ActionExecuted, UserUttered, BotUttered]
        await turn(store, 9, "r")
        assert len((await store.retrieve_full_tracker("r")).events) == 7

    run(work())


def test_a_restart_of_the_conversation_clears_the_slots_in_the_window_too(server: Servers) -> None:
    from rasa.shared.core.events import Restarted

    async def work() -> None:
        store = server()
        await turn(store, 1, slot="old")
        await store.begin_turn("c", 2)
        tracker = await store.retrieve("c")
        for event in (UserUttered("/restart"), ActionExecuted("action_restart"), Restarted(), ActionExecuted("action_session_start"),
                      SessionStarted(), ActionExecuted("action_listen")):  # fmt: skip
            tracker.update(event)
        await store.finish_turn(tracker, 2, {})
        for number in range(3, 30):
            await turn(store, number)
        window = await store.retrieve("c")
        assert window.position.window.head
        assert window.get_slot("wish") is None

    run(work())


def test_a_database_that_does_not_write_is_an_error_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    store = TurnTrackerStore(DOMAIN, url=f"sqlite:///{path}?timeout=0.2")

    async def work() -> None:
        await turn(store, 1)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            await turn(store, 2)
        other.execute("ROLLBACK")
        other.close()
        assert await turn(store, 2) is None  # the lane has recovered

    run(work())
    store.close()
    assert [row[:2] for row in rows(f"sqlite:///{path}")] == [(1, 1), (2, 2)]


def test_what_the_database_cannot_be_is_said_at_once(tmp_path: Path) -> None:
    for wrong in ("mysql://localhost/x", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises((ValueError, sa.exc.SQLAlchemyError, ImportError)):
            TurnTrackerStore(DOMAIN, url=wrong)
    with pytest.raises(ValueError, match="JOBSEEKER_TRACKER_URL"):
        TurnTrackerStore(DOMAIN)


def test_sqlite_is_set_up_for_a_writer_and_readers_at_once(tmp_path: Path) -> None:
    store = TurnTrackerStore(DOMAIN, url=f"sqlite:///{tmp_path / 'a' / 'tracker.db'}")

    def pragmas(connection: Any) -> list[Any]:
        return [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]

    assert run(store._reading.do(pragmas)) == ["wal", 1, 5000]
    store.close()


def test_rows_of_odd_text_come_back_as_they_were(server: Servers) -> None:
    async def work() -> None:
        store = server()
        tracker = await store.get_or_create_tracker("c", append_action_listen=False)
        text = "\x00\x1f'\"\\ 😀 失業 \u2028"
        tracker.update(UserUttered(text, {"name": "ask"}))
        await store.finish_turn(tracker, 1, {"text": text})
        assert (await server().retrieve("c")).latest_message.text == text
        assert await server().begin_turn("c", 1) == {"text": text}

    run(work())


def test_an_event_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        event_from({"event": "nonsense"})


def test_a_lane_groups_what_waits_and_outlives_a_failure() -> None:
    groups: list[int] = []
    started, gate = threading.Event(), threading.Event()

    def work(jobs: Any) -> list[Any]:
        if jobs == ["first"]:
            started.set()
            gate.wait(5)
        groups.append(len(jobs))
        if "bad" in jobs:
            raise RuntimeError("bad group")
        return [job.upper() for job in jobs]

    async def go() -> None:
        lane: Lane[str, str] = Lane("test", work)
        first = asyncio.ensure_future(lane.do("first"))
        await asyncio.sleep(0)
        started.wait(5)
        waiting = [asyncio.ensure_future(lane.do(f"job{n}")) for n in range(5)]
        cancelled = asyncio.ensure_future(lane.do("gone"))
        await asyncio.sleep(0)
        cancelled.cancel()
        gate.set()
        assert await first == "FIRST"
        assert await asyncio.gather(*waiting) == [f"JOB{n}" for n in range(5)]
        with pytest.raises(RuntimeError, match="bad group"):
            await lane.do("bad")
        assert await lane.do("after") == "AFTER"
        lane.close()

    asyncio.run(go())
    assert groups == [1, 6, 1, 1]


def test_a_whole_conversation_is_forgotten_and_others_stay(url: str, server: Servers) -> None:
    async def work() -> None:
        store = server()
        for number in range(1, 60):
            await turn(store, number)
        tracker = await store.get_or_create_tracker("other", append_action_listen=False)
        tracker.update(UserUttered("別人的話", {"name": "ask", "confidence": 1.0}, message_id="1"))
        tracker.update(ActionExecuted("action_listen"))
        await store.finish_turn(tracker, 1, {"inbox_id": 1})
        assert rows(url, "SELECT number FROM tracker_head WHERE sender_id = 'c'")
        assert await store.forget_all("c")
        assert not await store.forget_all("c")  # asked again it does nothing
        assert await store.retrieve("c") is None
        await turn(store, 1)  # the person writes again: a conversation that knows nothing
        assert len(rows(url, "SELECT number FROM tracker_turn WHERE sender_id = 'c'")) == 1

    run(work())
    assert rows(url, "SELECT number FROM tracker_head WHERE sender_id = 'c'") == []
    assert "第30句" not in str(rows(url, "SELECT events FROM tracker_turn"))
    assert "別人的話" in str(rows(url, "SELECT events FROM tracker_turn"))
