"""The shipped model as one compressed NumPy file: digests, codes, counts and weights; no word and no name of a term."""

from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions.labels_lexicon import Counts, Meaning
from cognoscope.apps.pharmacy.reactions.labels_model import Linear, Model
from cognoscope.apps.pharmacy.reactions.labels_trees import Trees
from cognoscope.core.errors import InvalidInput

FORMAT = 1
TREES = ("column", "threshold", "left", "right", "value", "roots", "of", "base")


def save(model: Model, path: Path, labels: list[str]) -> None:
    """Write a model; `labels` are digests of the texts it learnt from, so that these are never judged by it."""
    known = model.known
    terms = sorted({one.term for some in known.meant.values() for one in some} | set(known.having) | set(model.codes))
    place = {term: n for n, term in enumerate(terms)}
    pairs = sorted((key, meaning) for key, meanings in known.meant.items() for meaning in meanings)
    free = sorted(known.free.items())
    arrays: dict[str, Any] = {
        "format": np.array(FORMAT),
        "terms": np.array(terms, dtype=np.uint64),
        "codes": np.array([int(model.codes.get(term) or 0) for term in terms], dtype=np.uint32),
        "having": np.array([known.having.get(term, 0) for term in terms], dtype=np.uint16),
        "keys": np.array([key for key, _ in pairs], dtype=np.uint64),
        "term": np.array([place[one.term] for _, one in pairs], dtype=np.uint16),
        "annotated": np.array([(one.terms, one.names) for _, one in pairs], dtype=np.uint16).reshape(-1, 2),
        "flags": np.array([one.listed + 2 * one.varied for _, one in pairs], dtype=np.uint8),
        "right": np.array([known.right(key, one.term) for key, one in pairs], dtype=np.uint16),
        "free": np.array([key for key, _ in free], dtype=np.uint64),
        "free_count": np.array([count for _, count in free], dtype=np.uint16),
        "runs": np.array(sorted(known.runs), dtype=np.uint64),
        "runs_count": np.array([known.runs[key] for key in sorted(known.runs)], dtype=np.uint16),
        "weights": model.linear.weights.astype(np.float16),
        "bias": model.linear.bias,
        "threshold": np.array(model.threshold),
        "depth": np.array(model.trees.depth),
        "labels": np.array([int(one[:16], 16) for one in sorted(labels)], dtype=np.uint64),
        **{f"trees_{name}": getattr(model.trees, name) for name in TREES},
    }
    np.savez_compressed(path, **arrays)


def load(path: Path) -> tuple[Model, frozenset[int]]:
    """The model, and the first 64 bits of the digest of each label it learnt from.

    Raises:
        InvalidInput: the file is no such model.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["format"]) != FORMAT:
                raise InvalidInput(f"{path.name} has a format that this version does not read: train it anew.")
            return _model(file), frozenset(int(one) for one in file["labels"])
    except (OSError, ValueError, KeyError) as error:
        raise InvalidInput(f"{path.name} is no model of drug labels: install Cognoscope again, or train it.") from error


def _model(file: Any) -> Model:
    terms = file["terms"].tolist()
    meant: dict[int, list[Meaning]] = {}
    rights: dict[tuple[int, int], int] = {}
    columns = (file[name].tolist() for name in ("keys", "term", "annotated", "flags", "right"))
    for key, term, (annotated, names), flags, right in zip(*columns, strict=True):
        meant.setdefault(key, []).append(Meaning(terms[term], annotated, names, bool(flags & 1), bool(flags & 2)))
        if right:
            rights[key, terms[term]] = right
    free = dict(zip(file["free"].tolist(), file["free_count"].tolist(), strict=True))
    runs = dict(zip(file["runs"].tolist(), file["runs_count"].tolist(), strict=True))
    having = {term: count for term, count in zip(terms, file["having"].tolist(), strict=True) if count}
    codes = {term: str(code) for term, code in zip(terms, file["codes"].tolist(), strict=True) if code}
    trees = Trees(**{name: file[f"trees_{name}"] for name in TREES}, depth=int(file["depth"]))
    linear = Linear(file["weights"].astype(np.float32), file["bias"])
    return Model(Counts(meant, free, rights, having, runs), codes, linear, trees, float(file["threshold"]))
