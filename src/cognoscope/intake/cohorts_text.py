"""The criterion on words of reports: through the full-text index where there is one, else by plain comparison."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cognoscope.intake.cohorts_window import within
from cognoscope.intake.search.parse import Term, parse
from cognoscope.intake.search.words import forms

if TYPE_CHECKING:
    from cognoscope.intake.cohorts import TextFound
    from cognoscope.intake.search import SearchIndex

TextFinder = Callable[["TextFound"], Sequence[int]]
"""Gives the `note_id`s of the reports in which such words are found."""

WRITTEN = {
    "a": "aAàâäáãåÀÂÄÁÃÅ",
    "c": "cCçÇ",
    "e": "eEéèêëÉÈÊË",
    "i": "iIîïíìÎÏÍÌ",
    "n": "nNñÑ",
    "o": "oOôöóòõÔÖÓÒÕ",
    "u": "uUùûüúÙÛÜÚ",
    "y": "yYÿýŸÝ",
}
"""How a folded letter may be written; the others in capitals or not."""

LIGATURES = {"oe": "œŒ", "ae": "æÆ"}
MARK = "[\u0300-\u036f]*"
"""An accent may be a character of its own."""

NOT_IN_A_WORD = f"[^0-9a-zA-Z{''.join(WRITTEN.values())}{''.join(LIGATURES.values())}\u0300-\u036f]"


def through(index: "SearchIndex") -> TextFinder:
    """A finder on the full-text index, which asks it once for each criterion: make one for each use."""
    from cognoscope.intake.search import SearchQuery

    @lru_cache
    def find(criterion: "TextFound") -> Sequence[int]:
        window = criterion.window
        return index.note_ids(
            SearchQuery(text=criterion.text, fuzzy=criterion.fuzzy, since=window.start, until=window.end)
        )

    return find


def with_words(criterion: "TextFound", backend: Any, find_text: TextFinder | None) -> ir.Table:
    """Reports with these words: `person_id` and `day`, one row a report.

    Raises:
        InvalidInput: there is no word in the criterion.
    """
    parsed = parse(criterion.text)
    notes = backend.table("note")
    conditions = [notes.person_id.notnull(), *within(criterion.window, notes.note_date)]
    if find_text is not None:
        found = ibis.memtable(pa.table({"note_id": pa.array(find_text(criterion), pa.int64())}))
        conditions.append(notes.note_id.isin(found.note_id))
    else:
        text = notes.note_text
        conditions += [ibis.or_(*(_in(text, term) for term in group)) for group in parsed.required]
        conditions += [~_in(text, term) for term in parsed.excluded]
    return notes.filter(conditions).select("person_id", day="note_date")


def _in(text: ir.StringValue, term: Term) -> ir.BooleanValue:
    """Whether the text holds the term, by one regular expression that RE2, PostgreSQL and Java read alike."""
    single = len(term.words) == 1
    other = forms(term.words[0]) if single and not term.quoted and not term.prefix else ()
    ways = (
        "|".join(map(_written, (term.words[0], *other)))
        if single
        else f"{NOT_IN_A_WORD}+".join(map(_written, term.words))
    )
    end = "" if term.prefix else f"($|{NOT_IN_A_WORD})"
    return text.re_search(f"(^|{NOT_IN_A_WORD})({ways}){end}")


def _written(word: str) -> str:
    """A folded word as it may stand in a text: any capitals, any accents, ligatures."""
    pattern, at = "", 0
    while at < len(word):
        pair, letter = word[at : at + 2], word[at]
        one = f"[{WRITTEN.get(letter, letter + letter.upper())}]{MARK}"
        if pair in LIGATURES:
            two = f"[{WRITTEN[pair[1]]}]{MARK}"
            pattern += f"([{LIGATURES[pair]}]|{one}{two})"
            at += 2
        else:
            pattern += one
            at += 1
    return pattern
