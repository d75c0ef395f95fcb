"""Forecast of a site's daily visits: what people call as a library.

Visits are a product of drivers (level, weekday, time of year, holidays, school, epidemics, the last days): an additive
Gaussian process on the logarithm of the counts, whose observation noise is what chance gives at the site's size. The
intervals are conformal, made of the errors this very site's forecasts would have had.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.fitting import BURN_IN, SiteFit, fit_site
from cognoscope.apps.emergency.arrivals.incidence import LONGEST_HORIZON
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.conformal import bands
from cognoscope.methods.decomposition import logarithmic_shares


@dataclass(frozen=True)
class DayForecast:
    """One day ahead.

    expected: visits, as many chances above as below. intervals: level -> (low, high), a higher level containing the
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
        weather: not used yet.
        origin: last day whose count may be used.
        horizons: number of days, 1 to 7.
        levels: nominal coverages of the intervals.
        seed: nothing is drawn at random; every method is called alike.

    Raises:
        InvalidInput: fewer than 60 known days, or a horizon out of range.
    """
    if not 1 <= horizons <= LONGEST_HORIZON:
        raise InvalidInput(f"The forecast reaches 1 to {LONGEST_HORIZON} days ahead, not {horizons}.")
    fitted = fit_site(history, calendar, incidence, origin, origin)
    last = len(fitted.days) - LONGEST_HORIZON - 1
    effects = fitted.process.components(fitted.drivers, last)
    days = []
    for horizon in range(1, horizons + 1):
        centre, spread = fitted.ahead(horizon)
        scores = (fitted.logs - centre) / spread
        target = last + horizon
        expected = math.exp(centre[target])
        days.append(
            DayForecast(
                day=origin + timedelta(days=horizon),
                expected=expected,
                intervals={
                    band.level: (
                        math.exp(centre[target] + band.low * spread[target]),
                        math.exp(centre[target] + band.high * spread[target]),
                    )
                    for band in bands(scores[BURN_IN : last + 1], levels)
                },
                contributions=_contributions(fitted, {name: float(e[horizon - 1]) for name, e in effects.items()}),
            )
        )
    return DailyForecast(origin, tuple(days))


def _contributions(fitted: SiteFit, effects: dict[str, float]) -> dict[str, float]:
    """Visits each driver accounts for; the level is the base that the others are added to."""
    base = math.exp(fitted.process.offset + effects["level"])
    others = {name: effect for name, effect in effects.items() if name != "level"}
    return {"level": base, **logarithmic_shares(base, others)}
