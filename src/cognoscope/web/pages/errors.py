"""What a person sees when something cannot be done: what happened, and the next thing to do."""

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from cognoscope.core.errors import CognoscopeError
from cognoscope.web.csrf import CrossSiteRequest
from cognoscope.web.i18n import N_
from cognoscope.web.navigation import ROLE_NAMES, first_place
from cognoscope.web.page import Page, make_page
from cognoscope.web.refusal import Refusal
from cognoscope.web.security import (
    NotPermitted,
    PasswordChangeNeeded,
    SignInNeeded,
    Visitor,
    look_up,
    return_path,
)


@dataclass(frozen=True)
class Trouble:
    """The words for one kind of error."""

    title: str
    text: str


NOT_FOUND = Trouble(
    N_("Cette page n'existe pas"),
    N_("L'adresse est peut-être mal recopiée, ou ce qu'elle montrait n'est plus à montrer."),
)
NOT_PERMITTED = Trouble(
    N_("Votre rôle ne donne pas accès à cette page"),
    N_("Changez de rôle si vous en avez un autre, ou demandez à l'administrateur de votre établissement."),
)
EXPIRED_FORM = Trouble(
    N_("Ce formulaire a expiré"),
    N_("Rien n'a été enregistré. Revenez à la page précédente, rechargez-la, puis recommencez."),
)
TOO_MANY = Trouble(N_("Trop d'essais"), N_("Attendez quelques minutes avant de recommencer."))
NOT_UNDERSTOOD = Trouble(
    N_("La demande n'a pas été comprise"),
    N_("Rien n'a été enregistré. Revenez à la page précédente et vérifiez ce qui a été saisi."),
)
BROKEN = Trouble(
    N_("Une erreur est survenue"),
    N_("Rien n'a été enregistré. Réessayez ; si l'erreur revient, donnez l'heure à votre service informatique."),
)
_BY_STATUS = {404: NOT_FOUND, 403: NOT_PERMITTED, 429: TOO_MANY, 405: NOT_FOUND}


def register(app: FastAPI) -> None:
    """Answer every kind of error with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(PasswordChangeNeeded, _password_change_needed)
    app.add_exception_handler(NotPermitted, _not_permitted)
    app.add_exception_handler(CrossSiteRequest, _expired_form)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(CognoscopeError, _sentence)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(Exception, _broken)


def _page(request: Request) -> Page:
    try:
        return make_page(request, look_up(request))
    except Exception:
        return make_page(request, Visitor(None, None))  # the database itself is in trouble


def _answer(request: Request, status: int, trouble: Trouble, detail: str = "") -> Response:
    page = _page(request)
    role = page.person.role if page.person else None
    return page.render(
        "error_fragment.html" if page.is_fragment else "error.html",
        status,
        status=status,
        title=page.translate(trouble.title),
        text=page.translate(trouble.text),
        detail=detail,
        home=first_place(role) if role else "/sign-in",
    )


def _sign_in_needed(request: Request, _: Exception) -> Response:
    return _page(request).redirect(return_path("/sign-in", request))


def _password_change_needed(request: Request, _: Exception) -> Response:
    return _page(request).redirect("/profile")


def _not_permitted(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotPermitted)
    page = _page(request)
    role = page.translate(ROLE_NAMES[error.person.role])
    return _answer(request, 403, NOT_PERMITTED, page.translate(N_("Rôle actuel : %(role)s."), role=role))


def _expired_form(request: Request, _: Exception) -> Response:
    return _answer(request, 403, EXPIRED_FORM)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _answer(request, 409, NOT_UNDERSTOOD, error.sentence.in_language(_page(request).language))


def _not_understood(request: Request, _: Exception) -> Response:
    return _answer(request, 422, NOT_UNDERSTOOD)


def _sentence(request: Request, error: Exception) -> Response:
    return _answer(request, 409, NOT_UNDERSTOOD, str(error))


def _by_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, _BY_STATUS.get(error.status_code, NOT_UNDERSTOOD))


def _broken(request: Request, _: Exception) -> Response:
    return _answer(request, 500, BROKEN)
