"""The kill-switch: which capabilities can be switched off, what of a plan belongs to one, and what is said in its place. Pure; usecases/switch_capability.py switches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobseeker.answering import Plan
from jobseeker.messages import Say

MATCHING, ESTIMATES, ALERTS, NLU = "matching", "estimates", "alerts", "nlu"
CAPABILITIES = (MATCHING, ESTIMATES, ALERTS, NLU)
ACTS: Mapping[str, str] = {
    "find_jobs": MATCHING,
    "more_like_this": MATCHING,
    "explain_match": MATCHING,
    "skill_gap": MATCHING,
    "explore_occupations": MATCHING,
    "find_training": MATCHING,
    "benefit_precheck": ESTIMATES,
    "job_alert_on": ALERTS,
}


@dataclass(frozen=True)
class Switch:
    """How one capability stands, and who set it so: "account:3", "command line"."""

    name: str
    off: bool = False
    reason: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "changed_at": self.changed_at.isoformat() if self.changed_at else None}


def gated(plan: Plan, off: Collection[str]) -> Plan:
    """The plan as it may be carried out: nothing of a capability that is off is said or kept. A crisis and a wish for a person stay."""
    hit = next((name for name in CAPABILITIES if name in off and _belongs(plan, name)), "")
    if not hit:
        return plan
    if plan.urgency is not None:  # a person was asked for beside it
        return replace(plan, says=(), effects=())
    return replace(plan, says=(Say("utterance", f"switched_off_{hit}"),), effects=())


def _belongs(plan: Plan, name: str) -> bool:
    return ACTS.get(plan.act) == name or any(_of_effect(*effect) == name for effect in plan.effects)


def _of_effect(effect: str, params: Mapping[str, Any]) -> str:
    if effect == "log_match":
        return ESTIMATES if (params.get("query") or {}).get("kind") == "precheck" else MATCHING
    if effect == "set_alert" and params.get("active"):
        return ALERTS
    return ""
