"""Signals of pharmacovigilance: the list with a forest plot, and one pair with all that is known of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from cognoscope.apps.pharmacy.signals.case import SUBJECT
from cognoscope.core.queries import reviews
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.render import Decision, ElementView, decisions, standing
from cognoscope.web.security import require
from cognoscope.web.session import Person
from cognoscope.web.signals_pair import pair_view
from cognoscope.web.signals_view import NAME, Asked, Look, listed, look, place_of

router = APIRouter(prefix="/signals")
Reader = Annotated[Person, Depends(require(Permission.READ_SIGNALS))]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,79}$")]
Words = Annotated[str, Query(max_length=100)]
KINDS = {"sex": N_("Sexe"), "age_band": N_("Âge"), "year": N_("Année")}
LEVELS = {
    "male": N_("hommes"),
    "female": N_("femmes"),
    "0-1": N_("0 à 1 an"),
    "2-11": N_("2 à 11 ans"),
    "12-17": N_("12 à 17 ans"),
    "18-44": N_("18 à 44 ans"),
    "45-64": N_("45 à 64 ans"),
    "65-74": N_("65 à 74 ans"),
    "75-": N_("75 ans et plus"),
}


@router.get("")
def show_all(
    page: CurrentPage, person: Reader, drug: Words = "", reaction: Words = "", soc: Words = "", every: Words = ""
) -> Response:
    """The pairs that wait for a decision, or all candidates, strongest first."""
    found = look(page.services.ledger)
    _noted(page, person)
    asked = Asked(drug.strip(), reaction.strip(), soc, bool(every))
    shown = None
    if found and found.reading and found.judged:
        shown = listed(found.reading, found.judged, asked, page.language)
    made = _decisions(page, found)
    return page.render(
        "pages/signals.html",
        look=found,
        asked=asked,
        shown=shown,
        decided={one.key: standing(made, one.key) for one in shown.lines} if shown else {},
        facts=_facts(found),
    )


@router.get("/{key}")
def show(page: CurrentPage, person: Reader, key: Key) -> Response:
    """One pair."""
    found = look(page.services.ledger)
    index = place_of(found.reading, key) if found and found.reading else None
    if found is None or found.reading is None or found.judged is None or index is None:
        raise HTTPException(404)
    _noted(page, person)
    view = pair_view(found.case, found.reading, found.judged, index, page.language)
    application = page.services.application(NAME)
    proposed = found.proposal.value is not None and found.proposal.value.element(key) is not None
    label = f"{view.line.drug} – {view.line.reaction}"
    deciding = application is not None and proposed and may_review(person.role, application.card)
    return page.render(
        "pages/signal.html",
        look=found,
        view=view,
        card=application.card if application else None,
        element=ElementView(key=key, label=label, short=label, value=label),
        decision=standing(_decisions(page, found), key),
        open=deciding and found.proposal.useful_until > page.services.clock(),
        proposed=proposed,
        shown_token=page.shown(found.proposal.digest),
        kinds={kind: page.translate(text) for kind, text in KINDS.items()},
        levels={level: page.translate(text) for level, text in LEVELS.items()},
        facts=_facts(found),
    )


def _noted(page: Page, person: Person) -> None:
    page.services.access_log.record(person.actor, "signals", SUBJECT, page.services.clock())


def _decisions(page: Page, found: Look | None) -> list[Decision]:
    application = page.services.application(NAME)
    if found is None or application is None:
        return []
    made = reviews(page.services.ledger, found.proposal.digest)
    return decisions(made, application.card, page.language, 1, whole_is_the_rest=True)


def _facts(found: Look | None) -> dict[str, object]:
    return {fact.name: fact.value for fact in found.case.facts} if found else {}
