"""A proposal, its decisions and its outcomes as plain data for the templates: what is read, nothing to compute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cognoscope.core.card import Card
from cognoscope.core.interval import Interval
from cognoscope.core.queries import Reviewed
from cognoscope.core.review import Review
from cognoscope.core.values import Finding, SeriesPoint, SeriesValue, TableRow, TableValue, TextValue, Value
from cognoscope.web import words
from cognoscope.web.charts import Segment, deviation_bars, digits_for, shares, zero_of
from cognoscope.web.folded import CellView, folded
from cognoscope.web.forest import ForestView, drawn_table
from cognoscope.web.i18n import N_, translate
from cognoscope.web.image_words import CONCLUSIONS, VERDICT
from cognoscope.web.navigation import ROLE_NAMES
from cognoscope.web.render_text import finding_label

SHOWN_LEVEL = 0.8
"""The interval put into words; the others are in the chart and its table."""

WHOLE_FROM = 10
"""From here on, a headline's interval is said in whole numbers, as its sentence says it."""

ELEMENTS_WITH_CONTROLS = 14
"""With more elements than this, each has a link to its own decision instead of its buttons, to keep the page light."""

VERDICTS = {
    "accept": N_("Acceptée"),
    "amend": N_("Corrigée"),
    "overrule": N_("Écartée"),
    "defer": N_("À revoir plus tard"),
}
FREQUENCIES = {0.5: N_("1 fois sur 2"), 0.8: N_("8 fois sur 10"), 0.95: N_("95 fois sur 100")}


@dataclass(frozen=True)
class Decision:
    """One review in words. `stands` is false when a later one on the same element replaced it; `blind` when it was
    made before the proposal was shown, which decides nothing.
    """

    seq: int
    verdict: str
    words: str
    reason: str | None
    amended: str | None
    comment: str
    who: str
    role: str
    at: datetime
    element: str | None
    stands: bool
    blind: bool = False


@dataclass(frozen=True)
class ImageElement:
    """What an element of a proposal on images is besides its words.

    badge: the number that stands beside it on the image; number: the amount of a value said by a name; mine: what this
    reader had written before seeing the proposal; points: where the mark now stands.
    """

    kind: Literal["measurement", "mark", "overlay"]
    badge: str
    detail: list[str]
    number: str = ""
    unit: str = ""
    mine: str = ""
    certainty: float | None = None
    shape: str = ""
    points: tuple[tuple[float, float], ...] = ()


@dataclass
class ElementView:
    """One day, hour, row or finding of a proposed value.

    prefilled: the number that a correction starts from; rewritten: a correction is written in words instead.
    """

    key: str
    label: str
    short: str
    value: str
    hour: str = ""
    low: str = ""
    high: str = ""
    bands: list[tuple[str, str]] = field(default_factory=list)
    sentence: str = ""
    shares: list[str] = field(default_factory=list)
    bar: list[Segment] = field(default_factory=list)
    prefilled: str = ""
    rewritten: bool = False
    cells: list[CellView] = field(default_factory=list)
    known: str | None = None
    closer: str | None = None
    decision: Decision | None = None
    image: ImageElement | None = None


@dataclass(frozen=True)
class ValueView:
    """A proposed value by kind: its elements, and for a series the names of its drivers."""

    kind: str
    unit: str
    elements: list[ElementView]
    driver_names: list[tuple[str, str]]
    zero: float
    columns: list[CellView]
    drawn: ForestView | None = None


def decisions(
    reviews: Sequence[Reviewed], card: Card, language: str, digits: int, *, whole_is_the_rest: bool = False
) -> list[Decision]:
    """The reviews of one proposal, newest first, each saying whether it still stands.

    whole_is_the_rest: a decision on the whole is about what has none of its own (findings), instead of replacing
        what was decided element by element before it (a forecast).
    """
    reasons = {reason.code: words.say(reason.label, language) for reason in card.reasons}
    seen: set[str | None] = set()
    views = []
    for made in sorted(reviews, key=lambda one: -one.seq):
        review = made.review
        views.append(
            Decision(
                seq=made.seq,
                verdict=review.verdict,
                words=translate(N_("Lu d'abord") if review.blind else VERDICTS[review.verdict], language),
                reason=reasons.get(review.reason, review.reason) if review.reason else None,
                amended=_amended(review, language, digits),
                comment=review.comment,
                who=made.actor.id,
                role=translate(ROLE_NAMES[made.actor.role], language) if made.actor.role else "",
                at=made.at,
                element=review.element,
                stands=not review.blind and review.element not in seen and (whole_is_the_rest or None not in seen),
                blind=review.blind,
            )
        )
        if not review.blind:
            seen.add(review.element)
    return views


def _amended(review: Review, language: str, digits: int) -> str | None:
    if isinstance(review.amended, float):
        return words.number(review.amended, language, 0 if review.amended.is_integer() else max(digits, 1))
    if review.element == VERDICT and review.amended in CONCLUSIONS:
        return translate(CONCLUSIONS[review.amended], language)
    if review.amended is not None and review.amended.startswith("{"):
        return translate(N_("tracé repris"), language)
    return review.amended


def standing(views: Sequence[Decision], element: str | None) -> Decision | None:
    """The decision that holds for an element: its own or the whole proposal's, whichever came later."""
    return next((one for one in views if one.element in (element, None) and not one.blind), None)


def value_view(
    value: Value, language: str, made: Sequence[Decision], known: Mapping[str, float], closer: Mapping[str, str]
) -> ValueView:
    """A typed value as rows of words.

    known: real values by element; closer: `program`, `people` or `equal` by element.
    """
    if isinstance(value, TableValue):
        return _table_view(value, language, made)
    if isinstance(value, TextValue):
        return _text_view(value, language, made)
    if not isinstance(value, SeriesValue):
        raise TypeError("a value on images is shown by image_view")
    digits = digits_for(value)
    base = _base_driver(value)
    names = _driver_names(value, base, language)
    bars = deviation_bars(value.points, base)
    elements = []
    for point in value.points:
        view = _point_view(point, language, digits)
        view.shares = _shares(point, list(names), language, digits)
        view.bar = bars[point.key]
        view.decision = standing(made, point.key)
        if point.key in known:
            view.known = words.number(known[point.key], language, 0 if float(known[point.key]).is_integer() else digits)
            view.closer = closer.get(point.key)
        elements.append(view)
    return ValueView(
        "series", words.say(value.unit, language), elements, list(names.items()), zero_of(value.points, base), []
    )


def _base_driver(value: SeriesValue) -> str:
    """The driver the others are deviations from: the largest of the first point."""
    drivers = value.points[0].drivers
    return max(drivers, key=lambda driver: abs(driver.amount)).name if drivers else ""


def _driver_names(value: SeriesValue, base: str, language: str) -> dict[str, str]:
    """Every driver of any point, by name, the base first."""
    names = {driver.name: words.say(driver.label, language) for point in value.points for driver in point.drivers}
    return {base: names.pop(base), **names} if base in names else names


def _shares(point: SeriesPoint, names: Sequence[str], language: str, digits: int) -> list[str]:
    """The point's drivers in the order of the table's columns; the base without a sign, no effect as 0."""
    rounded = dict(zip((driver.name for driver in point.drivers), shares(point, digits), strict=True))
    base, *others = [rounded.get(name, 0.0) for name in names] or [0.0]
    said = [words.number(base, language, digits), *(words.signed(one, language, digits) for one in others)]
    return said if names else []


def _point_view(point: SeriesPoint, language: str, digits: int) -> ElementView:
    shown = next((one for one in point.intervals if one.level == SHOWN_LEVEL), None)

    def read(amount: float) -> str:
        return words.number(amount, language, 0 if amount.is_integer() else digits)

    return ElementView(
        key=point.key,
        label=words.element_label(point.key, language),
        short=words.element_label(point.key, language, short=True),
        value=words.number(point.expected, language, digits),
        hour=words.element_label(point.key, language).rpartition(", ")[2],
        low=read(shown.low) if shown else "",
        high=read(shown.high) if shown else "",
        bands=[
            (words.percent(one.level, language), f"{read(one.low)} – {read(one.high)}")
            for one in sorted(point.intervals, key=lambda one: one.level)
        ],
        sentence=words.say(point.sentence, language) if point.sentence else "",
        prefilled=f"{point.expected:.{digits}f}",
    )


def _table_view(value: TableValue, language: str, made: Sequence[Decision]) -> ValueView:
    headings, cells = folded(value, language)
    rows = [_row_view(row, shown, language, made) for row, shown in zip(value.rows, cells, strict=True)]
    return ValueView("table", "", rows, [], 0.0, headings, drawn_table(value, language))


def _row_view(row: TableRow, shown: list[CellView], language: str, made: Sequence[Decision]) -> ElementView:
    cells = [words.cell(one, language) for one in row.cells]
    label = cells[0] if cells else row.key
    return ElementView(
        key=row.key, label=label, short=label, value=" · ".join(cells), cells=shown, decision=standing(made, row.key)
    )


def _text_view(value: TextValue, language: str, made: Sequence[Decision]) -> ValueView:
    ranks = {group.name: rank for rank, group in enumerate(value.groups)}
    findings = sorted(value.findings, key=lambda finding: ranks[finding.group])
    return ValueView("text", "", [_finding_view(one, language, made) for one in findings], [], 0.0, [])


def _finding_view(finding: Finding, language: str, made: Sequence[Decision]) -> ElementView:
    label = finding_label(finding, language)
    own = next((one for one in made if one.element == finding.key), None)
    return ElementView(
        key=finding.key,
        label=label,
        short=label,
        value=label,
        rewritten=True,
        decision=own or standing(made, finding.key),
    )


@dataclass(frozen=True)
class CertaintyBar:
    """The interval and the expected value on a scale from zero, in percent of the bar's width."""

    left: float
    width: float
    mark: float
    text: str
    spoken: str


def certainty(expected: float | None, interval: Interval | None, language: str) -> CertaintyBar | None:
    """The small bar of a headline: how wide the interval is beside the value, from zero."""
    if expected is None or interval is None:
        return None
    whole = expected >= WHOLE_FROM or (interval.low.is_integer() and interval.high.is_integer())
    digits = 0 if whole else 1
    top = max(interval.high * 1.15, expected * 1.15, 1e-9)
    low, high = words.number(interval.low, language, digits), words.number(interval.high, language, digits)
    often = FREQUENCIES.get(interval.level)
    frequency = translate(often, language) if often else words.percent(interval.level, language)
    return CertaintyBar(
        left=round(100 * max(interval.low, 0) / top, 1),
        width=round(100 * (interval.high - max(interval.low, 0)) / top, 1),
        mark=round(100 * expected / top, 1),
        text=f"{low} – {high}",
        spoken=translate(N_("entre %(low)s et %(high)s, %(often)s"), language, low=low, high=high, often=frequency),
    )
