"""The index of an installation, opened for searching and for bringing up to date."""

import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import optout
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.search import clauses, said
from cognoscope.intake.search.parse import Parsed, parse
from cognoscope.intake.search.passages import passage, spans
from cognoscope.intake.search.query import SearchQuery
from cognoscope.intake.search.results import Found, Hit, SearchResults
from cognoscope.intake.search.schema import VERSION, analyzer, require, schema
from cognoscope.intake.search.state import State
from cognoscope.intake.search.update import Progress, Updated, update
from cognoscope.intake.warehouse import Warehouse
from cognoscope.intake.writelock import Notice, exclusive

if TYPE_CHECKING:
    import tantivy

PATIENCE_SECONDS = 3600.0
MOST_HITS = 10_000
"""Hits further down are not given out a page at a time: the search wants another word."""


class SearchIndex:
    """Threads may share one; it sees what another process has indexed since."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._folder = home.search_index / f"index-{VERSION}"
        self._state = State(home.search_index / f"state-{VERSION}.sqlite")
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._read_at = 0
        self._refused: tuple[object, frozenset[int]] = (None, frozenset())

    @property
    def documents(self) -> int:
        """Reports in the index; 0 where it was never made."""
        index = self._opened()
        return 0 if index is None else int(index.searcher().num_docs)

    def update(
        self, warehouse: Warehouse, progress: Progress | None = None, notice: Notice = lambda sentence: None
    ) -> Updated:
        """Bring the index to the state that the warehouse has committed; only what changed is indexed.

        A process killed meanwhile leaves an index that can be searched, and the next call goes on where it stopped.

        Args:
            warehouse: where the reports are.
            progress: is told, every 50,000 reports, how many are indexed and of how many.
            notice: is told, in a sentence for people, when another program is updating and must be waited for.

        Raises:
            InvalidInput: another program has been updating for an hour, the disk is full, or the index is damaged.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with exclusive(self._folder.parent / "lock", "the search index", notice, PATIENCE_SECONDS):
            index = self._opened()
            if index is None:
                index = self._make()
            try:
                return update(index, self._state, warehouse, progress)
            except (OSError, ValueError, sqlite3.Error) as error:  # what Tantivy and SQLite make of a full disk
                raise InvalidInput(
                    f"The search index {self._folder} could not be written ({error}): free some space, then run "
                    "`cognoscope index` again."
                ) from error
            finally:
                self._read_at = 0

    def search(self, query: SearchQuery, mentions: Any = None) -> SearchResults:
        """A page of reports that meet the query, best first; those of persons who refused reuse never.

        Args:
            query: words and filters.
            mentions: the Ibis backend of `Warehouse.connect`, needed for `asserted_only`.

        Raises:
            InvalidInput: there is no index yet or it is damaged, no word can be made out in the text, or a page too
                far down is asked for.
        """
        start = time.perf_counter()
        parsed = parse(query.text)
        if query.limit < 1 or query.offset < 0 or query.offset + query.limit > MOST_HITS:
            raise InvalidInput(f"Only the first {MOST_HITS} reports are shown: add a word, a person or a date.")
        searcher, schema_ = self._searcher()
        meant = self._allowed(clauses.of(parsed, query, schema_, near=query.fuzzy), schema_)
        if query.asserted_only and parsed.required:
            if mentions is None:
                raise InvalidInput("Leaving out what is negated needs the warehouse: pass it along with the query.")
            total, complete, chosen = self._asserted(searcher, meant, query, parsed, mentions)
        else:
            result = _ask(searcher, meant, query, query.limit, query.offset)
            total, complete = result.count, True
            chosen = [self._read(searcher, address, score) for score, address in result.hits]
        exact = total
        if query.fuzzy and not query.asserted_only and any(term.near for group in parsed.required for term in group):
            strict = self._allowed(clauses.of(parsed, query, schema_, near=False), schema_)
            exact = _ask(searcher, strict, query, 1, 0).count
        hits = tuple(_hit(each, parsed, near=query.fuzzy) for each in chosen)
        return SearchResults(total, exact, hits, time.perf_counter() - start, complete)

    def note_ids(self, query: SearchQuery) -> list[int]:
        """Every report that meets the query, in no order; `limit`, `offset` and `asserted_only` play no part.

        Raises:
            InvalidInput: as `search`.
        """
        parsed = parse(query.text)
        searcher, schema_ = self._searcher()
        meant = self._allowed(clauses.of(parsed, query, schema_, near=query.fuzzy), schema_)
        result = searcher.search(meant, max(1, searcher.num_docs), count=False)
        values: Any = searcher.fast_field_values("note_id", [each for _, each in result.hits])
        return list(values)

    def _asserted(
        self, searcher: "tantivy.Searcher", meant: "tantivy.Query", query: SearchQuery, parsed: Parsed, mentions: Any
    ) -> tuple[int, bool, list[Found]]:
        """How many of the best hits are not only denied, whether these are all hits, and the page of them."""
        result = _ask(searcher, meant, query, said.MOST, 0)
        values: Any = searcher.fast_field_values("note_id", [address for _, address in result.hits])
        hits = dict(zip(values, result.hits, strict=True))

        def text_of(note_id: int) -> str:
            return self._read(searcher, hits[note_id][1], 0.0).text

        kept = said.open_reports(values, parsed, mentions, text_of, near=query.fuzzy)
        page = [hits[note_id] for note_id in kept[query.offset : query.offset + query.limit]]
        return len(kept), result.count <= said.MOST, [self._read(searcher, where, score) for score, where in page]

    @staticmethod
    def _read(searcher: "tantivy.Searcher", address: "tantivy.DocAddress", score: float) -> Found:
        kept = searcher.doc(address).to_dict()
        return Found(
            note_id=kept["note_id"][0],
            person_id=kept["person_id"][0],
            day=kept["day"][0],
            kind=kept["kind"][0],
            title=kept["title"][0],
            text=kept["text"][0],
            score=float(score),
        )

    def _allowed(self, query: "tantivy.Query", schema_: "tantivy.Schema") -> "tantivy.Query":
        """Without those who refused, be it a minute ago: the index itself learns of it at its next update."""
        register = optout.register_file(self.home)
        stamp = _stamp(register), _stamp(self._state.path)
        if self._refused[0] != stamp:
            refused = {person_id(person) for person in optout.opted_out(self.home)}
            self._refused = stamp, self._state.persons_behind(refused)
        return clauses.without(query, self._refused[1], schema_)

    def _searcher(self) -> "tuple[tantivy.Searcher, tantivy.Schema]":
        index = self._opened()
        if index is None:
            raise InvalidInput("There is no search index yet: run `cognoscope index`.")
        return index.searcher(), index.schema

    def _opened(self) -> "tantivy.Index | None":
        """The index as last committed, by this process or another; None where there is none."""
        from tantivy import Index

        committed = _stamp(self._folder / "meta.json")
        if not committed or not self._state.path.exists():
            return None
        with self._lock:
            try:
                if self._index is None:
                    self._index = Index.open(str(self._folder))
                    self._index.register_tokenizer("report", analyzer())
                    self._index.config_reader("manual")
                if self._read_at != committed:
                    self._index.reload()
                    self._read_at = committed
            except ValueError as error:
                raise InvalidInput(
                    f"The search index {self._folder} is damaged: delete the folder {self._folder.parent}, then run "
                    "`cognoscope index`, which makes it again."
                ) from error
            return self._index

    def _make(self) -> "tantivy.Index":
        """An empty index; without its state nobody knows what an old one holds, so that is made again too."""
        import shutil

        from tantivy import Index

        with self._lock:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir(mode=0o700)
            self._state.empty()
            self._index = Index(schema(), path=str(self._folder))
            self._index.register_tokenizer("report", analyzer())
            self._index.config_reader("manual")
            return self._index


def open_index(home: Home) -> SearchIndex:
    """The index of an installation; it need not exist yet.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    require()
    return SearchIndex(home)


def _ask(searcher: "tantivy.Searcher", meant: "tantivy.Query", query: SearchQuery, limit: int, offset: int) -> Any:
    from tantivy import Order

    if query.order == "date":
        return searcher.search(meant, limit, offset=offset, order_by_field="day", order=Order.Desc)
    return searcher.search(meant, limit, offset=offset)


def _hit(found: Found, parsed: Parsed, *, near: bool) -> Hit:
    return Hit(
        found.note_id,
        found.person_id,
        found.note_date,
        found.title,
        found.kind,
        found.score,
        passage(found.text, spans(found.text, parsed, near=near)),
    )


def _stamp(path: Any) -> int:
    try:
        return int(path.stat().st_mtime_ns)
    except FileNotFoundError:
        return 0
