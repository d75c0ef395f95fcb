"""Pointers from a proposal back into its case: rows today; text spans and pixels join this union later."""

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


Pointer = Annotated[RowsPointer | FactPointer, Field(discriminator="kind")]
