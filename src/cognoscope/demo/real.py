"""Real series for the demonstration: a reference folder, or a hospital's own CSV files of counts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from cognoscope.apps.emergency.arrivals.case_counts import Place, site_code
from cognoscope.apps.emergency.arrivals.case_file import read_counts
from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.flow import read_flow
from cognoscope.datasets.flow_series import FlowSeries
from cognoscope.demo.sending import Records

TOGETHER_DAYS = 7
"""Series that end within so many days of the last one are shown together; there is one clock for all."""

ABROAD = "America/Chicago"
COUNTS = ["site", "site_name", "timestamp", "arrivals", "admissions"]
INCIDENCE = ["indicator", "region", "week_start", "published_on", "per_100000"]


@dataclass(frozen=True)
class Real:
    """What is shown: `today` is the day after the series end, `left_out` the names of those that ended earlier."""

    known: Records
    settings: dict[str, object]
    today: date
    shown: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def opens(self) -> datetime:
        """The moment at which the demonstration is looked at: eight in the morning of `today`."""
        return datetime.combine(self.today, time(8, 0), ZoneInfo(str(self.settings["time_zone"])))


@dataclass(frozen=True)
class _Series:
    name: str
    place: Place
    counts: pd.DataFrame
    incidence: pd.DataFrame | None

    @property
    def last(self) -> date:
        return pd.Timestamp(self.counts["timestamp"].max()).date()


def read_real(data: Path) -> Real:
    """The series of a reference folder, or of the CSV files in a folder, or of one file.

    Raises:
        InvalidInput: there is nothing usable, or a file cannot be read; the message says which and why.
    """
    found = [_reference(series) for series in read_flow(data)] or _own(data)
    if not found:
        raise InvalidInput(
            f"{data} holds no series: give a reference folder, or CSV files with columns site,timestamp,arrivals."
        )
    last = max(series.last for series in found)
    shown = [series for series in found if (last - series.last).days <= TOGETHER_DAYS]
    places = {series.place for series in shown}
    if len({place.time_zone for place in places}) > 1:
        raise InvalidInput(f"The series in {data} are of hospitals with different clocks: give one folder for each.")
    place = shown[0].place
    incidence = [series.incidence for series in shown if series.incidence is not None]
    published = pd.concat(incidence)[INCIDENCE].drop_duplicates(INCIDENCE[:3]) if incidence else _nothing_published()
    return Real(
        known=Records(pd.concat([series.counts for series in shown])[COUNTS], published),
        settings={
            "time_zone": place.time_zone,
            "alsace_moselle": place.alsace_moselle,
            "school_zone": place.school_zone,
        },
        today=last + timedelta(days=1),
        shown=tuple(series.name for series in shown),
        left_out=tuple(series.name for series in found if series not in shown),
    )


def _reference(series: FlowSeries) -> _Series:
    kept = series.hourly if series.hourly is not None else series.daily
    counts = kept.rename_axis("timestamp").reset_index()
    place = Place(
        time_zone="Europe/Paris" if series.country == "FR" else ABROAD,
        country=series.country,
        alsace_moselle=series.alsace_moselle,
        school_zone=series.school_zone or Place.school_zone,
    )
    incidence = series.incidence
    if incidence is not None:
        incidence = incidence.assign(
            region=series.country,
            week_start=pd.to_datetime(incidence["week_start"]).dt.date,
            published_on=pd.to_datetime(incidence["published_on"]).dt.date,
        )
    return _Series(series.name, place, _named(counts, series.name), incidence)


def _own(data: Path) -> list[_Series]:
    files = sorted(data.glob("*.csv")) if data.is_dir() else [data]
    return [
        _Series(name, place, _named(rows, name), None)
        for path in files
        for name, (place, rows) in read_counts(path).items()
    ]


def _named(counts: pd.DataFrame, name: str) -> pd.DataFrame:
    """Whole counts of one site; a day or hour that was not transmitted has no row."""
    if "admissions" not in counts:
        counts = counts.assign(admissions=float("nan"))
    known = counts.dropna(subset=["arrivals"])
    whole = known.astype({"arrivals": "Int64", "admissions": "Int64"})
    return whole.assign(site=site_code(name), site_name=name)


def _nothing_published() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in INCIDENCE})
