"""Reading the whole chain: recomputing every hash, and writing it out so that others can."""

import json
from collections.abc import Iterator
from contextlib import closing
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
    count, last, found = 0, GENESIS, expected_head in (None, GENESIS)
    try:
        for row in _rows(connection):
            stored, seq, previous = row[0], row[1], row[2]
            if seq != count + 1 or previous != last or _sealed(row) != stored:
                return Verification(count, Head(count, last), _damage(count + 1, last, row), count + 1)
            count, last = seq, stored
            found = found or stored == expected_head
    except connection.dialect.loaded_dbapi.Error as error:
        damage = f"The ledger is damaged: nothing can be read after row {count} ({error}). Restore the last backup."
        return Verification(count, Head(count, last), damage, count + 1)
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


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """Hash, then the columns of `SEALED`, row by row: read with the driver's own cursor, which is a quarter faster."""
    statement = str(_CHAIN.compile(connection))
    driver: Any = connection.connection
    with closing(driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor("chain")) as cursor:
        cursor.execute(statement)
        while batch := cursor.fetchmany(_BATCH):
            yield from batch


def _sealed(row: tuple[Any, ...]) -> str | None:
    try:
        return seal((str(row[1]), *row[2:]))
    except TypeError:
        return None


def _damage(number: int, last: str, row: tuple[Any, ...]) -> str:
    if row[1] != number:
        found = f"row {number} is missing, row {row[1]} stands in its place."
    elif row[2] != last:
        found = f"row {number} does not follow row {number - 1}."
    else:
        found = f"row {number} was changed after it was written."
    return f"The ledger is damaged: {found}"
