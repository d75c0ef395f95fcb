"""Excel workbooks and Parquet files as chunks of text, so that one set of rules types every kind of table."""

import datetime as dt
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.tables_chunks import ROWS_A_CHUNK, Chunk, chunk_of

BROKEN = (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError, zlib.error)
"""What openpyxl lets through from a file that is not, or not wholly, a workbook (an XML fault is a SyntaxError)."""


def read_workbook(path: Path, sheet: str | None, skip: int, decimal: str) -> Iterator[Chunk]:
    """Rows of one sheet (the first if none is named) under its heading; the line is the row's number in the sheet.

    Numbers are written with the `decimal` mark that the mapping expects in text, dates in ISO 8601.

    Raises:
        InvalidInput: not a workbook, no such sheet, or an empty one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and validations, which do not matter here
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except BROKEN as error:
            raise InvalidInput(
                f"The file {path.name} is not an Excel workbook (.xlsx): save it again as one."
            ) from error
        try:
            sheets = {each.title: each for each in book.worksheets}
            if sheet is not None and sheet not in sheets:
                raise InvalidInput(f"{path.name} has no sheet {sheet!r}; it has {', '.join(sheets)}.")
            if sheets:
                yield from _sheet_rows(sheets[sheet or next(iter(sheets))], path.name, skip, decimal)
        except BROKEN as error:
            raise InvalidInput(f"The workbook {path.name} is damaged: save it again.") from error
        finally:
            book.close()


def _sheet_rows(sheet: Any, name: str, skip: int, decimal: str) -> Iterator[Chunk]:
    sheet.reset_dimensions()  # some programs write a wrong size, which would hide columns and rows
    cells = enumerate(sheet.iter_rows(min_row=skip + 1, values_only=True), start=skip + 1)
    names: tuple[str, ...] = ()
    for _, values in cells:
        names = tuple(_text(value, decimal).strip() for value in values)
        while names and not names[-1]:
            names = names[:-1]
        break
    if not names:
        raise InvalidInput(f"The file {name} holds no heading row: it is empty; export it again.")
    rows: list[list[str]] = []
    lines: list[int] = []
    for number, values in cells:
        row = [_text(value, decimal) for value in values[: len(names)]]
        if any(row):
            rows.append(row + [""] * (len(names) - len(row)))
            lines.append(number)
        if len(rows) >= ROWS_A_CHUNK:
            yield chunk_of(names, rows, lines, [])
            rows, lines = [], []
    yield chunk_of(names, rows, lines, [])


def _text(value: object, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def read_parquet(stream: Path | BinaryIO, name: str, decimal: str = ".", rows: int = ROWS_A_CHUNK) -> Iterator[Chunk]:
    """Rows of a Parquet file as text; a column of lists or structures reads as null.

    Raises:
        InvalidInput: not a Parquet file, or a damaged one.
    """
    try:
        with pq.ParquetFile(stream) as file:
            names = tuple(file.schema_arrow.names)
            first = 1
            for batch in file.iter_batches(batch_size=rows):
                columns = tuple(_column_text(column, decimal) for column in batch.columns)
                yield Chunk(names, columns, pa.array(range(first, first + batch.num_rows), pa.int64()))
                first += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InvalidInput(f"The file {name} is not a readable Parquet file: export it again.") from error


def _column_text(column: pa.Array, decimal: str) -> pa.Array:
    if pa.types.is_floating(column.type):
        return pa.array([None if value is None else _text(value, decimal) for value in column.to_pylist()], pa.string())
    if pa.types.is_nested(column.type):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string())
