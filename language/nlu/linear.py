"""The linear half of the classifier: one squared-hinge separator per label (scikit-learn's LinearSVC). Numbers only, no text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Linear:
    """`weights`: (features, classes); `bias`: (classes,). Scores are signed distances, comparable between labels."""

    def __init__(self, weights: NDArray[Any], bias: Floats) -> None:
        self.weights, self.bias = weights, bias

    def scores(self, columns: NDArray[np.int64], values: Floats) -> Floats:
        """Scores, shape (classes,), of one sparse input of unit length."""
        return np.asarray(values @ self.weights[columns].astype(np.float32) + self.bias, dtype=np.float32)

    def scores_many(self, inputs: Any) -> Floats:
        """Scores, shape (rows, classes)."""
        return np.asarray(inputs @ self.weights.astype(np.float32) + self.bias, dtype=np.float32)


def train(inputs: Any, targets: NDArray[np.int64], classes: int, penalty: float, seed: int) -> Linear:
    """Fit one separator per class.

    Args:
        inputs: sparse (rows, features), rows of unit length.
        targets: (rows,), class numbers; every class stands at least once.
        classes: number of classes, >= 2.
        penalty: LinearSVC's C.
        seed: of its coordinate order.
    """
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=penalty, random_state=seed, tol=1e-3).fit(inputs, targets)
    weights, bias = model.coef_.T, model.intercept_
    if classes == 2:  # scikit-learn keeps one separator for two classes
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return Linear(weights.astype(np.float16), bias.astype(np.float32))
