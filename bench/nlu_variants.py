"""What else was tried for the classifier, each against the same folds: `python bench/nlu_variants.py [--folds 1] [--kind lay] VARIANT …`.

A variant changes training or reading; nothing of it is served. Judge: rows of the training data that were held back (every fourth, or
all of one way of saying it), label right among those in scope, and out-of-scope recall at 2 % loss. Differences under 0.5 points are noise.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.evaluation.measures import curve, recall_at  # noqa: E402
from app.evaluation.runs import fold_jobs, kind_jobs  # noqa: E402
from content import load_examples, load_pack  # noqa: E402
from language.nlu import Example  # noqa: E402
from language.nlu import linear as linear_model  # noqa: E402
from language.nlu import network as network_model  # noqa: E402
from language.nlu.features import Extractor, Vocabulary, is_han  # noqa: E402
from language.nlu.network import Settings  # noqa: E402
from language.nlu.tables import Tables, build_tables  # noqa: E402
from language.nlu.understander import OUT_OF_SCOPE, joint, matrix  # noqa: E402

LOSS = 0.02
Floats = NDArray[np.float32]


@dataclass
class Part:
    """One split: texts and features of both sides, targets, and the names of the classes."""

    train: list[Example]
    test: list[Example]
    train_documents: list[list[str]]
    test_documents: list[list[str]]
    targets: NDArray[np.int64]
    labels: list[str]
    extractor: Extractor


@dataclass
class Fitted:
    """Both models of a split and what they say of the held-back rows, each (rows, classes)."""

    vocabulary: Vocabulary
    linear: linear_model.Linear
    network: network_model.Network
    inputs: Any
    tested: Any
    scores: Floats
    logits: Floats


def fit(
    part: Part,
    documents: Sequence[Sequence[str]],
    targets: NDArray[np.int64],
    weights: Floats | None,
    settings: Settings,
) -> Fitted:
    """As served, but for what the variant passes in. `weights`: (rows,), how much a row counts beyond the balance of labels."""
    vocabulary = Vocabulary.fit(documents)
    inputs, tested = matrix(vocabulary, documents), matrix(vocabulary, part.test_documents)
    counts = np.bincount(targets, minlength=len(part.labels)).astype(np.float64)
    balance = np.sqrt(counts.mean() / np.maximum(counts, 1)).astype(np.float32)[targets]
    line = linear_model.train(inputs, targets, len(part.labels), penalty=1.0, seed=settings.seed)
    net = network_model.train(
        inputs, targets, balance if weights is None else balance * weights, len(part.labels), settings
    )
    return Fitted(vocabulary, line, net, inputs, tested, line.scores_many(tested), net.logits_many(tested))


def plain(part: Part) -> dict[str, tuple[Floats, Floats]]:
    """As served."""
    found = fit(part, part.train_documents, part.targets, None, Settings())
    return {"as served": (found.scores, joint(found.scores, found.logits))}


def noisy(text: str, random: np.random.Generator, tables: Tables, alike: dict[str, list[str]]) -> str:
    """One slip: a character of the same sound, or a dropped, doubled or swapped letter."""
    place = int(random.integers(len(text)))
    character = text[place]
    if is_han(character):
        others = [other for other in alike.get(tables.sound.get(character, ""), []) if other != character]
        if others and random.random() < 0.7:
            return text[:place] + others[int(random.integers(len(others)))] + text[place + 1 :]
        return text[:place] + text[place + 1 :]
    way = int(random.integers(3))
    if way == 0 or place + 1 >= len(text):
        return text[:place] + text[place + 1 :]
    if way == 1:
        return text[:place] + character + text[place:]
    return text[:place] + text[place + 1] + character + text[place + 2 :]


def noise(part: Part) -> dict[str, tuple[Floats, Floats]]:
    """A noisy copy of every training text (homophones, dropped, doubled and swapped letters), at full and at a third of the weight."""
    random = np.random.default_rng(1)
    alike: dict[str, list[str]] = defaultdict(list)
    for character in sorted({c for example in part.train for c in example.text if is_han(c)}):
        alike[part.extractor.tables.sound.get(character, "")].append(character)
    copies = [
        part.extractor.extract(noisy(example.text, random, part.extractor.tables, alike)) for example in part.train
    ]
    found = {}
    for name, weight in (("noise 1", 1.0), ("noise 0.3", 0.3)):
        weights = np.concatenate([np.ones(len(copies)), np.full(len(copies), weight)]).astype(np.float32)
        both = fit(
            part,
            [*part.train_documents, *copies],
            np.concatenate([part.targets, part.targets]),
            weights,
            replace(Settings(), epochs=8),
        )
        found[name] = (both.scores, joint(both.scores, both.logits))
    return found


def opinions(part: Part) -> dict[str, tuple[Floats, Floats]]:
    """Second opinions beside the two models: nearness to the answers' text, and to the nearest questions learnt from."""
    own = fit(part, part.train_documents, part.targets, None, Settings())
    base = joint(own.scores, own.logits)
    found = {"as served": (own.scores, base)}
    pack = load_pack(ROOT)
    number = {label: index for index, label in enumerate(part.labels)}
    near = np.zeros_like(base)
    for topic in pack.topics.values():
        texts = [str(value) for field in (topic.title, topic.short, topic.answer) for value in field.values()]
        rows = matrix(own.vocabulary, [part.extractor.extract(text) for text in texts])
        near[:, number["faq/" + topic.id]] = np.asarray((own.tested @ rows.T).max(axis=1).todense()).ravel()
    for share in (2.0, 6.0):
        found[f"answers {share}"] = (own.scores, base + np.float32(share) * near)
    nearest = np.zeros_like(base)
    order = np.argsort(part.targets, kind="stable")
    starts = np.searchsorted(part.targets[order], np.arange(len(part.labels)))
    learnt = own.inputs[order]
    for first in range(0, own.tested.shape[0], 500):
        likeness = np.asarray((own.tested[first : first + 500] @ learnt.T).todense())
        nearest[first : first + 500] = np.maximum.reduceat(likeness, starts, axis=1)
    for share in (2.0, 4.0, 8.0):
        found[f"nearest questions {share}"] = (own.scores, base + np.float32(share) * nearest)
    return found


def contrast(part: Part) -> dict[str, tuple[Floats, Floats]]:
    """Near-neighbour contrast: rows that a first training (on the other half) reads as a neighbour count double or threefold in a second."""
    half = np.random.default_rng(2).integers(2, size=len(part.targets))
    hard = np.zeros(len(part.targets), np.bool_)
    for side in (0, 1):
        rest = np.flatnonzero(half != side)
        other = replace(part, test_documents=[part.train_documents[i] for i in np.flatnonzero(half == side)])
        found = fit(other, [part.train_documents[i] for i in rest], part.targets[rest], None, Settings())
        logs = joint(found.scores, found.logits)
        hard[half == side] = logs.argmax(axis=1) != part.targets[half == side]
    result = {}
    for factor in (2.0, 0.5):
        again = fit(
            part, part.train_documents, part.targets, np.where(hard, factor, 1.0).astype(np.float32), Settings()
        )
        result[f"hard rows x{factor}"] = (again.scores, joint(again.scores, again.logits))
    return result


def sizes(part: Part) -> dict[str, tuple[Floats, Floats]]:
    """Other sizes and lengths of the network, and two of them."""
    found = {}
    base = fit(part, part.train_documents, part.targets, None, Settings())
    found["as served"] = (base.scores, joint(base.scores, base.logits))
    for name, settings in (
        ("hidden 256", replace(Settings(), hidden=256)),
        ("16 epochs", replace(Settings(), epochs=16)),
        ("smoothing 0.1", replace(Settings(), smoothing=0.1)),
        ("dropout 0.7", replace(Settings(), input_dropout=0.7)),
    ):
        net = network_model.train(base.inputs, part.targets, balance_of(part), len(part.labels), settings)
        logits = net.logits_many(base.tested)
        found[name] = (base.scores, joint(base.scores, logits))
        if name == "16 epochs":
            found["two networks"] = (
                base.scores,
                joint(base.scores, np.asarray((logits + base.logits) / 2, np.float32)),
            )
    for penalty in (0.3, 0.6):
        line = linear_model.train(base.inputs, part.targets, len(part.labels), penalty=penalty, seed=1)
        scores = line.scores_many(base.tested)
        found[f"linear C={penalty}"] = (scores, joint(scores, base.logits))
    return found


def balance_of(part: Part) -> Floats:
    """How much each row counts, so that rare labels are heard."""
    counts = np.bincount(part.targets, minlength=len(part.labels)).astype(np.float64)
    return np.asarray(np.sqrt(counts.mean() / np.maximum(counts, 1)).astype(np.float32)[part.targets])


VARIANTS: dict[str, Callable[[Part], dict[str, tuple[Floats, Floats]]]] = {
    "plain": plain,
    "noise": noise,
    "opinions": opinions,
    "contrast": contrast,
    "sizes": sizes,
}


def measured(part: Part, scores: Floats, logs: Floats) -> dict[str, float]:
    """Right among those in scope: topics, acts; recall out of scope."""
    labels = np.asarray(part.labels)
    truth = np.asarray([example.label for example in part.test])
    outside = part.labels.index(OUT_OF_SCOPE)
    inside = np.asarray([i for i in range(len(labels)) if i != outside])
    best = labels[inside][logs[:, inside].argmax(axis=1)]
    topics = np.char.startswith(truth, "faq/")
    acts = ~topics & (truth != OUT_OF_SCOPE)
    leads = scores[:, outside] - scores[:, inside].max(axis=1)
    found = {
        name: float((best == truth)[rows].mean()) for name, rows in (("topics", topics), ("acts", acts)) if rows.any()
    }
    if (truth == OUT_OF_SCOPE).any():
        found |= {
            "oos recall": recall_at(leads, truth == OUT_OF_SCOPE, LOSS),
            "oos area": curve(leads, truth == OUT_OF_SCOPE)["area"],
        }
    return found


def main() -> int:
    """Run the variants on the splits, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variants", nargs="+", choices=list(VARIANTS))
    parser.add_argument("--folds", type=int, default=1, help="so many of the four folds (default: 1)")
    parser.add_argument("--kind", action="append", help="hold out this way of saying it instead (may be given again)")
    arguments = parser.parse_args()
    examples = list(load_examples(ROOT))
    extractor = Extractor(build_tables(), load_pack(ROOT).concepts)
    documents = [extractor.extract(example.text) for example in examples]
    labels = sorted({example.label for example in examples})
    number = {label: index for index, label in enumerate(labels)}
    jobs = (
        [job for job in kind_jobs(examples) if job.name in arguments.kind]
        if arguments.kind
        else fold_jobs(examples, 4)[: arguments.folds]
    )
    for job in jobs:
        held = set(job.held)
        rest = [i for i in range(len(examples)) if i not in held]
        part = Part(
            [examples[i] for i in rest], [examples[i] for i in job.held], [documents[i] for i in rest], [documents[i] for i in job.held],
            np.asarray([number[examples[i].label] for i in rest], np.int64), labels, extractor,
        )  # fmt: skip
        for variant in arguments.variants:
            began = time.process_time()
            for name, (scores, logs) in VARIANTS[variant](part).items():
                numbers = "  ".join(f"{key} {value:.4f}" for key, value in measured(part, scores, logs).items())
                print(f"{job.name:14} {variant:9} {name:24} {numbers}", flush=True)
            print(f"{'':14} {variant}: {time.process_time() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
