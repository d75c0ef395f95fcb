"""The tables of the ledger's database: the chain of events and, beside it, the cases it cites.

The migrations create them; a test compares both. Text columns hold '' where an event has nothing to say, never null,
so that one row has one byte form to hash. Instants are ISO 8601 in UTC with microseconds, which sorts as text.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    literal_column,
)
from sqlalchemy.sql.elements import ColumnElement

METADATA = MetaData()
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte, as SQLite does, whatever the locale of the PostgreSQL server."""

SEQ = BigInteger().with_variant(Integer(), "sqlite")

DERIVED = (
    "application",
    "subject",
    "question",
    "measure",
    "proposal",
    "element",
    "verdict",
    "state",
    "as_of",
    "useful_until",
    "urgency",
    "expected",
    "amount",
)
"""Columns copied out of the event's body, so that queries need not open it; covered by the hash like all others.

`amount` is the number in an outcome or an amendment; `expected`, on a review of an element, is what the program had
said for it.
"""

SEALED = ("seq", "previous", "at", "event", "actor_kind", "actor_id", "actor_role", *DERIVED, "body")
"""What the hash of a row covers, in this order: every column but the hash itself."""

LEDGER = Table(
    "ledger",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    *(Column(name, TEXT, nullable=False) for name in SEALED if name != "seq"),
    Column("hash", TEXT, nullable=False),
    sqlite_strict=True,
)

CASES = Table(
    "cases",
    METADATA,
    Column("digest", TEXT, primary_key=True),
    Column("subject", TEXT, nullable=False),
    Column("content", LargeBinary),
    Index("cases_subject", "subject"),
    sqlite_strict=True,
)
"""Cases by digest, compressed; `content` is null once a case was erased, and the chain holds all the same."""


def of(name: str, entries: FromClause = LEDGER) -> ColumnElement[bool]:
    """Entries of one event. Written as a literal, since SQLite uses a partial index only when it sees the value."""
    return entries.c.event == literal_column(f"'{name}'", TEXT)


def amended(entries: FromClause = LEDGER) -> ColumnElement[bool]:
    """Reviews in which a person gave a value of their own."""
    return and_(of("ReviewGiven", entries), entries.c.verdict == literal_column("'amend'", TEXT))


def _index(name: str, *columns: str, where: ColumnElement[bool] | None = None, unique: bool = False) -> None:
    Index(name, *(LEDGER.c[column] for column in columns), unique=unique, sqlite_where=where, postgresql_where=where)


_index("ledger_previous", "previous", unique=True)  # no fork: an entry has one successor
_index("ledger_event", "event", "seq")
_index("ledger_actor", "actor_id", "seq")
_index("ledger_subject", "subject", "seq")
_index("ledger_application", "application", "seq")
_index("ledger_proposals", "proposal", where=of("ProposalMade"), unique=True)  # the same proposal is recorded once
_index("ledger_latest", "application", "subject", "question", "as_of", "seq", where=of("ProposalMade"))
_index(
    "ledger_useful",
    "useful_until",
    "state",
    "application",
    "subject",
    "question",
    "as_of",
    "seq",
    "proposal",
    "urgency",
    where=of("ProposalMade"),
)
_index("ledger_reviews", "proposal", "element", "verdict", "seq", where=of("ReviewGiven"))
_index("ledger_outcomes", "application", "subject", "measure", "element", "seq", where=of("OutcomeKnown"))
_index("ledger_amendments", "application", "subject", "element", "seq", where=amended())
_index("ledger_states", "application", "seq", "state", where=of("StateChanged"))
