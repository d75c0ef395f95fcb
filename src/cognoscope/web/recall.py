"""What never changes and was read lately, kept in memory: decoding a proposal or a case costs more than its page."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from cognoscope.core.case import Case
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import Made, proposal

Thing = TypeVar("Thing")


class Recent(Generic[Thing]):
    """The things used last, by their ledger and their digest."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._kept: OrderedDict[tuple[Ledger, str], Thing] = OrderedDict()
        self._lock = Lock()

    def get(self, ledger: Ledger, digest: str, read: Callable[[Ledger, str], Thing | None]) -> Thing | None:
        """The thing of that digest, read when it is not kept; what does not exist is not remembered."""
        key = (ledger, digest)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        thing = read(ledger, digest)
        if thing is not None:
            with self._lock:
                self._kept[key] = thing
                while len(self._kept) > self.capacity:
                    self._kept.popitem(last=False)
        return thing

    def forget(self, ledger: Ledger, digest: str) -> None:
        """Keep it no longer."""
        with self._lock:
            self._kept.pop((ledger, digest), None)


_CASES: Recent[Case] = Recent(16)
_PROPOSALS: Recent[Made] = Recent(256)


def read_case(ledger: Ledger, digest: str) -> Case | None:
    """The case of that digest, or None once it was erased.

    Raises:
        InvalidInput: no such case was ever kept.
        LedgerDamaged: what is stored is not what was kept.
    """
    if ledger.case_erased(digest):
        _CASES.forget(ledger, digest)
        return None
    return _CASES.get(ledger, digest, Ledger.case)


def read_proposal(ledger: Ledger, digest: str) -> Made | None:
    """The recorded proposal of that digest, or None."""
    return _PROPOSALS.get(ledger, digest, proposal)
