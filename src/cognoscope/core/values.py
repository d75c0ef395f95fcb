"""The typed values a proposal may carry; the web renders by `kind`, so a new application needs no new page."""

import math
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cognoscope.core.case import Cell, ColumnName
from cognoscope.core.evidence import Pointer
from cognoscope.core.image_value import ImageValue
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Noun, Sentence, Slug

ElementKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,79}$")]
"""Names one part of a value that can be reviewed alone: `2026-11-26`, `2026-11-26T14`, a row's code."""


class Driver(Noun):
    """A named share of an expected value, in the value's own unit."""

    name: Slug
    label: Sentence
    amount: float


class SeriesPoint(Noun):
    """One step of a forecast. Drivers, where given, add up to `expected` within 1e-6 (relative)."""

    key: ElementKey
    expected: float
    intervals: tuple[Interval, ...] = ()
    drivers: tuple[Driver, ...] = ()
    sentence: Sentence | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = math.fsum(driver.amount for driver in self.drivers)
        if self.drivers and not math.isclose(total, self.expected, rel_tol=1e-6, abs_tol=1e-6):
            raise ValueError(f"drivers of {self.key} add up to {total}, not to {self.expected}")
        ordered = sorted(self.intervals, key=lambda interval: interval.level)
        for inner, outer in pairwise(ordered):
            if outer.low > inner.low or outer.high < inner.high:
                raise ValueError(f"intervals of {self.key} are not nested")
        return self


class Mark(Noun):
    """A named place on a value's scale: where this unit's own usual range begins or ends."""

    name: Slug
    amount: float


class SeriesValue(Noun):
    """Expected values over time; a point's key is its local start (`YYYY-MM-DD` or `YYYY-MM-DDTHH`)."""

    kind: Literal["series"] = "series"
    measure: Slug
    unit: Sentence
    step: Literal["day", "hour"]
    points: Annotated[tuple[SeriesPoint, ...], Field(min_length=1)]
    marks: tuple[Mark, ...] = ()

    def element(self, key: str) -> SeriesPoint | None:
        """The point of that key, or None."""
        return next((point for point in self.points if point.key == key), None)


class TableColumn(Noun):
    """Heading of a proposed table."""

    name: ColumnName
    label: Sentence


class TableRow(Noun):
    """One reviewable row of a proposed table."""

    key: ElementKey
    cells: tuple[Cell, ...]


class Forest(Noun):
    """Which columns of a table are an estimate with its interval, drawn as a forest plot beside `reference`."""

    estimate: ColumnName
    low: ColumnName
    high: ColumnName
    reference: float
    logarithmic: bool = False


class TableValue(Noun):
    """Rows of plain cells under named columns."""

    kind: Literal["table"] = "table"
    columns: Annotated[tuple[TableColumn, ...], Field(min_length=1)]
    rows: tuple[TableRow, ...]
    forest: Forest | None = None

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError("a row of the proposed table has not one cell a column")
        names = {column.name for column in self.columns}
        if self.forest and not {self.forest.estimate, self.forest.low, self.forest.high} <= names:
            raise ValueError("the forest plot names a column that the table does not have")
        return self

    def element(self, key: str) -> TableRow | None:
        """The row of that key, or None."""
        return next((row for row in self.rows if row.key == key), None)


class Attribute(Noun):
    """A named detail of a finding: its status, its severity, a measured value with its unit, a date."""

    name: Slug
    label: Sentence
    value: Cell
    unit: str | None = None


class Finding(Noun):
    """One thing read in texts, reviewable alone: a condition, a code to add, a code that does not fit.

    `group` says what it is (`condition`, `principal-diagnosis`, `missing-code`, ...) and orders the page; `code` is in
    `vocabulary` (`CIM-10`, `CCAM`, `ATC`); `certainty` is a probability where one was estimated; `evidence` points at
    the words, or at the rows, that it rests on.
    """

    key: ElementKey
    label: Sentence
    group: Slug
    code: str | None = None
    vocabulary: str | None = None
    certainty: Annotated[float, Field(ge=0, le=1)] | None = None
    qualifiers: tuple[Slug, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    reason: Sentence | None = None
    evidence: tuple[Pointer, ...] = ()


FINDING = "finding"
"""The measure under which an outcome says whether a finding, or a row of a table, held (true) or not."""


class Group(Noun):
    """A heading over findings of one group."""

    name: Slug
    label: Sentence


class TextValue(Noun):
    """What was read in the texts of the case (its table `note`, column `note_text`), shown as highlighted spans."""

    kind: Literal["text"] = "text"
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    findings: tuple[Finding, ...]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        keys = [finding.key for finding in self.findings]
        if len(set(keys)) != len(keys):
            raise ValueError("two findings have the same key: a review could not tell them apart")
        if {finding.group for finding in self.findings} - {group.name for group in self.groups}:
            raise ValueError("a finding belongs to a group that is not declared")
        return self

    def element(self, key: str) -> Finding | None:
        """The finding of that key, or None."""
        return next((finding for finding in self.findings if finding.key == key), None)


Value = Annotated[SeriesValue | TableValue | TextValue | ImageValue, Field(discriminator="kind")]
