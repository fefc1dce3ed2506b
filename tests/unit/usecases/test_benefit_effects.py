"""A pre-check that leaves something open becomes a case with what was told; its result is kept for being run again."""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.kit import Kit

CASE = {"left_on": "2026-03-02", "reason": "resigned", "salary": "34800"}


def effect(points: list[str]) -> tuple[str, dict[str, Any]]:
    return "open_benefit_case", {"case": CASE, "points": points}


async def test_a_case_is_opened_once_and_holds_the_newest_state(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [
        [effect(["reason_not_involuntary"])],
        [effect(["reason_not_involuntary", "insured_short"])],
    ]
    await kit.ask(started, "謝謝")
    await kit.ask(started, "謝謝")
    cases = await kit.rows("SELECT reasons, urgency, state, detail FROM handoff_case")
    assert len(cases) == 1
    reasons, urgency, state, detail = cases[0]
    read = json.loads if isinstance(detail, str) else lambda value: value
    assert read(reasons) == ["benefit_unclear"]
    assert (urgency, state) == (2, "waiting")
    assert read(detail)["precheck"] == {"case": CASE, "points": ["reason_not_involuntary", "insured_short"]}
    assert (await kit.conversation(started)).owner == "queued"


async def test_a_malformed_one_keeps_nothing(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[effect([])]]
    await kit.say(started, "謝謝")
    assert await kit.work() == ["retry"]
    assert await kit.rows("SELECT id FROM handoff_case") == []
