"""The tables of the warehouse: OMOP CDM 5.4 and the platform's own, held as data in `cdm.csv`.

Source of the names, types, required columns and keys: OHDSI Common Data Model 5.4. Tables for which the model names
no primary key (death, concept_relationship, ...) get the columns that tell two rows apart. Dates and times are local
wall-clock time of the hospital without an offset, as OMOP wants them.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

import pyarrow as pa

from cognoscope.core.errors import InvalidInput

Kind = Literal["integer", "number", "text", "date", "datetime"]
ARROW_TYPES: Mapping[Kind, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


@dataclass(frozen=True)
class CdmColumn:
    """A column; `required` is what the CDM demands, `key` that it is part of the primary key."""

    name: str
    kind: Kind
    required: bool
    key: bool


@dataclass(frozen=True)
class CdmTable:
    """A table of the warehouse."""

    name: str
    columns: tuple[CdmColumn, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """Column names and Arrow types, in the order of the CDM."""
        return pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in self.columns])

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def about_a_person(self) -> bool:
        """Whether each row belongs to a person, so that an opted-out person's rows must not be seen."""
        return any(column.name == "person_id" for column in self.columns)

    def conform(self, rows: pa.Table) -> pa.Table:
        """The rows with exactly this table's columns, order and types.

        A missing column becomes null, a missing required `*_concept_id` becomes 0 (the CDM's "no matching concept").

        Raises:
            InvalidInput: an unknown column, a value of another type, or a null in a key or in `person_id`.
        """
        unknown = sorted(set(rows.column_names) - set(self.schema.names))
        if unknown:
            raise InvalidInput(f"The table {self.name} has no column {', '.join(unknown)}; see OMOP CDM 5.4.")
        return pa.table([self._column(column, rows) for column in self.columns], schema=self.schema)

    def _column(self, column: CdmColumn, rows: pa.Table) -> pa.ChunkedArray | pa.Array:
        kind = ARROW_TYPES[column.kind]
        if column.name not in rows.column_names:
            if column.key or column.name == "person_id":
                raise InvalidInput(f"The table {self.name} cannot be written without its column {column.name}.")
            if column.required and column.name.endswith("_concept_id"):
                return pa.repeat(pa.scalar(0, kind), rows.num_rows)
            return pa.nulls(rows.num_rows, kind)
        values = rows.column(column.name)
        if (column.key or column.name == "person_id") and values.null_count:
            raise InvalidInput(f"The column {column.name} of {self.name} is empty in {values.null_count} rows.")
        try:
            return values.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InvalidInput(f"The column {column.name} of {self.name} is not of type {column.kind}.") from error


def _read() -> Mapping[str, CdmTable]:
    columns: dict[str, list[CdmColumn]] = {}
    with files("cognoscope.intake").joinpath("cdm.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            kind: Kind = row["type"]  # type: ignore[assignment]
            column = CdmColumn(row["column"], kind, row["required"] == "yes", row["key"] == "yes")
            columns.setdefault(row["table"], []).append(column)
    return MappingProxyType({name: CdmTable(name, tuple(of_table)) for name, of_table in columns.items()})


TABLES: Mapping[str, CdmTable] = _read()
"""Every table by its name."""


def table(name: str) -> CdmTable:
    """The table of that name.

    Raises:
        InvalidInput: neither OMOP CDM 5.4 nor the platform has such a table.
    """
    if name not in TABLES:
        raise InvalidInput(f"There is no table {name!r}: neither OMOP CDM 5.4 nor the platform has one of that name.")
    return TABLES[name]
