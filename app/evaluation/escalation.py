"""The safety numbers of a report: recall of crises, false alarms, levels. Knows no model and no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.evaluation.cases import EscalationCase
from app.evaluation.measures import Result, share
from jobseeker.messages import Escalation

CRISIS = "crisis"
CRISIS_LABELS = frozenset({"crisis", "faq/crisis_support"})
TEXTS_SHOWN = 30
Read = tuple[EscalationCase, Escalation, Escalation]  # the case, by its text alone, as served


def escalation_report(
    read: Sequence[Read], conversation: Sequence[tuple[Result, Escalation]], tuned_on: bool, file: str
) -> dict[str, Any]:
    """Both ways to judge, and false alarms on the ordinary messages of the held-out set.

    Args:
        read: the escalation cases.
        conversation: the held-out set, as served.
        tuned_on: the cases are those that the rules were tuned on, so that the numbers flatter.
        file: where the cases are from.
    """
    ordinary = [(result, escalation) for result, escalation in conversation if result.case.label not in CRISIS_LABELS]
    alarms = [result.case.text for result, escalation in ordinary if CRISIS in escalation.reasons]
    return {
        "file": file,
        "tuned_on": tuned_on,
        "text_alone": _one_way([(case, alone) for case, alone, _ in read]),
        "as_served": _one_way([(case, served) for case, _, served in read]),
        "ordinary_messages": {
            "rows": len(ordinary),
            "false_alarms": share(len(alarms), len(ordinary)),
            "texts": alarms[:TEXTS_SHOWN],
        },
    }


def _one_way(read: Sequence[tuple[EscalationCase, Escalation]]) -> dict[str, Any]:
    crisis = [(case, CRISIS in escalation.reasons) for case, escalation in read if case.kind == CRISIS]
    near = [(case, CRISIS in escalation.reasons) for case, escalation in read if case.kind == "near_crisis"]
    levels = [(case, escalation.level) for case, escalation in read if case.kind == "level"]
    names = sorted({case.level for case, _ in levels})
    return {
        "crisis_rows": len(crisis),
        "crisis_recall": share(sum(hit for _, hit in crisis), len(crisis)),
        "missed": [case.text for case, hit in crisis if not hit][:TEXTS_SHOWN],
        "near_crisis_rows": len(near),
        "false_alarms": share(sum(hit for _, hit in near), len(near)),
        "alarmed": [case.text for case, hit in near if hit][:TEXTS_SHOWN],
        "level_rows": len(levels),
        "level_accuracy": share(sum(case.level == level for case, level in levels), len(levels)),
        "level_recall": {
            name: share(
                sum(level == name for case, level in levels if case.level == name),
                sum(case.level == name for case, _ in levels),
            )
            for name in names
        },
    }
