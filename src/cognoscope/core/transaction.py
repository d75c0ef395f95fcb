"""What may be written to the ledger within one database transaction, and the rules an event must meet."""

import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from cognoscope.core.actor import Actor
from cognoscope.core.case import Case
from cognoscope.core.entry import GENESIS, Draft, Entry, Head, make_draft, make_row, number_text, read_instant
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import EVENT, CaseErased, Event, ProposalMade, ReviewGiven
from cognoscope.core.image_value import ADDED, ImageValue, Measurement
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.tables import CASES, LEDGER, of
from cognoscope.core.values import FINDING, SeriesPoint, SeriesValue

_NAMES = [column.name for column in LEDGER.c]
_INSERT = f"INSERT INTO ledger ({', '.join(_NAMES)}) VALUES "  # noqa: S608 - the names are the table's own
_INSERTS = {
    "sqlite": f"{_INSERT}({', '.join(f':{name}' for name in _NAMES)})",
    "postgresql": f"{_INSERT}({', '.join(f'%({name})s' for name in _NAMES)})",
}
"""As the driver wants it: appends are the one place where what SQLAlchemy adds to a statement would show."""

_HEAD = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"
_PROPOSAL = select(LEDGER.c.body).where(of("ProposalMade"))
_HOLDS = select(LEDGER.c.seq).where(of("ProposalMade"))
_LOCK_POSTGRESQL = text("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE")


class Transaction:
    """Collects entries and cases that become durable together, or not at all.

    The database lets one transaction at a time get this far: SQLite by BEGIN IMMEDIATE, PostgreSQL by the table lock
    taken here, which makes every other writer of the table wait.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK_POSTGRESQL)
        self._head = read_head(connection)
        self._rows: list[dict[str, Any]] = []

    def append(self, event: Event, actor: Actor, at: datetime) -> Entry:
        """Put an event at the end of the chain.

        Raises:
            As `place`.
        """
        return self.place(make_draft(event, actor, at))

    def place(self, draft: Draft) -> Entry:
        """Put a prepared event at the end of the chain.

        Raises:
            NotAllowed: a review that a program signs.
            InvalidInput: a review of a proposal, or of an element, that the ledger does not hold; a proposal that it
                holds already.
        """
        row = make_row(self._head, draft, self._check(draft.event, draft.actor))
        self._rows.append(row)
        self._head = Head(row["seq"], row["hash"])
        at = read_instant(row["at"])
        return Entry(row["seq"], at, draft.actor, draft.event, row["previous"], row["hash"])

    def keep_case(self, case: Case) -> bool:
        """Store the case under its digest; False when it was there already. An erased case is not brought back."""
        there = self.connection.scalar(select(CASES.c.digest).where(CASES.c.digest == case.digest))
        if there is None:
            content = zlib.compress(case.canonical(), 3)
            self.connection.execute(insert(CASES), {"digest": case.digest, "subject": case.subject, "content": content})
        return there is None

    def erase_case(self, digest: str, actor: Actor, at: datetime, reason: str) -> Entry:
        """Delete the content of a kept case and record that it was done; the chain holds all the same.

        Raises:
            InvalidInput: no such case was kept, or it was erased before.
        """
        kept = self.connection.execute(
            select(CASES.c.subject).where(CASES.c.digest == digest, CASES.c.content.is_not(None))
        ).one_or_none()
        if kept is None:
            raise InvalidInput(f"No case {digest} is kept here: nothing was erased.")
        self.connection.execute(update(CASES).where(CASES.c.digest == digest).values(content=None))
        return self.append(CaseErased(case=digest, subject=kept.subject, reason=reason), actor, at)

    def holds(self, digest: str) -> bool:
        """Whether a proposal of that digest is recorded."""
        return self.reader().scalar(_HOLDS.where(LEDGER.c.proposal == digest)) is not None

    def proposal(self, digest: str) -> ProposalMade | None:
        """The recorded proposal of that digest, whether committed or about to be."""
        body = self.reader().scalar(_PROPOSAL.where(LEDGER.c.proposal == digest))
        made = None if body is None else EVENT.validate_json(body)
        return made if isinstance(made, ProposalMade) else None

    def reader(self) -> Connection:
        """The connection to query on; it sees what was appended so far."""
        self.flush()
        return self.connection

    def flush(self) -> None:
        """Send the collected entries to the database; they become durable when its transaction commits."""
        if self._rows:
            self.connection.exec_driver_sql(_INSERTS[self.connection.dialect.name], self._rows)
            self._rows = []

    def _check(self, event: Event, actor: Actor) -> dict[str, str]:
        if isinstance(event, ProposalMade) and self.holds(event.proposal.digest):
            raise InvalidInput(f"The proposal {event.proposal.digest} is in the ledger already.")
        if not isinstance(event, ReviewGiven):
            return {}
        if actor.kind != "person":
            raise NotAllowed(f"The program {actor.id} cannot review a proposal: only a person decides.")
        made = self.proposal(event.review.proposal)
        if made is None:
            raise InvalidInput(f"No proposal {event.review.proposal} is in the ledger: it cannot be reviewed.")
        return _reviewed(made.proposal, event.review)


def _reviewed(proposal: Proposal, review: Review) -> dict[str, str]:
    """What the row of a review repeats of its proposal, so that queries can join it to outcomes."""
    about = {"application": proposal.application, "subject": proposal.subject, "question": proposal.question}
    value = proposal.value
    element = None if value is None or review.element is None else value.element(review.element)
    added = isinstance(value, ImageValue) and (review.element or "").startswith(ADDED)
    if review.element is not None and element is None and not added:
        raise InvalidInput(f"The proposal {review.proposal} holds no element {review.element} to review.")
    if value is not None:
        about["measure"] = value.measure if isinstance(value, SeriesValue) else FINDING
    if isinstance(element, SeriesPoint):
        about["expected"] = number_text(element.expected)
    elif isinstance(element, Measurement):
        about |= {"measure": element.key, "expected": number_text(element.amount)}
    return about


def read_head(connection: Connection) -> Head:
    """The last entry of the chain as this transaction sees it."""
    row = connection.exec_driver_sql(_HEAD).one_or_none()
    return Head(0, GENESIS) if row is None else Head(*row)
