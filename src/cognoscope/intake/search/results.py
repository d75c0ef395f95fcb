"""What a search gives back."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Piece:
    """Consecutive characters of a report; `marked` where they are what was searched for."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    """One report that matches.

    title: the report's own (`note_title`), empty where it has none.
    kind: `note_class_concept_id`, or `note_type_concept_id` where the class is unknown.
    score: for ordering only; comparable within one search.
    snippet: its best passage, about 240 characters, whole words; nothing in it is markup.
    """

    note_id: int
    person_id: int
    note_date: date
    title: str
    kind: int
    score: float
    snippet: tuple[Piece, ...]


@dataclass(frozen=True)
class SearchResults:
    """A page of hits.

    total: reports that match, near spellings included.
    exact: those among them that match without a typing error being supposed (they come first by relevance).
    complete: False where `asserted_only` looked only at the best reports, so that `total` is a lower bound.
    seconds: how long it took.
    """

    total: int
    exact: int
    hits: tuple[Hit, ...]
    seconds: float
    complete: bool = True


@dataclass(frozen=True)
class Found:
    """A report as the index keeps it; `day` is a proleptic ordinal."""

    note_id: int
    person_id: int
    day: int
    kind: int
    title: str
    text: str
    score: float

    @property
    def note_date(self) -> date:
        """The day of the report."""
        return date.fromordinal(self.day)
