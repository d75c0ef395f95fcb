"""An estimate with its interval a row, on one scale: places in the units of a row's figure, for SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.core.values import TableValue
from cognoscope.web import words

WIDTH = 180.0
EDGE = 6.0
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)


@dataclass(frozen=True)
class ForestRow:
    """Where the interval begins and ends and the estimate stands; `spoken` says the same in words.

    open_low, open_high: the interval goes on beyond the figure.
    """

    low: float
    high: float
    mark: float
    spoken: str
    open_low: bool = False
    open_high: bool = False

    @property
    def width(self) -> float:
        """Of the interval, never too thin to be seen."""
        return max(self.high - self.low, 1.0)


@dataclass(frozen=True)
class Tick:
    """A number on the scale."""

    at: float
    text: str


@dataclass(frozen=True)
class ForestView:
    """A row's figure for each estimate (None where it has none), the reference line and the numbers of the scale."""

    rows: list[ForestRow | None]
    reference: float
    ticks: list[Tick]
    width: float = WIDTH


def forest(
    estimates: Sequence[tuple[float | None, float | None, float | None]],
    reference: float,
    language: str,
    *,
    logarithmic: bool,
) -> ForestView | None:
    """Estimates (value, low, high) on one scale; None where there is nothing to draw.

    An estimate without a finite value above 0 (on a logarithmic scale) has no figure; a bound that is not finite leaves
    the figure at its edge.
    """
    drawable = [
        (value, low, high) if value is not None and math.isfinite(value) and (value > 0 or not logarithmic) else None
        for value, low, high in estimates
    ]
    ends = [
        end
        for one in drawable
        if one is not None
        for end in one
        if end is not None and math.isfinite(end) and (end > 0 or not logarithmic)
    ]
    if not ends:
        return None

    def scaled(amount: float) -> float:
        return math.log(amount) if logarithmic else amount

    low, high = min(scaled(min(ends)), scaled(reference)), max(scaled(max(ends)), scaled(reference))
    room = max((high - low) * 0.04, 0.05)
    low, high = low - room, high + room

    def at(amount: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (scaled(amount) - low) / (high - low), 1)

    def row(one: tuple[float, float | None, float | None]) -> ForestRow:
        value, lower, upper = one
        begins = lower is not None and math.isfinite(lower) and (lower > 0 or not logarithmic)
        ends_ = upper is not None and math.isfinite(upper)
        return ForestRow(
            low=at(lower) if begins and lower is not None else 0.0,
            high=at(upper) if ends_ and upper is not None else WIDTH,
            mark=at(value),
            spoken=_spoken(value, lower if begins else None, upper if ends_ else None, language),
            open_low=not begins,
            open_high=not ends_,
        )

    ticks = (
        [Tick(at(step), _short(step, language)) for step in STEPS if low <= scaled(step) <= high] if logarithmic else []
    )
    rows = [row(one) if one is not None else None for one in drawable]
    return ForestView(rows, at(reference), _apart(ticks))


def drawn_table(value: TableValue, language: str) -> ForestView | None:
    """The forest plot that a proposed table asks for; None where it asks for none or holds no number."""
    if value.forest is None:
        return None
    names = [column.name for column in value.columns]
    estimate, low, high = (names.index(name) for name in (value.forest.estimate, value.forest.low, value.forest.high))

    def number(cell: object) -> float | None:
        return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None

    estimates = [(number(row.cells[estimate]), number(row.cells[low]), number(row.cells[high])) for row in value.rows]
    return forest(estimates, value.forest.reference, language, logarithmic=value.forest.logarithmic)


def _apart(ticks: list[Tick]) -> list[Tick]:
    """Numbers far enough from each other to be read, 1 before all."""
    kept: list[Tick] = []
    for tick in sorted(ticks, key=lambda one: (one.text != "1", one.at)):
        if all(abs(tick.at - other.at) >= 26 for other in kept):
            kept.append(tick)
    return sorted(kept, key=lambda one: one.at)


def _short(amount: float, language: str) -> str:
    return words.number(amount, language, 0 if amount >= 1 else 2 if amount < 0.1 else 1)


def _spoken(value: float, low: float | None, high: float | None, language: str) -> str:
    shown = [words.number(each, language, 2) if each is not None else "…" for each in (value, low, high)]
    return f"{shown[0]} ({shown[1]} – {shown[2]})"
