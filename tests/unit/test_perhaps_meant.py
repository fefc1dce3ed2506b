"""A few words after an answer that look out of scope and like a topic as well are asked back instead of refused."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from jobseeker.answering import Planner
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from jobseeker.messages import Say, Understanding
from jobseeker.ports import Turn
from jobseeker.records import Conversation
from language.detect import detect_variety

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
REFUSED = (Say("utterance", "out_of_scope"),)
PERHAPS = (("faq/ui_how_to_apply", 0.4), ("find_jobs", 0.3), ("faq/ui_documents", 0.1))


@pytest.mark.parametrize(
    ("topic", "label", "alternatives", "expected"),
    [
        ("ui_amount", "out_of_scope", PERHAPS, (Say("clarify", "", {"topics": ["faq/ui_how_to_apply"]}),)),
        ("", "out_of_scope", PERHAPS, REFUSED),  # nothing was spoken of
        ("ui_amount", "out_of_scope", (("faq/ui_how_to_apply", 0.2), ("find_jobs", 0.6)), REFUSED),
        ("ui_amount", "help", PERHAPS, REFUSED),
    ],
)
def test_what_may_be_meant_is_asked(
    policy: EscalationPolicy,
    pack: Pack,
    topic: str,
    label: str,
    alternatives: tuple[tuple[str, float], ...],
    expected: tuple[Say, ...],
) -> None:
    planner = Planner(policy=policy, detect_variety=detect_variety, topics=pack.topics)
    talk = Conversation(
        id="c" * 32, channel="web", channel_key="c" * 32, token_hash="", variety="en", variety_chosen=True, owner="bot", owner_version=0,
        counsellor_id=None, last_topic=topic, last_act="faq" if topic else "", failed_turns=0, next_seq=1, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    turn = Turn(Understanding(label, 0.5, alternatives), REFUSED)
    assert planner.from_turn(talk, "so where do I go", None, turn).says == expected
