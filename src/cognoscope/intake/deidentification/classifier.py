"""The trained token classifier: word vectors looked up once a word, a small convolution over passages of many texts.

The passages of a batch stand in one long sequence with empty rows between them, so that one call of ONNX Runtime does
them all. How it was trained: `training/README.md`; digests, seed and versions: `classifier.json` beside this file.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.deidentification.tokens import FLAGS, Tokens, Words, grams

LABELS = (
    "",
    "NOM",
    "PRENOM",
    "DATE",
    "DATE_NAISSANCE",
    "ADRESSE",
    "VILLE",
    "ZIP",
    "TEL",
    "MAIL",
    "SECU",
    "IPP",
    "NDA",
    "HOPITAL",
)
WORD_LISTS = ("first", "surname", "city", "hospital_name", "medical", "common", "unknown")
"""Flags that come from word lists; the second reader does without them."""

REACH = 15
"""Tokens on each side that a prediction depends on."""

WIDTH = 32
Array = NDArray[np.float32]
Ids = NDArray[np.int64]


class Classifier:
    """Probabilities of `LABELS` of tokens.

    Args:
        words: the words of the texts that will be read.
        name: `classifier`, or `second`, which knows no word list and so errs elsewhere.

    Raises:
        NotInstalled: the extra `text` is missing.
    """

    def __init__(self, words: Words, name: str = "classifier") -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise NotInstalled("De-identifying texts needs the extra `text`: run `make text`.") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        with as_file(files(__package__).joinpath(f"{name}.onnx")) as path:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._vectors = WordVectors(words, _table(name))
        self._blind = [FLAGS.index(flag) + WIDTH for flag in WORD_LISTS] if name == "second" else []

    def probabilities(self, passages: list[tuple[Tokens, Ids]]) -> list[Array]:
        """Probabilities of each passage, (tokens, labels).

        Args:
            passages: tokens of a text and the indices of those to look at (`sequence`), in order.
        """
        sizes = [len(indices) for _, indices in passages]
        if not sum(sizes):
            return [np.zeros((0, len(LABELS)), np.float32) for _ in passages]
        length = sum(sizes) + REACH * (len(sizes) + 1)
        features = np.zeros((length, WIDTH + len(FLAGS) + 2), np.float32)
        at = REACH
        starts = []
        for tokens, indices in passages:
            features[at : at + len(indices)] = self._vectors.features(tokens, indices)
            starts.append(at)
            at += len(indices) + REACH
        if self._blind:
            features[:, self._blind] = 0
        (scores,) = self._session.run(None, {"features": features})
        return [scores[start : start + size] for start, size in zip(starts, sizes, strict=True)]


class WordVectors:
    """The mean of a word's n-gram vectors, kept for each word of `words`."""

    def __init__(self, words: Words, table: Array) -> None:
        self._words = words
        self._table = table
        self._rows = np.zeros((1024, WIDTH), np.float32)
        self._known = 0
        self._generation = words.generation

    def features(self, tokens: Tokens, indices: Ids) -> Array:
        """(tokens, WIDTH + flags + 2): vector, flags, whether white space stands before, and 1."""
        texts = self._words.texts
        if self._generation != self._words.generation:
            self._known, self._generation = 0, self._words.generation
        if len(self._rows) < len(texts):
            self._rows = np.concatenate([self._rows, np.zeros((len(texts), WIDTH), np.float32)])
        for number in range(self._known, len(texts)):
            self._rows[number] = self._table[grams(texts[number])].mean(axis=0)
        self._known = len(texts)
        found = np.empty((len(indices), WIDTH + len(FLAGS) + 2), np.float32)
        found[:, :WIDTH] = self._rows[tokens.ids[indices]]
        found[:, WIDTH:-2] = bits(tokens, indices)
        found[:, -2] = spaced(tokens, indices)
        found[:, -1] = 1
        return found


def bits(tokens: Tokens, indices: Ids) -> Array:
    """(tokens, flags) zeros and ones."""
    shifts = np.arange(len(FLAGS), dtype=np.uint64)
    return ((tokens.flags[indices, None] >> shifts) & np.uint64(1)).astype(np.float32)


def spaced(tokens: Tokens, indices: Ids) -> Array:
    """(tokens,) 1 where the token before is not the one before in the sequence: a plain space stands between."""
    return np.concatenate([[1], (np.diff(indices) > 1)]).astype(np.float32)[: len(indices)]


def sequence(tokens: Tokens) -> Ids:
    """Indices of the tokens that the classifier reads: all but single spaces."""
    return np.flatnonzero(tokens.ids != tokens.plain_space)


@cache
def _table(name: str) -> Array:
    with files(__package__).joinpath(f"{name}_words.npy").open("rb") as stream:
        return np.asarray(np.load(stream), np.float32)
