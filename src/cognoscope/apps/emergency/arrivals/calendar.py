"""What the calendar says of a day before it comes: public holidays, bridges, school holidays, time of year."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from vacances_scolaires_france import SchoolHolidayDates

from cognoscope.core.errors import InvalidInput

Array = NDArray[np.float64]

_ALSACE_MOSELLE = "57"
_SEASONAL_DAYS = (1223, 1224, 1226, 1227, 1228, 1229, 1230, 1231, 102, 103, 703, 704, 705, 1031)


@dataclass(frozen=True)
class Calendar:
    """Where a hospital lies, as far as its days off go; nothing known is a calendar without holidays.

    country: ISO 3166 code, or None where it is not known. subdivision: as the `holidays` library names it (`SD`).
    school_zone: A, B or C in France, None elsewhere. alsace_moselle: Good Friday and 26 December are holidays too.
    """

    country: str | None = "FR"
    subdivision: str | None = None
    school_zone: str | None = None
    alsace_moselle: bool = False

    def __post_init__(self) -> None:
        if self.school_zone is not None and self.school_zone.upper() not in SchoolHolidayDates.SUPPORTED_ZONES:
            raise InvalidInput(f"School zone {self.school_zone!r} is not known; France has the zones A, B and C.")
        if self.country is not None:
            self.public_holidays(date(2025, 1, 1), date(2025, 1, 1))

    def public_holidays(self, first: date, last: date, language: str = "en_US") -> dict[date, str]:
        """Public holidays from `first` to `last`, both included, by name.

        Raises:
            InvalidInput: the country or subdivision is not known.
        """
        if self.country is None:
            return {}
        subdivision = _ALSACE_MOSELLE if self.alsace_moselle else self.subdivision
        years = tuple(range(first.year, last.year + 1))
        found = _public_holidays(self.country, subdivision, years, language)
        return {day: name for day, name in found.items() if first <= day <= last}

    def school_holidays(self, first: date, last: date) -> dict[date, str]:
        """School holidays of the zone from `first` to `last`, both included, by name."""
        if self.school_zone is None:
            return {}
        return {day: name for day, name in _school_holidays(self.school_zone.upper()).items() if first <= day <= last}

    def school_known_until(self) -> date | None:
        """Last day for which the school calendar was published, None without a school zone."""
        return max(_school_holidays(self.school_zone.upper())) if self.school_zone else None


@cache
def _public_holidays(country: str, subdivision: str | None, years: tuple[int, ...], language: str) -> dict[date, str]:
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=years, language=language)
    except NotImplementedError as error:
        raise InvalidInput(f"No public holidays are known for {country} {subdivision or ''}: {error}") from error
    return dict(sorted(found.items()))


@cache
def _school_holidays(zone: str) -> dict[date, str]:
    rows = SchoolHolidayDates().data
    return {day: row["nom_vacances"] for day, row in sorted(rows.items()) if row[f"vacances_zone_{zone.lower()}"]}


def year_phase(days: pd.DatetimeIndex) -> Array:
    """Position within the year, in [0, 1), the same for the same date of any year."""
    number = np.asarray(days.dayofyear, dtype=np.float64)
    shifted = ~np.asarray(days.is_leap_year) & (number > 59)
    return (number + shifted - 1) / 366.0


def features(days: pd.DatetimeIndex, calendar: Calendar) -> dict[str, Array]:
    """Indicators of each day, by group.

    Args:
        days: (n,) successive days.
        calendar: the hospital's calendar.

    Returns:
        group -> (n, p): `holiday` (a public holiday; on a working day; on a Monday), `holiday_name` (one column a
        name), `around` (eve, morrow on a working day and at the weekend, second day after, bridge), `around_name` (eve
        and morrow by name), `turn` (days around Christmas, New Year, early July and Halloween), and with a school zone
        `school` (any day; a working day) and `school_name`. A group without a column is left out.
    """
    dates = [stamp.date() for stamp in days]
    off = calendar.public_holidays(dates[0] - timedelta(days=3), dates[-1] + timedelta(days=3))
    off = {day: name.replace(" (observed)", "").replace(" (substitute)", "") for day, name in off.items()}
    weekday = np.asarray(days.dayofweek)
    working = weekday < 5
    names = {shift: np.array([off.get(day + timedelta(days=shift), "") for day in dates]) for shift in (-2, -1, 0, 1)}
    today, eve, morrow, later = (names[shift] != "" for shift in (0, 1, -1, -2))
    bridge = ((weekday == 4) & morrow) | ((weekday == 0) & eve)
    month_day = np.asarray(days.month) * 100 + np.asarray(days.day)
    every = sorted(set(off.values()))
    groups = {
        "holiday": _columns(today, today & working, today & (weekday == 0)),
        "holiday_name": _one_hot(names[0], every),
        "around": _columns(
            eve & ~today,
            morrow & ~today & working,
            morrow & ~working,
            later & ~today & working,
            bridge & ~today,
        ),
        "around_name": np.hstack([_one_hot(names[1], every), _one_hot(names[-1], every)]),
        "turn": _one_hot(month_day, list(_SEASONAL_DAYS)),
    }
    school = calendar.school_holidays(dates[0], dates[-1])
    if calendar.school_zone:
        kinds = np.array([school.get(day, "") for day in dates])
        groups["school"] = _columns(kinds != "", (kinds != "") & working)
        groups["school_name"] = _one_hot(kinds, sorted(set(school.values())))
    return {name: matrix for name, matrix in groups.items() if matrix.shape[1]}


def _columns(*masks: NDArray[np.bool_]) -> Array:
    return np.column_stack(masks).astype(np.float64)


def _one_hot(labels: NDArray[np.generic], wanted: list[str] | list[int]) -> Array:
    return np.array([labels == label for label in wanted], dtype=np.float64).T.reshape(len(labels), len(wanted))
