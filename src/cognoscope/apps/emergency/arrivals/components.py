"""What a day's visits are made of: the prior covariance, on the logarithmic scale, of each driver of the forecast.

The variances and time scales stand in `priors.toml`, one set for every hospital.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.calendar import Calendar, features, year_phase
from cognoscope.methods.kernels import cyclic, groups, linear, matern

Array = NDArray[np.float64]

DRIVERS = ("level", "weekday", "season", "holiday", "school", "epidemic", "weather", "recent")
"""`season` holds the time of year and how it shifts the week; `recent` what the last days say beyond the level."""

_HOLIDAY_GROUPS = ("holiday", "holiday_name", "around", "around_name", "turn")
_SCHOOL_GROUPS = ("school", "school_name")


@cache
def priors() -> dict[str, dict[str, float]]:
    """The content of `priors.toml`: driver -> part -> prior variance or time scale."""
    read = tomllib.loads(files(__package__).joinpath("priors.toml").read_text(encoding="utf-8"))
    return {section: dict(parts) for section, parts in read.items()}


def covariances(
    days: pd.DatetimeIndex, calendar: Calendar, epidemic: Mapping[str, Array], warmth: Array | None
) -> dict[str, Array]:
    """Prior covariance of each driver's effect on the logarithm of visits, between any two of the days.

    Args:
        days: (n,) successive days.
        calendar: the hospital's calendar.
        epidemic: indicator -> (n,), see `incidence.known_incidence`; may be empty.
        warmth: (n,) see `weather.Warmth`, or None.

    Returns:
        driver -> (n, n), in the order of `DRIVERS`; a driver without data is absent.
    """
    count = len(days)
    prior = priors()
    week = groups(np.asarray(days.dayofweek), 7)
    phase = year_phase(days)
    lasting = matern(count, prior["season"]["fade"], 1.5)
    level, weekday, season, recent = (prior[name] for name in ("level", "weekday", "season", "recent"))
    found = {
        "level": level["constant"]
        + level["trend"] * matern(count, level["trend_days"], 1.5)
        + level["slow"] * matern(count, level["slow_days"], 1.5)
        + level["medium"] * matern(count, level["medium_days"], 0.5),
        "weekday": week * (weekday["fixed"] + weekday["drift"] * matern(count, weekday["drift_days"], 0.5)),
        "season": lasting
        * (
            season["smooth"] * cyclic(phase, season["smooth_scale"])
            + season["sharp"] * cyclic(phase, season["sharp_scale"])
            + season["week"] * week * cyclic(phase, season["week_scale"])
        ),
    }
    indicators = features(days, calendar)
    for driver, names in (("holiday", _HOLIDAY_GROUPS), ("school", _SCHOOL_GROUPS)):
        scaled = [np.sqrt(prior[driver][name]) * indicators[name] for name in names if name in indicators]
        if any(matrix.any() for matrix in scaled):
            found[driver] = linear(np.hstack(scaled))
    if epidemic:
        scaled = [np.sqrt(prior["epidemic"]["variance"]) * column[:, None] for column in epidemic.values()]
        found["epidemic"] = linear(np.hstack(scaled))
    if warmth is not None:
        found["weather"] = prior["weather"]["warmth"] * linear(warmth[:, None])
    found["recent"] = recent["week"] * matern(count, recent["week_days"], 0.5) + recent["brief"] * matern(
        count, recent["brief_days"], 0.5
    )
    return found
