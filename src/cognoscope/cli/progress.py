"""Progress on the terminal for work that takes more than two seconds; short work stays silent."""

import sys
import time
from collections.abc import Callable

QUIET_SECONDS = 2.0


class Progress:
    """Called with what is done and what there is to do; writes a line at most every two seconds.

    line: makes the sentence from what is done, what there is to do, and how much was done a second.
    """

    def __init__(self, line: Callable[[int, int, float], str]) -> None:
        self._line = line
        self._begun = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Say it, if it is time."""
        now = time.monotonic()
        if now - self._last < QUIET_SECONDS:
            return
        self._last = now
        print(self._line(done, total, done / (now - self._begun)), file=sys.stderr, flush=True)
