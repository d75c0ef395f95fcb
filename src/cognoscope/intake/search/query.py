"""What is asked of the index."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class SearchQuery:
    """Words and filters; a report must meet all of them.

    text: words, all of which must be there, in any order; `"several words"` side by side; `-word` or `-"words"` not
        there; `one OU other` (or `OR`, capitals) either of the two; `cardio*` any word that begins so. Capitals,
        accents and elided articles (l', d', qu') do not matter, plurals and feminines are found too. Empty: every
        report that meets the filters.
    fuzzy: whether a word of five letters or more is also found with one letter wrong, missing, doubled or exchanged
        with its neighbour; words with digits and words between quotes are taken as they are.
    person_id, note_ids: only reports about that person, or only these reports.
    since, until: days, both included.
    titles: only reports with one of these titles; capitals and accents matter.
    kinds: only reports of these kinds (see `Hit.kind`).
    asserted_only: leave out reports where the reading found everything that was searched for to be negated,
        supposed or somebody else's; where the reading knows nothing of the words, the report stays.
    order: `relevance`, or `date` with the newest first.
    """

    text: str = ""
    fuzzy: bool = True
    person_id: int | None = None
    note_ids: tuple[int, ...] | None = None
    since: date | None = None
    until: date | None = None
    titles: tuple[str, ...] = ()
    kinds: tuple[int, ...] = ()
    asserted_only: bool = False
    order: Literal["relevance", "date"] = "relevance"
    limit: int = 20
    offset: int = 0
