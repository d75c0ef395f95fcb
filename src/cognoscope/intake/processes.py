"""Worker processes of an intake: spread over the cores, never outliving the one that started them."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, TypeVar

from cognoscope.core.errors import CognoscopeError

Result = TypeVar("Result")

LOST_IN_INGEST = (
    "A process of the ingest was ended from outside, perhaps for want of memory: what was committed is safe; run the "
    "same command again and it goes on where it stopped."
)


class WorkerLost(CognoscopeError):
    """A worker process was ended from outside; what was committed is safe."""


def end_with_parent() -> None:
    """Called by a worker process as it begins: a killed parent cannot end its processes, so each watches for that."""
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def spread(
    function: Callable[..., Result],
    calls: Iterable[tuple[Any, ...]],
    workers: int,
    lost: str,
    begin: Callable[..., None] = end_with_parent,
    setup: tuple[Any, ...] = (),
) -> Iterator[Result]:
    """The results of the calls in their order, computed by so many processes; few calls are drawn ahead.

    Args:
        function: of a module, so that a process can import it.
        calls: its arguments, one tuple a call.
        workers: how many processes.
        lost: the sentence of WorkerLost.
        begin: called with `setup` as each process begins; it calls `end_with_parent`.
        setup: handed over in memory, never by file or command line.

    Raises:
        WorkerLost: a process was ended from outside.
    """
    waiting: deque[Future[Result]] = deque()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=setup) as pool:
        try:
            for call in calls:
                if len(waiting) > workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(function, *call))
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise WorkerLost(lost) from error
        finally:
            pool.shutdown(cancel_futures=True)
