"""The index of the image store: which objects are kept, of which series, study and person. SQLite.

One row an object and one a series, by pseudonymous UIDs; no identity but what is sealed. A file counts when its row is
committed: what a killed process left beside is written again by the next one. The warehouse's table
`image_occurrence` is made from it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from cognoscope.core.errors import InvalidInput

SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
  series TEXT PRIMARY KEY, study TEXT NOT NULL, person TEXT NOT NULL, modality TEXT NOT NULL, body_part TEXT NOT NULL,
  laterality TEXT NOT NULL, view TEXT NOT NULL, description TEXT NOT NULL, study_description TEXT NOT NULL,
  manufacturer TEXT NOT NULL, model TEXT NOT NULL, sex TEXT NOT NULL, age INTEGER, taken TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  instance TEXT PRIMARY KEY, series TEXT NOT NULL REFERENCES series, digest TEXT NOT NULL, file TEXT NOT NULL,
  frames INTEGER NOT NULL, rows INTEGER NOT NULL, columns INTEGER NOT NULL, sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uid (pseudonymous TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_series ON object (series);
CREATE INDEX IF NOT EXISTS series_study ON series (study);
"""


@dataclass(frozen=True)
class SeriesRow:
    """What is known of a series without identity; `taken` is its date, ISO 8601, or empty; `age` in years."""

    series: str
    study: str
    person: str
    modality: str
    body_part: str
    laterality: str
    view: str
    description: str
    study_description: str
    manufacturer: str
    model: str
    sex: str
    age: int | None
    taken: str


@dataclass(frozen=True)
class ObjectRow:
    """One kept object: its file below the store's folder, the digest of the pixels it came with, its sealed header."""

    instance: str
    series: str
    digest: str
    file: str
    frames: int
    rows: int
    columns: int
    sealed: bytes


class Index:
    """Reads and writes the index; every call is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def digests(self, instances: list[str]) -> dict[str, str]:
        """Pixel digest by pseudonymous UID, of those objects that are kept."""
        found: dict[str, str] = {}
        with self._open() as database:
            for instance in instances:
                row = database.execute("SELECT digest FROM object WHERE instance = ?", (instance,)).fetchone()
                if row:
                    found[instance] = row[0]
        return found

    def enter(self, series: list[SeriesRow], objects: list[ObjectRow], uids: list[tuple[str, bytes]]) -> None:
        """Add rows, all of them or none; durable on return. What is there already stays as it is."""
        with self._open() as database:
            database.executemany(_insert("series", SeriesRow), [astuple(row) for row in series])
            database.executemany(_insert("object", ObjectRow), [astuple(row) for row in objects])
            database.executemany("INSERT OR IGNORE INTO uid VALUES (?, ?)", uids)

    def series(self, name: str | None = None, study: str | None = None) -> list[tuple[SeriesRow, int]]:
        """Series with the number of their objects: all, one, or those of a study; by date, then UID."""
        where, values = "1", tuple[str, ...]()
        if name is not None:
            where, values = "s.series = ?", (name,)
        elif study is not None:
            where, values = "s.study = ?", (study,)
        sql = (
            f"SELECT s.*, count(o.instance) FROM series s JOIN object o USING (series) WHERE {where} "  # noqa: S608
            "GROUP BY s.series ORDER BY s.taken, s.series"
        )
        with self._open() as database:
            return [(SeriesRow(*row[:-1]), int(row[-1])) for row in database.execute(sql, values)]

    def objects(self, series: str) -> list[ObjectRow]:
        """The objects of a series, by UID."""
        with self._open() as database:
            rows = database.execute("SELECT * FROM object WHERE series = ? ORDER BY instance", (series,))
            return [ObjectRow(*row) for row in rows]

    def object(self, instance: str) -> ObjectRow | None:
        """One object, or None."""
        with self._open() as database:
            row = database.execute("SELECT * FROM object WHERE instance = ?", (instance,)).fetchone()
            return ObjectRow(*row) if row else None

    def uid(self, pseudonymous: str) -> bytes | None:
        """The sealed original of a UID, or None."""
        with self._open() as database:
            row = database.execute("SELECT sealed FROM uid WHERE pseudonymous = ?", (pseudonymous,)).fetchone()
            return bytes(row[0]) if row else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            new = not self._path.exists()
            if new:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path.touch(mode=0o600, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=60)) as database, database:
                database.execute("PRAGMA synchronous = FULL")
                if new or not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'uid'").fetchone():
                    database.executescript(SCHEMA)
                yield database
        except sqlite3.Error as error:
            raise InvalidInput(f"The image index {self._path} cannot be used ({error}): restore it.") from error


def _insert(table: str, row: type) -> str:
    return f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(fields(row)))})"  # noqa: S608 - own names
