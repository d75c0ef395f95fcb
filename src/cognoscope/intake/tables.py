"""`ingest table`: a hospital's own table into the warehouse as a mapping says; each line is written or quarantined."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cognoscope.core.canonical import digest
from cognoscope.intake.mapping import TableMapping
from cognoscope.intake.tables_commit import Ingested, Parts, SeenKeys
from cognoscope.intake.tables_counts import checked_counts, counts_mapping
from cognoscope.intake.tables_files import digest_of, read_chunks
from cognoscope.intake.tables_rows import RowMaker
from cognoscope.intake.tables_typing import Typist
from cognoscope.intake.warehouse import Warehouse


def ingest_table(
    path: Path,
    mapping: TableMapping | None,
    warehouse: Warehouse,
    at: datetime,
    progress: Callable[[int], None] = lambda lines: None,
) -> Ingested:
    """Take one file in; the same file with the same mapping counts once, however often it is given or interrupted.

    Args:
        path: CSV (any separator and usual encoding, gzip too), XLSX or Parquet.
        mapping: how to read it; without one it has columns site, timestamp, arrivals and perhaps admissions.
        warehouse: where the rows go; its installation gives the key, the time zone and whether dates are shifted.
        at: the moment of the ingest; what is dated later is quarantined.
        progress: told the number of lines read so far.

    Raises:
        InvalidInput: the file or the mapping cannot be used; what was read before a file breaks off stays.
    """
    content = digest_of(path)
    settings = warehouse.home.settings()
    time_zone = settings.time_zone
    used = mapping or counts_mapping(path, time_zone)
    source = digest({"content": content, "mapping": used.plain(), "date_shift": settings.date_shift})
    with warehouse.writing(), Typist(time_zone) as typist:
        maker = RowMaker(used, path.name, typist, warehouse.pseudonymiser(), at, time_zone)
        seen = SeenKeys(used.definition)
        parts = Parts(warehouse, source, path.name)
        read = 0
        for chunk in read_chunks(path, used):
            rows, rejected = maker.rows(chunk)
            if used.table == "site_count":
                rows, wrong = checked_counts(rows, maker.local)
                rejected += wrong
            rows, doubles = seen.first(rows)
            read += chunk.rows + len(chunk.rejected)
            parts.add(used.table, rows.drop_columns(["line"]), [*chunk.rejected, *rejected, *doubles])
            progress(read)
        warehouse.settle()
    return Ingested(source, read, parts.written, parts.quarantined, parts.new)
