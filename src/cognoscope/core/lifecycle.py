"""The state of each application in this hospital: draft -> shadow -> advisory -> suspended, moved by named persons."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from cognoscope.core.actor import Actor
from cognoscope.core.application import Application
from cognoscope.core.entry import Entry
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import State, StateChanged
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, of
from cognoscope.core.transaction import Transaction

NEXT: dict[State, tuple[State, ...]] = {
    "draft": ("shadow",),
    "shadow": ("advisory", "suspended", "draft"),
    "advisory": ("suspended", "shadow"),
    "suspended": ("shadow", "draft"),
}
"""Where each state may lead. An application is seen by nobody before it has run in the shadow."""

_MOVES = select(LEDGER.c.application, LEDGER.c.state).where(of("StateChanged")).order_by(LEDGER.c.seq)


def state_of(connection: Connection, application: str) -> State:
    """The state of the application of that name: `draft` when nobody has moved it yet."""
    query = _MOVES.where(LEDGER.c.application == application).order_by(None).order_by(LEDGER.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return "draft" if row is None else row.state


def states(ledger: Ledger, applications: Iterable[Application]) -> dict[str, State]:
    """The state of each application by name; one that nobody has moved yet is in `draft`."""
    with ledger.engine.connect() as connection:
        moved = moved_states(connection)
    return {application.name: moved.get(application.name, "draft") for application in applications}


def moved_states(connection: Connection) -> dict[str, State]:
    """The state of each application that was ever moved."""
    return {row.application: row.state for row in connection.execute(_MOVES)}


def change_state(ledger: Ledger, application: str, after: State, actor: Actor, reason: str, at: datetime) -> Entry:
    """Move an application, by name, to another state. Who may is the web's policy; that it is a person is checked here.

    Raises:
        NotAllowed: a program asks.
        InvalidInput: the application's state does not lead there, or no reason is given.
    """
    if actor.kind != "person":
        raise NotAllowed(f"The program {actor.id} cannot move {application} to {after}: only a named person can.")
    if not reason.strip():
        raise InvalidInput(f"Moving {application} to {after} needs a reason.")

    def move(transaction: Transaction) -> Entry:
        before = state_of(transaction.reader(), application)
        if after not in NEXT[before]:
            raise InvalidInput(
                f"{application} is in the state {before}, which leads to {' or '.join(NEXT[before])}, not to {after}."
            )
        event = StateChanged(application=application, before=before, after=after, reason=reason)
        return transaction.append(event, actor, at)

    return ledger.write(move)
