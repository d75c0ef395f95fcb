"""Which stay of the warehouse a list means by its number: each intake makes its own keys of stays."""

from collections.abc import Iterable

import duckdb

from cognoscope.intake.parquet import configuration, read
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.warehouse import Warehouse

KINDS = ("visit_occurrence", "table", "omop")
"""The kinds under which stays are keyed: by the FHIR intake, by mapped tables, by OMOP exports."""


class Visits:
    """Looks stays up, many at a time."""

    def __init__(self, warehouse: Warehouse, pseudonymiser: Pseudonymiser) -> None:
        self._folder = warehouse.folder
        self._files = warehouse.manifest().files("visit_occurrence")
        self._key63 = pseudonymiser.key63

    def keys(self, numbers: Iterable[str]) -> dict[str, int]:
        """`visit_occurrence_id` of each stay: one that is in the warehouse, else the key FHIR would give it."""
        candidates = {number: [self._key63(kind, number) for kind in KINDS] for number in numbers}
        there = self._there({key for keys in candidates.values() for key in keys})
        return {number: next((key for key in keys if key in there), keys[0]) for number, keys in candidates.items()}

    def _there(self, keys: set[int]) -> set[int]:
        if not self._files or not keys:
            return set()
        sql = (
            f"SELECT DISTINCT visit_occurrence_id FROM {read(self._folder, self._files)} "  # noqa: S608 - own paths
            "WHERE visit_occurrence_id IN (SELECT unnest(?))"
        )
        with duckdb.connect(config=configuration(self._folder)) as database:
            return {key for (key,) in database.execute(sql, [sorted(keys)]).fetchall()}
