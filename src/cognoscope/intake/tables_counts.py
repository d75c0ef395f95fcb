"""Counts of arrivals: the file that needs no mapping, and what a count must be before it may enter a series."""

import re
from datetime import datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.mapping import MappedColumn, TableMapping
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.tables_files import read_chunks
from cognoscope.intake.tables_typing import Typist, Wanted

NEEDED = ("site", "timestamp", "arrivals")
LOOKS_LIKE_A_VALUE = re.compile(r"[\d\s.,:/+-]*\d[\d\s.,:/+-]*")


def counts_mapping(path: Path, time_zone: str) -> TableMapping:
    """The mapping of a file with columns site, timestamp, arrivals and perhaps admissions and site_name.

    A site whose every time is midnight counts days; one with any other time of day counts hours.

    Raises:
        InvalidInput: other columns.
    """
    plain = TableMapping(table="site_count", columns={"site": MappedColumn(column="site")})
    hourly: set[str] = set()
    names: tuple[str, ...] = ()
    found: dict[str, int] = {}
    with Typist(time_zone) as typist:
        for chunk in read_chunks(path, plain):
            if not names:
                names = chunk.names
                found = {name.casefold(): i for i, name in reversed(list(enumerate(names)))}
                if not set(NEEDED) <= set(found):
                    raise InvalidInput(
                        f"{path.name} needs a mapping (--map FILE.toml): without one its columns must be "
                        f"{', '.join(NEEDED)}, and perhaps admissions; {headings(names)}."
                    )
            wanted = [Wanted("site", "text", "site"), Wanted("timestamp", "datetime", "timestamp")]
            rows, _ = typist.type(wanted, [chunk.columns[found[each.name]] for each in wanted], chunk.lines)
            within = pc.not_equal(rows["timestamp"].cast(pa.time64("us")), pa.scalar(time(0), pa.time64("us")))
            hourly |= set(rows.filter(within)["site"].unique().to_pylist()) - {None}
    columns: dict[str, MappedColumn] = {
        name: MappedColumn(column=names[found[name]])
        for name in ("site", "site_name", "timestamp", "arrivals", "admissions")
        if name in found
    }
    steps = {**dict.fromkeys(sorted(hourly), "hour"), "*": "day"}
    columns["step"] = MappedColumn(column=names[found["site"]], values=steps)
    return TableMapping(table="site_count", columns=columns)


def headings(names: tuple[str, ...]) -> str:
    """The columns a file has, for a message; not where its first line holds values, which could be somebody's."""
    if any(LOOKS_LIKE_A_VALUE.fullmatch(name) for name in names):
        return "its first line holds values where names of columns should stand"
    return f"it has: {', '.join(name or '(no name)' for name in names)}"


def checked_counts(rows: pa.Table, local: datetime) -> tuple[pa.Table, list[Rejected]]:
    """Rows of `site_count` (with their `line`) that start with their step and are over, and the others.

    Args:
        rows: typed rows.
        local: the moment of the ingest in the hospital's time. A day that is not over would look like a calm one.
    """
    stamp, step = rows["timestamp"], rows["step"]
    day = pc.and_(pc.equal(step, "day"), pc.equal(pc.floor_temporal(stamp, unit="day"), stamp))
    hour = pc.and_(pc.equal(step, "hour"), pc.equal(pc.floor_temporal(stamp, unit="hour"), stamp))
    starts = pc.or_(day, hour)
    limit = pc.if_else(day, pa.scalar(local - timedelta(days=1)), pa.scalar(local - timedelta(hours=1)))
    over = pc.less_equal(stamp, limit)
    sentences = (
        ("step", pc.invert(starts), "step: must be `day` with the time 00:00, or `hour` with a full hour"),
        ("future", pc.and_(starts, pc.invert(over)), "timestamp: not over yet at the moment of the ingest"),
    )
    wrong = [
        Rejected(line, kind, said) for kind, mask, said in sentences for line in rows.filter(mask)["line"].to_pylist()
    ]
    return rows.filter(pc.and_(starts, over)), wrong
