"""How well a crisis is noticed when it is told in a way nobody wrote down before: whole ways of saying it are held out, five folds.

Ways are the `way`s of data/nlu/crisis_ways.yml and near_crisis.yml; of the tuning files each run of a dozen neighbouring lines is one.
Weights and classifier are trained without them; the patterns are the ones in force (they have seen all of it). Prints recall and
false alarms of each reader and of all together, for a grid of thresholds. Changes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from content import load_examples, load_pack  # noqa: E402
from content.pack import load_escalation  # noqa: E402
from jobseeker.escalation import EscalationPolicy, ScoredRule  # noqa: E402
from language.nlu import linear  # noqa: E402
from language.nlu.features import Extractor, Vocabulary  # noqa: E402
from language.nlu.network import Settings  # noqa: E402
from language.nlu.tables import build_tables  # noqa: E402
from language.nlu.understander import matrix  # noqa: E402
from tools import fit_escalation as fitting  # noqa: E402

FOLDS, LINES = 5, 12
KEPT = ROOT / "var" / "evaluation" / "crisis_ways.json"


@dataclass(frozen=True)
class Told:
    """A text, whether it is a crisis, and the way it is told."""

    text: str
    crisis: bool
    way: str


def told() -> list[Told]:
    """All texts with their way, each text once."""
    found: dict[str, Told] = {}
    for name in ("crisis_ways", "near_crisis"):
        for block in yaml.safe_load((ROOT / f"data/nlu/{name}.yml").read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = line[2:].strip()
                found[text] = Told(text, block["intent"] == "crisis", block["metadata"]["way"])
    for path in (fitting.DEV, *fitting.LEARNT_BEFORE):
        data = yaml.safe_load(path.read_text("utf-8"))
        for node, crisis in (("crisis", True), ("near_crisis", False)):
            for number, text in enumerate(fitting.flat(data[node])):
                found.setdefault(text, Told(text, crisis, f"{path.stem} {node} {number // LINES}"))
    return list(found.values())


def crisis_rule(policy: EscalationPolicy) -> ScoredRule:
    """The scored rule for crises."""
    return next(rule for rule in policy.signals if isinstance(rule, ScoredRule) and rule.reason == "crisis")


def scores_without(rule: ScoredRule, policy: EscalationPolicy, held: set[str], texts: list[str]) -> list[float]:
    """The weights fitted without the held-out texts, on texts."""
    lesson = fitting.LESSONS["crisis_score"]
    learnt, truth, counts = fitting.examples(lesson)
    kept = [place for place, text in enumerate(learnt) if text not in held]
    unmasked = fitting.replace(rule, masks=())
    documents = [(rule if truth[i] else unmasked).terms(policy.folding.plain(learnt[i])) for i in kept]
    bias, weights = fitting.fit(documents, [truth[i] for i in kept], [counts[i] for i in kept], lesson.largest)
    fitted = fitting.replace(rule, bias=bias, weights=weights)
    return [fitted.score(policy.folding.plain(text)) for text in texts]


def margins_without(
    rows: list[tuple[str, str]], documents: list[list[str]], held: set[str], tested: list[list[str]]
) -> list[float]:
    """The classifier's separator for `crisis` (one against the rest, as in language/nlu/linear.py), trained without the held-out texts."""
    kept = [place for place, (_, text) in enumerate(rows) if text not in held]
    vocabulary = Vocabulary.fit([documents[i] for i in kept])
    targets = np.asarray([int(rows[i][0] == "crisis") for i in kept], np.int64)
    line = linear.train(matrix(vocabulary, [documents[i] for i in kept]), targets, 2, penalty=1.0, seed=Settings().seed)
    return [float(value) for value in line.scores_many(matrix(vocabulary, tested))[:, 1]]


def readings(told_: list[Told]) -> dict[str, Any]:
    """What each reader says of every text that it has not seen: pattern (0/1), score, margin of the classifier's separator."""
    policy, pack = load_escalation(ROOT), load_pack(ROOT)
    rule = crisis_rule(policy)
    patterns = [r for r in policy.signals if r.reason == "crisis" and not isinstance(r, ScoredRule)]
    ways = sorted({item.way for item in told_})
    fold_of = {way: place % FOLDS for place, way in enumerate(np.random.default_rng(7).permutation(ways))}
    extractor = Extractor(build_tables(), pack.concepts)
    rows = sorted({(e.label, e.text) for e in load_examples(ROOT)})
    documents = [extractor.extract(text) for _, text in rows]
    found: dict[str, Any] = {name: [] for name in ("texts", "crisis", "way", "pattern", "score", "margin")}
    for fold in range(FOLDS):
        held = [item for item in told_ if fold_of[item.way] == fold]
        names = {item.text for item in held}
        for item in held:
            plain = policy.folding.plain(item.text)
            tight = policy.folding.tight(plain)
            found["pattern"].append(int(any(next(r.evidence(plain, tight), None) for r in patterns)))
        found["texts"] += [item.text for item in held]
        found["crisis"] += [int(item.crisis) for item in held]
        found["way"] += [item.way for item in held]
        found["score"] += scores_without(rule, policy, names, [item.text for item in held])
        found["margin"] += margins_without(rows, documents, names, [extractor.extract(item.text) for item in held])
        print(f"fold {fold + 1} of {FOLDS}: {len(held)} texts held out", flush=True)
    return found


def show(found: dict[str, Any]) -> None:
    """Recall and false alarms for a grid of thresholds."""
    truth = np.asarray(found["crisis"]) == 1
    pattern, score = np.asarray(found["pattern"]) == 1, np.asarray(found["score"])
    margin = np.asarray(found["margin"])
    new = ~np.char.startswith(np.asarray(found["way"]), "escalation_")

    def line(name: str, fired: Any) -> None:
        parts = [
            f"{fired[truth & rows].mean():.3f} / {fired[~truth & rows].mean():.3f}"
            for rows in (truth | ~truth, new, ~new)
        ]
        print(f"{name:34} all {parts[0]}   ways {parts[1]}   tuning files {parts[2]}")

    print("recall / false alarms among near misses")
    line("patterns in force", pattern)
    for low in (-0.8, -1.2, -1.6, -2.0):
        line(f"score > {low}", score > low)
    for low in (-0.2, -0.4, -0.6, -0.8):
        line(f"margin > {low}", margin > low)
    for weight in (1, 2, 3):
        for total in (-1.5, -2.0, -2.5, -3.0, -3.5, -4.0):
            both = score + weight * margin > total
            line(f"score + {weight} margin > {total}", both)
            line("  or a pattern", both | pattern)


def main() -> int:
    """Read (or show what was read last time)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="show the kept readings without training")
    arguments = parser.parse_args()
    if not arguments.again:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(json.dumps(readings(told()), ensure_ascii=False), "utf-8")
    show(json.loads(KEPT.read_text("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
