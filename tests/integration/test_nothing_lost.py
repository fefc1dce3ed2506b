"""Nothing is lost and nothing answered twice: three channels, real processes killed with kill -9, platforms that fail and redeliver.

A short run by default; `make soak` sets JOBSEEKER_SOAK=10000:30 (messages:kills) and JOBSEEKER_OUTAGE_SECONDS=60, and keeps
bench/results/soak.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from tests.doubles.platforms.standin import Shown
from tests.integration import soak_count
from tests.integration.conftest import Postgres, postgres_server
from tests.integration.nothing_lost import soak
from tests.integration.soak_count import Outcome
from tests.stack import ROOT

pytestmark = [pytest.mark.model, pytest.mark.processes]
SHORT = "300:5"
OUTAGE_SECONDS = float(os.environ.get("JOBSEEKER_OUTAGE_SECONDS", "5"))
RESULTS = ROOT / "bench" / "results" / "soak.json"


def wanted() -> tuple[int, int]:
    """(messages, kills)."""
    messages, _, kills = os.environ.get("JOBSEEKER_SOAK", SHORT).partition(":")
    return int(messages), int(kills)


def keep(name: str, outcome: Outcome) -> None:
    """Keep the numbers of a long run."""
    if "JOBSEEKER_SOAK" not in os.environ:
        return
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    numbers = {key: len(value) if isinstance(value, list) else value for key, value in vars(outcome).items()}
    RESULTS.write_text(json.dumps({**kept, name: numbers}, indent=1) + "\n", "utf-8")


@pytest.fixture
def own_server() -> Iterator[tuple[Any, Postgres]]:
    """A database server that is stopped and started: nobody else's."""
    with postgres_server() as found:
        yield found


@pytest.fixture
def model() -> None:
    """Needs the trained model."""
    if not (ROOT / "models" / "current").is_file():
        pytest.skip("there is no trained model (make train)")


@pytest.mark.timeout(3_600)
async def test_on_sqlite_with_one_gateway(tmp_path: Path, model: None) -> None:
    messages, kills = wanted()
    database, tracker = f"sqlite+aiosqlite:///{tmp_path / 'jobseeker.db'}", f"sqlite:///{tmp_path / 'tracker.db'}"
    outcome = await soak(tmp_path, database, tracker, gateways=1, messages=messages, kills=kills)
    keep("sqlite, 1 gateway, 1 Rasa", outcome)
    assert outcome.messages == messages
    assert outcome.redelivered > messages // 20
    assert outcome.platform_faults > messages // 40
    assert outcome.problems() == []


@pytest.mark.postgres
@pytest.mark.timeout(3_600)
async def test_on_postgres_with_two_gateways_and_two_rasas(
    tmp_path: Path, model: None, own_server: tuple[Any, Postgres]
) -> None:
    """In the middle the database server is away for OUTAGE_SECONDS, for gateways and trackers."""
    messages, kills = wanted()
    server, databases = own_server
    database = await databases.empty()
    tracker = make_url(await databases.empty()).set(drivername="postgresql").render_as_string(hide_password=False)
    away: list[float] = []

    async def outage() -> None:
        await asyncio.to_thread(server.stop)
        began = time.monotonic()
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.to_thread(server.ensure_postgres_running)
        away.append(time.monotonic() - began)

    outcome = await soak(
        tmp_path, database, tracker, gateways=2, messages=messages, kills=kills, seed=12, outage=outage
    )
    keep("PostgreSQL, 2 gateways, 2 Rasas", outcome)
    assert len(away) == 1
    assert away[0] >= OUTAGE_SECONDS
    assert outcome.messages == messages
    assert outcome.problems() == []


def test_the_count_sees_what_is_wrong() -> None:
    fine = Outcome(2, [], [], [], [], [], 0, 1, 0, 0, 0, 0)
    assert fine.problems() == []
    for kind in ("lost", "doubled", "unanswered", "out_of_order", "unseen"):
        assert replace(fine, **{kind: ["x"]}).problems() == [f"{kind}: x"]
    assert replace(fine, dead=1).problems() == ["1 dead letters"]


def test_what_people_saw_is_compared_in_order() -> None:
    replies = [{"text": "First answer to the question."}, {"text": "Second answer, about something else."}]
    screen = [Shown("bot\nFirst answer to the question."), Shown("Second answer, about something else.")]
    assert soak_count._seen(screen, replies) == ([], 0)
    assert soak_count._seen(screen[1:], replies)[0] == ["Firstanswertothequestion"]
    assert soak_count._seen(list(reversed(screen)), replies)[0] != []
    assert soak_count._seen([screen[0], *screen], replies) == ([], 1)
