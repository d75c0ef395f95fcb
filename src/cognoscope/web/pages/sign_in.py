"""Sign in with a local account, and sign out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from cognoscope.web.accounts import Account
from cognoscope.web.i18n import N_
from cognoscope.web.navigation import first_place
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.security import require, safe_path
from cognoscope.web.session import SESSION_COOKIE, Person

router = APIRouter()
FAILED = N_("Nom de compte ou mot de passe incorrect.")
BLOCKED = N_("Trop d'essais : réessayez après %(time)s.")


@router.get("/sign-in")
def form(page: CurrentPage, next: str | None = None) -> Response:
    """The sign-in form; somebody signed in already goes on."""
    if page.person is not None:
        return page.redirect(safe_path(next) or first_place(page.person.role))
    return show(page, next)


@router.post("/sign-in")
def sign_in(
    page: CurrentPage,
    account: Annotated[str, Form(max_length=80)],
    password: Annotated[str, Form(max_length=1024)],
    next: Annotated[str | None, Form()] = None,
) -> Response:
    """Check the password, open a session under a new name, go to the page that was asked for."""
    services, at = page.services, page.services.clock()
    name, address = account.strip().casefold(), address_of(page.request)
    until = services.rate_limit.blocked_until(name, address, at)
    if until is not None:
        return _blocked(page, next, name, until)
    found = services.accounts.verify(name, password)
    if found is None or not found.roles:
        services.rate_limit.failed(name, address, at)
        return show(page, next, name, page.translate(FAILED), 401)
    services.rate_limit.succeeded(name)
    return enter(page, found, safe_path(next) or first_place(found.roles[0]))


@router.post("/sign-out")
def sign_out(page: CurrentPage, _: Annotated[Person, Depends(require(Permission.OWN_PROFILE))]) -> Response:
    """End the session on the server, then in the browser."""
    if page.visitor.session_id:
        page.services.sessions.end(page.visitor.session_id)
    response = page.redirect("/sign-in", page.translate(N_("Vous êtes déconnecté.")))
    response.delete_cookie(SESSION_COOKIE)
    return response


def enter(page: Page, account: Account, path: str) -> Response:
    """Open a session under a new name, end the one the browser came with, and go on."""
    sessions = page.services.sessions
    if page.visitor.session_id:
        sessions.end(page.visitor.session_id)
    response = page.redirect(path)
    session_id = sessions.start(account.name, account.roles[0], page.services.clock())
    sessions.set_cookie(page.request, response, session_id)
    return response


def show(page: Page, next_path: str | None, name: str = "", problem: str = "", status: int = 200) -> Response:
    """The form, with what went wrong."""
    return page.render(
        "sign_in.html",
        status,
        next=safe_path(next_path),
        name=name,
        problem=problem,
        openid=page.services.openid is not None,
    )


def address_of(request: Request) -> str:
    """The address the request came from; behind a proxy, uvicorn puts the forwarded one there."""
    return request.client.host if request.client else "unknown"


def clock_time(page: Page, instant: datetime) -> str:
    """The time of day in the hospital's zone."""
    return instant.astimezone(page.services.zone).strftime("%H:%M:%S")


def _blocked(page: Page, next_path: str | None, name: str, until: datetime) -> Response:
    at = page.services.clock()
    response = show(page, next_path, name, page.translate(BLOCKED, time=clock_time(page, until)), 429)
    response.headers["Retry-After"] = str(max(1, int((until - at).total_seconds())))
    return response
