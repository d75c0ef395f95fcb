"""A daily forecast as a proposed series: points with intervals, drivers and sentences, and the headline."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.model import DailyForecast, DayForecast
from cognoscope.apps.emergency.arrivals.sentences import DRIVERS, NOUNS, Said, describe_day, would_change
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline
from cognoscope.core.values import Driver, SeriesPoint, SeriesValue

SHOWN_DAYS = 5
USUAL_WEEKS = 8
URGENT_DEPARTURE = 0.3
DECIMALS = 3


@dataclass(frozen=True)
class DailySeries:
    """A proposed series, its headline, and what would change it."""

    value: SeriesValue
    headline: Headline
    would_change: tuple[Sentence, ...]


def daily_series(forecast: DailyForecast, measure: str, counts: pd.Series, calendar: Calendar) -> DailySeries:
    """The forecast in the platform's words. counts: cleaned daily counts up to the origin."""
    points, said = [], []
    for day in forecast.days:
        drivers = tuple(
            Driver(name=name, label=DRIVERS[name], amount=round(amount, DECIMALS))
            for name, amount in day.contributions.items()
        )
        expected = round(math.fsum(driver.amount for driver in drivers), DECIMALS)
        words = describe_day(
            day.day,
            measure,
            expected,
            day.intervals[0.8],
            day.contributions,
            usual_count(counts, day.day),
            calendar,
        )
        said.append(words)
        points.append(
            SeriesPoint(
                key=day.day.isoformat(),
                expected=expected,
                intervals=_intervals(day),
                drivers=drivers,
                sentence=words.sentence,
            )
        )
    value = SeriesValue(measure=measure, unit=NOUNS[measure], step="day", points=tuple(points))
    marked = max(range(min(SHOWN_DAYS, len(points))), key=lambda index: abs(said[index].departure))
    return DailySeries(
        value=value,
        headline=_headline(points[marked], said[marked]),
        would_change=would_change(
            forecast.days[marked].day, measure, points[marked].expected, forecast.days[marked].contributions
        ),
    )


def usual_count(counts: pd.Series, day: date) -> float | None:
    """Median of the same weekday over the last eight weeks of the counts; None with fewer than four known."""
    past = pd.date_range(end=pd.Timestamp(day), periods=USUAL_WEEKS + 2, freq="7D")
    known = counts.reindex(past[past <= counts.index[-1]]).iloc[-USUAL_WEEKS:].dropna()
    return float(known.median()) if len(known) >= USUAL_WEEKS // 2 else None


def _intervals(day: DayForecast) -> tuple[Interval, ...]:
    return tuple(
        Interval(level=level, low=round(max(low, 0.0), DECIMALS), high=round(high, DECIMALS))
        for level, (low, high) in sorted(day.intervals.items())
    )


def _headline(point: SeriesPoint, said: Said) -> Headline:
    interval = next(each for each in point.intervals if each.level == 0.8)
    return Headline(
        element=point.key,
        text=said.sentence or Sentence(fr=point.key, en=point.key),
        expected=point.expected,
        interval=interval,
        urgency=min(1.0, round(abs(said.departure) / URGENT_DEPARTURE, DECIMALS)),
    )
