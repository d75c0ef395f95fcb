"""One writer at a time on a folder; whoever comes second waits and is told so."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cognoscope.core.errors import InvalidInput

Notice = Callable[[str], None]
POLL_SECONDS = 0.02


@contextmanager
def exclusive(path: Path, what: str, notice: Notice, patience: float) -> Iterator[None]:
    """Hold the lock file; the system releases it when the process ends, however it ends.

    Raises:
        InvalidInput: another process still holds it after `patience` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+", encoding="ascii") as stream:
        deadline = time.monotonic() + patience
        told = False
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                stream.seek(0)
                holder = f"process {stream.read().strip() or 'unknown'}"
            if time.monotonic() >= deadline:
                raise InvalidInput(f"Another program ({holder}) is writing {what}: try again when it has ended.")
            if not told:
                notice(f"Another program ({holder}) is writing {what}: waiting for it to end.")
                told = True
            time.sleep(POLL_SECONDS)
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
