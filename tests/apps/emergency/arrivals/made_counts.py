"""Counts made for the tests of the forecast: known level, week, holidays and chance."""

from datetime import date

import numpy as np
import pandas as pd

FIRST = date(2021, 1, 1)


def made_counts(days: int = 700, mean: float = 90.0, seed: int = 0) -> pd.Series:
    """Visits with a Monday peak, a winter peak and a quiet Christmas Day."""
    index = pd.date_range(FIRST, periods=days)
    rate = mean * (1 + 0.15 * (index.dayofweek == 0)) * (1 + 0.05 * np.cos(2 * np.pi * index.dayofyear / 365.25))
    rate = rate * np.where((index.month == 12) & (index.day == 25), 0.7, 1.0)
    return pd.Series(np.random.default_rng(seed).poisson(rate).astype(float), index=index)


def made_incidence(days: int = 700, seed: int = 1) -> pd.DataFrame:
    """Weekly influenza, published nine days after the Monday it is counted from."""
    starts = pd.date_range("2020-12-28", periods=days // 7, freq="7D")
    level = 150 * np.exp(-(((starts.dayofyear.to_numpy() - 30) / 40.0) ** 2))
    return pd.DataFrame(
        {
            "indicator": "influenza",
            "region": "42",
            "week_start": starts,
            "published_on": starts + pd.Timedelta(days=9),
            "per_100000": level + np.random.default_rng(seed).uniform(0, 10, len(starts)),
        }
    )


def made_weather(days: int = 700, seed: int = 2) -> pd.DataFrame:
    """Daily temperatures with a season and persistent departures from it."""
    index = pd.date_range(FIRST, periods=days)
    noise = np.random.default_rng(seed).normal(0, 2, days)
    departure = np.zeros(days)
    for step in range(1, days):
        departure[step] = 0.8 * departure[step - 1] + noise[step]
    middle = 11 - 9 * np.cos(2 * np.pi * (index.dayofyear.to_numpy() - 20) / 365.25) + departure
    return pd.DataFrame({"date": index, "temperature_min": middle - 4, "temperature_max": middle + 4})
