"""From a series proposal and its case to the plain data that `static/charts.js` and the templates draw."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cognoscope.core.case import Case, Column, Table
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import SeriesPoint, SeriesValue

HISTORY_SHOWN = {"day": 35, "hour": 24 * 4}
SMALL_COUNT = 30
"""Below this, counts are shown with one decimal: `3,2 passages` says something that `3` does not."""


@dataclass(frozen=True)
class History:
    """Where in the case the past of the series is: a table, its time column (and one of hours) and its value column."""

    table: Table
    times: Column
    hours: Column | None
    values: Column

    def latest(self, steps: int) -> list[tuple[str, float, int]]:
        """The last `steps` known values as (time, value, row of the table), oldest first."""
        known = [
            (self._time(row), float(value), row)
            for row, value in enumerate(self.values.values)
            if self.times.values[row] is not None and isinstance(value, int | float)
        ]
        return sorted(known)[-steps:]

    def _time(self, row: int) -> str:
        time = str(self.times.values[row])[:13]
        return time if self.hours is None else f"{time[:10]}T{self.hours.values[row]:0>2}"


def history_of(proposal: Proposal, case: Case) -> History | None:
    """The first evidence that points at a numeric column dated by the forecast's own step: what it continues."""
    if not isinstance(proposal.value, SeriesValue):
        return None
    for pointer in proposal.evidence:
        if not isinstance(pointer, RowsPointer) or pointer.column is None:
            continue
        table = case.table(pointer.table)
        values = table.column(pointer.column) if table else None
        if table is None or values is None or values.type not in ("integer", "number"):
            continue
        times = next((column for column in table.columns if column.type in ("date", "datetime")), None)
        hours = table.column("hour")
        by_hour = hours is not None or (times is not None and times.type == "datetime")
        if times is not None and by_hour == (proposal.value.step == "hour"):
            return History(table, times, hours, values)
    return None


def digits_for(value: SeriesValue) -> int:
    """Decimals worth showing for this series."""
    return 0 if max(point.expected for point in value.points) >= SMALL_COUNT else 1


def series_chart(
    proposal: Proposal,
    case: Case | None,
    zone: ZoneInfo,
    now: datetime,
    labels: Mapping[str, str],
    known: Mapping[str, float],
    people: Mapping[str, float],
) -> dict[str, Any]:
    """Everything one chart needs, as plain JSON data.

    labels: a point's key to its words; known: real values by key; people: amended values by key.
    """
    value = proposal.value
    if not isinstance(value, SeriesValue):
        raise TypeError("a chart is drawn of a series")
    past = history_of(proposal, case) if case is not None else None
    history = past.latest(HISTORY_SHOWN[value.step]) if past else []
    return {
        "step": value.step,
        "digits": digits_for(value),
        "now": _local_key(now.astimezone(zone), value.step),
        "table": past.table.name if past else None,
        "history": [[time, amount, row] for time, amount, row in history],
        "points": [
            {
                "key": point.key,
                "label": labels[point.key],
                "expected": point.expected,
                "bands": [[i.level, i.low, i.high] for i in sorted(point.intervals, key=lambda i: -i.level)],
            }
            for point in value.points
        ],
        "known": [[key, known[key]] for key in labels if key in known],
        "people": [[key, people[key]] for key in labels if key in people],
    }


def _local_key(instant: datetime, step: str) -> str:
    return instant.strftime("%Y-%m-%d" if step == "day" else "%Y-%m-%dT%H")


def shares(point: SeriesPoint, digits: int) -> list[float]:
    """The drivers' amounts rounded so that what is read adds up to the rounded expected value.

    Largest remainder: each amount is rounded down, and the units that are missing go to those that lost most.
    """
    unit = 10.0**-digits
    scaled = [driver.amount / unit for driver in point.drivers]
    floors = [math.floor(amount) for amount in scaled]
    missing = round(point.expected / unit) - sum(floors)
    by_loss = sorted(range(len(scaled)), key=lambda index: floors[index] - scaled[index])
    for index in by_loss[: max(missing, 0)]:
        floors[index] += 1
    return [floor * unit for floor in floors]


@dataclass(frozen=True)
class Segment:
    """One rectangle of a small stacked bar, in percent of its width."""

    name: str
    left: float
    width: float
    negative: bool


def deviation_bars(points: Sequence[SeriesPoint], base: str) -> dict[str, list[Segment]]:
    """For each point, the drivers other than `base` stacked from a common zero: losses to its left, gains to its right.

    The scale is shared by all points, so that a long bar on one day means more than a short one on another.
    """
    low = min((_sum(point, base, -1) for point in points), default=0.0)
    high = max((_sum(point, base, 1) for point in points), default=0.0)
    span = max(high - low, 1e-9)
    bars = {}
    for point in points:
        reach = {True: 0.0, False: 0.0}
        segments = []
        for driver in point.drivers:
            negative = driver.amount < 0
            if driver.name == base or driver.amount == 0:
                continue
            start = reach[negative] + (driver.amount if negative else 0.0)
            left, width = 100 * (start - low) / span, 100 * abs(driver.amount) / span
            segments.append(Segment(driver.name, round(left, 2), round(width, 2), negative))
            reach[negative] += driver.amount
        bars[point.key] = segments
    return bars


def zero_of(points: Sequence[SeriesPoint], base: str) -> float:
    """Where zero lies on the shared scale of `deviation_bars`, in percent."""
    low = min((_sum(point, base, -1) for point in points), default=0.0)
    high = max((_sum(point, base, 1) for point in points), default=0.0)
    return round(-100 * low / max(high - low, 1e-9), 2)


def _sum(point: SeriesPoint, base: str, sign: int) -> float:
    return math.fsum(d.amount for d in point.drivers if d.name != base and d.amount * sign > 0)
