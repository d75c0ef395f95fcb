"""Which card was shown to whom: kept with the run that made it, read when feedback comes."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from cognoscope.apps.pharmacy.interactions.prescription import Earlier
from cognoscope.apps.pharmacy.interactions.recall import shown_before
from cognoscope.core.actor import Actor, Role, person
from cognoscope.core.entry import instant_text, read_entry, read_instant
from cognoscope.core.events import ProposalMade
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, of
from cognoscope.core.transaction import Transaction
from cognoscope.exports.cds_hooks.tables import cds_card

_NAMES = [column.name for column in cds_card.c]
_KEEP = text(
    f"INSERT INTO cds_card ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)}) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
)
_SPACE = uuid.UUID("6f6c1b9e-5f0f-5c55-9d4e-8f3d7c3a5b21")
"""Our own name space for version 5 UUIDs (RFC 9562 section 5.5)."""


@dataclass(frozen=True)
class Issued:
    """A card that was sent: what it says, by which service, to which program and person. `element` is None for a card
    about the whole proposal.
    """

    uuid: str
    client: str
    service: str
    proposal: str
    element: str | None
    reader: Actor
    shown_at: datetime


def card_uuid(client: str, instance: str, proposal: str, element: str | None) -> str:
    """The same call, sent again, gives the same card."""
    return str(uuid.uuid5(_SPACE, "\0".join((client, instance, proposal, element or ""))))


def suggestion_uuid(card: str) -> str:
    """Names the one suggestion of a card."""
    return str(uuid.uuid5(_SPACE, f"{card}\0taken-into-account"))


def keep(transaction: Transaction, cards: Iterable[Issued]) -> None:
    """Remember cards; one that is known already changes nothing."""
    rows = [
        {
            "uuid": card.uuid,
            "client": card.client,
            "service": card.service,
            "proposal": card.proposal,
            "element": card.element or "",
            "actor": card.reader.id,
            "role": str(card.reader.role),
            "shown_at": instant_text(card.shown_at),
        }
        for card in cards
    ]
    if rows:
        transaction.connection.execute(_KEEP, rows)


def shown_to(ledger: Ledger, subject: str, client: str, instance: str) -> list[Earlier]:
    """The alerts that cards have shown about this subject, oldest first; not those of the same call, sent again."""
    query = (
        select(cds_card.c.uuid, cds_card.c.element, cds_card.c.shown_at, LEDGER)
        .join_from(LEDGER, cds_card, LEDGER.c.proposal == cds_card.c.proposal)
        .where(of("ProposalMade"), LEDGER.c.subject == subject, cds_card.c.element != "")
        .order_by(cds_card.c.shown_at, cds_card.c.uuid)
    )
    found = []
    with ledger.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    for row in rows:
        event = read_entry(row).event
        assert isinstance(event, ProposalMade)
        made = event.proposal
        if row["uuid"] != card_uuid(client, instance, made.digest, row["element"]):
            found.append(shown_before(made, row["element"], row["shown_at"]))
    return [one for one in found if one is not None]


def find(ledger: Ledger, identifier: str, client: str) -> Issued | None:
    """The card of that identifier that was sent to that program, or None."""
    query = select(cds_card).where(cds_card.c.uuid == identifier, cds_card.c.client == client)
    with ledger.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Issued(
        uuid=row.uuid,
        client=row.client,
        service=row.service,
        proposal=row.proposal,
        element=row.element or None,
        reader=person(row.actor, Role(row.role)),
        shown_at=read_instant(row.shown_at),
    )
