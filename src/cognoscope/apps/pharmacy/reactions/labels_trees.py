"""Boosted trees as plain arrays, evaluated with NumPy: the shipped file depends on no version of scikit-learn.

The trees are grown by scikit-learn's HistGradientBoostingClassifier (Ke et al., LightGBM, NIPS 2017) in `labels_fit`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Trees:
    """Nodes of all trees one after another; leaves have `column` -1 and go to themselves.

    `roots[t]` is the first node of tree t, `value` the log-odds of a leaf, `base` what each ensemble begins with; the
    chance is the mean over `ensembles` of the logistic of the sums of their trees (`of[t]`: ensemble of tree t).
    """

    column: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    of: NDArray[np.int16]
    base: NDArray[np.float32]
    depth: int

    def chances(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """`(n,)` chances of `(n, columns)` rows without missing values."""
        if not len(rows):
            return np.zeros(0)
        count = np.arange(len(rows))[:, None]
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots))).copy()
        for _ in range(self.depth):
            column = self.column[at]
            goes_left = rows[count, np.maximum(column, 0)] <= self.threshold[at]
            at = np.where(column < 0, at, np.where(goes_left, self.left[at], self.right[at]))
        leaves = self.value[at].astype(np.float64)
        sums = np.stack([leaves[:, self.of == one].sum(1) for one in range(len(self.base))], axis=1) + self.base
        made: NDArray[np.float64] = (1 / (1 + np.exp(-sums))).mean(1)
        return made


def flattened(classifiers: list[Any]) -> Trees:
    """Fitted scikit-learn classifiers as arrays."""
    nodes: list[Any] = []
    roots, of, deepest = [], [], 1
    start = 0
    for number, classifier in enumerate(classifiers):
        for (tree,) in classifier._predictors:
            table = tree.nodes
            roots.append(start)
            of.append(number)
            deepest = max(deepest, int(table["depth"].max()))
            shifted = table.copy()
            shifted["left"] += np.uint32(start)
            shifted["right"] += np.uint32(start)
            nodes.append(shifted)
            start += len(table)
    every = np.concatenate(nodes)
    leaf = every["is_leaf"].astype(bool)
    # Rows are float32: a threshold rounded upwards to float32 would let a value pass that did not.
    exact = every["num_threshold"]
    rounded = exact.astype(np.float32)
    rounded = np.where(rounded.astype(np.float64) > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded)
    return Trees(
        column=np.where(leaf, -1, every["feature_idx"]).astype(np.int16),
        threshold=np.where(leaf, 0, rounded).astype(np.float32),
        left=every["left"].astype(np.int32),
        right=every["right"].astype(np.int32),
        value=every["value"].astype(np.float32),
        roots=np.array(roots, dtype=np.int32),
        of=np.array(of, dtype=np.int16),
        base=np.array([float(np.ravel(c._baseline_prediction)[0]) for c in classifiers], dtype=np.float32),
        depth=deepest,
    )
