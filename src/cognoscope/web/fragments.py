"""Rendered parts of pages, kept as long as the ledger has not grown.

The ledger is append-only: what was rendered at a head's sequence number stays right until the next entry. A part that
also depends on the clock puts the minute into its key. What goes in must hold no CSRF token and nothing of one person
beyond what the key names (role, language, account).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Fragments:
    """The most recently used parts, in memory, one store a worker."""

    def __init__(self, capacity: int = 512) -> None:
        self.capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[int, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, head: int, render: Callable[[], str]) -> str:
        """The part under `key` as rendered at `head`, rendered now when it is older or missing."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == head:
                self._kept.move_to_end(key)
                return kept[1]
        text = render()
        with self._lock:
            self._kept[key] = (head, text)
            self._kept.move_to_end(key)
            while len(self._kept) > self.capacity:
                self._kept.popitem(last=False)
        return text
