"""The administrator's page: make accounts, give roles, hand out a password, disable."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from cognoscope.core.actor import Role
from cognoscope.web import passwords
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/accounts")
Administrator = Annotated[Person, Depends(require(Permission.MANAGE_ACCOUNTS))]
Name = Annotated[str, Form(max_length=80)]
Roles = Annotated[list[Role], Form()]


@router.get("")
def show(page: CurrentPage, _: Administrator) -> Response:
    """Every account, and a form for a new one."""
    return _show(page)


@router.post("")
def create(
    page: CurrentPage,
    person: Administrator,
    name: Name,
    display_name: Annotated[str, Form(max_length=120)],
    roles: Roles,
) -> Response:
    """Make an account and show its first password, once."""
    name, password = name.strip().casefold(), passwords.generate()
    at = page.services.clock()
    page.services.accounts.create(name, display_name, roles, person.actor, at, password=password)
    return _show(page, name, password)


@router.post("/roles")
def set_roles(page: CurrentPage, person: Administrator, name: Name, roles: Roles) -> Response:
    """Replace an account's roles."""
    page.services.accounts.set_roles(name, roles, person.actor, page.services.clock())
    return page.redirect("/accounts", page.translate(N_("Les rôles de %(name)s sont enregistrés."), name=name))


@router.post("/password")
def new_password(page: CurrentPage, person: Administrator, name: Name) -> Response:
    """Give an account a new password and show it, once."""
    password = passwords.generate()
    at = page.services.clock()
    page.services.accounts.set_password(name, password, person.actor, at, must_change=True)
    return _show(page, name, password)


@router.post("/disable")
def disable(page: CurrentPage, person: Administrator, name: Name) -> Response:
    """Close an account and end its sessions."""
    page.services.accounts.disable(name, person.actor, page.services.clock())
    return page.redirect("/accounts", page.translate(N_("Le compte %(name)s est fermé."), name=name))


@router.post("/enable")
def enable(page: CurrentPage, person: Administrator, name: Name) -> Response:
    """Open a disabled account again."""
    page.services.accounts.enable(name, person.actor, page.services.clock())
    return page.redirect("/accounts", page.translate(N_("Le compte %(name)s est rouvert."), name=name))


def _show(page: Page, name: str = "", password: str = "") -> Response:
    return page.render(
        "accounts.html", accounts=page.services.accounts.all(), roles=list(Role), name=name, password=password
    )
