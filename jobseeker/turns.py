"""How a conversation's state moves from one turn to the next. Shared by the gateway and `jobseeker parse`, so that both judge alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Topic
from jobseeker.messages import Command, Context, Escalation, Understanding

FAILED_ACTS = frozenset({"out_of_scope", "nlu_fallback"})
NEUTRAL_ACTS = frozenset(
    {"greet", "thanks", "goodbye", "affirm", "deny", "repeat", "switch_language", "feedback_positive"}
)


def failed(understanding: Understanding) -> bool:
    """Whether a turn gave the person nothing: not understood, or not something the service does."""
    return understanding.outcome == "unsure" or understanding.act in FAILED_ACTS


def advance(context: Context, understanding: Understanding) -> Context:
    """The state after a turn. A greeting or thanks keeps the topic, so that "and how long?" still finds it."""
    failures = context.failed_turns + 1 if failed(understanding) else 0
    if failed(understanding) or understanding.act in NEUTRAL_ACTS:
        return Context(context.last_topic, context.last_act, failures)
    topic = understanding.topics[-1] if understanding.topics else context.last_topic
    return Context(topic, understanding.act, failures)


@dataclass(frozen=True)
class Judgement:
    """What one turn means and whether a person should take over. `context` is the state after it."""

    understanding: Understanding
    escalation: Escalation
    context: Context


def judge(
    text: str,
    understanding: Understanding,
    context: Context,
    policy: EscalationPolicy,
    topics: Mapping[str, Topic],
    command: Command | None = None,
) -> Judgement:
    """Put understanding and escalation together.

    Args:
        text: the raw message.
        understanding: what the classifier made of it.
        context: the state before this turn.
        policy: the escalation rules in force.
        topics: the pack's topics, for their risk.
        command: a button press.
    """
    after = advance(context, understanding)
    risks = [topics[topic].risk for topic in understanding.topics if topic in topics]
    risk = next((level for level in ("crisis", "adverse") if level in risks), "none")
    escalation = policy.assess(
        text,
        label=policy.decisive_label(understanding, text),
        topic_risk=risk,
        failed_turns=after.failed_turns,
        command=command,
    )
    return Judgement(understanding, escalation, after)
