"""My account: the role I act in, my password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from cognoscope.core.actor import Role
from cognoscope.web.i18n import N_
from cognoscope.web.navigation import first_place
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.sign_in import BLOCKED, address_of, clock_time
from cognoscope.web.permissions import Permission
from cognoscope.web.refusal import Refusal
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person

router = APIRouter(prefix="/profile")
Mine = Annotated[Person, Depends(require(Permission.OWN_PROFILE))]


@router.get("")
def show(page: CurrentPage, person: Mine) -> Response:
    """My roles and my password."""
    return _show(page, person)


@router.post("/role")
def choose_role(page: CurrentPage, person: Mine, role: Annotated[Role, Form()]) -> Response:
    """Act in another of my roles from now on."""
    if role not in person.roles:
        raise NotPermitted(person, Permission.OWN_PROFILE)
    assert page.visitor.session_id is not None
    page.services.sessions.choose_role(page.visitor.session_id, role)
    return page.redirect(first_place(role))


@router.post("/password")
def change_password(
    page: CurrentPage,
    person: Mine,
    current: Annotated[str, Form(max_length=1024)],
    new: Annotated[str, Form(max_length=1024)],
    again: Annotated[str, Form(max_length=1024)],
) -> Response:
    """Replace my password; every session of mine ends, and a new one begins here."""
    services, at = page.services, page.services.clock()
    address = address_of(page.request)
    until = services.rate_limit.blocked_until(person.account, address, at)
    if until is not None:
        return _show(page, person, page.translate(BLOCKED, time=clock_time(page, until)))
    if services.accounts.verify(person.account, current) is None:
        services.rate_limit.failed(person.account, address, at)
        return _show(page, person, page.translate(N_("Le mot de passe actuel n'est pas le bon.")))
    if new != again:
        return _show(page, person, page.translate(N_("Les deux saisies du nouveau mot de passe diffèrent.")))
    if new == current:
        return _show(page, person, page.translate(N_("Le nouveau mot de passe est le même que l'ancien.")))
    try:
        services.accounts.set_password(person.account, new, person.actor, at, must_change=False)
    except Refusal as refused:
        return _show(page, person, refused.sentence.in_language(page.language))
    response = page.redirect(first_place(person.role), page.translate(N_("Votre mot de passe est changé.")))
    services.sessions.set_cookie(page.request, response, services.sessions.start(person.account, person.role, at))
    return response


def _show(page: Page, person: Person, problem: str = "") -> Response:
    account = page.services.accounts.get(person.account)
    return page.render("profile.html", 422 if problem else 200, account=account, problem=problem)
