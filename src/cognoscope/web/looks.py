"""Looks that come in hundreds: the slices of one series are one look an hour, not one line each."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock


class Looks:
    """Which looks were noted already, one store a worker; the first of each hour is to be noted."""

    def __init__(self, capacity: int = 4096) -> None:
        self.capacity = capacity
        self._noted: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._lock = Lock()

    def is_new(self, at: datetime, *about: str) -> bool:
        """Whether nobody asked this before within the same hour."""
        key = (f"{at:%Y-%m-%dT%H}", *about)
        with self._lock:
            if key in self._noted:
                return False
            self._noted[key] = None
            while len(self._noted) > self.capacity:
                self._noted.popitem(last=False)
            return True
