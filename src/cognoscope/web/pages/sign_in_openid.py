"""Sign in with the hospital's own account: to its provider and back."""

import hashlib
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.exceptions import HTTPException

from cognoscope.core.actor import program
from cognoscope.web.accounts import NAME, Account, Accounts
from cognoscope.web.navigation import first_place
from cognoscope.web.openid import Attempt, Identity, OpenID
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.sign_in import enter, show
from cognoscope.web.refusal import Refusal
from cognoscope.web.security import safe_path

router = APIRouter(prefix="/sign-in/openid")
ATTEMPT_COOKIE = "cognoscope_openid"
ATTEMPT_SECONDS = 10 * 60
ACTOR = program("openid")


@router.get("")
def start(page: CurrentPage, next: Annotated[str | None, Query()] = None) -> Response:
    """Go to the provider."""
    try:
        address, attempt = _provider(page).start(_return_to(page), safe_path(next))
    except Refusal as refusal:
        return show(page, next, problem=refusal.sentence.in_language(page.language), status=502)
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        ATTEMPT_COOKIE,
        str(_attempts(page).dumps(asdict(attempt))),
        max_age=ATTEMPT_SECONDS,
        path="/sign-in/openid",
        httponly=True,
        samesite="lax",
        secure=page.request.url.scheme == "https",
    )
    return response


@router.get("/return")
def come_back(page: CurrentPage) -> Response:
    """Come back from the provider: check what it says, make or update the account, open a session."""
    services, at = page.services, page.services.clock()
    try:
        attempt = _attempt(page)
        identity = _provider(page).finish(page.request.query_params, attempt, _return_to(page), at)
        account = account_for(services.accounts, identity, page)
    except Refusal as refusal:
        response = show(page, None, problem=refusal.sentence.in_language(page.language), status=403)
    else:
        response = enter(page, account, attempt.next or first_place(account.roles[0]))
    response.delete_cookie(ATTEMPT_COOKIE, path="/sign-in/openid")
    return response


def account_for(accounts: Accounts, identity: Identity, page: Page) -> Account:
    """The account of an identity, made at its first sign-in, its roles those that the provider now says.

    Raises:
        Refusal: the account was disabled here, or its new roles would leave nobody to administer.
    """
    at = page.services.clock()
    found = accounts.by_openid(identity.subject)
    if found is None:
        name = _free_name(accounts, identity)
        accounts.create(name, identity.display_name, identity.roles, ACTOR, at, openid_subject=identity.subject)
    elif found.disabled:
        raise Refusal("Ce compte est fermé : adressez-vous à votre administrateur.", "This account is disabled.")
    elif found.roles != identity.roles:
        accounts.set_roles(found.name, identity.roles, ACTOR, at)
    made = accounts.by_openid(identity.subject)
    assert made is not None
    return made


def _free_name(accounts: Accounts, identity: Identity) -> str:
    """The name the provider gives, unless a local account bears it: then nobody takes over anything by a name."""
    mark = hashlib.sha256(identity.subject.encode()).hexdigest()[:8]
    if not NAME.fullmatch(identity.name):
        return f"openid-{mark}"
    return identity.name if accounts.get(identity.name) is None else f"{identity.name[:70]}-{mark}"


def _provider(page: Page) -> OpenID:
    if page.services.openid is None:
        raise HTTPException(404)
    return page.services.openid


def _return_to(page: Page) -> str:
    return str(page.request.url.replace(path="/sign-in/openid/return", query="", fragment=""))


def _attempts(page: Page) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(page.services.sessions.key, salt="openid")


def _attempt(page: Page) -> Attempt:
    try:
        return Attempt(**_attempts(page).loads(page.request.cookies.get(ATTEMPT_COOKIE, ""), max_age=ATTEMPT_SECONDS))
    except BadSignature as error:
        raise Refusal(
            "La connexion a pris trop de temps, ou a commencé dans un autre navigateur : recommencez.",
            "Signing in took too long, or began in another browser: start again.",
        ) from error
