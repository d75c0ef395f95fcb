"""Turns chunks of an OMOP table into rows of the warehouse: typed, re-keyed, without identities."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cdm import CdmColumn, CdmTable
from cognoscope.intake.omop_persons import Persons, shifted_births
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.tables_chunks import Chunk, Rejected
from cognoscope.intake.tables_counts import LOOKS_LIKE_A_VALUE
from cognoscope.intake.tables_identities import TREATMENTS, is_row_key, replaced, shifted
from cognoscope.intake.tables_rows import latest_start
from cognoscope.intake.tables_typing import Typist, Wanted

FORMATS = ("%Y%m%d",)
"""How OMOP exports write dates, beside ISO 8601."""

DAY_OF_BIRTH = "day_of_birth"
"""Read only to move month and year of birth together with the person's dates; it is never kept."""


class OmopRows:
    """The rows of one file of one table."""

    def __init__(
        self,
        table: CdmTable,
        names: tuple[str, ...],
        typist: Typist,
        persons: Persons,
        pseudonymiser: Pseudonymiser,
        local: datetime,
        *,
        keep_text: bool,
    ) -> None:
        self._table = table
        self._typist = typist
        self._persons = persons
        self._pseudonymiser = pseudonymiser
        self._at = {name.strip().casefold(): i for i, name in reversed(list(enumerate(names)))}
        self.leaves_text_out = not keep_text and any(TREATMENTS.get((table.name, name)) == "text" for name in self._at)
        self._targets = [column for column in table.columns if self._is_wanted(column, keep_text=keep_text)]
        missing = [name for name in (*table.key, "person_id") if name in table.schema.names and name not in self._at]
        if missing:
            raise InvalidInput(f"its heading has no column {missing[0]}: nothing of it was taken")
        self._wanted = [
            Wanted(
                column.name,
                column.kind,
                column.name,
                FORMATS,
                required=column.required and not column.name.endswith("_concept_id"),
                latest=latest_start(table, column, local),
            )
            for column in self._targets
        ]

    def unknown_columns(self) -> list[Rejected]:
        """One line for each column that CDM 5.4 does not have; its values are left out."""
        names = [name for name in self._at if name not in self._table.schema.names]
        said = ["(a value)" if not name or LOOKS_LIKE_A_VALUE.fullmatch(name) else name for name in names]
        return [Rejected(1, f"column {i}", f"{name}: no column of CDM 5.4, left out") for i, name in enumerate(said, 1)]

    def rows(self, chunk: Chunk) -> tuple[pa.Table, list[Rejected]]:
        """Rows for the warehouse with their `line`, and the lines that cannot become one."""
        columns = [chunk.columns[self._at[column.name]] for column in self._targets]
        typed, rejected = self._typist.type(self._wanted, columns, chunk.lines)
        made = {name: typed[name] for name in typed.column_names}
        if self._table.name == "person":
            made["person_source_value"] = self._persons.enter(made["person_id"], made.get("person_source_value"))
        days = None
        if self._table.about_a_person:
            keys, days, known = self._persons.find(made["person_id"])
            made["person_id"] = keys
            lost = typed["line"].filter(pa.chunked_array([pc.invert(known)])).to_pylist()
            rejected += [Rejected(line, "person", "person_id: not in the PERSON table of this export") for line in lost]
            made = {name: values.filter(known) for name, values in made.items()}
            days = days.filter(known)
        for column in self._targets:
            made[column.name] = self._protected(column, made[column.name], days)
        if self._table.name == "person":
            self._shift_births(made, days)
            made.pop(DAY_OF_BIRTH, None)
        return pa.table(made), rejected

    def _is_wanted(self, column: CdmColumn, *, keep_text: bool) -> bool:
        treatment = TREATMENTS.get((self._table.name, column.name))
        kept = treatment != "drop" or column.name == DAY_OF_BIRTH
        return column.name in self._at and kept and (treatment != "text" or keep_text)

    def _protected(
        self, column: CdmColumn, values: pa.ChunkedArray, days: pa.Array | None
    ) -> pa.ChunkedArray | pa.Array:
        if is_row_key(self._table.name, column):
            # One kind for every table: what an event column points at is not said by its name.
            return replaced(values, lambda text: self._pseudonymiser.key63("omop", text), pa.int64())
        if days is not None and column.kind in ("date", "datetime"):
            return shifted(values, days)
        if column.required and column.name.endswith("_concept_id"):
            return pc.fill_null(values, 0)
        return values

    def _shift_births(self, made: dict[str, pa.Array], days: pa.Array | None) -> None:
        names = ("year_of_birth", "month_of_birth", DAY_OF_BIRTH)
        if days is None or not pc.any(pc.not_equal(days, 0)).as_py() or not all(name in made for name in names):
            return
        year, month, day = (made[name].to_pylist() for name in names)
        moved = shifted_births(year, month, day, days.to_pylist())
        made.update({name: pa.array(values, pa.int64()) for name, values in zip(names, moved, strict=True)})
