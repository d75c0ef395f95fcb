"""The index of an installation, opened for searching and for bringing up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cognoscope.core.home import Home
from cognoscope.intake.search.query import SearchQuery
from cognoscope.intake.search.results import SearchResults
from cognoscope.intake.warehouse import Warehouse

Progress = Callable[[int, int], None]
"""Is told how many reports are indexed and of how many."""


@dataclass(frozen=True)
class Updated:
    """Reports that entered the index, that were indexed again, and that left it."""

    added: int
    changed: int
    removed: int


class SearchIndex:
    """Threads may share one; it sees what another process has indexed since."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @property
    def documents(self) -> int:
        """Reports in the index; 0 where it was never made."""
        raise NotImplementedError

    def update(self, warehouse: Warehouse, progress: Progress | None = None) -> Updated:
        """Bring the index to the state that the warehouse has committed; only what changed is indexed."""
        raise NotImplementedError

    def search(self, query: SearchQuery, mentions: Any = None) -> SearchResults:
        """A page of reports that meet the query, best first; those of persons who refused reuse never.

        Args:
            query: words and filters.
            mentions: the Ibis backend of `Warehouse.connect`, needed for `asserted_only`.

        Raises:
            InvalidInput: there is no index yet, or no word can be made out in the text.
        """
        raise NotImplementedError

    def note_ids(self, query: SearchQuery) -> Sequence[int]:
        """Every report that meets the query, in no order; `limit`, `offset` and `asserted_only` play no part."""
        raise NotImplementedError


def open_index(home: Home) -> SearchIndex:
    """The index of an installation; it need not exist yet.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    return SearchIndex(home)
