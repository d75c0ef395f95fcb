"""Counts of one site on a gapless local calendar, from rows as they were transmitted.

A day nobody transmitted is missing (NaN), never zero. A day of an hourly series counts only when all its hours are
there. The day of `as_of` is not over yet: it and everything after it stay out.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pandas as pd

from cognoscope.apps.emergency.arrivals.case_clock import hour_lengths, local_date
from cognoscope.core.errors import InvalidInput

HOURLY_DAYS_KEPT = 400
DAILY_DAYS_KEPT = 2200


@dataclass(frozen=True)
class Place:
    """Where a site is: what decides its public holidays, school holidays and clock; no country means none known."""

    time_zone: str = "Europe/Paris"
    country: str | None = "FR"
    alsace_moselle: bool = False
    school_zone: str = "B"


@dataclass(frozen=True)
class SiteCounts:
    """One site's history.

    daily: one row a day without gap, index `date`, columns arrivals and admissions (float, NaN = not known).
    hourly: one row a wall-clock hour of the last 400 days, columns date, hour, arrivals, admissions; None for a
        daily series.
    """

    site: str
    name: str
    place: Place
    daily: pd.DataFrame
    hourly: pd.DataFrame | None

    @property
    def has_admissions(self) -> bool:
        """Whether any admission count is known."""
        return bool(self.daily["admissions"].notna().any())


def site_code(name: str) -> str:
    """A site's name as a code for subjects and addresses: ASCII letters, digits, dot, dash, underscore.

    Raises:
        InvalidInput: nothing usable is left of the name.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    code = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_name).strip("-._")[:80]
    if not code:
        raise InvalidInput(f"The site name {name!r} holds no letter or digit: give the site a name or a code.")
    return code


def step_of(stamps: pd.Series) -> Literal["day", "hour"]:
    """Whether local time stamps are days or hours.

    Raises:
        InvalidInput: they are neither, blocks of several hours for instance.
    """
    if (stamps == stamps.dt.normalize()).all():
        return "day"
    if (stamps != stamps.dt.floor("h")).any():
        stamp = stamps[stamps != stamps.dt.floor("h")].iloc[0]
        raise InvalidInput(f"The time {stamp} is not the start of an hour: give counts by day or by hour.")
    steps = stamps.drop_duplicates().sort_values().diff().dropna()
    if len(steps) and pd.Timedelta(steps.median()) > pd.Timedelta(hours=1):
        raise InvalidInput("The times are neither daily nor hourly: give counts by day or by hour.")
    return "hour"


def site_counts(rows: pd.DataFrame, name: str, place: Place, as_of: datetime) -> SiteCounts:
    """One site's rows on the calendar, as known at an instant.

    rows: columns timestamp (naive local start of the day or hour), arrivals, admissions (float, NaN = not known).

    Raises:
        InvalidInput: the times are neither daily nor hourly.
    """
    today = local_date(as_of, place.time_zone)
    rows = rows[rows["timestamp"] < pd.Timestamp(today)]
    step = step_of(rows["timestamp"]) if len(rows) else "day"
    if not len(rows):
        daily = pd.DataFrame({"arrivals": [], "admissions": []}, index=pd.DatetimeIndex([], name="date"), dtype=float)
        return SiteCounts(site_code(name), name, place, daily, None)
    if step == "day":
        by_day = rows.set_index("timestamp")[["arrivals", "admissions"]].sort_index()
        return SiteCounts(site_code(name), name, place, _gapless(by_day), None)
    hourly = _hourly(rows, place.time_zone)
    by_day = hourly.groupby("date")[["arrivals", "admissions"]].sum(min_count=1)
    for measure in ("arrivals", "admissions"):
        by_day.loc[hourly[hourly[measure].isna()]["date"].unique(), measure] = float("nan")
    kept = hourly[hourly["date"] > pd.Timestamp(rows["timestamp"].max()) - pd.Timedelta(days=HOURLY_DAYS_KEPT)]
    return SiteCounts(site_code(name), name, place, _gapless(by_day), kept.reset_index(drop=True))


def _gapless(by_day: pd.DataFrame) -> pd.DataFrame:
    by_day = by_day.asfreq("D").astype(float).iloc[-DAILY_DAYS_KEPT:]
    by_day.index.name = "date"
    return by_day


def _hourly(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    """One row for each wall-clock hour that exists; an hour that came twice (autumn) is the sum of both."""
    first, last = rows["timestamp"].min().date(), rows["timestamp"].max().date()
    lengths = hour_lengths(first, last, zone)
    stamps = rows["timestamp"]
    skipped = stamps.isin(lengths.index[lengths == 0])
    # A system that keeps winter time in spring writes into an hour that never was: it belongs to the next one.
    stamps = stamps.where(~skipped, stamps + timedelta(hours=1))
    summed = rows.assign(timestamp=stamps).groupby("timestamp")[["arrivals", "admissions"]].sum(min_count=1)
    hourly = summed.reindex(lengths.index[lengths > 0])
    hourly.index.name = "timestamp"
    hourly = hourly.reset_index()
    hourly["date"] = hourly["timestamp"].dt.normalize()
    hourly["hour"] = hourly["timestamp"].dt.hour
    return hourly[["date", "hour", "arrivals", "admissions"]]
