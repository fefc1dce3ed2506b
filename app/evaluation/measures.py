"""The numbers of a report, from plain lists of results. Knows no model and no file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.evaluation.cases import Case
from language.nlu.understander import OUT_OF_SCOPE

BINS = 10
PAIRS, TEXTS_PER_PAIR = 30, 3
ROC_POINTS = 60
LOSSES = (0.01, 0.02, 0.03, 0.05)


@dataclass(frozen=True)
class Result:
    """What was made of a case. `ranking`: labels, best first; `lead`: how far out of scope is ahead (None: not measured)."""

    case: Case
    ranking: tuple[str, ...]
    confidence: float
    outcome: str
    lead: float | None = None

    @property
    def right(self) -> bool:
        """Whether the first label is the true one."""
        return self.ranking[0] in self.case.accepted

    @property
    def in_three(self) -> bool:
        """Whether the true label is among the first three."""
        return not self.case.accepted.isdisjoint(self.ranking[:3])


def share(hits: int, of: int) -> float | None:
    """A share to four places; None of nothing."""
    return round(hits / of, 4) if of else None


def accuracy(results: Sequence[Result]) -> dict[str, Any]:
    """`rows`, `top1`, `top3`."""
    return {
        "rows": len(results),
        "top1": share(sum(r.right for r in results), len(results)),
        "top3": share(sum(r.in_three for r in results), len(results)),
    }


def by(results: Sequence[Result], key: Callable[[Result], Hashable]) -> dict[str, dict[str, Any]]:
    """`accuracy` of each group, sorted by its name."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[str(key(result))].append(result)
    return {name: accuracy(groups[name]) for name in sorted(groups)}


def breakdown(results: Sequence[Result]) -> dict[str, Any]:
    """`accuracy` of all, and per part, language, kind, language and kind, and label."""
    return {
        "all": accuracy(results),
        "part": by(results, lambda r: r.case.part),
        "language": by(results, lambda r: r.case.language),
        "part_language": by(results, lambda r: f"{r.case.part} {r.case.language}"),
        "kind": by(results, lambda r: r.case.kind),
        "language_kind": by(results, lambda r: f"{r.case.language} {r.case.kind}"),
        "label": by(results, lambda r: r.case.label),
    }


def confusions(results: Sequence[Result], pairs: int = PAIRS) -> list[dict[str, Any]]:
    """The most frequent (true label, label given) pairs with example texts, the most frequent first."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for result in results:
        if not result.right:
            texts[result.case.label, result.ranking[0]].append(result.case.text)
    ordered = sorted(texts, key=lambda pair: (-len(texts[pair]), pair))[:pairs]
    return [
        {"true": t, "given": g, "times": len(texts[t, g]), "texts": texts[t, g][:TEXTS_PER_PAIR]} for t, g in ordered
    ]


def reliability(results: Sequence[Result]) -> dict[str, Any]:
    """Whether a confidence of 0.7 is right in 70 %: ten bins, and the expected calibration error (Naeini et al. 2015).

    Looked at are the results in scope; out of scope is decided by a lead, not by a confidence.
    """
    inside = [r for r in results if r.ranking[0] != OUT_OF_SCOPE]
    bins: list[dict[str, Any]] = []
    error = 0.0
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        members = [r for r in inside if low <= r.confidence < high or (number == BINS - 1 and r.confidence == 1.0)]
        if not members:
            continue
        confidence = sum(r.confidence for r in members) / len(members)
        right = sum(r.right for r in members) / len(members)
        error += len(members) / len(inside) * abs(confidence - right)
        bins.append(
            {
                "from": low,
                "to": high,
                "rows": len(members),
                "confidence": round(confidence, 4),
                "right": round(right, 4),
            }
        )
    return {"rows": len(inside), "expected_calibration_error": round(error, 4) if inside else None, "bins": bins}


def outcomes(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """How often it answers, asks back, gives up or says that it is not its subject, and how often that was right.

    Right: answer - the label is the true one; clarify - the true one is among the three offered; unsure - the best guess would
    have been wrong; out_of_scope - the text is out of scope.
    """
    kinds = Counter(_outcome(r) for r in results)
    right = Counter(_outcome(r) for r in results if _was_right(r))
    return {
        name: {
            "rows": kinds[name],
            "share": share(kinds[name], len(results)),
            "precision": share(right[name], kinds[name]),
        }
        for name in ("answer", "clarify", "unsure", OUT_OF_SCOPE)
    }


def _outcome(result: Result) -> str:
    return OUT_OF_SCOPE if result.ranking[0] == OUT_OF_SCOPE and result.outcome == "answer" else result.outcome


def _was_right(result: Result) -> bool:
    if _outcome(result) == "clarify":
        return result.in_three
    return not result.right if _outcome(result) == "unsure" else result.right


def out_of_scope(results: Sequence[Result]) -> dict[str, Any]:
    """Detection of what is out of scope: the operating point, and the curve over all thresholds of the lead.

    `recall`: share of the texts out of scope that are called so; `loss`: share of the texts in scope that are called so.
    """
    inside = [r for r in results if r.case.label != OUT_OF_SCOPE]
    outside = [r for r in results if r.case.label == OUT_OF_SCOPE]
    called = {id(r) for r in results if r.ranking[0] == OUT_OF_SCOPE}
    stopped = {id(r) for r in results if r.ranking[0] == OUT_OF_SCOPE or r.outcome != "answer"}
    found: dict[str, Any] = {
        "rows_in": len(inside),
        "rows_out": len(outside),
        "recall": share(sum(id(r) in called for r in outside), len(outside)),
        "loss": share(sum(id(r) in called for r in inside), len(inside)),
        "not_answered": share(sum(id(r) in stopped for r in outside), len(outside)),
        "recall_by_language": {
            language: share(
                sum(id(r) in called for r in outside if r.case.language == language),
                sum(r.case.language == language for r in outside),
            )
            for language in sorted({r.case.language for r in outside})
        },
    }
    leads = [(r.lead, r.case.label == OUT_OF_SCOPE) for r in results if r.lead is not None]
    if any(out for _, out in leads) and not all(out for _, out in leads):
        found |= curve(np.asarray([lead for lead, _ in leads]), np.asarray([out for _, out in leads]))
    return found


def curve(leads: Any, outside: Any) -> dict[str, Any]:
    """The receiver operating characteristic: `points` (loss, recall), `area`, `recall_at_loss`.

    Args:
        leads: (rows,), the higher the more out of scope.
        outside: (rows,), whether it is.
    """
    order = np.argsort(-leads, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(leads[order])), len(leads) - 1)  # rows of one value cannot be told apart
    recall = np.concatenate([[0.0], (np.cumsum(outside[order]) / outside.sum())[ends]])
    loss = np.concatenate([[0.0], (np.cumsum(~outside[order]) / (~outside).sum())[ends]])
    area = float(np.sum(np.diff(loss) * (recall[1:] + recall[:-1]) / 2))
    places = np.searchsorted(loss, np.linspace(0, 1, ROC_POINTS) ** 2, side="right") - 1  # denser where little is lost
    shown = np.unique(np.concatenate([[0], places]))
    return {
        "area": round(area, 4),
        "recall_at_loss": {f"{limit:.2f}": recall_at(leads, outside, limit) for limit in LOSSES},
        "points": [[round(float(loss[i]), 4), round(float(recall[i]), 4)] for i in shown],
    }


def recall_at(leads: Any, outside: Any, limit: float) -> float:
    """The highest recall that loses at most `limit` of the rows in scope."""
    inside = np.sort(leads[~outside])[::-1]
    allowed = int(np.floor(limit * len(inside) + 1e-9))
    threshold = inside[allowed] if allowed < len(inside) else -np.inf
    return round(float((leads[outside] > threshold).mean()), 4)
