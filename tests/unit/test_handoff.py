"""The transition table of who speaks."""

from __future__ import annotations

import pytest

from jobseeker.errors import IllegalHandoff
from jobseeker.handoff import OWNERS, SILENT_OWNERS, TRANSITIONS, bot_speaks, next_owner


def test_the_whole_table() -> None:
    legal = {(step, owner): after for step, row in TRANSITIONS.items() for owner, after in row.items()}
    assert legal == {
        ("open", "bot"): "queued",
        ("assign", "queued"): "assigned",
        ("decline", "assigned"): "queued",
        ("claim", "queued"): "human",
        ("claim", "assigned"): "human",
        ("requeue", "human"): "queued",
        ("requeue", "wrap_up"): "queued",
        ("finish", "human"): "wrap_up",
        ("resume", "wrap_up"): "human",
        ("return", "human"): "bot",
        ("return", "wrap_up"): "bot",
        ("return", "queued"): "bot",
        ("return", "assigned"): "bot",
    }


def test_every_other_step_is_refused() -> None:
    refused = 0
    for step in (*TRANSITIONS, "fly"):
        for owner in OWNERS:
            if owner in TRANSITIONS.get(step, {}):
                assert next_owner(owner, step) in OWNERS
            else:
                refused += 1
                with pytest.raises(IllegalHandoff):
                    next_owner(owner, step)
    assert refused == len(OWNERS) * (len(TRANSITIONS) + 1) - sum(len(row) for row in TRANSITIONS.values()) > 30


def test_from_everywhere_there_is_a_way_back_to_the_bot() -> None:
    for start in OWNERS:
        reached = {start}
        while (
            more := {after for row in TRANSITIONS.values() for owner, after in row.items() if owner in reached}
            - reached
        ):
            reached |= more
        assert "bot" in reached


def test_the_bot_is_silent_only_while_a_person_has_it() -> None:
    assert {owner for owner in OWNERS if not bot_speaks(owner)} == SILENT_OWNERS == {"human", "wrap_up"}
