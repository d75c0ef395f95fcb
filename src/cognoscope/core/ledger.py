"""The ledger: append-only, hash-chained, the only writer; everything else is a query on it."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TextIO, TypedDict, Unpack

from sqlalchemy import Engine, RowMapping, Select, and_, or_, select

from cognoscope.core import pixels
from cognoscope.core.actor import Actor
from cognoscope.core.case import Case
from cognoscope.core.database import require_current
from cognoscope.core.engine import open_engine
from cognoscope.core.entry import Entry, Head, instant_text, make_draft, read_entry
from cognoscope.core.errors import InvalidInput, LedgerDamaged
from cognoscope.core.events import Event
from cognoscope.core.group_commit import Act, GroupCommit, Result
from cognoscope.core.tables import CASES, LEDGER, of
from cognoscope.core.transaction import Transaction, read_head
from cognoscope.core.verification import Verification, export_chain, verify_chain


class Conditions(TypedDict, total=False):
    """What entries are searched by; `since` is included, `until`, `before_seq`, `after_seq` are not.

    `proposal` finds a proposal and its reviews by the proposal's digest.
    """

    event: str | None
    actor: str | None
    application: str | None
    subject: str | None
    proposal: str | None
    since: datetime | None
    until: datetime | None
    before_seq: int | None
    after_seq: int | None
    limit: int | None
    newest_first: bool


class Ledger:
    """A ledger that is open. Threads may share one; processes each open their own.

    `engine` is for queries only: writing past the methods of this class is refused by the database itself.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = GroupCommit(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the ledger at a SQLAlchemy URL; `cognoscope.core.database.migrate` makes one.

        Raises:
            InvalidInput: there is no database there, or it has the schema of another version.
            DatabaseUnavailable: it cannot be used now.
        """
        engine = open_engine(url)
        try:
            require_current(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Give back every connection."""
        self._writer.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, event: Event, actor: Actor, at: datetime) -> Entry:
        """Record one event; returns once it is durable.

        Raises:
            NotAllowed: a review that a program signs.
            InvalidInput: a review of something the ledger does not hold; a proposal that it holds already.
            DatabaseUnavailable: the database is locked, full or unwritable; nothing was recorded.
        """
        draft = make_draft(event, actor, at)
        return self.write(lambda transaction: transaction.place(draft))

    def append_many(self, items: Iterable[tuple[Event, Actor, datetime]]) -> list[Entry]:
        """Record events one after the other, all or none; returns once they are durable.

        Raises:
            As `append`.
        """
        drafts = [make_draft(*item) for item in items]
        return self.write(lambda transaction: [transaction.place(draft) for draft in drafts])

    def write(self, act: Act[Result]) -> Result:
        """Do what `act` does with a `Transaction`, durably and all or nothing.

        `act` must be repeatable: when another thread's act in the same commit fails, it is called again.
        """
        return self._writer.write(act)

    def keep_case(self, case: Case) -> str:
        """Store a case beside the chain and return its digest; storing it again changes nothing."""
        self.write(lambda transaction: transaction.keep_case(case))
        return case.digest

    def case(self, digest: str) -> Case:
        """The case of that digest.

        Raises:
            InvalidInput: it was never kept, or was erased.
            LedgerDamaged: what is stored is not what was kept.
        """
        with self.engine.connect() as connection:
            row = connection.execute(select(CASES.c.content).where(CASES.c.digest == digest)).one_or_none()
        if row is None:
            raise InvalidInput(f"No case {digest} is kept here.")
        if row.content is None:
            raise InvalidInput(f"The case {digest} was erased: what it held can no longer be seen or replayed.")
        try:
            content = zlib.decompress(row.content)
        except zlib.error as error:
            raise LedgerDamaged(f"The kept case {digest} cannot be read: restore it from a backup.") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerDamaged(f"The kept case {digest} was changed from outside: restore it from a backup.")
        return Case.from_json(content)

    def case_erased(self, digest: str) -> bool:
        """Whether a case of that digest was kept and then erased."""
        erased = select(CASES.c.digest).where(CASES.c.digest == digest, CASES.c.content.is_(None))
        with self.engine.connect() as connection:
            return connection.scalar(erased) is not None

    def erase_case(self, digest: str, actor: Actor, at: datetime, reason: str) -> Entry:
        """Delete a case's content, as the law may demand, and record it; the chain still verifies.

        Its pixels go too, also from other cases that point at the same ones.

        Raises:
            InvalidInput: no such case is kept.
        """
        images = () if self.case_erased(digest) else self.case(digest).images
        entry = self.write(lambda transaction: transaction.erase_case(digest, actor, at, reason))
        pixels.forget(image.raster for image in images)
        return entry

    def head(self) -> Head:
        """The last entry's number and hash. Noted elsewhere, it lets `verify` find a ledger whose end was cut off."""
        with self.engine.connect() as connection:
            return read_head(connection)

    def verify(self, expected_head: str | None = None) -> Verification:
        """Recompute every hash of the chain; `expected_head` is a hash noted earlier that must still be in it."""
        with self.engine.connect() as connection:
            return verify_chain(connection, expected_head)

    def export(self, stream: TextIO) -> int:
        """Write every entry as one line of JSON, with all that its hash covers; returns how many."""
        with self.engine.connect() as connection:
            return export_chain(connection, stream)

    def entries(self, **conditions: Unpack[Conditions]) -> list[Entry]:
        """Entries that meet every condition given."""
        return [read_entry(row) for row in self.rows(**conditions)]

    def rows(self, **conditions: Unpack[Conditions]) -> Sequence[RowMapping]:
        """As `entries`, with their events undecoded: for lists that show little of each."""
        with self.engine.connect() as connection:
            return connection.execute(_query(conditions)).mappings().all()


def _query(given: Conditions) -> Select[Any]:
    equal = {
        "event": given.get("event"),
        "actor_id": given.get("actor"),
        "application": given.get("application"),
        "subject": given.get("subject"),
    }
    query = select(LEDGER).where(*(LEDGER.c[name] == value for name, value in equal.items() if value is not None))
    if (proposal := given.get("proposal")) is not None:  # written so that SQLite sees its two partial indexes
        about = LEDGER.c.proposal == proposal
        query = query.where(or_(and_(of("ProposalMade"), about), and_(of("ReviewGiven"), about)))
    if (since := given.get("since")) is not None:
        query = query.where(LEDGER.c.at >= instant_text(since))
    if (until := given.get("until")) is not None:
        query = query.where(LEDGER.c.at < instant_text(until))
    if (before_seq := given.get("before_seq")) is not None:
        query = query.where(LEDGER.c.seq < before_seq)
    if (after_seq := given.get("after_seq")) is not None:
        query = query.where(LEDGER.c.seq > after_seq)
    order = LEDGER.c.seq.desc() if given.get("newest_first") else LEDGER.c.seq
    return query.order_by(order).limit(given.get("limit"))


__all__ = ["Entry", "Head", "Ledger", "Transaction", "Verification"]
