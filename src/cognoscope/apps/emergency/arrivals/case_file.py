"""Reads a file of counts: `site,timestamp,arrivals[,admissions]`, one row a day or an hour; CSV, Parquet or XLSX.

A naive time is the hospital's local time; one with an offset is converted to it. Optional columns `time_zone`,
`country`, `alsace_moselle` and `school_zone` say where a site is (default: France, zone B); the first value given for a
site counts. Unlike an ingest, which quarantines a bad line and goes on, one bad line stops the reading: a forecast from
a file that is partly wrong would not be worth having.
"""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from cognoscope.apps.emergency.arrivals.case_counts import Place
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.tables_chunks import Chunk
from cognoscope.intake.tables_sheets import read_parquet, read_workbook
from cognoscope.intake.tables_text import encoding_of, read_text
from cognoscope.intake.tables_typing import Typist, Wanted

REQUIRED = ("site", "timestamp", "arrivals")
LARGEST_COUNT = 20_000
WANTED = (
    Wanted("timestamp", "datetime", "timestamp", required=True),
    Wanted("arrivals", "number", "arrivals", low=0, high=LARGEST_COUNT),
    Wanted("admissions", "number", "admissions", low=0, high=LARGEST_COUNT),
)


def read_counts(path: Path) -> dict[str, tuple[Place, pd.DataFrame]]:
    """The rows of each site, in the file's order of first appearance.

    Returns:
        Site name to its place and a frame with timestamp (naive local), arrivals and admissions (float, NaN = not
        known).

    Raises:
        InvalidInput: the file cannot be read, lacks a column or holds a value that is not a count or a time; the
            message says which file and line and what to do.
    """
    text = _text(path)
    missing = [column for column in REQUIRED if column not in text.columns]
    if missing:
        raise InvalidInput(
            f"{path}: the column {missing[0]!r} is missing; the first line must name site,timestamp,arrivals "
            "(and admissions, if known)."
        )
    if text.empty:
        raise InvalidInput(f"{path}: the file holds no row under its heading.")
    text["site"] = text["site"].fillna("").str.strip()
    if (text["site"] == "").any():
        line = text.loc[text["site"] == "", "line"].iloc[0]
        raise InvalidInput(f"{path}, line {line}: the site is empty; write its name or code.")
    if "admissions" not in text:
        text["admissions"] = None
    read = {}
    for site, rows in text.groupby("site", sort=False):
        place = _place(rows, path)
        typed = _typed(rows, place.time_zone, path)
        _refuse_repeats(typed, str(site), place.time_zone, path)
        read[str(site)] = (place, typed.drop(columns="line"))
    return read


def _text(path: Path) -> pd.DataFrame:
    """The file as columns of text, with the line of each row."""
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    try:
        frames = [_frame(chunk, path) for chunk in _chunks(path)]
    except OSError as error:
        raise InvalidInput(f"{path}: the file cannot be read: {error.strerror or error}.") from error
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(REQUIRED))


def _chunks(path: Path) -> Iterator[Chunk]:
    match path.suffix.lower():
        case ".parquet":
            yield from read_parquet(path, str(path))
        case ".xlsx":
            yield from read_workbook(path, None, 0, ".")
        case _:
            with path.open("rb") as stream:
                encoding = encoding_of(stream)
                stream.seek(0)
                yield from read_text(stream, str(path), encoding)


def _frame(chunk: Chunk, path: Path) -> pd.DataFrame:
    if chunk.rejected:
        first = chunk.rejected[0]
        raise InvalidInput(f"{path}, line {first.line}: {first.reason}; correct the line and run the command again.")
    columns = {
        name.strip().lower(): column.to_pandas() for name, column in zip(chunk.names, chunk.columns, strict=True)
    }
    return pd.DataFrame(columns).assign(line=chunk.lines.to_pandas())


def _typed(rows: pd.DataFrame, zone: str, path: Path) -> pd.DataFrame:
    columns = [pa.array(rows[wanted.name], pa.string(), from_pandas=True) for wanted in WANTED]
    with Typist(zone) as typist:
        good, bad = typist.type(WANTED, columns, pa.array(rows["line"], pa.int64()))
    if bad:
        first = min(bad, key=lambda each: each.line)
        raise InvalidInput(
            f"{path}, line {first.line}: {first.reason}; write a time as 2026-11-21 or 2026-11-21T14:00 and a count "
            "as a whole number, or leave the count empty when it is not known."
        )
    typed: pd.DataFrame = good.to_pandas().sort_values("line", ignore_index=True)
    for measure in ("arrivals", "admissions"):
        typed[measure] = typed[measure].astype(float)
        broken = typed[typed[measure] != typed[measure].round()][measure].dropna()
        if len(broken):
            raise InvalidInput(f"{path}, line {typed['line'][broken.index[0]]}: {measure}: a count is a whole number.")
    return typed


def _refuse_repeats(rows: pd.DataFrame, site: str, zone: str, path: Path) -> None:
    """An hour may come twice only when it was lived twice, on the night the clocks go back."""
    repeated = rows[rows["timestamp"].duplicated()]
    stamps = pd.DatetimeIndex(repeated["timestamp"])
    lived_once = np.asarray(stamps.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").notna())
    wrong = repeated[lived_once | repeated.duplicated("timestamp").to_numpy()]
    if len(wrong):
        raise InvalidInput(
            f"{path}, line {wrong['line'].iloc[0]}: the site {site} already has a row for "
            f"{wrong['timestamp'].iloc[0]}; keep one of the two."
        )


def _place(rows: pd.DataFrame, path: Path) -> Place:
    given: dict[str, str] = {}
    for field in fields(Place):
        said = rows[field.name].dropna().str.strip() if field.name in rows else pd.Series(dtype=str)
        if (said != "").any():
            given[field.name] = str(said[said != ""].iloc[0])
    zone = given.get("time_zone", Place.time_zone)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(f"{path}: {zone!r} is not a time zone; write for instance Europe/Paris.") from error
    return Place(
        time_zone=zone,
        # French holidays are assumed only on French time: wrong holidays are worse than none.
        country=given["country"].upper() if "country" in given else ("FR" if zone == Place.time_zone else None),
        alsace_moselle=given.get("alsace_moselle", "false").lower() in {"true", "1", "yes", "oui"},
        school_zone=given.get("school_zone", Place.school_zone).upper(),
    )
