"""A Case: the pseudonymised slice of data that one question needs, as of an instant."""

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from cognoscope.core.noun import Instant, Noun, Slug, Subject

Cell = bool | int | float | str | None
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Column(Noun):
    """Named values of one type; dates and instants are ISO 8601 text, missing values are null."""

    name: ColumnName
    type: Literal["date", "datetime", "integer", "number", "text", "boolean"]
    unit: str | None = None
    values: tuple[Cell, ...]


class Table(Noun):
    """Columns of one length.

    Raises:
        pydantic.ValidationError: two columns share a name or differ in length.
    """

    name: ColumnName
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: two columns have the same name")
        if len({len(column.values) for column in self.columns}) > 1:
            raise ValueError(f"table {self.name}: its columns differ in length")
        return self

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


class Fact(Noun):
    """One named value that is not a table: a school zone, an age in years, a unit's name."""

    name: ColumnName
    value: Cell
    unit: str | None = None


class Case(Noun):
    """What an application is given: no identity, nothing later than `as_of`."""

    kind: Slug
    subject: Subject
    as_of: Instant
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    source: str = ""

    def table(self, name: str) -> Table | None:
        """The table of that name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def fact(self, name: str) -> Cell:
        """The value of that fact, or None."""
        return next((fact.value for fact in self.facts if fact.name == name), None)
