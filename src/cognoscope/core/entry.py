"""One entry of the ledger: how an event becomes a sealed row, and a row an entry again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from cognoscope.core.actor import Actor
from cognoscope.core.events import (
    EVENT,
    CaseErased,
    CaseOpened,
    Event,
    OptOutChanged,
    OutcomeKnown,
    ProposalMade,
    ReviewGiven,
    StateChanged,
    VaultOpened,
)
from cognoscope.core.tables import DERIVED, SEALED

GENESIS = "0" * 64
"""What the first entry has for `previous`."""

SEPARATOR = "\x1f"
"""Between the columns that a hash covers; no column may hold it (canonical JSON escapes it), so it cannot mislead."""


@dataclass(frozen=True)
class Head:
    """The last entry of the chain; `seq` is 0 and `hash` is all zeros when the ledger is empty."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """An event with its actor and instant, its place in the chain and the two hashes that hold it there."""

    seq: int
    at: datetime
    actor: Actor
    event: Event
    previous: str
    hash: str


def instant_text(instant: datetime) -> str:
    """An instant as the ledger writes it: UTC, microseconds, sortable as text.

    Raises:
        ValueError: the instant has no offset.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its offset from UTC: {instant.isoformat()}")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """The instant that `instant_text` wrote."""
    return datetime.fromisoformat(text)


def number_text(value: object) -> str:
    """A number as the ledger's text columns hold it; '' for what is not a number."""
    return repr(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def seal(columns: Sequence[str]) -> str:
    """SHA-256 over the number, the previous hash and every other column of a row, in the order of `SEALED`."""
    return hashlib.sha256(SEPARATOR.join(columns).encode()).hexdigest()


@dataclass(frozen=True)
class Draft:
    """An event with everything of its row that does not depend on its place: made before the writer's turn comes."""

    event: Event
    actor: Actor
    columns: dict[str, Any]


def make_draft(event: Event, actor: Actor, at: datetime) -> Draft:
    """Prepare an event for the chain.

    Raises:
        ValueError: the instant has no offset.
    """
    columns: dict[str, Any] = dict.fromkeys(DERIVED, "")
    columns.update(_derive(event))
    columns.update(
        at=instant_text(at),
        event=event.event,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_role=actor.role or "",
        body=event.canonical().decode(),
    )
    return Draft(event, actor, columns)


def make_row(head: Head, draft: Draft, about: Mapping[str, str]) -> dict[str, Any]:
    """The row that follows `head`: every column of the table, hash included; `about` adds derived columns."""
    row = {**draft.columns, **about, "previous": head.hash, "seq": head.seq + 1}
    row["hash"] = seal([str(row[name]) for name in SEALED])
    return row


def read_entry(row: RowMapping) -> Entry:
    """The entry a row holds."""
    return Entry(
        seq=row["seq"],
        at=read_instant(row["at"]),
        actor=Actor(kind=row["actor_kind"], id=row["actor_id"], role=row["actor_role"] or None),
        event=EVENT.validate_json(row["body"]),
        previous=row["previous"],
        hash=row["hash"],
    )


def _derive(event: Event) -> dict[str, str]:
    """The columns copied out of an event; see `DERIVED`."""
    match event:
        case CaseOpened():
            return {"subject": event.subject, "as_of": instant_text(event.as_of)}
        case CaseErased():
            return {"subject": event.subject}
        case ProposalMade():
            made = event.proposal
            return {
                "application": made.application,
                "subject": made.subject,
                "question": made.question,
                "proposal": made.digest,
                "state": event.state,
                "as_of": instant_text(made.as_of),
                "useful_until": instant_text(made.useful_until),
                "urgency": f"{made.headline.urgency:.6f}" if made.headline else "",
            }
        case ReviewGiven():
            review = event.review
            return {
                "proposal": review.proposal,
                "element": review.element or "",
                "verdict": review.verdict,
                "amount": number_text(review.amended),
            }
        case OutcomeKnown():
            known = event.outcome
            return {
                "application": known.application,
                "subject": known.subject,
                "measure": known.measure,
                "element": known.element,
                "amount": number_text(known.value),
            }
        case StateChanged():
            return {"application": event.application, "state": event.after}
        case OptOutChanged() | VaultOpened():
            return {"subject": event.person}
        case _:
            return {}
