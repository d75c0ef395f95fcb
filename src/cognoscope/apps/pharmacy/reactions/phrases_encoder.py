"""The meaning of a phrase as a vector: a public sentence encoder that ships quantised (`training/phrases`).

all-MiniLM-L6-v2 (Apache-2.0; Reimers and Gurevych 2019, 10.18653/v1/D19-1410; Wang et al. 2020, arXiv 2002.10957).
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces, shipped_pieces
from cognoscope.core.errors import NotInstalled

MODEL = "phrases.onnx"
WIDTH = 384
MOST_PIECES = 64

Vectors = NDArray[np.float32]


def vectors(phrases: Sequence[str], pieces: Pieces | None = None, session: Any = None) -> Vectors:
    """Vectors of length 1 of phrases, `(n, WIDTH)`, with the vocabulary and the encoder that ship unless given others.

    Raises:
        NotInstalled: without ONNX Runtime.
    """
    pieces, session = pieces or shipped_pieces(), session or _shipped()
    found = np.zeros((len(phrases), WIDTH), np.float32)
    # One phrase a run: in a batch, its vector would depend on its neighbours' size through the quantisation.
    for row, phrase in enumerate(phrases):
        cut = [number for word in phrase.split() for number in pieces.cut(word)][: MOST_PIECES - 2]
        (said,) = session.run(None, {"pieces": np.array([[pieces.begin, *cut, pieces.end]], np.int64)})
        found[row] = said[0]
    return found


def opened(model: bytes) -> Any:
    """ONNX Runtime with an encoder, on one thread.

    Raises:
        NotInstalled: without ONNX Runtime.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise NotInstalled("Coding a patient's phrase needs the extra `text`: run `make text`.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@cache
def _shipped() -> Any:
    return opened(files(__package__).joinpath(MODEL).read_bytes())
