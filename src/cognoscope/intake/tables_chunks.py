"""What the readers of tables hand on: some thousand rows as text, each with its line, and lines that are no rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

ROWS_A_CHUNK = 50_000


@dataclass(frozen=True)
class Rejected:
    """A line that cannot be used: `kind` to count by, `reason` for people; never the line's own content."""

    line: int
    kind: str
    reason: str


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of one table; every column is text, an absent value an empty string or null.

    names: the heading as the file has it, in order (a name may occur twice).
    lines: for each row the line (text) or row (spreadsheet, Parquet) it starts on, counted from 1.
    """

    names: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    lines: pa.Array
    rejected: tuple[Rejected, ...] = ()

    @property
    def rows(self) -> int:
        """Number of usable rows."""
        return len(self.lines)


def chunk_of(names: tuple[str, ...], rows: Sequence[Sequence[str]], lines: list[int], bad: list[Rejected]) -> Chunk:
    """Rows of text turned into columns."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    columns = tuple(pa.array(value, pa.string()) for value in values)
    return Chunk(names, columns, pa.array(lines, pa.int64()), tuple(bad))
