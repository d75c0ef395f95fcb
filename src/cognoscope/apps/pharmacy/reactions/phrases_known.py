"""Phrases whose code is known, as the model that ships: digests, hashed n-grams, vectors, codes, shares; no words.

`training/phrases` says which phrases these are. Whoever has a phrase can tell whether it is one of them.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.phrases_grams import BUCKETS, grams
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known, Matrix, Ridge
from cognoscope.core.errors import InvalidInput, NotInstalled

FILE = "phrases_known.npz"
FORMAT = 1
STEPS = 127
"""Numbers of vectors and shares ship as whole numbers of 8 bits."""


class Shipped(NamedTuple):
    """The phrases, the digest of each, and the ridge fitted on them."""

    known: Known
    digests: frozenset[tuple[int, str]]
    ridge: Ridge


def digest(phrase: str) -> int:
    """64 bits that stand for a phrase in plain spelling."""
    return int.from_bytes(blake2b(phrase.encode(), digest_size=8).digest(), "little")


def save(path: Path, phrases: Sequence[str], vectors: Matrix, codes: Sequence[str]) -> None:
    """Fit the ridge on phrases in plain spelling, each with weight 1, and write it without them.

    Raises:
        NotInstalled: without scikit-learn.
    """
    # In the order of the digests, for the order of the alphabet would tell of the words.
    order = sorted(range(len(phrases)), key=lambda row: digest(phrases[row]))
    counts = grams([phrases[row] for row in order])
    arrays: dict[str, Any] = {
        "format": np.array(FORMAT),
        "digests": np.array([digest(phrases[row]) for row in order], np.uint64),
        "codes": np.array([int(codes[row]) for row in order], np.uint32),
        "vectors": _small(vectors[order]),
        "grams": counts.indices.astype(np.uint16),
        "counts": counts.data.astype(np.uint8),
        "sizes": np.diff(counts.indptr).astype(np.uint16),
    }
    shares = Ridge(_known(arrays)).shares
    most = np.abs(shares).max(axis=1, keepdims=True)
    # Most shares are small and count together: by their square roots, they keep more of their 8 bits.
    arrays["shares"] = _small(np.sign(shares) * np.sqrt(np.abs(shares) / most))
    arrays["most"] = most.astype(np.float32)
    np.savez_compressed(path, **arrays)


def load(path: Path) -> Shipped:
    """What `save` wrote.

    Raises:
        InvalidInput: the file is no such model.
        NotInstalled: without SciPy.
    """
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if int(arrays["format"]) != FORMAT:
            raise InvalidInput(f"{path.name} has a format that this version does not read: train it anew.")
        known = _known(arrays)
        roots = arrays["shares"].astype(np.float32) / STEPS
        shares = np.sign(roots) * roots**2 * arrays["most"]
        digests = frozenset(zip(arrays["digests"].tolist(), known.codes, strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise InvalidInput(f"{path.name} is no model of phrases: install Cognoscope again, or train it.") from error
    return Shipped(known, digests, Ridge(known, shares))


@cache
def shipped() -> Shipped:
    """The model that ships.

    Raises:
        NotInstalled: without the extra `text`.
    """
    with as_file(files(__package__).joinpath(FILE)) as path:
        return load(path)


def _small(numbers: Matrix) -> NDArray[np.int8]:
    """8 bits a number; the largest of each row becomes `STEPS`."""
    scaled = numbers / np.abs(numbers).max(axis=1, keepdims=True) * STEPS
    return np.asarray(np.round(scaled), dtype=np.int8)


def _known(arrays: dict[str, Any]) -> Known:
    try:
        from scipy.sparse import csr_matrix
    except ImportError as error:
        raise NotInstalled("Coding a patient's phrase needs the extra `text`: run `make text`.") from error
    ends = np.concatenate([[0], np.cumsum(arrays["sizes"], dtype=np.int64)])
    cells = arrays["counts"].astype(np.float32), arrays["grams"].astype(np.int32), ends
    vectors = arrays["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = [str(code) for code in arrays["codes"].tolist()]
    counts = csr_matrix(cells, shape=(len(codes), BUCKETS))
    return Known(counts, vectors, codes, np.ones(len(codes), np.float32))
