"""A prescription typed by hand: what is understood of each line, the one alert that matters, and the rest, folded."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.core.application import Application
from cognoscope.core.events import ReviewGiven
from cognoscope.core.lifecycle import state_of
from cognoscope.core.queries import latest
from cognoscope.core.running import run
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded, open_knowledge
from cognoscope.intake.medicines import open_medicines
from cognoscope.web.choices import ChoiceRefused, Form, reviews_of
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import Digest, find, view_of
from cognoscope.web.permissions import Permission, allowed, may_review
from cognoscope.web.prescription_form import FormRefused, Typed, form_of, question, subject_of, typed
from cognoscope.web.prescription_lines import Understood, understood
from cognoscope.web.prescription_result import Result, result_of
from cognoscope.web.recall import read_case
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person
from cognoscope.web.shown import read_shown

router = APIRouter(prefix="/prescription")
Checker = Annotated[Person, Depends(require(Permission.CHECK_PRESCRIPTION))]
APPLICATION = "pharmacy.interactions"
QUESTION = "prescription"

NOT_RUNNING = N_("La vérification n'est pas en service dans cet établissement : état « %(state)s ».")
NO_NAMES = N_("La base publique des médicaments n'est pas chargée : aucun nom ne peut être compris.")
NO_STAY = N_("Aucune ordonnance de ce séjour n'a encore été vérifiée : saisissez-la.")
DECIDED = N_("Décision enregistrée au registre, n° %(seq)s.")
UNKNOWN_PAGE = N_("Cette page n'a pas été ouverte par vous. Rouvrez-la, puis décidez. Rien n'a été enregistré.")
TOO_LATE = N_("Cette vérification n'est plus à décider : refaites-la avec l'ordonnance d'aujourd'hui.")


async def _form(request: Request) -> FormData:
    return await request.form()


SentForm = Annotated[FormData, Depends(_form)]


@router.get("")
def show(
    page: CurrentPage,
    person: Checker,
    request: Request,
    checked: Annotated[str, Query(pattern=r"^([0-9a-f]{64})?$")] = "",
    stay: Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,80}$")] = "",
) -> Response:
    """The form; with `checked`, what was asked and answered; with `stay`, the last prescription checked in it."""
    if checked:
        return _checked(page, person, checked)
    if stay:
        made = latest(page.services.ledger, APPLICATION, f"stay:{stay}", QUESTION)
        if made is not None:
            return page.redirect(f"/prescription?checked={made.proposal.digest}")
        return _page(page, Typed(), problem=page.translate(NO_STAY))
    return _page(page, typed(request.query_params.multi_items()))


@router.post("/lines")
def lines(page: CurrentPage, person: Checker, sent: SentForm) -> Response:
    """What is understood of each line so far, for the page that is open; nothing is recorded."""
    form = _typed(sent)
    return page.render("pages/prescription_lines.html", lines=_understood(page, form), typed=form)


@router.post("")
def check(page: CurrentPage, person: Checker, sent: SentForm) -> Response:
    """Let the application look at the prescription, and show what it says."""
    form = _typed(sent)
    chosen = str(sent.get("replace", "")).split("|", 2)
    if len(chosen) == 3 and chosen[1].isdigit():
        form = form.replaced(chosen[0], int(chosen[1]), chosen[2])
        if sent.get("stay_here"):
            return _page(page, form)
    services, at = page.services, page.services.clock()
    application, state = _application(page)
    if application is None or state != "advisory":
        return _page(page, form, problem=page.translate(NOT_RUNNING, state=state), status_code=409)
    try:
        patient, orders = question(form, subject_of(person.account, form, at.isoformat()))
    except FormRefused as refused:
        values = {name: page.translate(value) if name == "what" else value for name, value in refused.values.items()}
        return _page(page, form, None, page.translate(refused.sentence, **values), 422)
    case = build_case(patient, orders, _knowledge(page), at)
    proposals = run(application, case, services.ledger, person.actor, at)
    return page.redirect(f"/prescription?checked={proposals[0].digest}#answer")


@router.post("/{digest}/reviews")
def decide(page: CurrentPage, person: Checker, digest: Digest, sent: SentForm) -> Response:
    """Record what the person makes of an alert, and show the page again."""
    found = find(page, person, digest)
    card = found.application.card
    if found.application.name != APPLICATION:
        raise HTTPException(404)
    if not may_review(person.role, card):
        raise NotPermitted(person, Permission.REVIEW)
    at = page.services.clock()
    shown_at = read_shown(page.services, person, digest, str(sent.get("shown", "")))
    if shown_at is None or shown_at > at:
        return _checked(page, person, digest, page.translate(UNKNOWN_PAGE), 409)
    if not view_of(page, person, found).open:
        return _checked(page, person, digest, page.translate(TOO_LATE), 409)
    comment = str(sent.get("comment", "")).strip()[:500]
    given = Form(str(sent.get("choice", "")), comment, {}, shown_at=shown_at, decided_at=at)
    try:
        reviews = reviews_of(found.made.proposal, card, given)
    except ChoiceRefused as refused:
        return _checked(page, person, digest, page.translate(refused.sentence, **refused.values), 409)
    entries = page.services.ledger.append_many((ReviewGiven(review=one), person.actor, at) for one in reviews)
    said = page.translate(DECIDED, seq=entries[-1].seq)
    return page.redirect(f"/prescription?checked={digest}#answer", said)


def _checked(page: Page, person: Person, digest: str, problem: str = "", status_code: int = 200) -> Response:
    found = find(page, person, digest)
    if found.application.name != APPLICATION:
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "prescription", found.made.proposal.subject, page.services.clock())
    view = view_of(page, person, found)
    case = read_case(page.services.ledger, found.made.proposal.case_digest)
    result = result_of(view, found.application.card, deciding=may_review(person.role, found.application.card))
    return _page(page, form_of(case) if case else Typed(), result, problem, status_code)


def _page(page: Page, form: Typed, result: Result | None = None, problem: str = "", status_code: int = 200) -> Response:
    return page.render(
        "pages/prescription.html",
        status_code,
        typed=form,
        lines=_understood(page, form),
        result=result,
        problem=problem,
        state=_application(page)[1],
        reads_policy=allowed(page.person.role, Permission.READ_POLICY) if page.person else False,
    )


def _understood(page: Page, form: Typed) -> list[Understood] | str:
    """The lines as understood, or why none can be."""
    try:
        medicines = open_medicines(_knowledge(page))
    except NotLoaded:
        return page.translate(NO_NAMES)
    return understood(form.lines[:100], medicines, page.language)


def _application(page: Page) -> tuple[Application | None, str]:
    """The application, and its state here; `draft` where it is not there at all."""
    with page.services.ledger.engine.connect() as connection:
        return page.services.application(APPLICATION), state_of(connection, APPLICATION)


def _knowledge(page: Page) -> Knowledge:
    return open_knowledge(page.services.home)


def _typed(sent: FormData) -> Typed:
    return typed([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
