"""From chunks to the warehouse: parts numbered in reading order, and an account of every line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from cognoscope.intake.cdm import TABLES, CdmTable
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.warehouse import Warehouse


@dataclass(frozen=True)
class Ingested:
    """What came of a source: every line read was written or quarantined. `new` is false if all was there before."""

    source: str
    read: int
    written: int
    quarantined: int
    new: bool
    remarks: tuple[str, ...] = ()


class Parts:
    """Commits the chunks of one file; a part that an earlier, interrupted run committed is counted and passed over."""

    def __init__(self, warehouse: Warehouse, source: str, file: str) -> None:
        self._warehouse = warehouse
        self._source = source
        self._file = file
        self._next = 0
        self.written = 0
        self.quarantined = 0
        self.new = False

    def add(self, table: str, rows: pa.Table, rejected: Sequence[Rejected]) -> None:
        """Commit one chunk: its rows and its rejected lines together, or neither."""
        part, self._next = self._next, self._next + 1
        self.written += rows.num_rows
        self.quarantined += len(rejected)
        tables = {table: rows} if rows.num_rows else {}
        if rejected:
            tables["quarantine"] = self._quarantine(rejected)
        self.new = self._warehouse.commit(self._source, part, tables) or self.new

    def _quarantine(self, rejected: Sequence[Rejected]) -> pa.Table:
        columns = {
            "source": [self._source] * len(rejected),
            "file": [self._file] * len(rejected),
            "line": [each.line for each in rejected],
            "kind": [each.kind for each in rejected],
            "reason": [each.reason for each in rejected],
        }
        return pa.table(columns, schema=TABLES["quarantine"].schema)


class SeenKeys:
    """Primary keys already met in a file, 8 bytes each: a hash of 64 bits, kept in sorted runs."""

    def __init__(self, table: CdmTable) -> None:
        self._key = list(table.key)
        self._runs: list[np.ndarray] = []

    def first(self, rows: pa.Table) -> tuple[pa.Table, list[Rejected]]:
        """The rows whose key is met for the first time, and the others (rows carry their `line`)."""
        hashes = pd.util.hash_pandas_object(rows.select(self._key).to_pandas(), index=False).to_numpy()
        fresh = np.zeros(len(hashes), dtype=bool)
        fresh[np.unique(hashes, return_index=True)[1]] = True
        for run in self._runs:
            found = np.searchsorted(run, hashes).clip(max=len(run) - 1)
            fresh &= run[found] != hashes
        if fresh.any():
            self._runs.append(np.sort(hashes[fresh]))
        if len(self._runs) > 16:
            self._runs = [np.sort(np.concatenate(self._runs))]
        doubles = rows.filter(pa.array(~fresh))["line"].to_pylist()
        key = ", ".join(self._key)
        return rows.filter(pa.array(fresh)), [
            Rejected(line, "duplicate", f"an earlier line of this file has the same {key}") for line in doubles
        ]
