"""Which question of the pre-check comes next: none whose answer is known, none whose answer cannot change anything. No wording."""

from __future__ import annotations

from collections.abc import Collection

from jobseeker.benefits.records import Circumstances, Estimate

CHECK, RESTART = "check", "restart"
DECISIVE = frozenset(
    {
        "reason_not_involuntary", "status_other", "status_insured_since", "age_from_65", "age_under_15", "insured_short", "late",
        "fixed_term_contracts", "fixed_term_too_early", "no_figures_for_date",
    }
)  # fmt: skip  # whatever else is told, a person has to look at it
QUESTIONS = (
    "reason", "left_on", "age", "status", "earlier", "insured_months", "contract_months", "salary", "dependants", "disability",
    "income", "registered_on",
)  # fmt: skip
LONGER_FROM = "unemployment.age_longer"


def next_question(case: Circumstances, unknown: Collection[str], so_far: Estimate, longer_from: int) -> str:
    """The next one, or CHECK.

    Args:
        unknown: what the person could not tell.
        so_far: the pre-check with what is known.
        longer_from: from this age on a disability changes nothing.
    """
    decided = any(point.point in DECISIVE for point in so_far.unclear)
    needed = QUESTIONS[:2] if decided or case.reason == "unsure" or "reason" in unknown else QUESTIONS
    for name in needed:
        if name not in unknown and not _is_known(name, case) and _matters(name, case, longer_from):
            return name
    return CHECK


def _is_known(name: str, case: Circumstances) -> bool:
    if name == "age":
        return case.age is not None or case.birth_on is not None
    if name == "registered_on":
        return case.registered_on is not None or case.registered is not None
    return getattr(case, name) is not None


def _matters(name: str, case: Circumstances, longer_from: int) -> bool:
    if name == "contract_months":
        return case.reason == "fixed_term_ended"
    if name == "disability":
        age = case.age_on_leaving()
        return age is None or age < longer_from
    return True
