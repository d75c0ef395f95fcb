"""Hourly arrivals and admissions of an invented emergency department, from its site's description and a seed."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.demo.epidemics import daily_incidence
from cognoscope.demo.hospital import Hours, Site

Array = NDArray[np.float64]
ORDINARY_PEAK = 280.0
"""Incidence at which a site's epidemic effects are reached in full."""


def first_day(today: date, years: int) -> date:
    """The first day of the history: a fixed one within a year, so that tomorrow's history continues today's."""
    return date(today.year - years, 1, 1)


def hourly_counts(site: Site, hours: Hours, calendar: Calendar, days: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """Counts of every hour of `days`, whose last one is yesterday.

    Returns:
        Columns timestamp (naive local hour), arrivals, admissions (integers); days before the site opened and days
        it did not transmit are absent. A row does not change when `days` is made longer.
    """
    rng = np.random.default_rng([seed, *site.code.encode()])
    epidemics = daily_incidence(days, seed)
    flu = epidemics["influenza"] / ORDINARY_PEAK
    expected = _expected(site, calendar, days, flu, epidemics["gastroenteritis"] / ORDINARY_PEAK)
    expected = expected * np.exp(_drift(rng, len(days)))
    weekend = np.asarray(days.dayofweek) >= 5
    profile = np.where(weekend[:, None], _shares(hours.weekend), _shares(hours.working))
    mean = (expected[:, None] * profile).ravel()
    arrivals = rng.negative_binomial(site.spread, site.spread / (site.spread + mean))
    night = np.tile((np.arange(24) < 8) | (np.arange(24) >= 20), len(days))
    share = np.where(night, site.admitted_night, site.admitted) + site.admitted_influenza * np.repeat(flu, 24)
    admissions = np.random.default_rng([seed, 1, *site.code.encode()]).binomial(arrivals, np.clip(share, 0, 1))
    stamps = days.repeat(24) + pd.to_timedelta(np.tile(np.arange(24), len(days)), unit="h")
    frame = pd.DataFrame({"timestamp": stamps, "arrivals": arrivals, "admissions": admissions})
    return frame[~np.repeat(_silent(site, days), 24)].reset_index(drop=True)


def _expected(site: Site, calendar: Calendar, days: pd.DatetimeIndex, flu: Array, gastro: Array) -> Array:
    dates = [stamp.date() for stamp in days]
    off = calendar.public_holidays(dates[0] - timedelta(days=1), dates[-1])
    school = calendar.school_holidays(dates[0], dates[-1])
    is_off = np.array([day in off for day in dates])
    morrow = np.array([day - timedelta(days=1) in off and day not in off and day.weekday() < 5 for day in dates])
    on_holiday = np.array([day in school for day in dates])
    years = np.asarray((days - days[0]).days, dtype=np.float64) / 365.25
    turn = np.cos(2 * np.pi * (np.asarray(days.dayofyear) - 15) / 365.25)
    weekday = np.array(site.weekdays)[np.where(is_off, 6, np.asarray(days.dayofweek))]
    expected: Array = (
        site.daily
        * (1 + site.growth) ** years
        * weekday
        * (1 - site.summer * turn / 2)
        * (1 + site.school_holidays * on_holiday)
        * (1 + site.public_holidays * is_off)
        * (1 + site.morrow * morrow)
        * (1 + site.influenza * flu + site.gastroenteritis * gastro)
    )
    return expected


def _drift(rng: np.random.Generator, length: int, keep: float = 0.85, step: float = 0.012) -> Array:
    """A slow wander of the level (first-order autoregression), for what no calendar explains."""
    wander = np.empty(length)
    level = 0.0
    for day, shock in enumerate(rng.normal(0.0, step, 10_000)[:length]):
        level = keep * level + shock
        wander[day] = level
    return wander


def _shares(weights: tuple[float, ...]) -> Array:
    return np.array(weights) / sum(weights)


def _silent(site: Site, days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Days without a row: before the opening, or not transmitted."""
    ago = np.asarray((days[-1] - days).days) + 1
    silent = np.isin(ago, site.not_transmitted_days_ago)
    if site.opened_days_ago is not None:
        silent |= ago > site.opened_days_ago
    return silent
