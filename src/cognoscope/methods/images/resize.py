"""Images at another size: means over areas where they shrink, straight lines between pixels where they grow."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


def resized(plane: NDArray[Any], rows: int, columns: int) -> NDArray[np.float32]:
    """The plane (rows x columns, or rows x columns x channels) at another size, as float32.

    Each pixel of the result is a mean weighted by a triangle as wide as two of its pixels (two pixels of the source
    where it grows): what Pillow calls BILINEAR and others "antialiased". The same bits on one thread or on many:
    products of sparse matrices, no linear algebra library.
    """
    down = _weights(plane.shape[0], rows)
    across = _weights(plane.shape[1], columns)
    values = np.asarray(plane, np.float32)
    if values.ndim == 3:
        return np.stack([_both(values[..., channel], down, across) for channel in range(values.shape[2])], axis=-1)
    return _both(values, down, across)


def _both(plane: NDArray[np.float32], down: Any, across: Any) -> NDArray[np.float32]:
    narrow = across @ np.ascontiguousarray(plane.T)
    return np.ascontiguousarray(down @ np.ascontiguousarray(narrow.T), dtype=np.float32)


@lru_cache(maxsize=256)
def _weights(source: int, target: int) -> Any:
    """(target, source) weights, each row adding up to 1."""
    scale = source / target
    reach = max(scale, 1.0)
    centres = (np.arange(target) + 0.5) * scale - 0.5
    first = np.floor(centres - reach).astype(np.int64)
    places = first[:, None] + np.arange(int(np.ceil(2 * reach)) + 2)[None, :]
    weights = np.maximum(1 - np.abs(places - centres[:, None]) / reach, 0)
    weights[(places < 0) | (places >= source)] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    row, column = np.nonzero(weights)
    return csr_matrix(
        (weights[row, column].astype(np.float32), (row, places[row, column])), shape=(target, source), dtype=np.float32
    )
