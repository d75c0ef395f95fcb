"""A query in the words of the index (Tantivy): how exact words, other forms and near spellings are weighed."""

from datetime import date
from typing import TYPE_CHECKING

from cognoscope.intake.search.parse import Parsed, Term
from cognoscope.intake.search.query import SearchQuery
from cognoscope.intake.search.words import forms

if TYPE_CHECKING:
    import tantivy

EXACT, INFLECTED, NEAR = 1000.0, 950.0, 1.0
"""Added to BM25, which stays below 50 a word: all words exact, then all exact or in another form, then errors."""


def of(parsed: Parsed, query: SearchQuery, schema: "tantivy.Schema", *, near: bool) -> "tantivy.Query":
    """The words and filters of a query; `near` whether typing errors are supposed.

    Clauses that only filter weigh nothing.
    """
    from tantivy import FieldType, Occur, Query

    clauses = [(Occur.Must, _one_of(group, schema, near=near)) for group in parsed.required]
    clauses += [(Occur.MustNot, _term(term, schema, near=False)) for term in parsed.excluded]
    filters = []
    if query.person_id is not None:
        filters.append(Query.term_query(schema, "person_id", query.person_id))
    if query.note_ids is not None:
        filters.append(_among(schema, "note_id", query.note_ids))
    if query.since or query.until:
        first = query.since.toordinal() if query.since else date.min.toordinal()
        last = query.until.toordinal() if query.until else date.max.toordinal()
        filters.append(Query.range_query(schema, "day", FieldType.Integer, first, last))
    if query.titles:
        filters.append(_among(schema, "title", query.titles))
    if query.kinds:
        filters.append(_among(schema, "kind", query.kinds))
    clauses += [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]
    if not any(occur == Occur.Must for occur, _ in clauses):
        clauses.append((Occur.Must, Query.all_query()))
    return Query.boolean_query(clauses)


def without(query: "tantivy.Query", persons: frozenset[int], schema: "tantivy.Schema") -> "tantivy.Query":
    """The query, on everybody but these."""
    from tantivy import Occur, Query

    if not persons:
        return query
    refused = Query.term_set_query(schema, "person_id", sorted(persons))
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, refused)])


def _among(schema: "tantivy.Schema", field: str, values: tuple[int, ...] | tuple[str, ...]) -> "tantivy.Query":
    from tantivy import Query

    return Query.term_set_query(schema, field, list(values)) if values else Query.empty_query()


def _one_of(group: tuple[Term, ...], schema: "tantivy.Schema", *, near: bool) -> "tantivy.Query":
    from tantivy import Query

    each = [_term(term, schema, near=near) for term in group]
    return each[0] if len(each) == 1 else Query.disjunction_max_query(each)


def _term(term: Term, schema: "tantivy.Schema", *, near: bool) -> "tantivy.Query":
    from tantivy import Occur, Query

    if len(term.words) > 1:
        phrase = Query.phrase_query(schema, "text", list(term.words))
        return Query.boolean_query([(Occur.Must, phrase), (Occur.Must, Query.const_score_query(phrase, EXACT))])
    word = term.words[0]
    if term.prefix:
        # The words are letters and digits only, so nothing in them means anything to a regular expression.
        return Query.const_score_query(Query.regex_query(schema, "text", f"{word}.*"), EXACT)
    whole = Query.term_query(schema, "text", word)
    ways = [(Occur.Should, whole), (Occur.Should, Query.const_score_query(whole, EXACT))]
    if not term.quoted:
        others = [Query.term_query(schema, "text", form) for form in forms(word)]
        ways += [(Occur.Should, Query.const_score_query(other, INFLECTED)) for other in others]
        if near and term.near:
            near_by = Query.fuzzy_term_query(schema, "text", word, 1, True)
            ways.append((Occur.Should, Query.const_score_query(near_by, NEAR)))
    return Query.boolean_query(ways)
