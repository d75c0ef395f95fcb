"""Reports put straight into a test's warehouse."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.reading.rows import mentions
from cognoscope.intake.warehouse import Warehouse, open_warehouse

READER = "tests.intake.reading.invented_reader"
ON = date(2026, 11, 21)


def warehouse_with(home: Home, texts: Sequence[str]) -> Warehouse:
    """A warehouse with one person a report; note ids count from 1."""
    keys.create(home)
    warehouse = open_warehouse(home)
    put(warehouse, texts)
    return warehouse


def put(warehouse: Warehouse, texts: Sequence[str], first: int = 1) -> None:
    """Reports numbered from `first`; one that is there is replaced."""
    numbers = range(first, first + len(texts))
    day = pa.array([date(2026, 3, 1)] * len(texts), pa.date32())
    persons = {
        "person_id": list(numbers),
        "gender_concept_id": [8507] * len(texts),
        "year_of_birth": [1950] * len(texts),
        "race_concept_id": [0] * len(texts),
        "ethnicity_concept_id": [0] * len(texts),
    }
    notes = {
        "note_id": list(numbers),
        "person_id": list(numbers),
        "note_date": day,
        "note_type_concept_id": [0] * len(texts),
        "note_class_concept_id": [0] * len(texts),
        "note_text": list(texts),
        "encoding_concept_id": [0] * len(texts),
        "language_concept_id": [0] * len(texts),
    }
    source = hashlib.sha256(repr((first, texts)).encode()).hexdigest()
    warehouse.commit(source, 0, {"person": pa.table(persons), "note": pa.table(notes)})


def current(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every current mention, in order."""
    backend = warehouse.connect()
    try:
        rows: list[dict[str, Any]] = mentions(backend).to_pyarrow().to_pylist()
    finally:
        backend.disconnect()
    return sorted(rows, key=lambda row: (row["note_id"], row["start"]))
