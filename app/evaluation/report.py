"""Puts a report together from runs and measures, as one JSON structure; how it is shown is decided in text.py and page.py."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.evaluation import measures, runs
from app.evaluation.cases import ESCALATION_DEV, escalation_file, load_cases, load_escalation_cases
from app.evaluation.escalation import escalation_report
from app.evaluation.fingerprint import FORMAT, fingerprint, reusable_trainings
from app.evaluation.measures import Result
from content import load_escalation, load_examples, load_pack
from jobseeker.knowledge import Pack
from language.nlu import Understander
from language.nlu.network import Settings
from language.nlu.understander import OUT_OF_SCOPE

# (name, path into the report, least or most, whether more is better). Source: "Quality to reach" of issue 3.
GOALS: Sequence[tuple[str, tuple[str, ...], float, bool]] = (
    ("topics, first answer right", ("heldout", "part", "topics", "top1"), 0.85, True),
    ("topics, right one among three", ("heldout", "part", "topics", "top3"), 0.95, True),
    ("dialogue acts, first right", ("heldout", "part", "acts", "top1"), 0.92, True),
    ("out of scope, recall", ("heldout", "out_of_scope", "recall"), 0.85, True),
    ("out of scope, in-scope messages lost", ("heldout", "out_of_scope", "loss"), 0.03, False),
    ("crisis, recall", ("escalation", "as_served", "crisis_recall"), 1.0, True),
    ("crisis, false alarms among near misses", ("escalation", "text_alone", "false_alarms"), 0.10, False),
    ("escalation level right", ("escalation", "text_alone", "level_accuracy"), 0.90, True),
)


def quick(root: Path, understander: Understander, model: str) -> dict[str, Any]:
    """The held-out set and the escalation cases on a trained model; no training."""
    report = {
        "format": FORMAT,
        "quick": True,
        "model": {"file": model, "labels": len(understander.labels), **_thresholds(understander)},
    }
    return _judged(root, load_pack(root), understander, report, None)


def full(
    root: Path, tell: runs.Tell, folds: int, processes: int, labels: int | None = None, settings: Settings | None = None
) -> dict[str, Any]:
    """Train on everything and read the held-out set; then folds of rows, then each way of saying things left out.

    Args:
        root: of the project.
        tell: hears what is being done.
        folds: of the cross-validation, >= 2.
        processes: trainings side by side.
        labels: look at so many labels only; such a report is not to be committed.
        settings: of the network; None: as served.
    """
    pack = load_pack(root)
    made_from = fingerprint(root)  # before the work: data that change meanwhile make the report old
    material = runs.Material.of(load_examples(root, pack.country), pack, settings)
    earlier = reusable_trainings(root) if labels is None and settings is None else None
    if labels is not None:
        material = material.sample(labels)
    tell(f"training on all {len(material.examples)} rows")
    began, cpu = time.monotonic(), time.process_time()
    understander = material.train()
    model = {
        "rows": len(material.examples),
        "labels": len(understander.labels),
        "training_seconds": round(time.monotonic() - began, 1),
        "training_cpu_seconds": round(time.process_time() - cpu, 1),
        **_thresholds(understander),
    }
    report: dict[str, Any] = {
        "format": FORMAT,
        "quick": False,
        "sample": labels is not None,
        "made_from": made_from,
        "model": model,
    }
    report = _judged(root, pack, understander, report, set(understander.labels) if labels is not None else None)
    if earlier is not None:
        tell(
            "cross-validation and left-out kinds are taken from the committed report: nothing they depend on has changed"
        )
        return {**report, **{name: earlier[name] for name in ("cross_validation", "leave_kind_out")}}
    by_fold = runs.run_jobs(material, runs.fold_jobs(material.examples, folds), processes, tell)
    report["cross_validation"] = {
        "folds": folds,
        **_read([result for results in by_fold.values() for result in results]),
    }
    by_kind = runs.run_jobs(material, runs.kind_jobs(material.examples), processes, tell)
    report["leave_kind_out"] = {kind: _left_out(results) for kind, results in by_kind.items()}
    return report


def _thresholds(understander: Understander) -> dict[str, Any]:
    return {"thresholds": asdict(understander.thresholds)}


def _judged(
    root: Path, pack: Pack, understander: Understander, report: dict[str, Any], labels: set[str] | None
) -> dict[str, Any]:
    policy = load_escalation(root, pack.country)
    cases = [case for case in load_cases(root) if labels is None or case.label in labels]
    read = runs.read_all(understander, cases, pack.topics, policy)
    report["heldout"] = _read([result for result, _ in read])
    path = escalation_file(root).relative_to(root).as_posix()
    escalations = runs.read_escalation(understander, load_escalation_cases(root), pack.topics, policy)
    report["escalation"] = escalation_report(escalations, read, path == ESCALATION_DEV, path)
    report["goals"] = [_goal(report, *goal) for goal in GOALS]
    return report


def _read(results: Sequence[Result]) -> dict[str, Any]:
    single = [result for result in results if result.case.part != "dialogues"]
    return {
        **measures.breakdown(results),
        "confusions": measures.confusions(results),
        "reliability": measures.reliability(results),
        "outcomes": measures.outcomes(results),
        "out_of_scope": measures.out_of_scope(single),
    }


def _left_out(results: Sequence[Result]) -> dict[str, Any]:
    inside = [result for result in results if result.case.label != OUT_OF_SCOPE]
    return {
        **measures.accuracy(inside),
        "language": measures.by(inside, lambda r: r.case.language),
        "part": measures.by(inside, lambda r: r.case.part),
    }


def _goal(report: Mapping[str, Any], name: str, path: tuple[str, ...], limit: float, more: bool) -> dict[str, Any]:
    value: Any = report
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    met = None if value is None else bool(value >= limit if more else value <= limit)
    return {"name": name, "value": value, "goal": limit, "at_least": more, "met": met}
