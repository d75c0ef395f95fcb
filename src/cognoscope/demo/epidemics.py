"""Weekly incidence of invented epidemics, as they were and as a sentinel network would have published them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PUBLISHED_AFTER = timedelta(days=9)
"""A week's figure comes out on the Wednesday after it ended."""


@dataclass(frozen=True)
class Wave:
    """How the yearly wave of one illness varies: peak day counted from 1 January, height and width."""

    indicator: str
    base: float
    peak_day: float
    peak_spread: float
    height: float
    height_spread: float
    rise_days: float
    fall_days: float


WAVES = (
    Wave("influenza", 8.0, 25.0, 14.0, 280.0, 0.35, 14.0, 22.0),
    Wave("gastroenteritis", 70.0, 8.0, 9.0, 170.0, 0.25, 16.0, 30.0),
)


def daily_incidence(days: pd.DatetimeIndex, seed: int) -> dict[str, NDArray[np.float64]]:
    """True incidence per 100,000 and week on each day, by indicator; a day's value does not depend on the last day."""
    return {wave.indicator: _curve(wave, days, seed) for wave in WAVES}


def published(curves: Mapping[str, NDArray[np.float64]], days: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """What was published by the last of `days`: indicator, region, week_start, published_on, per_100000.

    Only whole weeks are published, with the noise of a sample of practices (about 8 %).
    """
    rows = []
    for number, (indicator, curve) in enumerate(curves.items()):
        rng = np.random.default_rng([seed, 7, number])
        weekly = pd.Series(curve, index=days).resample("W-MON", label="left", closed="left")
        whole = weekly.mean()[weekly.count() == 7]
        noisy: pd.Series[float] = whole * np.exp(rng.normal(0.0, 0.08, len(whole)))
        for start, value in zip(noisy.index, noisy.to_numpy(), strict=True):
            week_start = pd.Timestamp(str(start)).date()
            rows.append((indicator, "FR", week_start, week_start + PUBLISHED_AFTER, round(float(value), 1)))
    frame = pd.DataFrame(rows, columns=["indicator", "region", "week_start", "published_on", "per_100000"])
    return frame[frame["published_on"] <= days[-1].date()].reset_index(drop=True)


def _curve(wave: Wave, days: pd.DatetimeIndex, seed: int) -> NDArray[np.float64]:
    total = np.full(len(days), wave.base)
    for year in range(days[0].year, days[-1].year + 2):
        # One generator a year: a wave does not change when the series is made longer.
        rng = np.random.default_rng([seed, year, *wave.indicator.encode()])
        peak = date(year, 1, 1) + timedelta(days=float(rng.normal(wave.peak_day, wave.peak_spread)))
        height = wave.height * float(np.exp(rng.normal(0.0, wave.height_spread)))
        distance = np.asarray((days - pd.Timestamp(peak)).days, dtype=np.float64)
        width = np.where(distance < 0, wave.rise_days, wave.fall_days)
        total += height * np.exp(-0.5 * (distance / width) ** 2)
    return total
