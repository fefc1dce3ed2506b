"""A logged ranking is worked out again byte for byte: the list while the vacancies are the same, the scores of what was shown for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.replaying import Outcome, replay_ranking
from app.settings import Settings
from jobseeker.clock import local_day
from jobseeker.errors import CannotRepeat
from jobseeker.storage_jobs import LoggedRanking
from tests.doubles.vacancy_world import VACANCIES, Walk

pytestmark = pytest.mark.slow  # with `make test`


async def logged(person: Walk, number: int) -> LoggedRanking:
    """The row of the log."""
    async with person.kit.services.store.read() as work:
        found = await work.match_log.get(number)
    assert found is not None
    return found


async def replayed(person: Walk, folder: Path, row: LoggedRanking) -> Outcome:
    """As the command does it, with an index of its own."""
    settings = Settings(database_url=person.kit.services.settings.database_url, var_dir=folder)
    return await replay_ranking(settings, person.kit.services.store, row)


async def searched(person: Walk) -> LoggedRanking:
    """A list, and why the first one is there."""
    await person.say("倉管，桃園，不要大夜", "find_jobs")
    await person.press(f"/why {person.memory.listed[0].vacancy_id}")
    return await logged(person, 1)


async def test_the_same_while_nothing_has_changed(person: Walk, tmp_path: Path) -> None:
    row = await searched(person)
    outcome = await replayed(person, tmp_path / "again", row)
    assert [part.part for part in outcome.parts] == ["scores", "list"]
    assert outcome.same
    assert all(len(part.now) > 20 for part in outcome.parts)
    judged = await logged(person, 2)
    assert str(judged.query["kind"]).startswith("judge:")
    outcome = await replayed(person, tmp_path / "again", judged)
    assert [(part.part, part.same) for part in outcome.parts] == [("scores", True)]


async def test_scores_stay_when_the_vacancies_have_changed(
    person: Walk, tmp_path: Path, ids: Mapping[str, int]
) -> None:
    row = await searched(person)
    now = person.kit.clock.now()
    changed = [replace(one, essential_skills=(), title="changed") for one in VACANCIES[:5]]
    async with person.kit.services.store.write() as work:
        await work.vacancies.put(changed, now=now, today=local_day(now))
    outcome = await replayed(person, tmp_path / "again", row)
    assert [(part.part, part.same) for part in outcome.parts] == [("scores", True)]
    assert "revision" in outcome.remark
    assert ids


@pytest.mark.parametrize("where", ["score", "facts", "ranked"])
async def test_what_was_changed_in_the_log_shows(person: Walk, tmp_path: Path, where: str) -> None:
    row = await searched(person)
    result = json.loads(json.dumps(row.result))
    if where == "score":
        result["matches"][0]["score"] += 1
    elif where == "facts":
        result["facts"][0]["essential"] = []
    else:
        result["ranked"] = result["ranked"][::-1]
    async with person.kit.services.engines.writer.begin() as connection:
        statement = text("UPDATE match_log SET result = :result WHERE id = 1")
        await connection.execute(statement, {"result": json.dumps(result)})
    outcome = await replayed(person, tmp_path / "again", await logged(person, 1))
    assert not outcome.same


async def test_a_log_that_does_not_fit_together_says_so(person: Walk, tmp_path: Path) -> None:
    row = await searched(person)
    with pytest.raises(CannotRepeat, match="rarity"):
        await replayed(person, tmp_path / "again", replace(row, result={**row.result, "rarity": {}}))


async def test_another_code_cannot_repeat_it(person: Walk, tmp_path: Path) -> None:
    row = await searched(person)
    with pytest.raises(CannotRepeat, match="code was 0"):
        await replayed(person, tmp_path / "again", replace(row, versions={**row.versions, "code": "0"}))
