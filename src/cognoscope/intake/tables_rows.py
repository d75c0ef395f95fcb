"""Turns a chunk of a hospital's table into rows of a warehouse table, as a mapping says."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cdm import CdmColumn, CdmTable
from cognoscope.intake.mapping import MappedColumn, TableMapping
from cognoscope.intake.pseudonyms import Pseudonymiser, person_id
from cognoscope.intake.tables_chunks import Chunk, Rejected
from cognoscope.intake.tables_counts import headings
from cognoscope.intake.tables_identities import is_row_key, replaced, shifted
from cognoscope.intake.tables_typing import Typist, Wanted

ANY_VALUE = "*"
ZERO = r"^[+-]?0+([.,]0*)?$"
BLANKS = " \t\r\n\u00a0"
RANGES: dict[tuple[str, str], tuple[float, float]] = {
    ("site_count", "arrivals"): (0, 100_000),
    ("site_count", "admissions"): (0, 100_000),
    ("weekly_incidence", "per_100000"): (0, 100_000),
    ("daily_weather", "temperature_min"): (-90, 60),
    ("daily_weather", "temperature_max"): (-90, 60),
    ("daily_weather", "precipitation"): (0, 2_000),
}
"""Lowest and highest value that can be meant, for the platform's own tables (counts, per 100,000, degrees C, mm)."""


def latest_start(table: CdmTable, column: CdmColumn, local: datetime) -> datetime | None:
    """Until when what the column dates may have begun; None where the future is legitimate (weather, planned ends)."""
    dated = column.kind in ("date", "datetime") and column.required and "end" not in column.name
    if dated and (table.about_a_person or (table.name, column.name) == ("weekly_incidence", "week_start")):
        return local
    return None


class RowMaker:
    """Applies one mapping to the chunks of one file."""

    def __init__(
        self,
        mapping: TableMapping,
        file: str,
        typist: Typist,
        pseudonymiser: Pseudonymiser,
        at: datetime,
        time_zone: str,
    ) -> None:
        self._mapping = mapping
        self._table = mapping.definition
        self._file = file
        self._typist = typist
        self._pseudonymiser = pseudonymiser
        self.local = at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
        self._targets = [column for column in self._table.columns if column.name in mapping.columns]
        self._wanted = [self._want(column) for column in self._targets]
        if mapping.person is not None:
            self._wanted.append(Wanted("person", "text", mapping.person, required=True))

    def rows(self, chunk: Chunk) -> tuple[pa.Table, list[Rejected]]:
        """Rows for the warehouse with their `line`, and the lines that cannot become one.

        Raises:
            InvalidInput: the file lacks a column that the mapping names.
        """
        columns, refused = [], dict[int, Rejected]()
        for target in self._targets:
            mapped = self._mapping.columns[target.name]
            values, untranslated = self._values(chunk, target, mapped)
            columns.append(values)
            for line in chunk.lines.filter(untranslated).to_pylist() if untranslated is not None else ():
                reason = f"{mapped.column}: not among the values that the mapping lists"
                refused.setdefault(line, Rejected(line, "value", reason))
        if self._mapping.person is not None:
            columns.append(self._column(chunk, self._mapping.person, "person"))
        typed, rejected = self._typist.type(self._wanted, columns, chunk.lines)
        if refused:
            kept = pc.invert(pc.is_in(typed["line"], pa.array(list(refused), pa.int64())))
            typed = typed.filter(kept)
            rejected = [*refused.values(), *(each for each in rejected if each.line not in refused)]
        return self._finished(typed), rejected

    def _want(self, column: CdmColumn) -> Wanted:
        mapped = self._mapping.columns[column.name]
        heading = mapped.column or column.name
        required = column.required or column.key
        if is_row_key(self._table.name, column):
            return Wanted(column.name, "text", heading, required=required)
        low, high = RANGES.get((self._table.name, column.name), (None, None))
        latest = latest_start(self._table, column, self.local)
        kind, decimal = column.kind, self._mapping.decimal
        return Wanted(column.name, kind, heading, mapped.format, decimal, required, low, high, latest)

    def _values(self, chunk: Chunk, target: CdmColumn, mapped: MappedColumn) -> tuple[pa.Array, pa.Array | None]:
        """The raw text for a target, and a mask of values that the mapping does not translate."""
        if mapped.column is None:
            constant = str(mapped.constant)
            if target.kind == "number" and self._mapping.decimal == ",":
                constant = constant.replace(".", ",")
            return pa.repeat(pa.scalar(constant, pa.string()), chunk.rows), None
        values = pc.utf8_trim(self._column(chunk, mapped.column, f"columns.{target.name}"), BLANKS)
        absent = pc.is_in(values, pa.array(["", *mapped.missing], pa.string()))
        if mapped.zero_means_missing:
            absent = pc.or_(absent, pc.match_substring_regex(values, ZERO).fill_null(False))
        values = pc.if_else(absent, pa.scalar(None, pa.string()), values)
        if not mapped.values:
            return values, None
        known = {key: value for key, value in mapped.values.items() if key != ANY_VALUE}
        found = pc.index_in(values, pa.array(list(known), pa.string()))
        translated = pa.array(list(known.values()), pa.string()).take(found)
        if ANY_VALUE in mapped.values:
            other = pa.scalar(mapped.values[ANY_VALUE], pa.string())
            return pc.if_else(pc.and_(pc.is_null(found), pc.is_valid(values)), other, translated), None
        return translated, pc.and_(pc.is_null(found), pc.is_valid(values))

    def _column(self, chunk: Chunk, name: str, key: str) -> pa.Array:
        at = [i for i, heading in enumerate(chunk.names) if heading.strip() == name.strip()]
        if not at:
            raise InvalidInput(
                f"The mapping takes `{key}` from a column {name!r}, which {self._file} does not have; "
                f"{headings(chunk.names)}."
            )
        if len(at) > 1:
            raise InvalidInput(f"{self._file} has {len(at)} columns {name!r}: rename all but the one that is meant.")
        return chunk.columns[at[0]]

    def _finished(self, typed: pa.Table) -> pa.Table:
        days: pa.Array | None = None
        made = {"line": typed["line"]}
        if self._mapping.person is not None:
            persons = replaced(typed["person"], self._pseudonymiser.person, pa.string())
            made["person_id"] = replaced(persons, person_id, pa.int64())
            days = replaced(persons, self._pseudonymiser.shift_days, pa.int64())
            if self._table.name == "person":
                made["person_source_value"] = persons
        for target in self._targets:
            mapped = self._mapping.columns[target.name]
            values = typed[target.name]
            if is_row_key(self._table.name, target):
                values = replaced(values, lambda text: self._pseudonymiser.key63("table", text), pa.int64())
            elif target.kind in ("date", "datetime"):
                if mapped.plus_days:
                    values = shifted(values, pa.repeat(pa.scalar(mapped.plus_days, pa.int64()), len(values)))
                if days is not None:
                    values = shifted(values, days)
            elif target.required and target.name.endswith("_concept_id"):
                values = pc.fill_null(values, 0)
            made[target.name] = values
        for name in self._table.key:
            if name not in made:
                made[name] = self._key_of_content(made, typed.num_rows)
        return pa.table(made)

    def _key_of_content(self, made: dict[str, pa.Array], rows: int) -> pa.Array:
        """A key for rows that have none: equal rows have equal keys, so that a row given twice counts once."""
        columns: Sequence[list[object]] = [values.to_pylist() for name, values in made.items() if name != "line"]
        texts = (f"{self._table.name}\0" + "\0".join(map(str, row)) for row in zip(*columns, strict=True))
        return pa.array([self._pseudonymiser.key63("table", text) for text in texts], pa.int64(), size=rows)
