"""The trained classifier of words, run by ONNX Runtime; `training/disorders` says how it was made and from what."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.disorders_features import features
from cognoscope.intake.reading.disorders_terms import Match
from cognoscope.intake.reading.disorders_tokens import Token

MODEL = "disorders.onnx"
WINDOW = 2048
"""Words of one run of the classifier, so that memory stays bounded whatever the length of a report."""

MARGIN = 8
"""Words on either side of a window that the classifier sees (its convolutions reach seven) and does not label."""


def chances(read: Sequence[Token], found: Sequence[Match]) -> NDArray[np.float32]:
    """Chance of each word to be outside, to begin and to go on with a disorder, `(n, 3)`.

    Raises:
        NotInstalled: without ONNX Runtime.
    """
    made = [_window(read, found, start, min(start + WINDOW, len(read))) for start in range(0, len(read), WINDOW)]
    return np.concatenate(made) if made else np.zeros((0, 3), dtype=np.float32)


def _window(read: Sequence[Token], found: Sequence[Match], start: int, stop: int) -> NDArray[np.float32]:
    first, last = max(0, start - MARGIN), min(len(read), stop + MARGIN)
    inside = [
        match._replace(first=match.first - first, last=match.last - first)
        for match in found
        if match.first >= first and match.last <= last
    ]
    rows, places, flags = features(read[first:last], inside)
    (said,) = session().run(None, {"rows": rows, "places": places, "flags": flags})
    return np.asarray(said[start - first : stop - first], dtype=np.float32)


@cache
def session() -> Any:
    """ONNX Runtime with the classifier, on one thread: reports are spread over processes.

    Raises:
        NotInstalled: without ONNX Runtime.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise NotInstalled("Reading disorders needs the extra `text`: run `make text`.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = files(__package__).joinpath(MODEL).read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
