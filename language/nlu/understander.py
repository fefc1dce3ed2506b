"""The classifier as a whole: train, save, load, understand. What is done with the result is decided in jobseeker/ and data/rules.

Two models vote: a linear one, whose weights can be read, and a small network. Whether a text is in scope is decided by the
linear scores alone: by how far "out of scope" is ahead of the best label in scope.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jobseeker.messages import Command, Context, Understanding
from language.nlu import linear as linear_model
from language.nlu import network as network_model
from language.nlu.calibration import Thresholds, calibrate
from language.nlu.features import Extractor, Vocabulary
from language.nlu.sentences import is_follow_up, only_question, question_parts
from language.nlu.tables import Tables, build_tables

FILE_NAME = "understander.zip"
OUT_OF_SCOPE = "out_of_scope"
COMMAND_LABELS: Mapping[str, str] = {
    "human": "talk_to_human",
    "restart": "restart",
    "help": "help",
    "language": "switch_language",
}
ALTERNATIVES = 4
LEAST_SHARE = 0.1  # of the whole, for what its only question means by itself
SURELY_INSIDE = 0.8  # a label in scope with this probability is believed, wherever the lead of out of scope stands
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """One thing people say. `language` is "zh" or "en"; `kind` names the way of saying it (official, lay, story, …)."""

    text: str
    label: str
    language: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Models:
    """The two fitted models over one vocabulary."""

    vocabulary: Vocabulary
    linear: linear_model.Linear
    network: network_model.Network

    @classmethod
    def fit(
        cls,
        documents: Sequence[Sequence[str]],
        targets: NDArray[np.int64],
        classes: int,
        settings: network_model.Settings,
    ) -> Models:
        """Train both on bags of feature names, on one thread.

        The matrices are small: more threads mostly wait for each other, and how many there are would show in the last digits.
        """
        from threadpoolctl import threadpool_limits  # training only, as scipy

        vocabulary = Vocabulary.fit(documents)
        inputs = matrix(vocabulary, documents)
        counts = np.bincount(targets, minlength=classes).astype(np.float64)
        balance = np.sqrt(counts.mean() / np.maximum(counts, 1)).astype(np.float32)
        with threadpool_limits(limits=1):
            line = linear_model.train(inputs, targets, classes, penalty=1.0, seed=settings.seed)
            net = network_model.train(inputs, targets, balance[targets], classes, settings)
        return cls(vocabulary, line, net)

    def read(self, names: Sequence[str]) -> tuple[Floats, Floats]:
        """(linear scores, joint log-probabilities), each of shape (classes,), for one bag of feature names."""
        columns, values = self.vocabulary.vector(names)
        scores = self.linear.scores(columns, values)
        return scores, joint(scores, self.network.logits(columns, values))

    def read_many(self, documents: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """The same for many, shapes (rows, classes)."""
        inputs = matrix(self.vocabulary, documents)
        scores = self.linear.scores_many(inputs)
        return scores, joint(scores, self.network.logits_many(inputs))


class Understander:
    """Reads a message. Made by `train` or `load`; holds no state of a conversation."""

    def __init__(
        self,
        labels: Sequence[str],
        extractor: Extractor,
        models: Models,
        thresholds: Thresholds,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.labels = list(labels)
        self.extractor = extractor
        self.models = models
        self.thresholds = thresholds
        self.titles = dict(titles or {})
        self._outside = self.labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.labels else -1

    # -- reading ---------------------------------------------------------------------------------------------------

    def understand(self, text: str, context: Context | None = None, command: Command | None = None) -> Understanding:
        """What a message means, given the conversation so far.

        Args:
            text: what the person wrote.
            context: last topic and act; follow-ups ("and how long?") are read in their light.
            command: a button press; understood without the classifier.
        """
        if command is not None:
            return self._from_command(command)
        reading = self._read(text)
        if context is not None and context.last_topic:
            reading = self._in_context(text, reading, context.last_topic)
        understanding = self._by_its_question(text, self._decide(reading))
        if understanding.outcome == "unsure" or understanding.label == OUT_OF_SCOPE:
            return understanding
        topics = self._several_topics(text)
        if len(topics) > 1:
            label = understanding.label if understanding.label in topics else topics[0]
            return Understanding(
                label,
                understanding.confidence,
                understanding.alternatives,
                "answer",
                tuple(t.partition("/")[2] for t in topics),
            )
        return understanding

    def _read(self, text: str) -> tuple[Floats, float]:
        """Probabilities of all labels, and how far out of scope is ahead (positive: outside)."""
        scores, logs = self.models.read(self.extractor.extract(text))
        probabilities = network_model.softmax(logs / np.float32(self.thresholds.temperature))
        return probabilities, lead_of(scores, self._outside)

    def _is_outside(self, reading: tuple[Floats, float]) -> bool:
        """Whether a text is out of scope: the lead says so, and no label in scope is nearly certain."""
        probabilities, lead = reading
        if self._outside < 0 or lead < self.thresholds.outside:
            return False
        return float(np.delete(probabilities, self._outside).max(initial=0.0)) < SURELY_INSIDE

    def _in_context(self, text: str, reading: tuple[Floats, float], topic: str) -> tuple[Floats, float]:
        """For a text that leans on what came before: read it again behind the topic's title, and let both readings vote."""
        confidence = float(reading[0].max())
        sure = confidence >= self.thresholds.answer and not self._is_outside(reading)
        if topic not in self.titles or not is_follow_up(text, sure):
            return reading
        again = self._read(f"{self.titles[topic]} {text}")
        own_weight = max(0.5, confidence**0.5)  # the surer the plain reading, the less the topic before it counts
        votes = reading[0] ** own_weight * again[0] ** (1 - own_weight)
        return np.asarray(votes / votes.sum(), np.float32), min(reading[1], again[1])

    def _decide(self, reading: tuple[Floats, float]) -> Understanding:
        probabilities, lead = reading
        order = [int(i) for i in np.argsort(-probabilities, kind="stable")[: ALTERNATIVES + 1]]
        if self._outside >= 0:
            order = [i for i in order if i != self._outside]
            if self._is_outside(reading):
                confidence = max(
                    float(probabilities[self._outside]), 1 / (1 + float(np.exp(-4 * (lead - self.thresholds.outside))))
                )
                return Understanding(OUT_OF_SCOPE, confidence, self._named(probabilities, order[:ALTERNATIVES]))
        best = self._named(probabilities, order)
        label, confidence = best[0]
        rest = 1.0 - (float(probabilities[self._outside]) if self._outside >= 0 else 0.0)
        confidence = min(confidence / max(rest, 1e-6), 1.0)  # it is in scope: the share among labels in scope
        outcome: Literal["answer", "clarify", "unsure"] = "answer"
        if confidence < self.thresholds.answer:
            outcome = "clarify" if sum(value for _, value in best[:3]) >= self.thresholds.clarify else "unsure"
        topics = (label.partition("/")[2],) if label.startswith("faq/") else ()
        return Understanding(label, confidence, best[1:], outcome, topics)

    def _by_its_question(self, text: str, whole: Understanding) -> Understanding:
        """Where the whole leaves a doubt: what its only question means, if that is clear and among what the whole may mean."""
        question = only_question(text) if whole.outcome != "answer" else ""
        if not question:
            return whole
        alone = self._decide(self._read(question))
        likely = {whole.label, *(label for label, value in whole.alternatives if value >= LEAST_SHARE)}
        return alone if alone.outcome == "answer" and alone.label in likely else whole

    def _named(self, probabilities: Floats, order: Sequence[int]) -> tuple[tuple[str, float], ...]:
        return tuple((self.labels[i], float(probabilities[i])) for i in order)

    def _several_topics(self, text: str) -> list[str]:
        """The topics of a message that asks two or three things; each part must be a clear question by itself."""
        found: list[str] = []
        for part in question_parts(text):
            reading = probabilities, _ = self._read(part)
            best = int(probabilities.argmax())
            if (
                self._is_outside(reading)
                or float(probabilities[best]) < self.thresholds.answer
                or not self.labels[best].startswith("faq/")
            ):
                return []
            if self.labels[best] not in found:
                found.append(self.labels[best])
        return found[:3]

    def _from_command(self, command: Command) -> Understanding:
        if command.name in ("topic", "more"):
            label = "faq/" + command.argument
            if label in self.labels:
                return Understanding(label, 1.0, (), "answer", (command.argument,))
            return Understanding(OUT_OF_SCOPE, 1.0, (), "unsure")
        return Understanding(COMMAND_LABELS[command.name], 1.0)

    # -- training --------------------------------------------------------------------------------------------------

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        concepts: Mapping[str, Sequence[str]] | None = None,
        titles: Mapping[str, str] | None = None,
        settings: network_model.Settings | None = None,
    ) -> Understander:
        """Fit on `examples`. Deterministic: same examples, same bytes. Raises ValueError with fewer than two labels.

        Args:
            examples: what people say; order and repetitions do not matter.
            concepts: the lexicon, concept -> words.
            titles: topic id -> its title in both languages, for follow-ups.
            settings: of the network.
        """
        labels = sorted({example.label for example in examples})
        if len(labels) < 2:
            raise ValueError("training needs examples of at least two labels")
        settings = settings or network_model.Settings()
        extractor = Extractor(build_tables(), concepts)
        ordered = sorted({(example.label, example.text) for example in examples})
        number = {label: index for index, label in enumerate(labels)}
        documents = [extractor.extract(text) for _, text in ordered]
        targets = np.asarray([number[label] for label, _ in ordered], np.int64)
        outside = number.get(OUT_OF_SCOPE, -1)
        thresholds = calibrate(
            documents,
            targets,
            outside,
            lambda d, t: Models.fit(d, t, len(labels), settings).read_many,
            seed=settings.seed,
        )
        return cls(labels, extractor, Models.fit(documents, targets, len(labels), settings), thresholds, titles)

    # -- keeping ---------------------------------------------------------------------------------------------------

    def save(self, directory: Path) -> Path:
        """Write one file into `directory`; the same understander gives the same bytes."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / FILE_NAME
        meta: dict[str, Any] = {
            "format": 2,
            "labels": self.labels,
            "names": self.models.vocabulary.names,
            "concepts": self.extractor.concepts,
            "titles": self.titles,
            "fold": {str(code): value for code, value in self.extractor.tables.fold.items()},
            "sound": dict(self.extractor.tables.sound),
            "thresholds": asdict(self.thresholds),
            "gain": self.models.network.gain,
        }
        net = self.models.network
        arrays = {
            "column_weights": self.models.vocabulary.weights,
            "linear_weights": self.models.linear.weights,
            "linear_bias": self.models.linear.bias,
            "first": net.first,
            "bias1": net.bias1,
            "second": net.second,
            "bias2": net.bias2,
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            _put(archive, "meta.json", json.dumps(meta, ensure_ascii=False, sort_keys=True).encode())
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.save(buffer, array, allow_pickle=False)
                _put(archive, name + ".npy", buffer.getvalue())
        return path

    @classmethod
    def load(cls, directory: Path) -> Understander:
        """Read what `save` wrote. Raises FileNotFoundError where there is nothing."""
        with zipfile.ZipFile(directory / FILE_NAME) as archive:
            return cls.read(archive)

    @classmethod
    def read(cls, archive: zipfile.ZipFile) -> Understander:
        """Read an open archive that `save` wrote."""
        meta = json.loads(archive.read("meta.json"))
        array = {
            name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
            for name in archive.namelist()
            if name.endswith(".npy")
        }
        tables = Tables({int(code): value for code, value in meta["fold"].items()}, meta["sound"])
        net = network_model.Network(array["first"], array["bias1"], array["second"], array["bias2"], meta["gain"])
        line = linear_model.Linear(array["linear_weights"], array["linear_bias"])
        models = Models(Vocabulary(meta["names"], array["column_weights"]), line, net)
        return cls(
            meta["labels"],
            Extractor(tables, meta["concepts"]),
            models,
            Thresholds(**meta["thresholds"]),
            meta["titles"],
        )


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a member with a fixed date, so that the same content gives the same archive."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def joint(scores: Floats, logits: Floats) -> Floats:
    """Mean of the two models' log-probabilities. Linear scores are sharpened by 4, which makes them about as steep as the network's."""
    return np.asarray((_log_softmax(4 * scores) + _log_softmax(logits)) / 2, np.float32)


def _log_softmax(values: Floats) -> Floats:
    shifted = values - values.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def lead_of(scores: Floats, outside: int) -> float:
    """How far the score of `outside` is ahead of the best other one; minus infinity where there is no such label."""
    if outside < 0:
        return float("-inf")
    return float(
        scores[outside] - max(scores[:outside].max(initial=-np.inf), scores[outside + 1 :].max(initial=-np.inf))
    )


def matrix(vocabulary: Vocabulary, documents: Sequence[Sequence[str]]) -> Any:
    """Sparse matrix (documents, features), rows of unit length."""
    from scipy import sparse  # training and evaluation only: serving must not pay for it

    rows = [vocabulary.vector(names) for names in documents]
    indptr = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
    columns = np.concatenate([c for c, _ in rows])
    values = np.concatenate([v for _, v in rows])
    return sparse.csr_matrix((values, columns, indptr), shape=(len(rows), len(vocabulary.names)))
