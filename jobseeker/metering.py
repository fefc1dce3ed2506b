"""What the service counts and times of its own work, as a protocol. Numbers and a few fixed words, never anything of a person. Showing them is app/metrics.py."""

from __future__ import annotations

from typing import Literal, Protocol

from jobseeker.answering import Plan
from jobseeker.turns import FAILED_ACTS

Answer = Literal["answered", "silent", "dead"]
Understood = Literal["answer", "clarify", "unsure", "out_of_scope"]
Engine = Literal["ok", "unavailable", "protocol"]
Delivery = Literal["delivered", "retried", "gone", "dead"]


class Meter(Protocol):
    """Told after the fact; must be quick and must not raise. `channel`: web, line …"""

    def received(self, channel: str) -> None:
        """A message was kept for the first time."""
        ...

    def limited(self, channel: str) -> None:
        """A message was refused: its person writes too fast."""
        ...

    def answered(self, channel: str, plan: Plan, seconds: float) -> None:
        """A message is settled, `seconds` after it came."""
        ...

    def asked_engine(self, outcome: Engine, seconds: float) -> None:
        """The dialogue engine was asked for one turn."""
        ...

    def delivered(self, channel: str, outcome: Delivery, seconds: float) -> None:
        """A reply was sent, or was not, `seconds` after it was written."""
        ...

    def requested(self, route: str, status: int, seconds: float | None) -> None:
        """A request was answered. route: its pattern, never the address; seconds: None for a stream."""
        ...


class NoMeter:
    """Counts nothing."""

    def received(self, channel: str) -> None:
        """Nothing."""

    def limited(self, channel: str) -> None:
        """Nothing."""

    def answered(self, channel: str, plan: Plan, seconds: float) -> None:
        """Nothing."""

    def asked_engine(self, outcome: Engine, seconds: float) -> None:
        """Nothing."""

    def delivered(self, channel: str, outcome: Delivery, seconds: float) -> None:
        """Nothing."""

    def requested(self, route: str, status: int, seconds: float | None) -> None:
        """Nothing."""


def answer_of(plan: Plan) -> Answer:
    """What became of the message; silent: a counsellor reads it, or there is nothing to say."""
    if plan.state == "dead":
        return "dead"
    return "answered" if plan.says or plan.announce or plan.effects or plan.step else "silent"


def understood_of(plan: Plan) -> Understood | None:
    """How the text was understood; None where no understanding was needed (a button, a crisis, a counsellor speaks)."""
    understanding = plan.understanding
    if understanding is None:
        return None
    if understanding.outcome == "answer" and understanding.act in FAILED_ACTS:
        return "out_of_scope"
    return understanding.outcome


def escalated_of(plan: Plan) -> str:
    """The level, with a crisis as a level of its own: "" none."""
    if plan.is_crisis:
        return "crisis"
    return "" if plan.escalation.level == "none" else plan.escalation.level
