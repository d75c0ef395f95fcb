"""Every application, its state and who signed it; one application's card, figures and the move to another state."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from markupsafe import Markup
from starlette.exceptions import HTTPException

from cognoscope.core.application import Application
from cognoscope.core.comparison import closer
from cognoscope.core.coverage import coverage
from cognoscope.core.entry import Entry
from cognoscope.core.events import State
from cognoscope.core.inbox import recent_proposals, subject_names
from cognoscope.core.lifecycle import NEXT, change_state, states
from cognoscope.web.blind import is_blind_first
from cognoscope.web.column_queries import verdicts
from cognoscope.web.i18n import N_
from cognoscope.web.model_section import weights_of
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, allowed, may_read
from cognoscope.web.render import VERDICTS
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person

router = APIRouter(prefix="/applications")
Reader = Annotated[Person, Depends(require(Permission.READ_APPLICATIONS))]
LATEST = 8
"""Proposals listed on an application's page."""

STATES: dict[State, tuple[str, str]] = {
    "draft": (N_("En préparation"), N_("Elle ne tourne pas encore ici.")),
    "shadow": (N_("À blanc"), N_("Elle tourne sans que personne voie ses propositions, pour être évaluée.")),
    "advisory": (N_("En service"), N_("Ses propositions sont montrées ; une personne décide.")),
    "suspended": (N_("Suspendue"), N_("Elle ne propose plus rien.")),
}
MOVES: dict[State, str] = {
    "draft": N_("Remettre en préparation"),
    "shadow": N_("Faire tourner à blanc"),
    "advisory": N_("Mettre en service"),
    "suspended": N_("Suspendre"),
}
TONES = {"draft": "grey", "shadow": "grey", "advisory": "blue", "suspended": "orange"}


@dataclass(frozen=True)
class Standing:
    """An application, its state, and the entry by which a named person put it there."""

    application: Application
    state: State
    signed: Entry | None


@router.get("")
def show_all(page: CurrentPage, person: Reader) -> Response:
    """The list."""
    page.services.access_log.record(person.actor, "applications", "", page.services.clock())
    standings = [_standing(page, application) for application in page.services.applications]
    return page.render("pages/applications.html", standings=standings, states=STATES, tones=TONES)


@router.get("/{name}")
def show(page: CurrentPage, person: Reader, name: str) -> Response:
    """One application."""
    page.services.access_log.record(person.actor, "application", "", page.services.clock())
    return _show(page, person, _found(page, name))


@router.post("/{name}/state")
def move(
    page: CurrentPage,
    person: Reader,
    name: str,
    after: Annotated[State, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Move it to another state, under my name and for a reason."""
    application = _found(page, name)
    permission = Permission.SUSPEND if after == "suspended" else Permission.PROMOTE
    if not allowed(person.role, permission):
        raise NotPermitted(person, permission)
    if not reason.strip():
        problem = page.translate(N_("Dites pourquoi : la raison est gardée au registre avec votre nom."))
        return _show(page, person, application, problem, 422)
    change_state(page.services.ledger, name, after, person.actor, reason.strip(), page.services.clock())
    said = page.translate(N_("%(name)s : %(state)s."), name=name, state=page.translate(STATES[after][0]))
    return page.redirect(f"/applications/{name}", said)


def _found(page: Page, name: str) -> Application:
    application = page.services.application(name)
    if application is None:
        raise HTTPException(404)
    return application


def _standing(page: Page, application: Application) -> Standing:
    state = states(page.services.ledger, [application])[application.name]
    signed = page.services.ledger.entries(
        event="StateChanged", application=application.name, limit=1, newest_first=True
    )
    return Standing(application, state, signed[0] if signed else None)


def _moves(person: Person, state: State) -> list[State]:
    """The states this role may move it to from here; suspending is first at hand."""
    may = {after: Permission.SUSPEND if after == "suspended" else Permission.PROMOTE for after in NEXT[state]}
    return [after for after, permission in may.items() if allowed(person.role, permission)]


def _here(page: Page, application: str) -> dict[str, object]:
    """What is known of it in this hospital: decisions, who was closer, how often its intervals held, its last words."""
    ledger = page.services.ledger
    scores = closer(ledger, application)
    return {
        "verdicts": verdicts(ledger, application),
        "words": VERDICTS,
        "scores": scores,
        "names": subject_names(ledger, {score.subject for score in scores}),
        "coverages": coverage(ledger, application),
        "latest": recent_proposals(ledger, application=application, limit=LATEST),
    }


def _show(page: Page, person: Person, application: Application, problem: str = "", status_code: int = 200) -> Response:
    standing = _standing(page, application)
    may_open = may_read(person.role, application.card)
    here = page.services.fragments.get(
        ("here", application.name, page.language, may_open),
        page.services.newest(),
        lambda: page.text("pages/agreement.html", **_here(page, application.name), may_open=may_open),
    )
    return page.render(
        "pages/application.html",
        status_code,
        card=application.card,
        application=application,
        weights=weights_of(page.services, application),
        blind_first=is_blind_first(page.services, application.name),
        standing=standing,
        states=STATES,
        tones=TONES,
        moves=_moves(person, standing.state),
        move_words=MOVES,
        here=Markup(here),  # noqa: S704 - rendered by our own template
        problem=problem,
    )
