"""Reading the whole chain: recomputing every hash, and writing it out so that others can."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from sqlalchemy import Connection, select

from cognoscope.core.canonical import canonical_bytes
from cognoscope.core.entry import GENESIS, Head, seal
from cognoscope.core.tables import DERIVED, LEDGER, SEALED

_BATCH = 5_000
_CHAIN = select(LEDGER.c.hash, *(LEDGER.c[name] for name in SEALED)).order_by(LEDGER.c.seq)


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found: `events` entries hold; `problem` is a sentence about the first that does not.

    `row` is the number of that entry, None when the chain itself holds but lacks the expected head.
    """

    events: int
    head: Head
    problem: str | None = None
    row: int | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return self.problem is None


def verify_chain(connection: Connection, expected_head: str | None) -> Verification:
    """Recompute each hash from its row and check that each row follows the one before.

    Rows cut off the end leave a shorter chain that holds: only a head noted elsewhere (`expected_head`) shows it.
    """
    count, last = 0, GENESIS
    found = expected_head in (None, GENESIS)
    for stored, *columns in _rows(connection):
        count += 1
        problem = _problem(count, last, stored, columns)
        if problem is not None:
            return Verification(count - 1, Head(count - 1, last), f"The ledger is damaged: {problem}", count)
        last = stored
        found = found or stored == expected_head
    problem = None
    if not found:
        problem = (
            f"The ledger is damaged: it ends at row {count} and does not hold the expected head {expected_head}, "
            "so its last rows were cut off or it is another ledger."
        )
    return Verification(count, Head(count, last), problem)


def export_chain(connection: Connection, stream: TextIO) -> int:
    """Write every entry as a line of canonical JSON and return how many.

    `derived` holds the columns copied out of the event; with them anybody can recompute the hashes: SHA-256 over
    the columns named in `cognoscope.core.tables.SEALED`, joined by the character U+001F.
    """
    count = 0
    for stored, *columns in _rows(connection):
        row = dict(zip(SEALED, columns, strict=True))
        line = {
            "seq": row["seq"],
            "at": row["at"],
            "event": row["event"],
            "actor": {"kind": row["actor_kind"], "id": row["actor_id"], "role": row["actor_role"] or None},
            "derived": {name: row[name] for name in DERIVED if row[name]},
            "body": json.loads(row["body"]),
            "previous": row["previous"],
            "hash": stored,
        }
        stream.write(canonical_bytes(line).decode() + "\n")
        count += 1
    return count


def _rows(connection: Connection) -> Iterator[Sequence[Any]]:
    result = connection.execution_options(stream_results=True, max_row_buffer=_BATCH).execute(_CHAIN)
    for batch in result.partitions(_BATCH):
        yield from batch


def _problem(number: int, last: str, stored: str, columns: list[Any]) -> str | None:
    """Why the row that should be entry `number` is not it, or None."""
    if columns[1] != number:
        return f"row {number} is missing, row {columns[1]} stands in its place."
    if columns[0] != last:
        return f"row {number} does not follow row {number - 1}."
    columns[1] = str(number)
    try:
        sealed = seal(columns)
    except TypeError:
        return f"row {number} holds something that is not text."
    return None if sealed == stored else f"row {number} was changed after it was written."
