"""Whoever writes about a refusal, a claim-back, a dispute, a contested result or "no match" is offered a counsellor: over generated dialogues."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import load_examples
from jobseeker.answering import Planner
from jobseeker.answers import Answers
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from jobseeker.messages import VARIETIES, Context, Say, Understanding
from jobseeker.outgoing import Composer
from jobseeker.ports import Turn
from jobseeker.records import Conversation
from language.detect import detect_variety

pytestmark = pytest.mark.slow  # seconds each: with `make test`


ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
ADVERSE_TOPICS = (
    "ui_appeal",
    "ui_fraud_penalty",
    "ui_refuse_job_offer",
    "ui_no_separation_certificate",
    "unpaid_wages",
    "illegal_dismissal",
    "discrimination_complaints",
)
EXAMPLES = load_examples(ROOT)
TROUBLE = [e for e in EXAMPLES if e.label in {f"faq/{topic}" for topic in ADVERSE_TOPICS} | {"contest_decision"}]
ORDINARY = [
    e for e in EXAMPLES if e.label in ("faq/ui_amount", "faq/job_fairs", "greet", "thanks", "find_jobs", "out_of_scope")
]
CLEAR = [  # said so plainly that the words alone must suffice, whatever the classifier made of them
    "我的失業給付被駁回了", "勞保局要追回我領的錢", "公司欠我兩個月薪水", "我不同意這個結果，要重新審查", "被歧視了因為我懷孕",
    "my unemployment benefit was refused", "they want me to pay the benefit back", "my boss has not paid my wages", "I disagree with this result, review it",
]  # fmt: skip


def test_there_is_something_to_draw_from() -> None:
    assert len(TROUBLE) > 1_000
    assert len(ORDINARY) > 1_000


def conversation(variety: str, context: Context) -> Conversation:
    """A conversation that the bot owns."""
    return Conversation(
        id="c" * 32, channel="web", channel_key="c" * 32, token_hash="", variety=variety, variety_chosen=True, owner="bot",
        owner_version=0, counsellor_id=None, last_topic=context.last_topic, last_act=context.last_act, failed_turns=context.failed_turns,
        next_seq=1, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def says_for(label: str) -> tuple[Say, ...]:
    """What the rules say to a label."""
    kind, _, topic = label.partition("/")
    return (Say("faq", topic),) if kind == "faq" else (Say("utterance", "act_not_yet"),)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_trouble_is_always_offered_a_counsellor(
    data: st.DataObject, pack: Pack, policy: EscalationPolicy, answers: Answers
) -> None:
    planner = Planner(policy=policy, detect_variety=detect_variety, topics=pack.topics)
    composer = Composer(answers, ["web"])
    talk = conversation(data.draw(st.sampled_from(VARIETIES)), Context())
    for _ in range(data.draw(st.integers(1, 5))):
        example = data.draw(st.sampled_from(TROUBLE) | st.sampled_from(ORDINARY))
        clear = data.draw(st.sampled_from(CLEAR) | st.just(""))
        text = clear or example.text
        label = example.label
        topics = (label.partition("/")[2],) if label.startswith("faq/") else ()
        turn = Turn(Understanding(label, 0.9, (), "answer", topics), says_for(label))
        plan = planner.without_dialogue(talk, text, None) or planner.from_turn(talk, text, None, turn)
        rows = [
            composer.row(
                talk, say, key=f"k{n}", seq=n, now=NOW, author=plan.author, act=plan.act, escalation=plan.escalation
            )
            for n, say in enumerate(plan.says)
        ]
        if (clear or example in TROUBLE) and plan.urgency is None:
            assert rows
            for row in rows:
                assert row.rendered is not None, row.last_error
                assert "/human" in [button["payload"] for button in row.rendered["buttons"]], (text, label)
        talk = conversation(talk.variety, plan.context)


@pytest.mark.parametrize("text", CLEAR)
def test_the_words_alone_suffice(policy: EscalationPolicy, text: str) -> None:
    assert policy.assess(text).level != "none"
    assert policy.assess("失業給付可以領多少").level == "none", "or the guard would hold for everything"
