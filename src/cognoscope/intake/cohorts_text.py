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

ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy"


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
        text = _words(notes.note_text)
        conditions += [ibis.or_(*(_in(text, term) for term in group)) for group in parsed.required]
        conditions += [~_in(text, term) for term in parsed.excluded]
    return notes.filter(conditions).select("person_id", day="note_date")


def _words(text: ir.StringValue) -> ir.StringValue:
    """The text's folded words between blanks, as `search.words.tokens` makes them of French."""
    # Small letters last: a PostgreSQL of the locale C knows only those without accents.
    folded = text.re_replace("[\u0300-\u036f]", "").translate(ACCENTED, PLAIN).lower()
    for ligature, letters in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae")):
        folded = folded.replace(ligature, letters)
    return ibis.literal(" ") + folded.re_replace("[^a-z0-9]+", " ") + ibis.literal(" ")


def _in(text: ir.StringValue, term: Term) -> ir.BooleanValue:
    wanted = " ".join(term.words)
    if term.prefix:
        return text.contains(f" {wanted}")
    other = () if term.quoted or len(term.words) > 1 else forms(wanted)
    return ibis.or_(*(text.contains(f" {each} ") for each in (wanted, *other)))
