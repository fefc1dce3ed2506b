"""The kill-switch: what is off is neither said nor kept, on every gateway at once; FAQ, crises, counsellors and erasing go on. Audited."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from jobseeker.answering import Plan
from jobseeker.errors import MalformedRequest, NotAllowed
from jobseeker.messages import Context, Escalation, Say
from jobseeker.switches import ACTS, CAPABILITIES, gated
from tests.doubles.kit import Kit, open_kit

pytestmark = pytest.mark.slow  # with `make test`


RANKED = ("log_match", {"query": {"kind": "ranking"}, "result": {}, "versions": {}})
ESTIMATED = ("log_match", {"query": {"kind": "precheck"}, "result": {}, "versions": {}})
ALERT = ("set_alert", {"active": True, "query": {}, "seen_revision": 0})


async def switch(kit: Kit, name: str, *, off: bool = True) -> None:
    """By a supervisor."""
    boss = await kit.services.switch_capability.all()
    assert [one.name for one in boss] == list(CAPABILITIES)
    async with kit.services.store.read() as work:
        known = await work.accounts.credentials("boss")
    account = known.account if known else await kit.account("boss", "supervisor")
    await kit.services.switch_capability(account, name, off=off, reason="wrong results")


@pytest.mark.parametrize(("name", "effect"), [("matching", RANKED), ("estimates", ESTIMATED), ("alerts", ALERT)])
async def test_what_is_off_is_neither_said_nor_kept(kit: Kit, name: str, effect: tuple[str, dict[str, Any]]) -> None:
    started = await kit.start()
    await switch(kit, name)
    kit.dialogue.commands = [[effect]]
    replies = await kit.ask(started, "可以領多少")
    assert [reply.say.key for reply in replies] == [f"switched_off_{name}"]
    assert replies[0].rendered is not None
    assert "/human" in str(replies[0].rendered["buttons"])
    assert await kit.rows("SELECT count(*) FROM match_log") == [(0,)]
    assert await kit.rows("SELECT count(*) FROM job_alert") == [(0,)]
    (faq,) = await kit.ask(started, "可以領多少")
    assert faq.topic == "ui_amount", "questions are answered as before"
    await switch(kit, name, off=False)
    kit.dialogue.commands = [[effect]]
    replies = await kit.ask(started, "可以領多少")
    assert "switched_off" not in str([reply.say.key for reply in replies])
    assert await kit.rows("SELECT (SELECT count(*) FROM match_log) + (SELECT count(*) FROM job_alert)") == [(1,)]


async def test_the_others_go_on_and_so_does_everything_else(kit: Kit) -> None:
    started = await kit.start()
    for name in ("estimates", "alerts"):
        await switch(kit, name)
    kit.dialogue.commands = [[RANKED]]
    await kit.ask(started, "可以領多少")
    assert await kit.rows("SELECT count(*) FROM match_log") == [(1,)]
    for name in CAPABILITIES:
        await switch(kit, name)
    kit.dialogue.commands = [[("erase_person", {})]]
    replies = await kit.ask(started, "全部刪除", "/erase yes")
    assert "erase_receipt" in [reply.say.key for reply in replies], "erasing is no capability"
    assert [reply.say.key for reply in await kit.ask(started, "我不想活了")] == ["crisis"]
    other = await kit.start()
    await kit.ask(other, "/human")
    assert (await kit.conversation(other)).owner == "queued"


async def test_switched_off_while_the_engine_thinks(kit: Kit) -> None:
    started = await kit.start()

    async def meanwhile(_: object) -> None:
        kit.dialogue.before = None
        await switch(kit, "matching")

    kit.dialogue.before, kit.dialogue.commands = meanwhile, [[RANKED]]
    assert [reply.say.key for reply in await kit.ask(started, "可以領多少")] == ["switched_off_matching"]
    assert await kit.rows("SELECT count(*) FROM match_log") == [(0,)]


async def test_understanding_is_switched_off_while_the_engine_thinks(kit: Kit) -> None:
    started = await kit.start()

    async def meanwhile(_: object) -> None:
        kit.dialogue.before = None
        await switch(kit, "nlu")

    kit.dialogue.before = meanwhile
    (reply,) = await kit.ask(started, "失業給付可以領多久")
    assert (reply.act, reply.say.key) == ("switched_off", "switched_off_nlu_topics")
    await switch(kit, "nlu", off=False)
    kit.dialogue.before = meanwhile
    assert (await kit.ask(started, "/help"))[0].act == "help", "a command needs no understanding"


async def test_the_console_is_told_who_it_was(kit: Kit) -> None:
    boss = await kit.account("boss", "supervisor")
    await kit.services.switch_capability(boss, "alerts", off=True, reason="x")
    await kit.services.switch_capability(None, "nlu", off=True, reason="y")
    told = {str(one["name"]): one for one in await kit.services.switch_capability.told()}
    assert list(told) == list(CAPABILITIES)
    assert (told["alerts"]["changed_by_name"], told["alerts"]["changed_by"]) == (boss.name, f"account:{boss.id}")
    assert (told["nlu"]["changed_by_name"], told["nlu"]["changed_by"]) == ("", "command line")
    assert (told["matching"]["off"], told["matching"]["changed_at"]) == (False, None)


async def test_every_gateway_knows_at_once(kit: Kit, database_url: str) -> None:
    async with open_kit(database_url) as other:
        await switch(kit, "matching")
        started = await other.start()
        other.dialogue.commands = [[RANKED]]
        assert [reply.say.key for reply in await other.ask(started, "可以領多少")] == ["switched_off_matching"]
        await switch(other, "matching", off=False)
        kit.dialogue.commands = [[RANKED]]
        await kit.ask(await kit.start(), "可以領多少")
    assert await kit.rows("SELECT count(*) FROM match_log") == [(1,)]


async def test_without_understanding_there_are_topics_buttons_and_people(kit: Kit) -> None:
    started = await kit.start()
    await switch(kit, "nlu")
    (reply,) = await kit.ask(started, "失業給付可以領多久")
    assert kit.dialogue.requests == [], "the engine is not asked"
    assert reply.say.key == "switched_off_nlu_topics"
    assert reply.rendered is not None
    payloads = [button["payload"] for button in reply.rendered["buttons"]]
    assert "/topic ui_duration" in payloads
    assert payloads[-1] == "/human"
    (answer,) = await kit.ask(started, "領多久", "/topic ui_duration")
    assert (answer.topic, answer.act) == ("ui_duration", "faq")
    (more,) = await kit.ask(started, "看完整說明", "/more ui_duration")
    assert more.topic == "ui_duration"
    (nothing,) = await kit.ask(started, "嗯嗯嗯")
    assert nothing.say.key == "switched_off_nlu"
    (english,) = await kit.ask(await kit.start("en"), "zzz qqq hello there my friend")
    assert english.rendered is not None
    assert "switched" in english.rendered["text"]
    await kit.ask(started, "我要找真人")
    assert (await kit.conversation(started)).owner == "queued"
    await kit.ask(await kit.start(), "給我一份資料", "/export")
    assert [request.command for request in kit.dialogue.requests] == ["/export"], "a command needs no understanding"


async def test_who_may_and_what_is_written_down(kit: Kit) -> None:
    mei, worker = await kit.account("mei"), await kit.account("wang", "worker_representative")
    boss, services = await kit.account("boss", "supervisor"), kit.services
    with pytest.raises(NotAllowed):
        await services.switch_capability(mei, "matching", off=True, reason="x")
    with pytest.raises(MalformedRequest, match="capability"):
        await services.switch_capability(boss, "faq", off=True, reason="x")
    with pytest.raises(MalformedRequest, match="reason"):
        await services.switch_capability(boss, "matching", off=True, reason=" ")
    await services.switch_capability(worker, "matching", off=True, reason="older people are ranked last")
    with pytest.raises(NotAllowed):
        await services.switch_capability(worker, "matching", off=False, reason="x")
    (matching, *_) = await services.switch_capability(boss, "estimates", off=True, reason="y")
    assert (matching.off, matching.reason) == (True, "older people are ranked last")
    rows = await kit.rows("SELECT actor, action, detail FROM audit WHERE action LIKE 'capability%' ORDER BY position")
    assert [row[:2] for row in rows] == [
        (f"account:{worker.id}", "capability.off"),
        (f"account:{boss.id}", "capability.off"),
    ]
    assert "older people" in str(rows[0][2])


async def test_the_command_line(kit: Kit, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOBSEEKER_DATABASE_URL", database_url)
    monkeypatch.setenv("JOBSEEKER_VAR_DIR", str(tmp_path))

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, ["switch", *arguments])

    done = await run("off", "matching", "--reason", "test")
    assert (done.exit_code, "matching   OFF" in done.output, "command line: test" in done.output) == (0, True, True)
    assert (await run("off", "everything", "--reason", "test")).exit_code == 1
    assert (await run("off", "matching")).exit_code == 2, "no reason"
    kit.dialogue.commands = [[RANKED]]
    assert [one.say.key for one in await kit.ask(await kit.start(), "可以領多少")] == ["switched_off_matching"]
    assert (await run("on", "matching", "--reason", "mended")).exit_code == 0
    assert "OFF" not in (await run("list")).output


def test_a_person_who_was_asked_for_still_comes() -> None:
    plan = Plan(
        (Say("utterance", "x"),), "en", False, Context(), Escalation("immediate", ("asked_for_human",)),
        act="find_jobs", urgency=1, announce=True, effects=(RANKED,),
    )  # fmt: skip
    after = gated(plan, {"matching"})
    assert (after.says, after.effects, after.urgency, after.announce) == ((), (), 1, True)
    assert gated(plan, {"alerts", "estimates", "nlu"}) is plan


def test_every_act_belongs_to_a_capability_that_can_be_switched() -> None:
    assert set(ACTS.values()) == set(CAPABILITIES) - {"nlu"}
