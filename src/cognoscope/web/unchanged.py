"""What was read from the ledger's database, kept in memory until anybody, in any process, writes to it."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine, PoolProxiedConnection

Thing = TypeVar("Thing")
CAPACITY = 4096


class Unchanged:
    """Things read from one database, all forgotten as soon as another connection has committed to it.

    SQLite tells that in microseconds (`PRAGMA data_version`), so that each page view may ask whether its session still
    stands and where the chain ends. PostgreSQL does not: there, nothing is kept and every question is a query.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._connection: PoolProxiedConnection | None = None
        self._mark: object = None
        self._kept: dict[Hashable, Any] = {}

    def peek(self, key: Hashable) -> Any:
        """The thing kept under `key`, or None when it must be read (again)."""
        with self._lock:
            return self._kept.get(key) if self._see() == self._mark else None

    def get(self, key: Hashable, read: Callable[[], Thing]) -> Thing:
        """The thing kept under `key`, read now when there is none or the database was written to since."""
        with self._lock:
            mark = self._see()
            if mark == self._mark and key in self._kept:
                return self._kept[key]  # type: ignore[no-any-return]
        thing = read()
        with self._lock:
            if mark != self._mark or len(self._kept) >= CAPACITY:
                self._mark, self._kept = mark, {}
            self._kept[key] = thing
        return thing

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _see(self) -> object:
        """A mark that equals an earlier one only when nothing was committed in between; never inside a transaction."""
        if self._engine.dialect.name != "sqlite":
            return object()
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        return self._connection.driver_connection.execute("PRAGMA data_version").fetchone()  # type: ignore[union-attr]
