"""The hours of a daily forecast as a proposed series."""

from datetime import date

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.case_clock import hour_lengths
from cognoscope.apps.emergency.arrivals.crowding import marks
from cognoscope.apps.emergency.arrivals.hourly import (
    HourProfile,
    day_kind,
    hour_intervals,
    hour_means,
    learn_profile,
    spread,
)
from cognoscope.apps.emergency.arrivals.sentences import counted, day_name
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline
from cognoscope.core.values import SeriesPoint, SeriesValue

DECIMALS = 6


def profile_of(hourly: pd.DataFrame, measure: str, calendar: Calendar) -> HourProfile | None:
    """The site's hours, learned with its public holidays; None with too few complete days."""
    if measure not in hourly or hourly.empty:
        return None
    first, last = hourly["date"].min().date(), hourly["date"].max().date()
    return learn_profile(hourly, measure, set(calendar.public_holidays(first, last)))


def hourly_series(
    daily: SeriesValue, profile: HourProfile, hourly: pd.DataFrame, calendar: Calendar, zone: str
) -> SeriesValue:
    """Every wall-clock hour of the days proposed; the hours of a day add up to that day's expected count."""
    days = [date.fromisoformat(point.key) for point in daily.points]
    lengths = hour_lengths(days[0], days[-1], zone)
    days_off = set(calendar.public_holidays(days[0], days[-1]))
    points = []
    for day, whole in zip(days, daily.points, strict=True):
        real = {stamp.hour: int(length) for stamp, length in lengths[day.isoformat()].items()}
        deviation = next(spread(each.level, each.low, each.high) for each in whole.intervals if each.level == 0.8)
        levels = [each.level for each in whole.intervals]
        for hour, mean in hour_means(profile, day_kind(day, days_off), whole.expected, real).items():
            intervals = hour_intervals(profile, mean, whole.expected, deviation, levels)
            points.append(
                SeriesPoint(
                    key=f"{day.isoformat()}T{hour:02d}",
                    expected=round(mean, DECIMALS),
                    intervals=tuple(Interval(level=level, low=low, high=high) for level, low, high in intervals),
                )
            )
    return SeriesValue(
        measure=daily.measure,
        unit=daily.unit,
        step="hour",
        points=tuple(points),
        marks=marks(hourly, daily.measure),
    )


def hourly_headline(value: SeriesValue, first: date) -> Headline:
    """The hour of the first day at which most are expected."""
    today = [point for point in value.points if point.key.startswith(first.isoformat())]
    peak = max(today, key=lambda point: point.expected)
    interval = next(each for each in peak.intervals if each.level == 0.8)
    hour, name, count = int(peak.key[-2:]), day_name(first), round(peak.expected)
    noun = counted(count, value.measure)
    low, high = round(interval.low), round(interval.high)
    return Headline(
        element=peak.key,
        text=Sentence(
            fr=f"{name.fr} : l'heure la plus chargée devrait être {hour} h - {hour + 1} h, {count} "
            f"{noun.fr}, entre {low} et {high}.",
            en=f"{name.en}: the busiest hour should be {hour}:00-{hour + 1}:00, {count} {noun.en}, "
            f"between {low} and {high}.",
        ),
        expected=peak.expected,
        interval=interval,
    )
