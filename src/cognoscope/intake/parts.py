"""Writes the immutable Parquet parts of the warehouse. Light to import: each worker process of an ingest does."""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cognoscope.core.errors import CognoscopeError
from cognoscope.intake.cdm import CdmTable, table
from cognoscope.intake.manifest import Part, PartFile, Tally

ORDER = "_order"
"""Column that every part carries: its place in the order of commits, by which a later row replaces an earlier one."""


class DiskFull(CognoscopeError):
    """There is no room for a part; nothing of it was kept."""


@dataclass(frozen=True)
class Staged:
    """Files of one part of a source, written but not yet committed."""

    source: str
    part: int
    content: Part


def stage(
    folder: Path,
    source: str,
    base: int,
    part: int,
    tables: Mapping[str, pa.Table],
    tallies: Mapping[str, Tally] = MappingProxyType({}),
) -> Staged:
    """Write one Parquet file a table below the warehouse's folder; any process may. `Warehouse.enter` commits them.

    Args:
        folder: the warehouse.
        source: digest of what the rows came from.
        base: what `Warehouse.begin` gave for that source.
        part: number of this piece of the source, from 0.
        tables: rows by table of `cdm.TABLES`.
        tallies: what the reader counted, by name of the file read.

    Raises:
        InvalidInput: an unknown table, or rows that do not fit it.
        DiskFull: no room.
    """
    written: dict[str, PartFile] = {}
    for name, rows in tables.items():
        definition = table(name)
        unique = _last_of_each_key(definition, definition.conform(rows))
        if unique.num_rows:
            ordered = unique.append_column(ORDER, pa.repeat(pa.scalar(base + part, pa.int64()), unique.num_rows))
            file = f"parts/{name}/{source[:32]}-{part:08d}.parquet"
            _write_durably(ordered, folder / file)
            written[name] = PartFile(file, unique.num_rows)
    return Staged(source, part, Part(written, dict(tallies)))


def _last_of_each_key(definition: CdmTable, rows: pa.Table) -> pa.Table:
    """The rows without those that a later row of the same key replaces."""
    key = list(definition.key)
    numbered = rows.select(key).append_column(ORDER, pa.array(range(rows.num_rows), pa.int64()))
    last = numbered.group_by(key).aggregate([(ORDER, "max")]).column(f"{ORDER}_max")
    if len(last) == rows.num_rows:
        return rows
    return rows.take(last.take(pc.sort_indices(last)))


def _write_durably(rows: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            pq.write_table(rows, stream, compression="zstd")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"There is no room left for {path.parent}: what was committed before is safe. Free space and run "
                "the same command again; it goes on where it stopped."
            ) from error
        raise
