"""The series that an evaluation judges: the reference folders, or a hospital's own files of counts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.case_counts import Place, site_counts
from cognoscope.apps.emergency.arrivals.case_file import read_counts
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.flow import read_flow

_AFTER_ALL = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class JudgedSeries:
    """One site's history as the forecasts are given it.

    history: visits a day up to the last one that was transmitted; NaN = not known, or not a whole day's visits.
    calendar: the site's, or None where its files do not say where it lies.
    """

    name: str
    history: pd.Series
    calendar: Calendar | None
    incidence: pd.DataFrame | None = None
    weather: pd.DataFrame | None = None


def read_series(data: Path) -> list[JudgedSeries]:
    """The series in a reference folder, else in a file or a folder of files `site,timestamp,arrivals`.

    Raises:
        InvalidInput: nothing usable is there; the message names the path and what is expected.
    """
    if not data.exists():
        raise InvalidInput(f"{data}: there is no such file or folder.")
    reference = [
        JudgedSeries(
            name=series.name,
            history=_known(series.daily["arrivals"]),
            calendar=Calendar(series.country, series.subdivision, series.school_zone, series.alsace_moselle),
            incidence=series.incidence,
            weather=series.weather,
        )
        for series in read_flow(data)
    ]
    return reference or _own_counts(data)


def _own_counts(data: Path) -> list[JudgedSeries]:
    files = sorted(data.glob("*.csv")) if data.is_dir() else [data]
    if not files:
        raise InvalidInput(
            f"{data}: neither a reference folder nor a folder of CSV files with the columns site,timestamp,arrivals."
        )
    rows: dict[str, list[pd.DataFrame]] = {}
    places: dict[str, Place] = {}
    for file in files:
        for site, (place, counts) in read_counts(file).items():
            rows.setdefault(site, []).append(counts)
            places.setdefault(site, place)
    found = []
    for site, parts in rows.items():
        counts = pd.concat(parts, ignore_index=True)
        if len(parts) > 1 and counts["timestamp"].duplicated().any():
            raise InvalidInput(f"{data}: two files hold counts of {site} for the same time; keep one of them.")
        daily = site_counts(counts, site, places[site], _AFTER_ALL).daily
        found.append(JudgedSeries(site, _known(daily["arrivals"]), _calendar(places[site])))
    return found


def _known(counts: pd.Series) -> pd.Series:
    """Cleaned of what was not transmitted, and cut after the last known day: an empty grid is no history."""
    clean = believable(counts)
    last = clean.last_valid_index()
    return clean.iloc[:0] if last is None else clean[clean.index <= last]


def _calendar(place: Place) -> Calendar | None:
    """The calendar the file's columns give; a file that says nothing of the place leaves the defaults."""
    if place.country is None or place == Place():
        return None
    zone = place.school_zone if place.country == "FR" else None
    return Calendar(place.country, None, zone, place.alsace_moselle)
