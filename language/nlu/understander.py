"""The classifier as a whole: train, save, load, understand. What is done with the result is decided in jobseeker/ and data/rules."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobseeker.messages import Command, Context, Understanding
from language.nlu import network
from language.nlu.augment import Noise
from language.nlu.features import Extractor, Vocabulary
from language.nlu.tables import Tables, build_tables

FILE_NAME = "understander.zip"
OUT_OF_SCOPE = "out_of_scope"
COMMAND_LABELS: Mapping[str, str] = {"human": "talk_to_human", "restart": "restart", "help": "help", "language": "switch_language"}


@dataclass(frozen=True)
class Example:
    """One thing people say. `language` is "zh" or "en"; `kind` names the way of saying it (official, lay, story, …)."""

    text: str
    label: str
    language: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Thresholds:
    """Fitted on held-out ways of saying (see `calibrate`), never set by hand."""

    temperature: float = 1.0
    answer: float = 0.4
    margin: float = 0.1
    known: float = 0.2


class Understander:
    """Reads a message. Made by `train` or `load`; holds no state of a conversation."""

    def __init__(
        self,
        labels: Sequence[str],
        extractor: Extractor,
        vocabulary: Vocabulary,
        net: network.Network,
        thresholds: Thresholds,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.labels = list(labels)
        self.extractor = extractor
        self.vocabulary = vocabulary
        self.net = net
        self.thresholds = thresholds
        self.titles = dict(titles or {})

    # -- reading ---------------------------------------------------------------------------------------------------

    def probabilities(self, text: str) -> NDArray[np.float32]:
        """Calibrated probability of every label, shape (labels,)."""
        columns, values = self.vocabulary.vector(self.extractor.extract(text))
        return network.softmax(self.net.logits(columns, values) / np.float32(self.thresholds.temperature))

    def understand(self, text: str, context: Context | None = None, command: Command | None = None) -> Understanding:
        """What a message means, given the conversation so far.

        Args:
            text: what the person wrote.
            context: last topic and act; follow-ups ("and how long?") are read in their light.
            command: a button press; understood without the classifier.
        """
        if command is not None:
            return self._from_command(command)
        scores = self.probabilities(text)
        order = np.argsort(-scores, kind="stable")[:4]
        best = [(self.labels[i], float(scores[i])) for i in order]
        label, confidence = best[0]
        outcome = "answer"
        if confidence < self.thresholds.answer:
            outcome = "clarify" if best[0][1] + best[1][1] >= 2 * self.thresholds.known else "unsure"
        topics = (label.partition("/")[2],) if label.startswith("faq/") else ()
        return Understanding(label, confidence, tuple(best[1:]), outcome, topics)  # type: ignore[arg-type]

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
        settings: network.Settings | None = None,
        copies: int = 1,
    ) -> Understander:
        """Fit on `examples`. Deterministic: same examples, same bytes. Raises ValueError with fewer than two labels."""
        labels = sorted({example.label for example in examples})
        if len(labels) < 2:
            raise ValueError("training needs examples of at least two labels")
        settings = settings or network.Settings()
        tables = build_tables()
        extractor = Extractor(tables, concepts)
        ordered = sorted(set((e.label, e.text) for e in examples))
        noise = Noise([text for _, text in ordered], tables)
        random = np.random.default_rng(settings.seed)
        documents, targets, weights = [], [], []
        number = {label: index for index, label in enumerate(labels)}
        for label, text in ordered:
            for copy in range(1 + copies):
                documents.append(extractor.extract(noise(text, random) if copy else text))
                targets.append(number[label])
                weights.append(0.5 if copy else 1.0)
        vocabulary = Vocabulary.fit(documents)
        inputs = matrix(vocabulary, documents)
        counts = np.bincount(targets, minlength=len(labels)).astype(np.float64)
        balance = (counts.mean() / counts) ** 0.5
        row_weights = np.asarray(weights, np.float32) * balance[targets].astype(np.float32)
        net = network.train(inputs, np.asarray(targets), row_weights, len(labels), settings)
        return cls(labels, extractor, vocabulary, net, Thresholds(), titles)

    # -- keeping ---------------------------------------------------------------------------------------------------

    def save(self, directory: Path) -> Path:
        """Write one file into `directory`; the same understander gives the same bytes."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / FILE_NAME
        meta: dict[str, Any] = {
            "format": 1,
            "labels": self.labels,
            "names": self.vocabulary.names,
            "concepts": self.extractor.concepts,
            "titles": self.titles,
            "fold": {str(code): value for code, value in self.extractor.tables.fold.items()},
            "sound": dict(self.extractor.tables.sound),
            "thresholds": asdict(self.thresholds),
            "gain": self.net.gain,
        }
        arrays = {
            "weights": self.vocabulary.weights,
            "first": self.net.first,
            "bias1": self.net.bias1,
            "second": self.net.second,
            "bias2": self.net.bias2,
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
        arrays = {
            name: np.load(io.BytesIO(archive.read(name + ".npy")), allow_pickle=False)
            for name in ("weights", "first", "bias1", "second", "bias2")
        }
        tables = Tables({int(code): value for code, value in meta["fold"].items()}, meta["sound"])
        net = network.Network(arrays["first"], arrays["bias1"], arrays["second"], arrays["bias2"], meta["gain"])
        return cls(
            meta["labels"],
            Extractor(tables, meta["concepts"]),
            Vocabulary(meta["names"], arrays["weights"]),
            net,
            Thresholds(**meta["thresholds"]),
            meta["titles"],
        )


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a member with a fixed date, so that the same content gives the same archive."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def matrix(vocabulary: Vocabulary, documents: Sequence[Sequence[str]]) -> Any:
    """Sparse matrix (documents, features), rows of unit length."""
    from scipy import sparse

    rows = [vocabulary.vector(names) for names in documents]
    indptr = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
    columns = np.concatenate([c for c, _ in rows])
    values = np.concatenate([v for _, v in rows])
    return sparse.csr_matrix((values, columns, indptr), shape=(len(rows), len(vocabulary.names)))
