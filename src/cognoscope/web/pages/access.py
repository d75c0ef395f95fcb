"""Who looked at what: the data protection officer's page."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.inbox import subject_names
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage
from cognoscope.web.permissions import Permission
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter()
LOOKS = {
    "inbox": N_("Liste à décider"),
    "proposal": N_("Proposition"),
    "case_rows": N_("Lignes d'un cas"),
    "case_text": N_("Texte d'un cas"),
    "case_images": N_("Images d'un cas"),
    "proposal_blind": N_("Images avant la proposition"),
    "worklist": N_("Images à lire"),
    "study_link": N_("Lien vers une étude"),
    "comparison": N_("Comparaison de programmes"),
    "screening": N_("Simulation de dépistage"),
    "document": N_("Document"),
    "search": N_("Recherche dans les documents"),
    "cohorts": N_("Cohortes"),
    "cohort": N_("Cohorte"),
    "cohort-compare": N_("Comparaison de cohortes"),
    "timeline": N_("Chronologie"),
    "applications": N_("Applications"),
    "application": N_("Application"),
    "ledger": N_("Registre"),
    "ledger-entry": N_("Entrée du registre"),
    "ledger-verify": N_("Vérification de la chaîne"),
    "replay": N_("Recalcul"),
    "access-log": N_("Journal des consultations"),
}
"""What was looked at, in words; anything else (FHIR resources) is shown as it was noted."""

LINES = 200


@router.get("/access")
def show(
    page: CurrentPage,
    person: Annotated[Person, Depends(require(Permission.READ_ACCESS_LOG))],
    actor: Annotated[str, Query(max_length=80)] = "",
    subject: Annotated[str, Query(max_length=100)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The latest lines of the access log, by person, subject or day; this look is a line of it too."""
    services = page.services
    wanted = _date(day)
    since = datetime.combine(wanted, time(), services.zone) if wanted else None
    services.access_log.record(person.actor, "access-log", subject, services.clock())
    entries = services.access_log.entries(
        actor=actor.strip() or None,
        subject=subject.strip() or None,
        since=since,
        until=since + timedelta(days=1) if since else None,
        limit=LINES,
        newest_first=True,
    )
    return page.render(
        "access.html",
        entries=entries,
        looks=LOOKS,
        names=subject_names(services.ledger, {entry.subject for entry in entries if ":" in entry.subject}),
        actor=actor,
        subject=subject,
        day=day,
        months=services.settings.access_log_months,
        lines=LINES,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
