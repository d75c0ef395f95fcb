"""The criterion on words of reports: through the full-text index where there is one, else by plain comparison."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cognoscope.intake.cohorts import TextFound
    from cognoscope.intake.search import SearchIndex

TextFinder = Callable[["TextFound"], Sequence[int]]
"""Gives the `note_id`s of the reports in which such words are found."""


def through(index: "SearchIndex") -> TextFinder:
    """A finder on the full-text index."""
    from cognoscope.intake.search import SearchQuery

    def find(criterion: "TextFound") -> Sequence[int]:
        return index.note_ids(SearchQuery(text=criterion.text, fuzzy=criterion.fuzzy))

    return find
