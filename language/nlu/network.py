"""A small classifier: sparse input -> hidden layer -> softmax, trained with Adam in numpy. Knows numbers only, no text.

Deterministic: one generator, one order of operations; same data and seed give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    """How a network is trained. `input_dropout` hides features, which stands in for typos and unseen words."""

    hidden: int = 128
    epochs: int = 12
    batch: int = 128
    rate: float = 3e-3
    smoothing: float = 0.05
    input_dropout: float = 0.6
    hidden_dropout: float = 0.5
    decay: float = 1e-4
    gain: float = 6.0
    seed: int = 20261121


class Network:
    """Weights of the two layers. `first`: (features, hidden); `second`: (hidden, classes); `gain` scales the unit input."""

    def __init__(self, first: Floats, bias1: Floats, second: Floats, bias2: Floats, gain: float) -> None:
        self.first, self.bias1, self.second, self.bias2, self.gain = first, bias1, second, bias2, gain

    def logits(self, columns: NDArray[np.int64], values: Floats) -> Floats:
        """Raw scores, shape (classes,), for one sparse input of unit length."""
        hidden = (values * self.gain) @ self.first[columns].astype(np.float32) + self.bias1
        return np.asarray(np.maximum(hidden, 0.0) @ self.second + self.bias2, dtype=np.float32)

    def logits_many(self, inputs: Any) -> Floats:
        """Raw scores, shape (rows, classes)."""
        hidden = (inputs * self.gain) @ self.first.astype(np.float32) + self.bias1
        return np.asarray(np.maximum(hidden, 0.0) @ self.second + self.bias2, dtype=np.float32)


class _Adam:
    """Adam; for the first layer only the rows touched by a batch are moved."""

    def __init__(self, shape: tuple[int, ...], rate: float) -> None:
        self.mean = np.zeros(shape, np.float32)
        self.square = np.zeros(shape, np.float32)
        self.rate = rate

    def step(self, weights: Floats, gradient: Floats, count: int) -> None:
        """Move all weights by one step, the `count`-th. `gradient` is spent."""
        self._move(weights, gradient, self.mean, self.square, count)

    def step_rows(
        self, weights: Floats, gradient: Floats, count: int, rows: NDArray[np.int64], current: Floats
    ) -> None:
        """Move some rows. `gradient` and `current` (a copy of those rows) are spent.

        Written with `take` and in place: the first layer is large, and moving it around is most of what training costs.
        """
        mean, square = self.mean.take(rows, axis=0), self.square.take(rows, axis=0)
        self._move(current, gradient, mean, square, count)
        self.mean[rows], self.square[rows], weights[rows] = mean, square, current

    def _move(self, weights: Floats, gradient: Floats, mean: Floats, square: Floats, count: int) -> None:
        mean *= np.float32(0.9)
        mean += np.float32(0.1) * gradient
        square *= np.float32(0.999)
        gradient *= gradient
        gradient *= np.float32(0.001)
        square += gradient
        divisor = np.sqrt(square)
        divisor += np.float32(1e-7)
        np.divide(mean, divisor, out=divisor)
        divisor *= np.float32(self.rate * np.sqrt(1 - 0.999**count) / (1 - 0.9**count))
        weights -= divisor


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax (also for one row)."""
    exponent = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=-1, keepdims=True), dtype=np.float32)


def train(inputs: Any, targets: NDArray[np.int64], weights: Floats, classes: int, settings: Settings) -> Network:
    """Fit a network.

    Args:
        inputs: (rows, features), each row of unit length.
        targets: (rows,), class numbers.
        weights: (rows,), how much each row counts.
        classes: number of classes.
        settings: see `Settings`.
    """
    from scipy import sparse  # training only: serving must not pay for it

    random = np.random.default_rng(settings.seed)
    rows, features = inputs.shape
    first = random.normal(0, 0.08, (features, settings.hidden)).astype(np.float32)
    second = random.normal(0, np.sqrt(1.0 / settings.hidden), (settings.hidden, classes)).astype(np.float32)
    bias1, bias2 = np.zeros(settings.hidden, np.float32), np.zeros(classes, np.float32)
    adam = [_Adam(p.shape, settings.rate) for p in (first, bias1, second, bias2)]
    count, steps = 0, settings.epochs * -(-rows // settings.batch)
    seen, place = np.zeros(features, np.bool_), np.zeros(features, np.int32)  # number a batch's columns without sorting
    for _ in range(settings.epochs):
        order = random.permutation(rows)
        for start in range(0, rows, settings.batch):
            count += 1
            chosen = order[start : start + settings.batch]
            for optimiser in adam:
                optimiser.rate = settings.rate * max(0.05, 1 - count / steps)
            batch = inputs[chosen]
            kept = random.random(batch.nnz, dtype=np.float32) >= settings.input_dropout
            # What is hidden costs nothing: neither its weights nor their moments are touched.
            columns = batch.indices[kept]
            data = batch.data[kept] * np.float32(settings.gain / (1 - settings.input_dropout))
            bounds = np.concatenate([[0], np.cumsum(kept)])[batch.indptr]
            seen[columns] = True
            used = np.flatnonzero(seen)
            seen[used] = False
            place[used] = np.arange(len(used), dtype=np.int32)
            x = sparse.csr_matrix((data, place[columns], bounds), shape=(len(chosen), len(used)))
            current = first.take(used, axis=0)
            before = x @ current + bias1
            mask = (random.random(before.shape, dtype=np.float32) >= settings.hidden_dropout) / np.float32(
                1 - settings.hidden_dropout
            )
            hidden = np.maximum(before, 0) * mask
            error = softmax(hidden @ second + bias2)
            error += -settings.smoothing / classes
            error[np.arange(len(chosen)), targets[chosen]] -= 1 - settings.smoothing
            error *= weights[chosen, None] / len(chosen)
            back = (error @ second.T) * mask * (before > 0)
            adam[2].step(second, hidden.T @ error + settings.decay * second, count)
            adam[3].step(bias2, error.sum(axis=0), count)
            gradient = np.asarray(x.T @ back)
            gradient += np.float32(settings.decay) * current
            adam[0].step_rows(first, gradient, count, used, current)
            adam[1].step(bias1, back.sum(axis=0), count)
    return Network(first.astype(np.float16), bias1, second, bias2, settings.gain)
