"""Fits the weights of the scored rules (packs/tw/policy/escalation_*_score.json). Deterministic; run it after changing what it learns from.

Learns from data/nlu, the questions of packs/tw/knowledge and the tuning files in tests/data. Never from a held-out file. `python tools/fit_escalation.py` writes; `--folds` also prints cross-validated recall and false alarms.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from content.pack import load_escalation  # noqa: E402
from content.readers import read_examples, read_topic  # noqa: E402
from content.yaml_file import YamlFile  # noqa: E402
from jobseeker.escalation import ScoredRule  # noqa: E402
from jobseeker.escalation.terms import FEWEST, SCALE  # noqa: E402

DEV = ROOT / "tests/data/escalation_dev.yml"
LEARNT_BEFORE = (
    ROOT / "tests/data/escalation_learnt.yml"
)  # a held-out round that has been looked at and is no longer held out
ROWS_LEARNT = tuple(
    ROOT / f"tests/data/escalation_fresh{number}.yml" for number in (1, 2, 3, 4, 5, 6, 7)
)  # the same, row by row
# the files of data/nlu whose texts were written because a rule fired on such: they count as much as those of the tuning files
NEAR_MISSES = frozenset({"near_crisis", "ordinary_life"})
IMMEDIATE = {"anger": "strong_anger", "asks": "asked_for_human"}  # the first word of a row's `kind` -> its reason
SEEN_AT_LEAST, PENALTY = 2, 0.05
POSITIVE, NEAR, OTHER = 3.0, 2.0, 1.0  # how much an example counts


@dataclass(frozen=True)
class Lesson:
    """What one scored rule learns from. Acts and topics in neither list and not left out are what it must not fire on.

    `ordinary`, `near`: how much each of those counts, and each of the near misses among them.
    """

    acts: frozenset[str]
    topics: frozenset[str]
    left_out: frozenset[str]
    largest: int
    reasons: frozenset[str]
    ordinary: float = OTHER
    near: float = NEAR


TROUBLE = (
    "illegal_dismissal unpaid_wages discrimination_complaints sexual_harassment_work employer_refuses_insurance ui_appeal ui_reclaim "
    "ui_fraud_penalty ui_no_separation_certificate"
)
MIXED = (
    "ui_voluntary_quit ui_job_search_record ui_monthly_recertification ui_new_job_report ui_part_time_income ui_refuse_job_offer "
    "job_ad_rules migrant_worker_help labor_mediation_legal_aid severance_pay mass_layoff ui_law_change_pending reduced_hours_subsidy "
    "noncompete_min_service probation_rights platform_delivery_work ai_in_hiring ui_involuntary_definition crisis_support "
    "disability_employment notice_period emergency_living_aid privacy_jobseeker_data training_dropout_absence work_injury "
    "benefit_precheck benefit_deadlines barrier_support feedback_negative abuse crisis talk_to_human explain_match contest_decision"
)
LESSONS = {
    "crisis_score": Lesson(
        frozenset({"crisis"}), frozenset(), frozenset({"abuse", "crisis_support"}), 20_000, frozenset({"crisis"}), ordinary=2.0, near=3.0,
    ),
    "human_score": Lesson(
        frozenset({"talk_to_human"}), frozenset(), frozenset({"crisis", "contest_decision", "abuse", "crisis_support"}), 8_000,
        frozenset({"asked_for_human"}),
    ),
    "anger_score": Lesson(
        frozenset({"abuse"}), frozenset(), frozenset({"crisis", "talk_to_human", "feedback_negative"}), 8_000, frozenset({"strong_anger"})
    ),
    "trouble_score": Lesson(
        frozenset({"contest_decision"}), frozenset(TROUBLE.split()), frozenset(MIXED.split()) - {"contest_decision"}, 12_000,
        frozenset({"offer"}),
    ),
}  # fmt: skip


def flat(node: Any) -> list[str]:
    """All texts below a node."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in flat(value)]
    return list(node)


def labelled() -> list[tuple[str, str, float]]:
    """Texts of the pack and the acts with their topic or act, and how much each counts where a rule must not fire."""
    found = []
    for path in sorted((ROOT / "packs/tw/knowledge").glob("*.yml")):
        topic = read_topic(YamlFile(path, path.name))
        found += [(question.text, topic.id, OTHER) for question in topic.questions]
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        counts = NEAR if path.stem in NEAR_MISSES else OTHER
        found += [
            (example.text, example.label.removeprefix("faq/"), counts)
            for example, _ in read_examples(YamlFile(path, path.name))
        ]
    return found


def tuning_texts() -> list[tuple[str, frozenset[str]]]:
    """The texts of the tuning files with the reason or the level they must give."""
    found = []
    for path in (DEV, LEARNT_BEFORE):
        data = yaml.safe_load(path.read_text("utf-8"))
        found += [(text, frozenset({"crisis"})) for text in flat(data["crisis"])]
        found += [(text, frozenset({"near"})) for text in flat(data["near_crisis"])]
        for level in ("none", "offer"):
            found += [(text, frozenset({level})) for text in flat(data["levels"][level])]
        for reason in ("asked_for_human", "strong_anger"):
            found += [(text, frozenset({reason})) for text in flat(data["levels"]["immediate"][reason])]
    for path in ROWS_LEARNT:
        for row in yaml.safe_load(path.read_text("utf-8"))["rows"]:
            found.append((row["text"], frozenset({row_reason(row)})))
    return found


def row_reason(row: dict[str, Any]) -> str:
    """What a row of a fresh round must give: `crisis`, a reason of its own, or its level."""
    if row["crisis"]:
        return "crisis"
    return IMMEDIATE[row["kind"].split()[0]] if row["level"] == "immediate" else str(row["level"])


def examples(lesson: Lesson) -> tuple[list[str], list[int], list[float]]:
    """Texts, whether the rule must fire, and how much each counts; sorted, each text once."""
    found: dict[str, tuple[int, float]] = {}
    for text, label, counts in labelled():
        if label in lesson.acts | lesson.topics:
            found[text] = (1, POSITIVE if label in lesson.acts else OTHER)
        elif label not in lesson.left_out:
            found[text] = (0, lesson.near if counts == NEAR else lesson.ordinary)
    for text, reasons in tuning_texts():
        if reasons & lesson.reasons:
            found[text] = (1, POSITIVE)
        elif (
            reasons & {"near", "none"}
            or "crisis" in lesson.reasons
            or (reasons == {"offer"} and "offer" not in lesson.reasons)
        ):
            found[text] = (0, lesson.near)
    texts = sorted(found)
    return texts, [found[text][0] for text in texts], [found[text][1] for text in texts]


def matrix(documents: Sequence[Set[str]], column: dict[str, int]) -> sp.csr_matrix:
    """One row a text: the same value for each known term, so that a row has at most length one."""
    rows, columns, values = [], [], []
    for row, terms in enumerate(documents):
        known = sorted(column[term] for term in terms if term in column)
        rows += [row] * len(known)
        columns += known
        values += [1 / np.sqrt(max(len(known), FEWEST))] * len(known)
    return sp.csr_matrix((values, (rows, columns)), shape=(len(documents), len(column)))


def fit(
    documents: Sequence[Set[str]], crisis: Sequence[int], counts: Sequence[float], largest: int
) -> tuple[int, dict[str, int]]:
    """Bias and weights of a logistic regression with a quadratic penalty, in whole hundredths, the largest only."""
    seen = Counter(term for terms in documents for term in terms)
    names = sorted(term for term, times in seen.items() if times >= SEEN_AT_LEAST)
    inputs = matrix(documents, {term: place for place, term in enumerate(names)})
    sign, weight = 2.0 * np.array(crisis) - 1.0, np.array(counts)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (inputs @ values[:-1] + values[-1])
        slope = -weight * sign / (1.0 + np.exp(np.minimum(margin, 500)))
        gradient = np.append(inputs.T @ slope + PENALTY * values[:-1], slope.sum())
        return float((weight * np.logaddexp(0.0, -margin)).sum() + PENALTY / 2 * values[:-1] @ values[:-1]), gradient

    values = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    rounded = {name: round(float(value) * SCALE) for name, value in zip(names, values[:-1], strict=True)}
    kept = sorted(rounded, key=lambda name: (-abs(rounded[name]), name))[:largest]
    return round(float(values[-1]) * SCALE), {name: rounded[name] for name in sorted(kept) if rounded[name]}


def report(
    rule: ScoredRule,
    documents: Sequence[Set[str]],
    crisis: Sequence[int],
    counts: Sequence[float],
    folds: int,
    lesson: Lesson,
) -> None:
    """Cross-validated recall and false alarms at several thresholds."""
    scores = np.zeros(len(documents))
    for fold in range(folds):
        inside = [place for place in range(len(documents)) if place % folds != fold]
        bias, weights = fit(
            [documents[i] for i in inside], [crisis[i] for i in inside], [counts[i] for i in inside], lesson.largest
        )
        trained = ScoredRule(rule.reason, rule.level, rule.name, 0.0, bias, weights)
        for place in range(fold, len(documents), folds):
            scores[place] = trained._score(documents[place])
    truth, near = np.array(crisis) == 1, np.array(counts) == lesson.near
    for threshold in (0.0, -0.5, -0.8, -1.0, -1.2, -1.5, -2.0):
        fired = scores > threshold
        print(
            f"threshold {threshold:5.1f}: recall {fired[truth].mean():.3f}, false alarms near {fired[near].mean():.4f}, "
            f"other {fired[~truth & ~near].mean():.4f}"
        )


def measure(path: Path) -> None:
    """Recall, false alarms and levels of the policy in force on a file of texts."""
    policy, data = load_escalation(ROOT), yaml.safe_load(path.read_text("utf-8"))
    missed = [text for text in flat(data["crisis"]) if "crisis" not in policy.assess(text).reasons]
    alarms = [text for text in flat(data["near_crisis"]) if "crisis" in policy.assess(text).reasons]
    wrong = [
        (level, text)
        for level in data["levels"]
        for text in flat(data["levels"][level])
        if policy.assess(text).level != level
    ]
    for name, found, node in (
        ("missed crises", missed, "crisis"),
        ("false alarms", alarms, "near_crisis"),
        ("wrong levels", wrong, "levels"),
    ):
        every = len(flat(data[node]))
        print(f"{name}: {len(found)} of {every} = {len(found) / max(every, 1):.1%}")
        for item in found:
            print("   ", item)


def main() -> None:
    """Fit and write, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--measure", type=Path, help="measure the policy in force on this file instead")
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure)
        return
    policy = load_escalation(ROOT)
    for rule in (rule for rule in policy.signals if isinstance(rule, ScoredRule)):
        lesson = LESSONS[rule.name]
        texts, truth, counts = examples(lesson)
        # What a mask hides must weigh little where the mask misses: harmless texts are learnt from without masks.
        unmasked = replace(rule, masks=())
        documents = [
            (rule if yes else unmasked).terms(policy.folding.plain(text))
            for text, yes in zip(texts, truth, strict=True)
        ]
        print(f"{rule.name}: {len(texts)} texts, {sum(truth)} it must fire on")
        if arguments.folds:
            report(rule, documents, truth, counts, arguments.folds, lesson)
        bias, weights = fit(documents, truth, counts, lesson.largest)
        content = {
            "fitted_by": "tools/fit_escalation.py",
            "texts": len(texts),
            "fires_on": sum(truth),
            "bias": bias,
            "weights": weights,
        }
        path = ROOT / f"packs/tw/policy/escalation_{rule.name}.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
        print(f"  {len(weights)} terms, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
