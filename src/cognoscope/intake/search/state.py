"""What the index holds, kept beside it: which reports in which content, so that only what changed is indexed.

A report is entered with no content before it goes to the index and gets its content after the index has made it
durable. So whatever moment a process is killed at, what may be in the index is entered here, and what is entered with
its content is in the index.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCHEMA = """
CREATE TABLE IF NOT EXISTS note (note_id INTEGER PRIMARY KEY, content INTEGER);
CREATE TABLE IF NOT EXISTS link (alias_person_id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seen (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL);
"""


class State:
    """The file `state.sqlite` of an index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def known(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Reports with their contents, ordered by report; the content 0 stands for one not known to be whole."""
        with self._database() as database:
            rows = database.execute("SELECT note_id, coalesce(content, 0) FROM note ORDER BY note_id").fetchall()
        both = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def expect(self, note_ids: Iterable[int]) -> None:
        """These reports are about to be indexed."""
        with self._database() as database:
            database.executemany("INSERT OR REPLACE INTO note VALUES (?, NULL)", ((each,) for each in note_ids))

    def hold(self, rows: Iterable[tuple[int, int]]) -> None:
        """These reports are in the index, in these contents."""
        with self._database() as database:
            database.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", rows)

    def drop(self, note_ids: Iterable[int]) -> None:
        """These reports are no longer in the index."""
        with self._database() as database:
            database.executemany("DELETE FROM note WHERE note_id = ?", ((each,) for each in note_ids))

    def empty(self) -> None:
        """The index holds nothing."""
        with self._database() as database:
            database.executescript("DELETE FROM note; DELETE FROM seen;")

    def seen(self) -> str | None:
        """The state of the warehouse that the index is at, or None while it is at none."""
        with self._database() as database:
            row = database.execute("SELECT state FROM seen").fetchone()
        return None if row is None else str(row[0])

    def begin(self) -> None:
        """The index is about to leave the state it was at."""
        with self._database() as database:
            database.execute("DELETE FROM seen")

    def finish(self, state: str, links: Iterable[tuple[int, int]]) -> None:
        """The index is at this state of the warehouse, in which these identifiers lead to these persons."""
        with self._database() as database:
            database.execute("DELETE FROM link")
            database.executemany("INSERT INTO link VALUES (?, ?)", links)
            database.execute("INSERT OR REPLACE INTO seen VALUES (1, ?)", (state,))

    def persons_behind(self, person_ids: Iterable[int]) -> frozenset[int]:
        """These persons, and those that other identifiers among them lead to."""
        given = frozenset(person_ids)
        with self._database() as database:
            links = dict(database.execute("SELECT alias_person_id, person_id FROM link"))
        return given | {links[each] for each in given if each in links}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=60)) as database, database:
            database.executescript(SCHEMA)
            database.execute("BEGIN")
            yield database
