"""Pointers from a proposal back into its case: rows, facts, spans of text; pixels join this union later."""

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


Pointer = Annotated[RowsPointer | FactPointer | SpanPointer, Field(discriminator="kind")]
