"""What the index holds of a report, and how its text becomes words.

Tantivy (MIT) rather than SQLite FTS5: near spellings from its automaton over the vocabulary, merging in the background,
and one order of magnitude faster to build. The text is kept in the index, compressed, because a passage is shown for
every hit, and picking ten texts out of a million in Parquet takes a second.
"""

from typing import TYPE_CHECKING

from cognoscope.core.errors import NotInstalled

if TYPE_CHECKING:
    import tantivy

VERSION = 1
"""To be raised when anything here changes: an index of another version is made again."""

LONGEST_WORD = 60
"""Bytes of the longest word that is indexed; what is longer is no word."""


def require() -> None:
    """Raises NotInstalled where the extra `text` is missing."""
    try:
        import tantivy  # noqa: F401
    except ImportError as error:
        raise NotInstalled("Searching in reports needs the extra `text`: run `make text`.") from error


def schema() -> "tantivy.Schema":
    """Fields: `note_id`, `person_id`, `day` (proleptic ordinal), `kind`, `title` (as it is), `text` (words)."""
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    for name in ("note_id", "person_id", "day", "kind"):
        builder.add_integer_field(name, stored=True, indexed=True, fast=True)
    builder.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", stored=True, tokenizer_name="report", index_option="position")
    return builder.build()


def analyzer() -> "tantivy.TextAnalyzer":
    """Runs of letters and digits, small, without accents: what `words.tokens` does for queries."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD))
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()
