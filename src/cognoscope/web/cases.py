"""The cases read last, kept in memory: a case never changes, and reading one costs more than showing a page."""

from collections import OrderedDict
from threading import Lock

from cognoscope.core.case import Case
from cognoscope.core.ledger import Ledger

_KEPT = 16
_CASES: OrderedDict[str, Case] = OrderedDict()
_LOCK = Lock()


def read_case(ledger: Ledger, digest: str) -> Case | None:
    """The case of that digest, or None once it was erased.

    Raises:
        InvalidInput: no such case was ever kept.
        LedgerDamaged: what is stored is not what was kept.
    """
    if ledger.case_erased(digest):
        with _LOCK:
            _CASES.pop(digest, None)
        return None
    with _LOCK:
        if digest in _CASES:
            _CASES.move_to_end(digest)
            return _CASES[digest]
    case = ledger.case(digest)
    with _LOCK:
        _CASES[digest] = case
        while len(_CASES) > _KEPT:
            _CASES.popitem(last=False)
    return case
