"""Entries of the ledger as lines that a role may read: a sentence each, and the whole content where it may be seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cognoscope.core.entry import Entry
from cognoscope.core.events import (
    AccountChanged,
    CaseErased,
    CaseOpened,
    ExtractExported,
    IngestFinished,
    OptOutChanged,
    OutcomeKnown,
    ProposalMade,
    ReviewGiven,
    StateChanged,
    VaultOpened,
)
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, of
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate
from cognoscope.web.render import VERDICTS

EVENTS = {
    "ProposalMade": N_("Proposition faite"),
    "ReviewGiven": N_("Décision prise"),
    "OutcomeKnown": N_("Résultat connu"),
    "StateChanged": N_("Application changée d'état"),
    "CaseOpened": N_("Cas ouvert"),
    "CaseErased": N_("Cas effacé"),
    "IngestFinished": N_("Données reçues"),
    "AccountChanged": N_("Compte changé"),
    "OptOutChanged": N_("Opposition changée"),
    "VaultOpened": N_("Identité demandée"),
    "ExtractExported": N_("Extrait sorti"),
    "AccessLogPurged": N_("Journal des accès purgé"),
    "BackupMade": N_("Sauvegarde faite"),
    "Restored": N_("Restauration"),
}
"""Every event in words; a test holds this table to the closed list."""

RESERVED = {"AccountChanged", "OptOutChanged", "VaultOpened"}
"""What concerns one person's account or identity: its content is for those who answer for the whole ledger."""


@dataclass(frozen=True)
class Line:
    """One entry as a person reads it; not `visible` where the content is for other roles."""

    seq: int
    at: datetime
    who: str
    role: str
    event: str
    text: str
    proposal: str | None
    previous: str
    hash: str
    visible: bool


def lines(
    ledger: Ledger, entries: Sequence[Entry], readable: Collection[str], all_of_it: bool, language: str, zone: ZoneInfo
) -> list[Line]:
    """The entries in words.

    readable: the applications whose proposals the role may see; all_of_it: it answers for the whole ledger.
    """
    reviewed = {one.event.review.proposal for one in entries if isinstance(one.event, ReviewGiven)}
    applications = _applications(ledger, reviewed)
    return [_line(one, all_of_it or _visible(one, readable, applications), language, zone) for one in entries]


def _applications(ledger: Ledger, digests: Collection[str]) -> dict[str, str]:
    query = select(LEDGER.c.proposal, LEDGER.c.application).where(of("ProposalMade"), LEDGER.c.proposal.in_(digests))
    with ledger.engine.connect() as connection:
        return {row.proposal: row.application for row in connection.execute(query)}


def _visible(entry: Entry, readable: Collection[str], applications: dict[str, str]) -> bool:
    match entry.event:
        case ProposalMade(proposal=proposal, state=state):
            return proposal.application in readable and state != "shadow"
        case ReviewGiven(review=review):
            return applications.get(review.proposal) in readable
        case OutcomeKnown(outcome=outcome):
            return outcome.application in readable
        case event:
            return event.event not in RESERVED


def _line(entry: Entry, visible: bool, language: str, zone: ZoneInfo) -> Line:
    event = entry.event
    proposal = event.proposal.digest if isinstance(event, ProposalMade) else None
    if isinstance(event, ReviewGiven):
        proposal = event.review.proposal
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=entry.actor.id,
        role=entry.actor.role or "",
        event=translate(EVENTS[event.event], language),
        text=_text(entry, language, zone) if visible else translate(N_("contenu réservé à d'autres rôles"), language),
        proposal=proposal if visible else None,
        previous=entry.previous,
        hash=entry.hash,
        visible=visible,
    )


def _text(entry: Entry, language: str, zone: ZoneInfo) -> str:
    match entry.event:
        case ProposalMade(proposal=proposal):
            return words.say(proposal.title, language)
        case ReviewGiven(review=review):
            element = words.element_label(review.element, language) if review.element else ""
            amended = words.cell(review.amended, language) if review.amended is not None else ""
            verdict = translate(VERDICTS[review.verdict], language)
            return " · ".join(part for part in (verdict, element, amended) if part)
        case OutcomeKnown(outcome=outcome):
            value = words.cell(outcome.value, language)
            return f"{outcome.subject} · {words.element_label(outcome.element, language)} · {value}"
        case StateChanged() as event:
            return f"{event.application} · {event.before} → {event.after} · {event.reason}"
        case CaseOpened() as event:
            return f"{event.subject} · {words.moment(event.as_of, zone, language)}"
        case CaseErased() as event:
            return f"{event.subject} · {event.reason}"
        case IngestFinished() as event:
            return translate(
                N_("%(format)s : %(read)s lues, %(written)s écrites, %(aside)s mises de côté"),
                language,
                format=event.format,
                read=words.number(event.read, language),
                written=words.number(event.written, language),
                aside=words.number(event.quarantined, language),
            )
        case AccountChanged() as event:
            return f"{event.account} · {event.change} {event.detail}".strip()
        case OptOutChanged() | VaultOpened() as event:
            return event.person
        case ExtractExported() as event:
            return f"{event.what} · {words.number(event.rows, language)} · {event.purpose}".strip(" ·")
        case _:
            return ""
