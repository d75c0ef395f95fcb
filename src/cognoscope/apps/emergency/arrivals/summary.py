"""Means over the judged series, with intervals from resampled weeks."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.judging import HORIZONS, Judged
from cognoscope.core.evaluation import Metric
from cognoscope.methods.accuracy import poisson_floor
from cognoscope.methods.bootstrap import block_counts, interval

Array = NDArray[np.float64]

DRAWS = 1000
SEED = 20261121

_FLOOR_OF_ONE = poisson_floor(1.0)

PUBLISHED = {
    "mape": (
        6.8,
        "Vollmer et al. 2021, a London department of 208 visits a day, 1, 3 and 7 days ahead alike: other data",
    ),
}
"""Nearest published figure of a metric; none is on these series, so they stand beside ours and prove nothing."""


def summary(judged: list[Judged]) -> tuple[Metric, ...]:
    """One metric a figure and horizon: the mean over the series.

    The weeks are drawn alike for every series, counted back from the last one, so that what neighbouring hospitals have
    in common (an epidemic, snow) is not taken for independent evidence.
    """
    found = []
    for name, draw, baseline in (
        ("gap_closed", _gap_closed, "gap_closed_wk8"),
        ("coverage80", _coverage, None),
        ("mape", _mape, "wk8"),
        ("mae", _mae, None),
        ("wape", _wape, None),
    ):
        for horizon in HORIZONS:
            key = f"{name}_h{horizon}"
            between = interval(_resampled(judged, draw, horizon))
            reference, source = PUBLISHED.get(name, (None, None))
            found.append(
                Metric(
                    name=key,
                    value=_mean(judged, key),
                    low=between and between[0],
                    high=between and between[1],
                    baseline=None if baseline is None else _mean(judged, f"{baseline}_h{horizon}"),
                    reference=reference,
                    reference_source=source,
                )
            )
    found += [
        Metric(name=f"{name}_h{horizon}", value=_mean(judged, f"{name}_h{horizon}"))
        for name in ("coverage50", "coverage95")
        for horizon in HORIZONS
    ]
    found += [Metric(name=f"mape_{name}", value=_mean(judged, name)) for name in ("naive7", "floor")]
    found += [Metric(name=f"mape_wk8_h{horizon}", value=_mean(judged, f"wk8_h{horizon}")) for horizon in HORIZONS]
    better = sum(bool(each.row["better_than_wk8"]) for each in judged) / len(judged)
    return (*found, Metric(name="better_than_wk8", value=better))


def _mean(judged: list[Judged], key: str) -> float | None:
    """Mean over the series that have the figure; None where none has."""
    known = [each.row[key] for each in judged if math.isfinite(each.row[key])]
    return sum(known) / len(known) if known else None


def _resampled(judged: list[Judged], draw: Callable[[dict[str, Array], int], Array], horizon: int) -> Array:
    """(draws,) means over the series of a figure computed from drawn weeks."""
    longest = max(len(each.weekly["count"]) for each in judged)
    counts = block_counts(longest, DRAWS, SEED)
    means = []
    # A short series may miss from a draw altogether: nothing divided by nothing, left out of the interval.
    with np.errstate(invalid="ignore"):
        for each in judged:
            weeks = len(each.weekly["count"])
            drawn = {name: counts[:, longest - weeks :] @ sums for name, sums in each.weekly.items()}
            means.append(draw(drawn, horizon))
    return np.asarray(np.mean(means, axis=0), dtype=np.float64)


def _mape(sums: dict[str, Array], horizon: int) -> Array:
    return sums[f"model_h{horizon}"] / sums["visited"]


def _gap_closed(sums: dict[str, Array], horizon: int) -> Array:
    naive = sums["naive"] / sums["naive_count"]
    floor = _FLOOR_OF_ONE / np.sqrt(sums["total"] / sums["count"])
    return np.asarray((naive - _mape(sums, horizon)) / (naive - floor), dtype=np.float64)


def _coverage(sums: dict[str, Array], horizon: int) -> Array:
    return sums[f"hit_h{horizon}"] / sums["count"]


def _mae(sums: dict[str, Array], horizon: int) -> Array:
    return sums[f"absolute_h{horizon}"] / sums["count"]


def _wape(sums: dict[str, Array], horizon: int) -> Array:
    return 100 * sums[f"absolute_h{horizon}"] / sums["total"]
