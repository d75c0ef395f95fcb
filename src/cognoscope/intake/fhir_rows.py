"""Collects mapped rows as tuples, and turns them into Arrow tables of the warehouse with their concept ids."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.intake.cdm import TABLES
from cognoscope.intake.concepts import Concepts

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Target:
    """What FHIR fills of a table: columns in the order of the tuples, and concept columns by source value."""

    columns: tuple[str, ...]
    concepts: tuple[tuple[str, str, str], ...]


def _read() -> Mapping[str, Target]:
    text = files("cognoscope.intake").joinpath("fhir_tables.toml").read_text(encoding="utf-8")
    return {
        name: Target(tuple(target["columns"]), tuple((a, b, c) for a, b, c in target.get("concepts", [])))
        for name, target in tomllib.loads(text).items()
    }


TARGETS: Mapping[str, Target] = _read()


class Rows:
    """Rows by table, in the column order of `fhir_tables.toml`."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {name: [] for name in TARGETS}
        self.add = {name: rows.append for name, rows in self._rows.items()}

    def tables(self, concepts: Concepts) -> dict[str, pa.Table]:
        """The tables that have rows, with concept ids where the vocabulary knows the codes and 0 elsewhere."""
        return {name: _table(name, rows, concepts) for name, rows in self._rows.items() if rows}


def _table(name: str, rows: list[Row], concepts: Concepts) -> pa.Table:
    target, schema = TARGETS[name], TABLES[name].schema
    columns = {
        column: pa.array(values, schema.field(column).type)
        for column, values in zip(target.columns, zip(*rows, strict=True), strict=True)
    }
    for source_value, concept_column, source_concept_column in target.concepts:
        encoded = pc.dictionary_encode(columns[source_value])
        found = concepts.of(encoded.dictionary.to_pylist())
        columns[concept_column] = _taken([standard for standard, _ in found], encoded.indices)
        if source_concept_column:
            columns[source_concept_column] = _taken([source for _, source in found], encoded.indices)
    return pa.table(columns)


def _taken(ids: list[int], indices: pa.Array) -> pa.Array:
    return pc.fill_null(pa.array(ids, pa.int64()).take(indices), 0) if ids else pa.repeat(pa.scalar(0), len(indices))
