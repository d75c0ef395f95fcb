"""Text becomes numbers and dates, strictly: what is not exactly of the column's type is said, never guessed.

The work is done by DuckDB on whole columns. Its own casts are lenient (`12.6` becomes 13, `0x10` 16, `epoch` a date),
so a pattern guards each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.intake.cdm import Kind
from cognoscope.intake.tables_chunks import Rejected

INTEGER = r"[+-]?\d{1,18}(\.0*)?"
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"
GROUPED = r"[+-]?\d{1,3}([ \x{A0}\x{202F}']\d{3})+([.,]\d*)?"
ISO = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?"
ZONED = r".*\d{2}:\d{2}.* ?(Z|[+-]\d{2}(:?\d{2})?)"
NO_SECONDS = r"([T ]\d{2}:\d{2})( ?(Z|[+-]))"
DEFAULT_FORMATS = ("%Y%m%d", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
"""Tried after ISO 8601 where no format is given: compact ISO, and the French way, day first."""

BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
DATE_PATTERN = r"\d{8}|\d{1,2}/\d{1,2}/\d{4}( \d{1,2}:\d{2}(:\d{2})?)?"


@dataclass(frozen=True)
class Wanted:
    """A column to fill: its type, how dates are written, the decimal mark, and the range its values must lie in."""

    name: str
    kind: Kind
    heading: str
    formats: tuple[str, ...] = ()
    decimal: str = "."
    required: bool = False
    low: float | None = None
    high: float | None = None
    latest: datetime | None = None


class Typist:
    """Types columns of text; local time of `time_zone` where an instant carries an offset. Close it after use."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "threads": "1"})
        self._connection.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Free the engine."""
        self._connection.close()

    def __enter__(self) -> "Typist":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def type(
        self, wanted: Sequence[Wanted], columns: Sequence[pa.Array], lines: pa.Array
    ) -> tuple[pa.Table, list[Rejected]]:
        """The rows whose every value is of its type, with their `line`; for each of the others, the first reason."""
        raw = pa.table({"line": lines, **{f"c{i}": column for i, column in enumerate(columns)}})
        values, reasons, parameters = [], [], []
        for i, column in enumerate(wanted):
            expression, given = self._value(f"r{i}", column)
            values.append(f"{expression} AS v{i}")
            parameters += given
        for i, column in enumerate(wanted):
            expression, given = _reason(f"r{i}", f"v{i}", column)
            reasons.append(expression)
            parameters += given
        trimmed = ", ".join(f"nullif(trim(c{i}, {BLANKS}), '') AS r{i}" for i in range(len(wanted)))
        query = f"""
            WITH trimmed AS (SELECT line, {trimmed} FROM raw),
            typed AS (SELECT *, {", ".join(values)} FROM trimmed)
            SELECT line, coalesce({", ".join(reasons)}) AS reason,
                   {", ".join(f"v{i}" for i in range(len(wanted)))} FROM typed
        """  # noqa: S608 - made of column numbers and constants; every value from outside is a parameter
        self._connection.register("raw", raw)
        try:
            typed = self._connection.execute(query, parameters).fetch_record_batch(len(lines) + 1).read_all()
        finally:
            self._connection.unregister("raw")
        typed = typed.rename_columns(["line", "reason", *(column.name for column in wanted)])
        good = typed.filter(pc.is_null(typed["reason"])).drop_columns(["reason"])
        bad = typed.filter(pc.is_valid(typed["reason"]))
        said = zip(bad["line"].to_pylist(), bad["reason"].to_pylist(), strict=True)
        return good, [Rejected(line, *reason.split("|", 1)) for line, reason in said]

    def _value(self, raw: str, column: Wanted) -> tuple[str, list[Any]]:
        match column.kind:
            case "text":
                return raw, []
            case "integer" | "number":
                return _number(raw, column), []
            case _:
                return self._instant(raw, column)

    def _instant(self, raw: str, column: Wanted) -> tuple[str, list[Any]]:
        iso = f"""CASE WHEN regexp_full_match({raw}, '{ZONED}')
            THEN try_cast(regexp_replace({raw}, '{NO_SECONDS}', '\\1:00\\2') AS TIMESTAMPTZ) AT TIME ZONE ?
            ELSE try_cast({raw} AS TIMESTAMP) END"""
        other, parameters = _written(raw, column.formats or DEFAULT_FORMATS)
        if not column.formats:
            other = f"CASE WHEN regexp_full_match({raw}, '{DATE_PATTERN}') THEN {other} END"
        kind = "DATE" if column.kind == "date" else "TIMESTAMP"
        expression = f"CAST(CASE WHEN regexp_full_match({raw}, '{ISO}') THEN {iso} ELSE {other} END AS {kind})"
        return expression, [self._time_zone, *parameters]


def _written(raw: str, formats: Sequence[str]) -> tuple[str, list[Any]]:
    """The instant as the first format that fits writes it; a week 53 that its year does not have is none."""
    fits, parameters = [], list[Any]()
    for form in formats:
        if "%V" in form:
            fits.append(f"CASE WHEN strftime(try_strptime({raw}, ?), ?) = {raw} THEN try_strptime({raw}, ?) END")
            parameters += [form, form, form]
        else:
            fits.append(f"try_strptime({raw}, ?)")
            parameters.append(form)
    return f"coalesce({', '.join(fits)})", parameters


def _number(raw: str, column: Wanted) -> str:
    """Digits grouped by spaces are joined; with a decimal comma, a point is no part of a number."""
    grouped = f"regexp_full_match({raw}, '{GROUPED.replace(chr(39), chr(39) * 2)}')"
    joined = f"CASE WHEN {grouped} THEN regexp_replace({raw}, '[^-+0-9.,]', '', 'g') ELSE {raw} END"
    text = f"translate({joined}, ',.', '.x')" if column.decimal == "," else f"({joined})"
    if column.kind == "integer":
        whole = f"split_part({text}, '.', 1)"
        return f"CASE WHEN regexp_full_match({text}, '{INTEGER}') THEN try_cast({whole} AS BIGINT) END"
    value = f"try_cast({text} AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({text}, '{NUMBER}') AND isfinite({value}) THEN {value} END"


def _reason(raw: str, value: str, column: Wanted) -> tuple[str, list[Any]]:
    """SQL for what is wrong with a value, as `kind|sentence`; null where nothing is."""
    cases: list[str] = []
    given: list[Any] = []

    def case(condition: str, kind: str, sentence: str, *arguments: Any) -> None:
        cases.append(f"WHEN {condition} THEN ?")
        given.extend([*arguments, f"{kind}|{column.heading}: {sentence}"])

    noun = {"integer": "a whole number", "number": "a number"}.get(column.kind, "a date in the expected form")
    if column.required:
        case(f"{raw} IS NULL", "missing", "no value")
    if column.kind in ("date", "datetime"):
        case(f"{raw} IS NOT NULL AND {value} IS NULL", "date", f"not {noun}")
        case(f"year({value}) NOT BETWEEN 1800 AND 2199", "date", "a year that cannot be meant")
        if column.latest is not None:
            case(f"{value} > ?", "future", "in the future, or not over yet at the moment of the ingest", column.latest)
    elif column.kind != "text":
        case(f"{raw} IS NOT NULL AND {value} IS NULL", "type", f"not {noun}")
        if column.low is not None:
            case(f"{value} < ?", "range", "negative" if column.low == 0 else f"below {column.low:g}", column.low)
        if column.high is not None:
            case(f"{value} > ?", "range", f"above {column.high:g}", column.high)
    return (f"CASE {' '.join(cases)} END" if cases else "NULL"), given
