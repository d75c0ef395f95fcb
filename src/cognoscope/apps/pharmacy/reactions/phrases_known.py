"""Phrases whose code is known and may ship: patients' words of PsyTAR, names of CTCAE, words of drug labels."""

import csv
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known

TABLE, VECTORS = "phrases_known.csv", "phrases_vectors.npy"
STEPS = 127
"""Vectors ship as whole numbers of 8 bits."""


@cache
def shipped() -> Known:
    """The phrases of `phrases_known.csv`, each with weight 1; `training/phrases` says where they come from."""
    text = files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    with as_file(files(__package__).joinpath(VECTORS)) as path:
        vectors = np.load(path).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = np.ones(len(rows), np.float32)
    return Known([row["phrase"] for row in rows], vectors, [row["code"] for row in rows], weights)
