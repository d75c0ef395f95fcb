"""Counting cohorts for a page, remembered until the warehouse or the register of refusals changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import date
from threading import Lock
from typing import TypeVar, cast

from cognoscope.core.errors import NotInstalled
from cognoscope.core.home import Home
from cognoscope.intake import optout
from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_compare import Comparison, compare
from cognoscope.intake.cohorts_figures import CohortFigures, figures
from cognoscope.intake.cohorts_text import TextFinder, through
from cognoscope.intake.warehouse import Warehouse
from cognoscope.web.documents import opened
from cognoscope.web.record_search import open_search

Counted = TypeVar("Counted")
MOST = 200
_KEPT: OrderedDict[Hashable, object] = OrderedDict()
_LOCK = Lock()


def figures_of(warehouse: Warehouse, cohort: Cohort, as_of: date) -> CohortFigures:
    """The cohort in numbers, ages taken on that day.

    Raises:
        InvalidInput: its words cannot be searched for.
    """

    def count() -> CohortFigures:
        with opened(warehouse) as backend:
            return figures(cohort, backend, as_of, find_text=_finder(warehouse.home))

    return _remembered((*_state(warehouse), cohort.criterion.digest, as_of), count)


def comparison_of(warehouse: Warehouse, a: Cohort, b: Cohort) -> Comparison:
    """Two cohorts side by side.

    Raises:
        InvalidInput: the words of one cannot be searched for.
    """

    def count() -> Comparison:
        with opened(warehouse) as backend:
            return compare(a, b, backend, most=15, find_text=_finder(warehouse.home))

    return _remembered((*_state(warehouse), a.criterion.digest, b.criterion.digest), count)


def known(warehouse: Warehouse, cohort: Cohort, as_of: date) -> CohortFigures | None:
    """The numbers, if they were counted already."""
    with _LOCK:
        found = _KEPT.get((*_state(warehouse), cohort.criterion.digest, as_of))
    return found if isinstance(found, CohortFigures) else None


def _remembered(key: Hashable, count: Callable[[], Counted]) -> Counted:
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return cast(Counted, _KEPT[key])
    counted = count()
    with _LOCK:
        _KEPT[key] = counted
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return counted


def _state(warehouse: Warehouse) -> tuple[Hashable, ...]:
    """Changes whenever what can be counted does."""
    home = warehouse.home
    files = (warehouse.folder / "manifest.json", optout.register_file(home), *sorted(home.search_index.glob("state*")))
    stamps: list[Hashable] = [str(warehouse.folder)]
    for path in files:
        with suppress(FileNotFoundError):
            stamps.append((path.name, path.stat().st_mtime_ns))
    return (tuple(stamps),)


def _finder(home: Home) -> TextFinder | None:
    """The full-text index, where there is one; elsewhere reports are compared word by word."""
    try:
        index = open_search(home)
    except NotInstalled:
        return None
    return through(index) if index.documents else None
