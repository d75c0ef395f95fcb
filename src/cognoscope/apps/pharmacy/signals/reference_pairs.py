"""Reference pairs of a drug and an outcome, scored from reports and, apart, from labels.

The reports are those of the folder, whatever they hold: a pair is scored where at least one report names its drug and
one of the outcome's terms occurs at all. Terms are in `outcome_terms.csv`: exact names of the condition, and proxies
(one word for it, or a leading sign), which are needed where a source kept one-word reactions only.
"""

import csv
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.intake.reports.text_files import heading
from cognoscope.methods.bootstrap import interval

Array = NDArray[np.float64]
DRAWS = 2000
NEEDED = ("exposureName", "outcomeName", "groundTruth")


@dataclass(frozen=True)
class Scored:
    """Scores of reference pairs: NaN where the data say nothing of the pair."""

    name: str
    truth: NDArray[np.bool_]
    outcome: NDArray[np.object_]
    scores: dict[str, Array]

    def auc(self, measure: str) -> tuple[float, float, float, int]:
        """Area under the curve of a measure over the pairs it scores, its 95 % interval, and their number."""
        values = self.scores[measure]
        known = np.isfinite(values)
        truth, score = self.truth[known], values[known]
        if not truth.any() or truth.all():
            return float("nan"), float("nan"), float("nan"), int(known.sum())
        generator = np.random.default_rng(20261122)
        draws = np.array(
            [_auc(truth[rows], score[rows]) for rows in generator.integers(0, len(truth), (DRAWS, len(truth)))]
        )
        bounds = interval(draws) or (float("nan"), float("nan"))
        return _auc(truth, score), *bounds, int(known.sum())


def reference_sets(folder: Path) -> list[Path]:
    """Files with the columns of OHDSI's reference sets."""
    found = sorted(folder.rglob("*.csv"))
    return [path for path in found if set(NEEDED) <= set(heading(path).split(","))]


def read_set(path: Path) -> pd.DataFrame:
    """exposureName, outcomeName, groundTruth (0 or 1) of a set; lines without a truth are left out."""
    table = pd.read_csv(path, dtype=str)[list(NEEDED)].dropna()
    table["outcomeName"] = table["outcomeName"].str.split().str.join(" ")
    return table[table["groundTruth"].isin(["0", "1"])].reset_index(drop=True)


def terms() -> dict[str, list[str]]:
    """Names of reactions, in small letters, by outcome."""
    found: dict[str, list[str]] = {}
    with files(__package__).joinpath("outcome_terms.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["outcome"], []).append(row["term"].casefold())
    return found


def _auc(truth: NDArray[np.bool_], score: Array) -> float:
    """Probability that a true pair has the higher score; ties count half."""
    positive, negative = score[truth], np.sort(score[~truth])
    if not len(positive) or not len(negative):
        return float("nan")
    below = np.searchsorted(negative, positive, side="left")
    upto = np.searchsorted(negative, positive, side="right")
    return float((below + upto).sum() / 2 / len(positive) / len(negative))
