"""The question of an infection, asked by hand: the answer is an ordinary proposal, shown on its own page."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from cognoscope.apps.pharmacy.antibiotics.case import build_case
from cognoscope.apps.pharmacy.antibiotics.case_microbes import UnknownAgent, UnknownGerm, open_microbes
from cognoscope.apps.pharmacy.antibiotics.case_warehouse import isolates_of
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.core.application import Application
from cognoscope.core.errors import InvalidInput
from cognoscope.core.lifecycle import state_of
from cognoscope.core.running import run
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded, open_knowledge
from cognoscope.web.antibiotics_form import (
    ALLERGIES,
    ASKED,
    NUMBERS,
    REACTIONS,
    FormRefused,
    Typed,
    infections,
    question,
    typed,
)
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.security import require
from cognoscope.web.services import Services
from cognoscope.web.session import Person

router = APIRouter(prefix="/antibiotics")
Asker = Annotated[Person, Depends(require(Permission.CHECK_PRESCRIPTION))]
APPLICATION = "pharmacy.antibiotics"

NOT_RUNNING = N_("Les options d'antibiothérapie ne sont pas en service dans cet établissement : état « %(state)s ».")
NO_GERM = N_("Ce germe n'est pas reconnu : écrivez son nom latin.")
NO_GERM_NEAR = N_("Ce germe n'est pas reconnu. Vouliez-vous dire : %(near)s ?")
NO_AGENT = N_("Un antibiotique de l'antibiogramme n'est pas reconnu : écrivez son code (AMX) ou son nom international.")
REFUSED = N_("La question ne peut pas être posée : une réponse n'est pas dans les choix offerts.")


async def _form(request: Request) -> FormData:
    return await request.form()


SentForm = Annotated[FormData, Depends(_form)]


@router.get("")
def show(page: CurrentPage, person: Asker) -> Response:
    """The form, empty."""
    return _page(page, Typed())


@router.post("")
def ask(page: CurrentPage, person: Asker, sent: SentForm) -> Response:
    """Let the application answer, and go to its proposal."""
    form = typed([(name, value) for name, value in sent.multi_items()])
    services, at = page.services, page.services.clock()
    application, state = _application(services)
    if application is None or state != "advisory":
        return _page(page, form, page.translate(NOT_RUNNING, state=state), 409)
    knowledge = open_knowledge(services.home)
    try:
        asked = question(form, person.account, at.isoformat())
        case = build_case(asked, knowledge, at, _isolates(services, knowledge, at), "form")
    except FormRefused as refused:
        values = {name: page.translate(value) if name == "what" else value for name, value in refused.values.items()}
        return _page(page, form, page.translate(refused.sentence, **values), 422)
    except UnknownGerm as unknown:
        said = page.translate(NO_GERM_NEAR, near=", ".join(unknown.near)) if unknown.near else page.translate(NO_GERM)
        return _page(page, form, said, 422)
    except UnknownAgent:
        return _page(page, form, page.translate(NO_AGENT), 422)
    except InvalidInput:
        return _page(page, form, page.translate(REFUSED), 422)
    proposals = run(application, case, services.ledger, person.actor, at)
    return page.redirect(f"/proposals/{proposals[0].digest}")


def _isolates(services: Services, knowledge: Knowledge, at: datetime) -> Isolates | None:
    try:
        microbes = open_microbes(knowledge)
    except NotLoaded:
        return None
    return isolates_of(services.warehouse, microbes, at)


def _application(services: Services) -> tuple[Application | None, str]:
    with services.ledger.engine.connect() as connection:
        return services.application(APPLICATION), state_of(connection, APPLICATION)


def _page(page: Page, form: Typed, problem: str = "", status_code: int = 200) -> Response:
    return page.render(
        "pages/antibiotics.html",
        status_code,
        typed=form,
        problem=problem,
        infections=infections(page.language),
        asked=ASKED,
        numbers=NUMBERS,
        allergies=ALLERGIES,
        reactions=REACTIONS,
    )
