"""The trained reader of patients' adverse reactions, run by ONNX Runtime; `training/spans` says how it was made.

A small BERT reads the pieces of a sentence, one recurrent layer its words, and a chain of labels decides. It knows
reactions from the withdrawal effects, the signs of the illness and the indications that stand beside them.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces, shipped_pieces
from cognoscope.apps.pharmacy.reactions.spans_chain import Chain
from cognoscope.apps.pharmacy.reactions.spans_tokens import signs
from cognoscope.core.errors import NotInstalled

MODEL, RECORD = "spans.onnx", "spans.json"
LABELS = ("O", "B-ADR", "I-ADR", "B-WD", "I-WD", "B-SSI", "I-SSI", "B-DI", "I-DI")
FIRST, INSIDE = LABELS.index("B-ADR"), LABELS.index("I-ADR")
PIECES_A_WORD, MOST_PIECES = 6, 126


class Encoded(NamedTuple):
    """Numbers of pieces, the place of each word's first piece, the signs of each word."""

    pieces: NDArray[np.int64]
    first: NDArray[np.int64]
    signs: NDArray[np.float32]


class Record(NamedTuple):
    """The chain of labels, and the line that turns the log-odds of a span's chance into a calibrated score."""

    chain: Chain
    slope: float
    offset: float


def encode(words: list[str], pieces: Pieces) -> Encoded:
    """What the network reads of a sentence; words past its reach look like its last piece."""
    numbers, first = [pieces.begin], []
    for word in words:
        first.append(min(len(numbers), MOST_PIECES))
        numbers += pieces.cut(word)[:PIECES_A_WORD]
    numbers = [*numbers[:MOST_PIECES], pieces.end]
    at = np.minimum(np.array(first, dtype=np.int64), len(numbers) - 1)
    return Encoded(np.array(numbers, dtype=np.int64), at, signs(words))


def scores(words: list[str]) -> NDArray[np.float64]:
    """Scores of `LABELS` for each word of a sentence, `(n, 9)`.

    Raises:
        NotInstalled: without ONNX Runtime.
    """
    one = encode(words, shipped_pieces())
    given = {"pieces": one.pieces[None], "first": one.first[None], "signs": one.signs[None]}
    (said,) = _session().run(None, given)
    return np.asarray(said[0], dtype=np.float64)


@cache
def record() -> Record:
    """The numbers that ship beside the network."""
    kept = json.loads(files(__package__).joinpath(RECORD).read_text(encoding="utf-8"))
    step, begin, end = (np.array(kept["chain"][name], dtype=np.float64) for name in ("step", "begin", "end"))
    return Record(Chain(step, begin, end, FIRST, INSIDE), kept["calibration"]["slope"], kept["calibration"]["offset"])


@cache
def _session() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise NotInstalled("Reading reactions in English needs the extra `text`: run `make text`.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = files(__package__).joinpath(MODEL).read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
