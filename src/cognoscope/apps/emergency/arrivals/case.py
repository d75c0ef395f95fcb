"""Builds the Case of one site: its counts, the epidemics as published, past weather, and where it is.

Tables: `daily` (date, arrivals, admissions if known), `hourly` (date, hour, arrivals, admissions; the last 400 days,
wall-clock hours), `incidence` (indicator, region, week_start, published_on, per_100000), `weather` (date,
temperature_min, temperature_max, precipitation). Counts are as transmitted: a day nobody sent is null, a zero stays
the zero it was. Nothing dated or published on or after the day of `as_of` is in it.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cognoscope.apps.emergency.arrivals.case_clock import local_date
from cognoscope.apps.emergency.arrivals.case_counts import SiteCounts, site_counts
from cognoscope.apps.emergency.arrivals.case_file import read_counts
from cognoscope.core.case import Case, Cell, Column, Fact, Table
from cognoscope.core.errors import InvalidInput

KIND = "emergency-arrivals"
NATIONAL = {"FR", "FRANCE", "PAY"}


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case a site of a file of counts (see `case_file`), as known at an instant.

    Raises:
        InvalidInput: the file cannot be used; the message names file, line and remedy.
    """
    cases: dict[str, Case] = {}
    for name, (place, rows) in read_counts(path).items():
        case = build_case(site_counts(rows, name, place, as_of), as_of, source="file")
        if case.subject in cases:
            raise InvalidInput(f"{path}: two sites have the same code {case.subject[5:]!r}; rename one of them.")
        cases[case.subject] = case
    return list(cases.values())


def build_case(
    counts: SiteCounts,
    as_of: datetime,
    incidence: pd.DataFrame | None = None,
    weather: pd.DataFrame | None = None,
    source: str = "",
) -> Case:
    """The case of one site.

    incidence: indicator, region, week_start, published_on, per_100000; rows published later than yesterday are left
        out. weather: date, temperature_min, temperature_max, precipitation of that site; days from today on are left
        out.
    """
    today = pd.Timestamp(local_date(as_of, counts.place.time_zone))
    measures = ["arrivals", "admissions"] if counts.has_admissions else ["arrivals"]
    tables = [_table("daily", counts.daily.reset_index()[["date", *measures]])]
    if counts.hourly is not None:
        tables.append(_table("hourly", counts.hourly[["date", "hour", *measures]]))
    if incidence is not None:
        published = incidence[pd.to_datetime(incidence["published_on"]) < today]
        ordered = _one_region(published).sort_values(["indicator", "week_start", "published_on"])
        if len(ordered):
            tables.append(_table("incidence", ordered))
    if weather is not None:
        past = weather[pd.to_datetime(weather["date"]) < today].sort_values("date")
        if len(past):
            tables.append(_table("weather", past))
    place = counts.place
    facts = (
        Fact(name="site_name", value=counts.name),
        Fact(name="time_zone", value=place.time_zone),
        Fact(name="country", value=place.country),
        Fact(name="alsace_moselle", value=place.alsace_moselle),
        Fact(name="school_zone", value=place.school_zone),
    )
    subject = f"unit:{counts.site}"
    return Case(kind=KIND, subject=subject, as_of=as_of, facts=facts, tables=tuple(tables), source=source)


_TYPES = {
    "date": "date",
    "week_start": "date",
    "published_on": "date",
    "hour": "integer",
    "arrivals": "integer",
    "admissions": "integer",
    "indicator": "text",
    "region": "text",
}
_UNITS = {
    "arrivals": "visits",
    "admissions": "stays",
    "per_100000": "cases per 100,000 inhabitants and week",
    "temperature_min": "°C",
    "temperature_max": "°C",
    "precipitation": "mm",
}


def _one_region(incidence: pd.DataFrame) -> pd.DataFrame:
    """Each indicator in one region: the whole country's where several are there, else the only one."""
    regions = incidence.groupby("indicator")["region"].agg(lambda found: _preferred(sorted(set(found))))
    return incidence[incidence["region"] == incidence["indicator"].map(regions)]


def _preferred(regions: list[str]) -> str:
    return next((region for region in regions if region.upper() in NATIONAL), regions[0])


def _table(name: str, frame: pd.DataFrame) -> Table:
    columns = []
    for column in frame.columns:
        kind: Any = _TYPES.get(str(column), "number")
        values = tuple(_cell(value, kind) for value in frame[column].tolist())
        columns.append(Column(name=str(column), type=kind, unit=_UNITS.get(str(column)), values=values))
    return Table(name=name, columns=tuple(columns))


def _cell(value: Any, kind: str) -> Cell:
    if value is None or pd.isna(value):
        return None
    if kind == "date":
        return pd.Timestamp(value).date().isoformat()
    if kind == "integer":
        return int(value)
    return str(value) if kind == "text" else float(value)
