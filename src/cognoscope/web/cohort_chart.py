"""From a cohort's counts to the bars and dots that templates draw: places in percent of the figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from cognoscope.intake.cohorts_compare import Comparison, Prevalence, Row
from cognoscope.intake.cohorts_counts import FEW, Count
from cognoscope.web import words
from cognoscope.web.reading_words import label_words

NOTABLE = 0.1
"""A standardised difference beyond this is commonly called an imbalance (Austin 2009, doi:10.1002/sim.3697)."""

WIDTH = 200.0
"""Width of a row's figure, in its own units; both ends keep room for a dot."""

EDGE = 6.0


@dataclass(frozen=True)
class Month:
    """A bar: its month in words, its count as shown, its height in percent; `masked` where only a bound is known."""

    label: str
    shown: str
    height: float
    masked: bool


@dataclass(frozen=True)
class Months:
    """Consecutive months, and the largest count that is shown."""

    bars: list[Month]
    most: int


@dataclass(frozen=True)
class Dot:
    """One cohort's share in words and, where it is not masked, on the row's figure."""

    text: str
    at: float | None = None
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Compared:
    """One condition or drug in both cohorts."""

    kind: str
    source: str
    label: str
    a: Dot
    b: Dot
    difference: str
    notable: bool


def months(counts: Sequence[Count], language: str) -> Months | None:
    """The timeline with the months between that nobody belongs to; None without any."""
    if not counts:
        return None
    known = {one.key: one for one in counts}
    first, last = min(known), max(known)
    year, month = int(first[:4]), int(first[5:7])
    most = max((one.number or FEW for one in counts), default=1)
    bars = []
    while f"{year:04d}-{month:02d}" <= last:
        one = known.get(f"{year:04d}-{month:02d}")
        label = format_date(date(year, month, 1), "MMM y", locale="en_GB" if language == "en" else "fr_FR")
        masked = one is not None and one.number is None
        number = FEW if masked else (one.number or 0) if one else 0
        bars.append(Month(label, one.shown if one else "0", round(100 * min(number / most, 1), 1), masked))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return Months(bars, most)


def compared(comparison: Comparison, language: str) -> list[Compared]:
    """The rows of the comparison in words and places; all share one scale, from nothing to the largest bound."""
    top = max([one.high for row in comparison.rows for one in (row.a, row.b) if one.high is not None], default=1.0)
    return [_row(row, top or 1.0, language) for row in comparison.rows]


def _row(row: Row, top: float, language: str) -> Compared:
    label = label_words("condition", row.key, language) if (row.kind, row.source) == ("condition", "text") else row.key
    return Compared(
        kind=row.kind,
        source=row.source,
        label=label,
        a=_dot(row.a, top, language),
        b=_dot(row.b, top, language),
        difference="–" if row.difference is None else words.signed(row.difference, language, 2),
        notable=row.difference is not None and abs(row.difference) > NOTABLE,
    )


def _dot(one: Prevalence, top: float, language: str) -> Dot:
    if one.share is None or one.low is None or one.high is None:
        return Dot(one.shown)
    text = f"{words.percent(one.share, language)} ({one.shown})"
    return Dot(text, _place(one.share, top), _place(one.low, top), _place(one.high, top))


def _place(share: float, top: float) -> float:
    return round(EDGE + (WIDTH - 2 * EDGE) * share / top, 1)
