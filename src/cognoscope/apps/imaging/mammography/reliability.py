"""The reliability table: what share of the films with each score turned out to be malignant."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta

SCORES = range(1, 11)


@dataclass(frozen=True)
class Line:
    """One score: films and women that had it, malignant films, their share with its exact 95 % interval (Clopper and
    Pearson 1934), and the mean calibrated probability that had been announced. NaN where no film had the score."""

    score: int
    films: int
    women: int
    malignant: int
    share: float
    low: float
    high: float
    announced: float


def table(
    scores: NDArray[np.int64], chances: NDArray[np.float64], truth: NDArray[np.bool_], women: NDArray[np.str_]
) -> list[Line]:
    """Ten lines.

    Args:
        scores: (n,) 1 to 10. chances: (n,) calibrated probabilities. truth: (n,) malignant. women: (n,) whose film.
    """
    return [_line(score, chances, truth, women, scores == score) for score in SCORES]


def _line(
    score: int,
    chances: NDArray[np.float64],
    truth: NDArray[np.bool_],
    women: NDArray[np.str_],
    part: NDArray[np.bool_],
) -> Line:
    films, hits = int(part.sum()), int(truth[part].sum())
    if not films:
        return Line(score, 0, 0, 0, *(float("nan"),) * 4)
    low = float(beta.ppf(0.025, hits, films - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, films - hits)) if hits < films else 1.0
    return Line(score, films, len(set(women[part])), hits, hits / films, low, high, float(chances[part].mean()))


def error(lines: list[Line]) -> float:
    """Expected calibration error of the scores: distance of announced and observed share, averaged over films."""
    known = [line for line in lines if line.films]
    total = sum(line.films for line in known)
    return sum(line.films * abs(line.announced - line.share) for line in known) / total if total else float("nan")


def frame(lines: list[Line]) -> pd.DataFrame:
    """The table as it is written to `reliability.csv`."""
    return pd.DataFrame([asdict(line) for line in lines]).round(4)
