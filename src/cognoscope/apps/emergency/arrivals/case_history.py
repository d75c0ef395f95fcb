"""Reads a case back into frames, and says so when what it holds is no history of counts."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.case_clock import local_date
from cognoscope.apps.emergency.arrivals.case_counts import Place
from cognoscope.core.case import Case, Cell, Table
from cognoscope.core.errors import InvalidInput

LARGEST_DAY = 20_000


class UnknownPlace(InvalidInput):
    """The case names a place whose clock or calendar nobody knows."""


@dataclass(frozen=True)
class History:
    """A site's past as the case gives it.

    daily: gapless, index date, columns arrivals (and admissions); float, NaN = not known.
    hourly: date, hour, arrivals (and admissions), or None.
    incidence, weather: as in the case, dates as timestamps, or None.
    today: the local day of `as_of`, the first one to forecast.
    """

    site: str
    today: date
    place: Place
    daily: pd.DataFrame
    hourly: pd.DataFrame | None
    incidence: pd.DataFrame | None
    weather: pd.DataFrame | None


def read_history(case: Case) -> History:
    """The case as frames.

    Raises:
        UnknownPlace: nobody knows the time zone.
        InvalidInput: a date is no date or comes twice, or a count is not a whole number from 0 to 20,000.
    """
    zone = str(case.fact("time_zone") or Place.time_zone)
    try:
        today = local_date(case.as_of, zone)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownPlace(f"unknown time zone {zone!r}") from error
    country = case.fact("country")
    place = Place(
        time_zone=zone,
        country=None if country is None else str(country),
        alsace_moselle=bool(case.fact("alsace_moselle")),
        school_zone=str(case.fact("school_zone") or Place.school_zone),
    )
    hourly = case.table("hourly")
    incidence = case.table("incidence")
    weather = case.table("weather")
    return History(
        site=case.subject.split(":", 1)[1],
        today=today,
        place=place,
        daily=_daily(case.table("daily")),
        hourly=None if hourly is None else _hourly(hourly),
        incidence=None if incidence is None else _dated(incidence, ("week_start", "published_on")),
        weather=None if weather is None else _dated(weather, ("date",)),
    )


def calendar_of(place: Place) -> Calendar:
    """The calendar of a place; school zones are French.

    Raises:
        UnknownPlace: the country or the school zone is not known.
    """
    try:
        return Calendar(
            country=place.country,
            school_zone=place.school_zone if place.country == "FR" else None,
            alsace_moselle=place.alsace_moselle,
        )
    except InvalidInput as error:
        raise UnknownPlace(str(error)) from error


def _daily(table: Table | None) -> pd.DataFrame:
    if table is None or not table.rows:
        return pd.DataFrame({"arrivals": []}, index=pd.DatetimeIndex([], name="date"), dtype=float)
    frame = _with_counts(table)
    if frame["date"].duplicated().any():
        raise InvalidInput("a day comes twice")
    by_day = frame.set_index("date").sort_index()
    # A stray date centuries away would make a calendar of a million empty days: it is no history either.
    if (by_day.index[-1] - by_day.index[0]).days > 20 * 366:
        raise InvalidInput("the days span more than twenty years")
    return by_day.asfreq("D")


def _hourly(table: Table) -> pd.DataFrame:
    frame = _with_counts(table)
    hours = table.column("hour")
    if hours is None or any(not isinstance(hour, int) or not 0 <= hour <= 23 for hour in hours.values):
        raise InvalidInput("an hour is not between 0 and 23")
    frame["hour"] = [int(hour) for hour in hours.values if hour is not None]
    if frame.duplicated(["date", "hour"]).any():
        raise InvalidInput("an hour comes twice")
    return frame


def _with_counts(table: Table) -> pd.DataFrame:
    dates, arrivals = table.column("date"), table.column("arrivals")
    if dates is None or arrivals is None:
        raise InvalidInput(f"the table {table.name} lacks dates or arrivals")
    columns = {"date": _dates(dates.values), "arrivals": [_count(cell) for cell in arrivals.values]}
    admissions = table.column("admissions")
    if admissions is not None:
        columns["admissions"] = [_count(cell) for cell in admissions.values]
    return pd.DataFrame(columns)


def _dated(table: Table, dates: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame({column.name: list(column.values) for column in table.columns})
    for name in dates:
        if name not in frame:
            raise InvalidInput(f"the table {table.name} lacks {name}")
        frame[name] = _dates(tuple(frame[name]))
    return frame


def _dates(cells: tuple[Cell, ...]) -> pd.DatetimeIndex:
    try:
        return pd.DatetimeIndex([pd.Timestamp(date.fromisoformat(str(cell))) for cell in cells])
    except ValueError as error:
        raise InvalidInput("a date is not a date") from error


def _count(cell: Cell) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, bool | str) or not 0 <= cell <= LARGEST_DAY or cell != round(cell):
        raise InvalidInput(f"{cell!r} is not a number of visits")
    return float(cell)
