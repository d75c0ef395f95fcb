"""The access log: who looked at what. Kept apart from the ledger, because it is purged when its time is over.

Every page shown costs a look. One thread writes them, those that came in meanwhile in one transaction: a look costs a
share of one flush of the disk, and whoever noted it may do something else until it is durable.
"""

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Column, Connection, Engine, Index, MetaData, Table, delete, insert, select

from cognoscope.core.actor import Actor
from cognoscope.core.database import require_current
from cognoscope.core.engine import DatabaseUnavailable, open_engine
from cognoscope.core.entry import instant_text, read_instant
from cognoscope.core.events import AccessLogPurged
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import SEQ, TEXT

METADATA = MetaData()
ACCESS = Table(
    "access",
    METADATA,
    Column("id", SEQ, primary_key=True),
    *(Column(name, TEXT, nullable=False) for name in ("at", "actor_kind", "actor_id", "actor_role", "what", "subject")),
    Index("access_at", "at"),
    Index("access_actor", "actor_id", "at"),
    Index("access_subject", "subject", "at"),
    sqlite_strict=True,
)


@dataclass(frozen=True)
class Access:
    """One look: who, when, at what (`proposal`, `timeline`, ...) and about whom or which unit ('' when none)."""

    id: int
    at: datetime
    actor: Actor
    what: str
    subject: str


@dataclass(frozen=True)
class _Noted:
    """Looks on their way to the disk."""

    rows: list[dict[str, Any]]
    durable: Future[None] = field(default_factory=Future)


class AccessLog:
    """An access log that is open; threads may share one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._noted: SimpleQueue[_Noted | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the log at a SQLAlchemy URL; `cognoscope.core.database.migrate(url, "access")` makes one.

        Raises:
            InvalidInput: there is no database there, or it has the schema of another version.
            DatabaseUnavailable: it cannot be used now.
        """
        engine = open_engine(url)
        try:
            require_current(engine, "access")
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Write what was noted, and give back every connection; nothing can be noted afterwards."""
        with self._starting:
            self._closed, thread = True, self._thread
        if thread is not None:
            self._noted.put(None)
            thread.join()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def note(self, actor: Actor, what: str, subject: str, at: datetime) -> Future[None]:
        """Hand one look over to be written; the future is done once it is durable, or holds why it is not."""
        return self._hand_over([_row(actor, what, subject, at)])

    def record(self, actor: Actor, what: str, subject: str, at: datetime) -> None:
        """Write one look down; returns once it is durable."""
        self.note(actor, what, subject, at).result()

    def record_many(self, looks: Iterable[tuple[Actor, str, str, datetime]]) -> None:
        """Write several looks down, all or none; returns once they are durable."""
        rows = [_row(*look) for look in looks]
        if rows:
            self._hand_over(rows).result()

    def _hand_over(self, rows: list[dict[str, Any]]) -> Future[None]:
        noted = _Noted(rows)
        with self._starting:
            if self._closed:
                raise DatabaseUnavailable("The access log was closed: the look cannot be written down.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="access-log", daemon=True)
                self._thread.start()
            self._noted.put(noted)
        return noted.durable

    def _write(self) -> None:
        """The writer's thread: takes what waits, makes it durable, says so; until the log is closed."""
        connection: Connection | None = None
        closing = False
        while not closing:
            together = [self._noted.get()]
            try:
                while True:
                    together.append(self._noted.get_nowait())
            except Empty:
                closing = None in together
            waiting = [one for one in together if one is not None]
            if waiting:
                connection = self._commit(connection, waiting)
        if connection is not None:
            connection.close()

    def _commit(self, connection: Connection | None, waiting: list[_Noted]) -> Connection | None:
        """Write the looks in one transaction; the connection to go on with, None after an error."""
        try:
            connection = connection or self._writer.connect()
            with connection.begin():
                connection.execute(insert(ACCESS), [row for one in waiting for row in one.rows])
        except BaseException as error:
            for one in waiting:
                one.durable.set_exception(error)
            if connection is not None:
                connection.close()
            return None
        for one in waiting:
            one.durable.set_result(None)
        return connection

    def entries(
        self,
        *,
        actor: str | None = None,
        what: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Access]:
        """The looks that meet every condition given; `since` is included, `until` is not."""
        equal = {"actor_id": actor, "what": what, "subject": subject}
        query = select(ACCESS).where(*(ACCESS.c[name] == value for name, value in equal.items() if value is not None))
        if since is not None:
            query = query.where(ACCESS.c.at >= instant_text(since))
        if until is not None:
            query = query.where(ACCESS.c.at < instant_text(until))
        order = (ACCESS.c.at.desc(), ACCESS.c.id.desc()) if newest_first else (ACCESS.c.at, ACCESS.c.id)
        with self.engine.connect() as connection:
            return [
                Access(
                    id=row.id,
                    at=read_instant(row.at),
                    actor=Actor(kind=row.actor_kind, id=row.actor_id, role=row.actor_role or None),
                    what=row.what,
                    subject=row.subject,
                )
                for row in connection.execute(query.order_by(*order).limit(limit))
            ]

    def purge(self, before: datetime, ledger: Ledger, actor: Actor, at: datetime) -> int:
        """Delete the looks before an instant, say so in the ledger, and return how many there were.

        The ledger is told before the deletion becomes durable: it may know of a purge that a crash undid, and which
        the next call does again, but never lacks one.
        """
        with self._writer.begin() as connection:
            rows = connection.execute(delete(ACCESS).where(ACCESS.c.at < instant_text(before))).rowcount
            if rows:
                ledger.append(AccessLogPurged(before=before, rows=rows), actor, at)
        return rows


def _row(actor: Actor, what: str, subject: str, at: datetime) -> dict[str, Any]:
    return {
        "at": instant_text(at),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_role": actor.role or "",
        "what": what,
        "subject": subject,
    }


def months_before(at: datetime, months: int) -> datetime:
    """The same day of the month and time `months` earlier, or that month's last day."""
    years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=years, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=years, month=month + 1)
