"""`jobseeker replay`: a logged estimate is the same again, byte for byte; one that was changed is told apart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import app
from jobseeker.benefits import Circumstances, estimate
from jobseeker.clock import local_day
from tests.doubles.kit import NOW, copied_sqlite, migrated_sqlite, open_kit

pytestmark = pytest.mark.slow  # the command reads all content anew each time
CASE = {"left_on": "2026-03-02", "reason": "laid_off", "age": 45, "status": "national", "earlier": "none", "insured_months": 36, "salary": "34800", "dependants": 2, "income": "0"}  # fmt: skip


def run(log_id: int) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["replay", str(log_id)])
    return done.exit_code, done.stdout + done.stderr


async def shown(url: str) -> None:
    """An estimate and something else, logged through the gateway's own effect."""
    async with open_kit(url) as kit:
        started = await kit.start()
        day = local_day(NOW)
        result = estimate(Circumstances.from_dict(CASE), kit.services.composer.answers.pack.figures, day).to_dict()
        query = {"kind": "precheck", "case": CASE, "on": day.isoformat()}
        logged = {
            "query": query,
            "result": result,
            "versions": {"knowledge": kit.services.composer.answers.pack.version},
        }
        kit.dialogue.commands = [
            [("log_match", logged), ("log_match", {"query": {"kind": "alert"}, "result": {}, "versions": {}})]
        ]
        await kit.ask(started, "謝謝")


async def tampered(url: str) -> None:
    async with open_kit(url) as kit, kit.services.engines.writer.begin() as connection:
        await connection.execute(text("UPDATE match_log SET result = replace(result, '20880', '20881') WHERE id = 1"))


def test_the_same_again_and_a_changed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = copied_sqlite(migrated_sqlite(tmp_path), tmp_path)
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", url)
    asyncio.run(shown(url))
    code, out = run(1)
    assert code == 0, out
    assert "the same" in out
    code, out = run(2)
    assert code == 1
    assert "neither an estimate nor a ranking" in out
    assert "no result 99" in run(99)[1]
    asyncio.run(tampered(url))
    code, out = run(1)
    assert code == 1
    assert "NOT the same" in out


async def answered(url: str) -> None:
    """A greeting, an answer with figures and the offer of a person."""
    async with open_kit(url) as kit:
        await kit.ask(await kit.start(), "可以領多少")


async def reworded(url: str) -> None:
    async with open_kit(url) as kit, kit.services.engines.writer.begin() as connection:
        await connection.execute(text("UPDATE outbox SET rendered = replace(rendered, '60', '61') WHERE id = 2"))


def test_an_answer_is_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = copied_sqlite(migrated_sqlite(tmp_path), tmp_path)
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", url)
    asyncio.run(answered(url))

    def answer(number: int) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["replay", str(number), "--answer"])
        return done.exit_code, done.stdout + done.stderr

    code, out = answer(2)
    assert (code, "answer 2, answer: the same" in out) == (0, True), out
    assert answer(1)[0] == 0, "the greeting, too"
    assert answer(99)[0] == 1
    asyncio.run(reworded(url))
    code, out = answer(2)
    assert (code, "NOT the same" in out) == (1, True)
