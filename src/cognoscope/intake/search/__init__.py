"""Full-text search over the warehouse's pseudonymised reports: an index beside the warehouse, made again when lost."""

from cognoscope.intake.search.index import SearchIndex, open_index
from cognoscope.intake.search.query import SearchQuery
from cognoscope.intake.search.results import Hit, Piece, SearchResults
from cognoscope.intake.search.update import Updated

__all__ = ["Hit", "Piece", "SearchIndex", "SearchQuery", "SearchResults", "Updated", "open_index"]
