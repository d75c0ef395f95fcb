"""Reads a file of counts: `site,timestamp,arrivals[,admissions]`, one row a day or an hour, CSV or Parquet.

A naive time is the hospital's local time; one with an offset is converted to it. Optional columns `time_zone`,
`country`, `alsace_moselle` and `school_zone` say where a site is; the first value given for a site counts.
"""

from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from cognoscope.apps.emergency.arrivals.case_counts import Place
from cognoscope.core.errors import InvalidInput

REQUIRED = ("site", "timestamp", "arrivals")
LARGEST_COUNT = 1_000_000


def read_counts(path: Path) -> dict[str, tuple[Place, pd.DataFrame]]:
    """The rows of each site, in the file's order of first appearance.

    Returns:
        Site name to its place and a frame with timestamp (naive local), arrivals and admissions (float, NaN = not
        known).

    Raises:
        InvalidInput: the file cannot be read, lacks a column or holds a value that is not a count or a time; the
            message says which file and line and what to do.
    """
    text = _read(path)
    text.columns = pd.Index([str(column).strip().lower() for column in text.columns])
    missing = [column for column in REQUIRED if column not in text.columns]
    if missing:
        raise InvalidInput(
            f"{path}: the column {missing[0]!r} is missing; the first line must name site,timestamp,arrivals "
            "(and admissions, if known)."
        )
    if text.empty:
        raise InvalidInput(f"{path}: the file holds no row under its heading.")
    sites = text["site"].fillna("").str.strip()
    if (sites == "").any():
        raise InvalidInput(f"{path}, line {_line(sites == '')}: the site is empty; write its name or code.")
    arrivals = _counts(text["arrivals"], path)
    admissions = _counts(text["admissions"], path) if "admissions" in text else arrivals * float("nan")
    read = {}
    for site in sites.unique():
        here = sites == site
        place = _place(text[here], path)
        stamps = _local(text.loc[here, "timestamp"], place.time_zone, path)
        rows = pd.DataFrame({"timestamp": stamps, "arrivals": arrivals[here], "admissions": admissions[here]})
        _refuse_repeats(rows, site, place.time_zone, path)
        read[str(site)] = (place, rows.reset_index(drop=True))
    return read


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            return frame.map(lambda value: None if pd.isna(value) else str(value))
        with path.open(encoding="utf-8-sig") as stream:
            heading = stream.readline()
        separator = max(",;\t", key=heading.count)
        return pd.read_csv(path, dtype=str, sep=separator, encoding="utf-8-sig", skip_blank_lines=False)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: the file is not UTF-8 text; save it again as CSV in UTF-8.") from error
    except pd.errors.EmptyDataError as error:
        raise InvalidInput(f"{path}: the file is empty.") from error
    except (pd.errors.ParserError, pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"{path}: the file cannot be read as a table: {str(error).splitlines()[0]}") from error


def _line(wrong: pd.Series) -> int:
    return int(wrong.to_numpy().argmax()) + 2


def _counts(text: pd.Series, path: Path) -> pd.Series:
    filled = text.fillna("").str.strip()
    values = pd.to_numeric(filled.replace("", None), errors="coerce").astype(float)
    wrong = (filled != "") & ~(values.between(0, LARGEST_COUNT) & (values == values.round()))
    if wrong.any():
        raise InvalidInput(
            f"{path}, line {_line(wrong)}: {filled[wrong].iloc[0]!r} is not a count in the column {text.name!r}; "
            "write a whole number from zero up, or nothing when it is not known."
        )
    return values


def _local(text: pd.Series, zone: str, path: Path) -> pd.Series:
    cleaned = text.fillna("").str.strip()
    offset = cleaned.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True) & cleaned.str.contains(":")
    naive = pd.to_datetime(cleaned.where(~offset), format="ISO8601", errors="coerce")
    aware = pd.to_datetime(cleaned.where(offset), format="ISO8601", errors="coerce", utc=True)
    stamps = naive.where(~offset, aware.dt.tz_convert(zone).dt.tz_localize(None))
    wrong = stamps.isna()
    if wrong.any():
        line = int(cleaned.index[wrong.to_numpy().argmax()]) + 2
        raise InvalidInput(
            f"{path}, line {line}: {cleaned[wrong].iloc[0]!r} is not a date or time; "
            "write 2026-11-21 for a day, 2026-11-21T14:00 for an hour."
        )
    return stamps


def _refuse_repeats(rows: pd.DataFrame, site: str, zone: str, path: Path) -> None:
    """An hour may come twice only when it was lived twice, on the night the clocks go back."""
    repeated = rows[rows["timestamp"].duplicated()]
    if repeated.empty:
        return
    twice = pd.DatetimeIndex(repeated["timestamp"]).tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    wrong = repeated[twice.notna() | (repeated["timestamp"] == repeated["timestamp"].dt.normalize()).to_numpy()]
    if len(wrong):
        raise InvalidInput(
            f"{path}, line {int(wrong.index[0]) + 2}: the site {site} already has a row for "
            f"{wrong['timestamp'].iloc[0]}; keep one of the two."
        )


def _place(rows: pd.DataFrame, path: Path) -> Place:
    given: dict[str, str] = {}
    for field in fields(Place):
        if field.name in rows and rows[field.name].notna().any():
            given[field.name] = str(rows[field.name].dropna().iloc[0]).strip()
    zone = given.get("time_zone", Place.time_zone)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(f"{path}: {zone!r} is not a time zone; write for instance Europe/Paris.") from error
    return Place(
        time_zone=zone,
        country=given.get("country", Place.country).upper(),
        alsace_moselle=given.get("alsace_moselle", "false").lower() in {"true", "1", "yes", "oui"},
        school_zone=given.get("school_zone", Place.school_zone).upper(),
    )
