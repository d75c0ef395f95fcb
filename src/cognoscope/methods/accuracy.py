"""How far forecasts of counts lie from what happened: plain functions of arrays, NaN where either is unknown."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mape(actual: Array, forecast: Array) -> float:
    """Mean absolute percentage error, in percent, over the positive actual values that have a forecast."""
    known = np.isfinite(actual) & np.isfinite(forecast) & (actual > 0)
    return float(100 * np.mean(np.abs(forecast[known] - actual[known]) / actual[known])) if known.any() else math.nan


def mae(actual: Array, forecast: Array) -> float:
    """Mean absolute error."""
    known = np.isfinite(actual) & np.isfinite(forecast)
    return float(np.mean(np.abs(forecast[known] - actual[known]))) if known.any() else math.nan


def wape(actual: Array, forecast: Array) -> float:
    """Sum of absolute errors as a percentage of the sum of the actual values."""
    known = np.isfinite(actual) & np.isfinite(forecast)
    total = float(np.sum(actual[known]))
    return 100 * float(np.sum(np.abs(forecast[known] - actual[known]))) / total if total > 0 else math.nan


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Share of the actual values within their interval, ends included."""
    known = np.isfinite(actual) & np.isfinite(low)
    return float(np.mean((actual[known] >= low[known]) & (actual[known] <= high[known]))) if known.any() else math.nan


def poisson_floor(mean: float) -> float:
    """MAPE, in percent, that chance alone leaves to a forecast that knows the mean of a Poisson count exactly.

    The mean absolute deviation of a normal law is sqrt(2 / pi) = 0.798 standard deviations.
    """
    return 100 * math.sqrt(2 / math.pi) / math.sqrt(mean)


def gap_closed(error: float, naive: float, floor: float) -> float:
    """Share of the way from the naive error down to the floor; 0 is as good as naive, 1 as good as can be."""
    return (naive - error) / (naive - floor)
