"""Pointers from a proposal back into its case: rows, facts, spans of text, pixels."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cognoscope.core.case import Case, ColumnName
from cognoscope.core.noun import Noun, Sentence


class RowsPointer(Noun):
    """Rows `start` (included) to `stop` (excluded) of a table of the case, all columns or one."""

    kind: Literal["rows"] = "rows"
    table: ColumnName
    start: Annotated[int, Field(ge=0)]
    stop: Annotated[int, Field(ge=1)]
    column: ColumnName | None = None
    note: Sentence | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.stop <= self.start:
            raise ValueError(f"evidence points at no row: {self.start} to {self.stop}")
        return self

    def exists_in(self, case: Case) -> bool:
        """Whether the case holds what is pointed at."""
        table = case.table(self.table)
        if table is None or self.stop > table.rows:
            return False
        return self.column is None or table.column(self.column) is not None


class FactPointer(Noun):
    """One fact of the case."""

    kind: Literal["fact"] = "fact"
    fact: ColumnName
    note: Sentence | None = None

    def exists_in(self, case: Case) -> bool:
        """Whether the case holds what is pointed at."""
        return any(fact.name == self.fact for fact in case.facts)


class SpanPointer(Noun):
    """Characters `start` (included) to `stop` (excluded) of one cell of text: a row and a column of a table."""

    kind: Literal["span"] = "span"
    table: ColumnName = "note"
    row: Annotated[int, Field(ge=0)]
    column: ColumnName = "note_text"
    start: Annotated[int, Field(ge=0)]
    stop: Annotated[int, Field(ge=1)]
    note: Sentence | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.stop <= self.start:
            raise ValueError(f"evidence points at no text: {self.start} to {self.stop}")
        return self

    def text(self, case: Case) -> str | None:
        """What is pointed at, or None where the case does not hold it."""
        table = case.table(self.table)
        column = table.column(self.column) if table else None
        if table is None or column is None or self.row >= table.rows:
            return None
        cell = column.values[self.row]
        return cell[self.start : self.stop] if isinstance(cell, str) and self.stop <= len(cell) else None

    def exists_in(self, case: Case) -> bool:
        """Whether the case holds what is pointed at."""
        return self.text(case) is not None


class PixelsPointer(Noun):
    """A frame of an image of the case, whole or a box of it: row and column of its first pixel (included) and of its
    last (excluded)."""

    kind: Literal["pixels"] = "pixels"
    image: ColumnName
    frame: Annotated[int, Field(ge=0)] = 0
    box: tuple[int, int, int, int] | None = None
    note: Sentence | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.box and (self.box[2] <= self.box[0] or self.box[3] <= self.box[1] or min(self.box) < 0):
            raise ValueError(f"evidence points at no pixel: {self.box}")
        return self

    def exists_in(self, case: Case) -> bool:
        """Whether the case holds what is pointed at."""
        image = case.image(self.image)
        if image is None or self.frame >= image.raster.frames:
            return False
        return self.box is None or (self.box[2] <= image.raster.rows and self.box[3] <= image.raster.columns)


Pointer = Annotated[RowsPointer | FactPointer | SpanPointer | PixelsPointer, Field(discriminator="kind")]
