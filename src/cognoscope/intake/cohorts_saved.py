"""Cohorts that people saved: the ledger keeps each definition; the persons are found anew each time."""

from dataclasses import dataclass
from datetime import datetime

from cognoscope.core.actor import Actor
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import CohortSaved
from cognoscope.core.ledger import Entry, Ledger
from cognoscope.intake.cohorts import Cohort


@dataclass(frozen=True)
class Saved:
    """A definition with who saved it and when."""

    seq: int
    at: datetime
    actor: Actor
    cohort: Cohort


def save(ledger: Ledger, cohort: Cohort, actor: Actor, at: datetime) -> Saved:
    """Record a definition under its name; saved again unchanged, it is not recorded twice.

    Raises:
        NotAllowed: a program saves; a cohort is a person's question.
    """
    if actor.kind != "person":
        raise NotAllowed("A cohort is saved by a person: sign in, or give --account.")
    before = latest(ledger, cohort.name)
    if before is not None and before.cohort.digest == cohort.digest:
        return before
    event = CohortSaved(cohort=cohort.digest, name=cohort.name, definition=cohort.canonical().decode())
    return _read(ledger.append(event, actor, at))


def history(ledger: Ledger, name: str) -> list[Saved]:
    """Every definition that was saved under this name, newest first."""
    return [saved for saved in _all(ledger) if saved.cohort.name == name]


def latest(ledger: Ledger, name: str) -> Saved | None:
    """The definition last saved under this name, or None."""
    return next(iter(history(ledger, name)), None)


def named(ledger: Ledger, name: str) -> Saved:
    """As `latest`.

    Raises:
        InvalidInput: no cohort of that name was saved.
    """
    found = latest(ledger, name)
    if found is None:
        raise InvalidInput(f"No cohort is saved under {name!r}: `cognoscope cohort list` shows those there are.")
    return found


def saved(ledger: Ledger) -> list[Saved]:
    """The definition last saved under each name, newest first."""
    newest: dict[str, Saved] = {}
    for each in _all(ledger):
        newest.setdefault(each.cohort.name, each)
    return list(newest.values())


def _all(ledger: Ledger) -> list[Saved]:
    return [_read(entry) for entry in ledger.entries(event="CohortSaved", newest_first=True)]


def _read(entry: Entry) -> Saved:
    assert isinstance(entry.event, CohortSaved)
    return Saved(entry.seq, entry.at, entry.actor, Cohort.from_json(entry.event.definition))
