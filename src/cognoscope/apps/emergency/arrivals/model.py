"""Forecast of a site's daily visits: what people call as a library.

Visits are a product of drivers (level, weekday, time of year, holidays, school, epidemics, the last days): an additive
Gaussian process on the logarithm of the counts, whose observation noise is what chance gives at the site's size. The
intervals are conformal, made of the errors this very site's forecasts would have had.
"""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd
from threadpoolctl import threadpool_limits

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.fitting import BURN_IN, SiteFit, fit_site
from cognoscope.apps.emergency.arrivals.incidence import LONGEST_HORIZON
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.conformal import bands
from cognoscope.methods.decomposition import logarithmic_shares


@dataclass(frozen=True)
class DayForecast:
    """One day ahead.

    expected: visits; half a variance below the median, about one visit below the mean, where the relative error is
    least (a choice checked on past years). intervals: level -> (low, high), a higher level containing the
    lower ones. contributions: driver (see `components.DRIVERS`) -> visits; they add up to `expected`. `level` is what
    an ordinary day brings, the others what they add to it or take from it.
    """

    day: date
    expected: float
    intervals: dict[float, tuple[float, float]]
    contributions: dict[str, float]


@dataclass(frozen=True)
class DailyForecast:
    """The days after `origin`, the last day whose count was used."""

    origin: date
    days: tuple[DayForecast, ...]


def forecast_daily(
    history: pd.Series,
    calendar: Calendar,
    incidence: pd.DataFrame | None,
    weather: pd.DataFrame | None,
    origin: date,
    horizons: int = LONGEST_HORIZON,
    levels: tuple[float, ...] = (0.5, 0.8, 0.95),
    seed: int = 0,
) -> DailyForecast:
    """Forecast the `horizons` days after `origin` from what was known at its end.

    Args:
        history: visits (or admissions) a day, index of days without repeats; NaN or absent = not known. Later days than
            `origin` are not looked at.
        calendar: the site's calendar.
        incidence: rows with `indicator`, `published_on`, `per_100000`, or None; what was published later than `origin`
            is not used.
        weather: rows with `date`, `temperature_min`, `temperature_max`, or None; days later than `origin` are not used.
        origin: last day whose count may be used.
        horizons: number of days, 1 to 7.
        levels: nominal coverages of the intervals.
        seed: nothing is drawn at random; every method is called alike.

    Raises:
        InvalidInput: fewer than 60 known days, or a horizon out of range.
    """
    if not 1 <= horizons <= LONGEST_HORIZON:
        raise InvalidInput(f"The forecast reaches 1 to {LONGEST_HORIZON} days ahead, not {horizons}.")
    # One thread: the same sums in the same order on any number of cores, hence the same bits.
    with threadpool_limits(1):
        fitted = fit_site(history, calendar, incidence, weather, origin, origin)
        last = len(fitted.days) - LONGEST_HORIZON - 1
        return DailyForecast(origin, tuple(_day(fitted, last, horizon, levels) for horizon in range(1, horizons + 1)))


def _day(fitted: SiteFit, origin: int, horizon: int, levels: tuple[float, ...]) -> DayForecast:
    step = origin + horizon
    centre, spread, weights = fitted.ahead(horizon)
    scores = (fitted.logs - centre) / spread
    return DayForecast(
        day=fitted.days[step].date(),
        expected=math.exp(centre[step] - spread[step] ** 2 / 2),
        intervals={
            band.level: (
                math.exp(centre[step] + band.low * spread[step]),
                math.exp(centre[step] + band.high * spread[step]),
            )
            for band in bands(scores[BURN_IN : origin + 1], levels)
        },
        contributions=_visits(fitted.effects(weights[step], step, origin), spread[step] ** 2 / 2),
    )


def _visits(effects: dict[str, float], lowered: float) -> dict[str, float]:
    """Visits each driver accounts for; the level is the base that the others are added to.

    Args:
        effects: driver -> effect on the log visits.
        lowered: how far the expected value lies below the centre, on the logarithmic scale.
    """
    base = math.exp(effects["level"] - lowered)
    others = {name: effect for name, effect in effects.items() if name != "level"}
    return {"level": base, **logarithmic_shares(base, others)}
