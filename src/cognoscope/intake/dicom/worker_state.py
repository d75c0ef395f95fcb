"""What the DICOM service remembers between restarts: one SQLite file beside the spool.

It holds pseudonyms, dates of arrival and words of headers without identities; no image. It lies apart from the ledger
because a busy night writes thousands of rows here that nobody will need again; lost, it costs that studies under way
are judged afresh when their next object comes.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.intake.dicom.completeness import SeriesSeen
from cognoscope.intake.dicom.routing import SeriesFacts

VERSION = 1
SCHEMA = """
CREATE TABLE study (study TEXT PRIMARY KEY, state TEXT NOT NULL, revision INTEGER NOT NULL, first_at REAL NOT NULL,
  last_at REAL NOT NULL, decided_at REAL, by TEXT NOT NULL DEFAULT '', evidence TEXT NOT NULL DEFAULT '',
  published INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE series (series TEXT PRIMARY KEY, study TEXT NOT NULL, facts TEXT NOT NULL, stated INTEGER) STRICT;
CREATE TABLE object (instance TEXT PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL, number INTEGER,
  position REAL) STRICT;
CREATE INDEX object_study ON object (study);
CREATE TABLE association (id TEXT PRIMARY KEY, calling TEXT NOT NULL, ended TEXT NOT NULL, at REAL NOT NULL,
  objects INTEGER NOT NULL) STRICT;
CREATE TABLE brought (association TEXT NOT NULL, study TEXT NOT NULL, PRIMARY KEY (association, study)) STRICT;
CREATE TABLE job (study TEXT NOT NULL, revision INTEGER NOT NULL, application TEXT NOT NULL, rules TEXT NOT NULL,
  state TEXT NOT NULL, said TEXT NOT NULL DEFAULT '', at REAL NOT NULL,
  PRIMARY KEY (study, revision, application)) STRICT;
CREATE TABLE outbox (proposal TEXT NOT NULL, standing TEXT NOT NULL, peer TEXT NOT NULL, study TEXT NOT NULL,
  application TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL,
  said TEXT NOT NULL DEFAULT '', objects INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL,
  PRIMARY KEY (proposal, standing, peer)) STRICT;
CREATE TABLE segment (name TEXT PRIMARY KEY, offset INTEGER NOT NULL, attempts INTEGER NOT NULL) STRICT;
CREATE TABLE count (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""


class ServiceUnavailable(CognoscopeError):
    """The service's memory cannot be used: locked, full or damaged."""


class ServiceState:
    """The file, open. Times are seconds since 1970, given by whoever calls."""

    def __init__(self, home: Home) -> None:
        home.dicom.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = home.dicom / "service.sqlite"
        self._lock = threading.RLock()
        with self._explained():
            if not self.path.exists():
                self.path.touch(mode=0o600)
            self._connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._make()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is done inside becomes durable together, or not at all."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self._lock, self._explained():
            return self._connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(query, *values)
        return found[0][0] if found else None

    def series_seen(self, study: str) -> tuple[SeriesSeen, ...]:
        """What is here of each series of a study."""
        stated = {row["series"]: row["stated"] for row in self.rows("SELECT * FROM series WHERE study = ?", study)}
        gathered: dict[str, list[sqlite3.Row]] = {name: [] for name in stated}
        for row in self.rows("SELECT series, number, position FROM object WHERE study = ?", study):
            gathered.setdefault(row["series"], []).append(row)
        return tuple(
            SeriesSeen(
                name,
                len(objects),
                tuple(row["number"] for row in objects if row["number"] is not None),
                tuple(row["position"] for row in objects if row["position"] is not None),
                stated.get(name),
            )
            for name, objects in sorted(gathered.items())
            if objects
        )

    def facts(self, study: str) -> list[SeriesFacts]:
        """What the routing rules may ask of each series of a study."""
        rows = self.rows(
            "SELECT facts, (SELECT count(*) FROM object WHERE object.series = series.series) AS images "
            "FROM series WHERE study = ? ORDER BY series",
            study,
        )
        return [SeriesFacts(**{**json.loads(row["facts"]), "images": row["images"]}) for row in rows]

    def _make(self) -> None:
        with self.transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise ServiceUnavailable(
                    f"{self.path} was written by another version of Cognoscope: put it aside; studies under way are "
                    "judged afresh."
                )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "") or type(error).__name__
            raise ServiceUnavailable(
                f"The memory of the DICOM service, {self.path}, cannot be used ({name}): free some space, or end the "
                "other program that holds it."
            ) from error


def facts_text(facts: SeriesFacts) -> str:
    """The facts as they are kept."""
    return json.dumps(asdict(facts), ensure_ascii=False)


def status_file(home: Home) -> Path:
    """Where the memory lies, made or not."""
    return home.dicom / "service.sqlite"
