"""Entries of the ledger as lines that a role may read: a sentence each, and the whole content where it may be seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from cognoscope.core.entry import read_instant
from cognoscope.core.events import (
    EVENT,
    AccountChanged,
    CaseErased,
    CaseOpened,
    CohortSaved,
    DocumentsRead,
    Event,
    ExtractExported,
    IngestFinished,
    KnowledgeLoaded,
    ModelAdded,
    ModelRemoved,
    OptOutChanged,
    OutcomeKnown,
    PolicyChanged,
    ReviewGiven,
    StateChanged,
    VaultOpened,
)
from cognoscope.core.inbox import proposal_titles
from cognoscope.core.ledger import Ledger
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
    "DocumentsRead": N_("Documents lus"),
    "CohortSaved": N_("Cohorte enregistrée"),
    "KnowledgeLoaded": N_("Référentiel chargé"),
    "ModelAdded": N_("Modèle ajouté"),
    "ModelRemoved": N_("Modèle retiré"),
    "PolicyChanged": N_("Règle d'alerte changée"),
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
    ledger: Ledger,
    rows: Sequence[RowMapping],
    readable: Collection[str],
    all_of_it: bool,
    language: str,
    zone: ZoneInfo,
) -> list[Line]:
    """The rows in words.

    readable: the applications whose proposals the role may see; all_of_it: it answers for the whole ledger.
    """
    titles = proposal_titles(ledger, {row["proposal"] for row in rows if row["event"] == "ProposalMade"})

    def said(row: RowMapping) -> str:
        if row["event"] == "ProposalMade":
            return words.say(titles[row["proposal"]], language)
        return _text(EVENT.validate_json(row["body"]), language, zone)

    reserved = translate(N_("contenu réservé à d'autres rôles"), language)
    found = []
    for row in rows:
        visible = all_of_it or _visible(row, readable)
        found.append(
            Line(
                seq=row["seq"],
                at=read_instant(row["at"]),
                who=row["actor_id"],
                role=row["actor_role"],
                event=translate(EVENTS[row["event"]], language),
                text=said(row) if visible else reserved,
                proposal=row["proposal"] or None if visible else None,
                previous=row["previous"],
                hash=row["hash"],
                visible=visible,
            )
        )
    return found


def _visible(row: RowMapping, readable: Collection[str]) -> bool:
    match row["event"]:
        case "ProposalMade":
            return row["application"] in readable and row["state"] != "shadow"
        case "ReviewGiven" | "OutcomeKnown":
            return row["application"] in readable
        case event:
            return event not in RESERVED


def _text(happened: Event, language: str, zone: ZoneInfo) -> str:
    match happened:
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
        case DocumentsRead() as event:
            return translate(
                N_("%(system)s : %(documents)s documents, %(mentions)s mentions"),
                language,
                system=event.system,
                documents=words.number(event.documents, language),
                mentions=words.number(event.mentions, language),
            )
        case CohortSaved() as event:
            return event.name
        case KnowledgeLoaded() as event:
            return f"{event.name} · {event.edition} · {words.number(event.rows, language)}"
        case ModelAdded() as event:
            return f"{event.name} · {event.licence} · {event.detail}".strip(" ·")
        case ModelRemoved() as event:
            return f"{event.name} · {event.reason}".strip(" ·")
        case PolicyChanged() as event:
            return f"{event.application} · {event.reason}"
        case AccountChanged() as event:
            return f"{event.account} · {event.change} {event.detail}".strip()
        case OptOutChanged() | VaultOpened() as event:
            return event.person
        case ExtractExported() as event:
            return f"{event.what} · {words.number(event.rows, language)} · {event.purpose}".strip(" ·")
        case _:
            return ""
