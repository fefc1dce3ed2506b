"""The audit as a chain: whole after everything that writes to it, also from two gateways; every way of tampering is told with its place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from app.cli import app
from jobseeker.audit_chain import Anchor, Verdict, canonical, digest_of, verify
from jobseeker.usecases.privacy_effects import erase
from tests.doubles.kit import NOW, Kit, open_kit

ROWS = 12


async def verdict_of(kit: Kit, anchors: Sequence[Anchor] = ()) -> Verdict:
    """The check of the whole chain."""
    async with kit.services.store.read() as work:
        return await verify(work.ledger.links(page=5), await work.ledger.head(), anchors)


async def anchor_of(kit: Kit) -> Anchor:
    """Where it is now."""
    async with kit.services.store.read() as work:
        head = await work.ledger.head()
    assert head is not None
    return Anchor(head.genesis, head.position, head.hash)


async def write_rows(kit: Kit, count: int = ROWS, who: str = "account:1") -> None:
    """So many rows, three to a transaction."""
    for number in range(0, count, 3):
        async with kit.services.store.write() as work:
            for each in range(number, min(number + 3, count)):
                detail = {"n": each, "名": "輔導員", "part": 0.1 * each, "list": [1, None, {"b": 1, "a": 2}]}
                await work.ledger.record(
                    at=NOW, actor=who, action="test.row", conversation_id=f"c{each}", detail=detail
                )


async def tamper(kit: Kit, *statements: str) -> None:
    """As somebody who owns the database and has taken away what refuses it."""
    drop = (
        ("DROP TRIGGER audit_keep", "DROP TRIGGER audit_fixed")
        if kit.services.engines.dialect == "sqlite"
        else ("DROP TRIGGER audit_keep ON audit", "DROP TRIGGER audit_fixed ON audit")
    )
    async with kit.services.engines.writer.begin() as connection:
        for statement in (*drop, *statements):
            await connection.execute(text(statement))


async def test_whole_after_a_day_at_the_desk(kit: Kit) -> None:
    assert (await verdict_of(kit)) == Verdict(), "an empty chain is whole"
    started = await kit.start()
    await kit.ask(started, "/human")
    mei = await kit.account()
    await kit.services.claim_case(mei, 1)
    await kit.services.reply_as_counsellor(mei, 1, text="您好", client_message_id="a")
    await kit.services.return_to_bot(mei, 1)
    verdict = await verdict_of(kit)
    assert verdict.problems == []
    assert verdict.rows >= 4
    positions = [row[0] for row in await kit.rows("SELECT position FROM audit ORDER BY position")]
    assert positions == list(range(1, verdict.rows + 1))


async def test_a_transaction_that_fails_leaves_no_gap(kit: Kit) -> None:
    await write_rows(kit)

    async def fail() -> None:
        async with kit.services.store.write() as work:
            await work.ledger.record(at=NOW, actor="system", action="test.lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await write_rows(kit, 3)
    verdict = await verdict_of(kit)
    assert (verdict.problems, verdict.rows) == ([], ROWS + 3)


async def test_two_gateways_write_one_chain(kit: Kit, database_url: str) -> None:
    async with open_kit(database_url) as other:
        await asyncio.gather(*(write_rows(one, 30, who) for who in ("account:1", "account:2") for one in (kit, other)))
    verdict = await verdict_of(kit)
    assert (verdict.problems, verdict.rows) == ([], 120)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE position = 5",
        "UPDATE audit SET actor = 'account:9' WHERE position = 5",
        "UPDATE audit SET detail = '{}' WHERE position = 5",
        "UPDATE audit SET salt = NULL, conversation_id = NULL, action = 'x' WHERE position = 5",
    ],
)
async def test_the_database_refuses_to_change_it(kit: Kit, statement: str) -> None:
    await write_rows(kit)
    with pytest.raises(DBAPIError, match="append-only"):
        async with kit.services.engines.writer.begin() as connection:
            await connection.execute(text(statement))
    assert (await verdict_of(kit)).problems == []


@pytest.mark.parametrize(
    ("statements", "place"),
    [
        (["UPDATE audit SET actor = 'account:9' WHERE position = 5"], "position 5: the row (test.row)"),
        (["UPDATE audit SET action = 'nothing' WHERE position = 5"], "position 5: the row (nothing)"),
        (["UPDATE audit SET case_id = 77 WHERE position = 5"], "position 5: the row"),
        (["UPDATE audit SET detail = '{\"n\": 99}' WHERE position = 5"], "position 5: conversation or detail"),
        (["UPDATE audit SET conversation_id = 'c9' WHERE position = 5"], "position 5: conversation or detail"),
        (["DELETE FROM audit WHERE position = 5"], "position 5: 1 rows are missing before 6"),
        (["DELETE FROM audit WHERE position = 1"], "position 1: 1 rows are missing before 2"),
        (["DELETE FROM audit WHERE position = 12"], "position 11: the chain ends here, but its head says 12"),
        (["DELETE FROM audit"], "position 0: the chain ends here, but its head says 12"),
        (["DELETE FROM audit_head"], "position 0: the head of the chain is missing"),
        (
            [
                "UPDATE audit SET position = 100 WHERE position = 5",
                "UPDATE audit SET position = 5 WHERE position = 6",
                "UPDATE audit SET position = 6 WHERE position = 100",
            ],
            "position 5: the row (test.row) or the one before it",
        ),
        (
            ["UPDATE audit SET salt = NULL, conversation_id = NULL, detail = '{}' WHERE position = 5"],
            "1 rows have no content any more, but erasures account for 0 only",
        ),
        (["UPDATE audit SET salt = NULL WHERE position = 5"], "position 5: the row was erased, but holds something"),
    ],
)
async def test_tampering_shows_with_its_place(kit: Kit, statements: list[str], place: str) -> None:
    await write_rows(kit)
    assert (await verdict_of(kit)).problems == []
    await tamper(kit, *statements)
    problems = (await verdict_of(kit)).problems
    assert problems
    assert problems[0].startswith(place)


async def test_a_cut_end_with_a_forged_head_shows_by_an_anchor(kit: Kit) -> None:
    await write_rows(kit)
    anchor = await anchor_of(kit)
    await write_rows(kit, 3)
    assert (await verdict_of(kit, [anchor, await anchor_of(kit)])).anchors == 2
    ((before,),) = await kit.rows("SELECT hash FROM audit WHERE position = 10")
    await tamper(
        kit,
        "DELETE FROM audit WHERE position > 10",
        f"UPDATE audit_head SET position = 10, hash = '{before}' WHERE id = 1",
    )
    assert (await verdict_of(kit)).problems == [], "the database alone cannot tell"
    assert (await verdict_of(kit, [anchor])).problems == [
        "position 12: an anchor was written here, and the chain does not reach it"
    ]
    await write_rows(kit, 6)
    (problem,) = (await verdict_of(kit, [anchor])).problems
    assert problem.startswith("position 12: the anchor of")


async def test_an_erasure_takes_the_content_and_leaves_the_chain_whole(kit: Kit) -> None:
    started, other = await kit.start(), await kit.start()
    for each in (started, other):
        await kit.ask(each, "/human")
    person = (await kit.conversation(started)).person
    async with kit.services.store.write() as work:
        await erase(work, person, NOW)
    verdict = await verdict_of(kit)
    assert verdict.problems == []
    assert verdict.erased >= 1
    rows = await kit.rows("SELECT conversation_id, salt, action FROM audit ORDER BY position")
    assert [row[2] for row in rows if row[0] == started.conversation.id] == ["person.erased"]
    assert [row[2] for row in rows if row[0] == other.conversation.id] == ["case.opened"], "others keep theirs"
    assert [row[1] for row in rows if row[0] is None and row[2] == "case.opened"] == [None]


def test_a_digest_cannot_be_guessed_without_its_salt() -> None:
    assert digest_of("a", "c1", {"n": 1}) != digest_of("b", "c1", {"n": 1})
    assert canonical({"b": 1, "a": [1.5, "名"]}) == '{"a":[1.5,"名"],"b":1}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


async def test_the_command_says_where_and_ends_with_a_code(
    kit: Kit, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_rows(kit)
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", database_url)
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path))

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, ["audit", *arguments])

    assert (await run("anchor")).exit_code == 0
    whole = await run("verify")
    assert (whole.exit_code, whole.stdout) == (0, f"{ROWS} rows (0 of erased people), 1 anchors: the chain is whole\n")
    await tamper(kit, "UPDATE audit SET actor = 'x' WHERE position = 7")
    broken = await run("verify")
    assert broken.exit_code == 1
    assert "BROKEN position 7" in broken.output
    log = tmp_path / "gateway.log"
    log.write_text('{"event": "started"}\nno json\n' + (tmp_path / "audit-anchors.jsonl").read_text())
    assert "1 anchors" in (await run("verify", "--anchors", str(log))).output
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps({"a": 1}))
    assert (await run("verify", "--anchors", str(wrong))).exit_code == 2
    assert (await run("verify", "--anchors", str(tmp_path / "none"))).exit_code == 2
