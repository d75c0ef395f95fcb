"""Many threads, one durable commit: whoever comes first writes what the others have ready.

A commit costs one flush of the disk whatever it holds, so eight waiting threads share one. Processes take turns: on
SQLite through a lock file beside the database, because SQLite itself lets a waiting writer sleep up to 100 ms. The
file only orders them; that there is one writer is the database's own lock.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine

from cognoscope.core.engine import DatabaseUnavailable, sqlite_file
from cognoscope.core.transaction import Transaction

Result = TypeVar("Result")
Act = Callable[[Transaction], Result]


@dataclass
class _Job:
    act: Act[Any]
    result: Any = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class GroupCommit:
    """Runs acts in transactions, several waiting acts in one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._leading = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._connection: Connection | None = None
        file = sqlite_file(engine)
        self._queue_file = None if file is None else file.with_name(file.name + "-queue")
        self._queue: int | None = None

    def write(self, act: Act[Result]) -> Result:
        """Run the act and return its result once it is durable; raise what it raised."""
        job = _Job(act)
        self._waiting.append(job)
        with self._leading:
            if not job.done.is_set():
                # Taken one by one from the queue that others append to: a job is never in two places nor in none.
                self._lead([self._waiting.popleft() for _ in range(len(self._waiting))])
        if job.error is not None:
            raise job.error
        return cast(Result, job.result)

    def close(self) -> None:
        """Close the lock file."""
        with self._leading:
            self._disconnect()
            if self._queue is not None:
                os.close(self._queue)
                self._queue = None

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lead(self, jobs: list[_Job]) -> None:
        try:
            with self._turn():
                self._commit(jobs)
        except BaseException as error:
            for job in jobs:
                if not job.done.is_set():
                    job.error = error
        finally:
            for job in jobs:
                job.done.set()

    def _commit(self, jobs: list[_Job]) -> None:
        """One transaction for all; when one act fails, one for each, so that it fails alone."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._engine.connect()
            with self._connection.begin():
                transaction = Transaction(self._connection)
                results = [job.act(transaction) for job in jobs]
                transaction.flush()
        except DatabaseUnavailable:
            self._disconnect()
            raise
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].error = error
                return
            for job in jobs:
                self._commit([job])
        else:
            for job, result in zip(jobs, results, strict=True):
                job.result = result

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._queue_file is None:
            yield
            return
        if self._queue is None:
            try:
                self._queue = os.open(self._queue_file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise DatabaseUnavailable(
                    f"The ledger cannot be written: {self._queue_file} cannot be made ({error.strerror})."
                ) from error
        fcntl.flock(self._queue, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
