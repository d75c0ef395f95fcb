"""Declaring an adverse reaction: one field, what was understood while it is written, one question at a time, a
number.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.declaration_form import LONGEST, declaration_of, problem_of, typed
from cognoscope.web.declaration_sending import NAME, Counter, SendingRefused, is_open, send
from cognoscope.web.declaration_view import Reading, reading_of
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/declare")
Declarer = Annotated[Person, Depends(require(Permission.DECLARE_REACTION))]
Number = Annotated[str, Path(pattern=r"^EI-[2-9A-Z]{4}-[2-9A-Z]{4}$")]
BIGGEST = 200_000
"""Bytes of a form; the largest text allowed takes less, however it is encoded."""

COUNTER = Counter()


async def _form(request: Request) -> FormData:
    # Sent by people who are signed in, and yet nobody's typing needs more: what is larger is not even read.
    if int(request.headers.get("content-length") or 0) > BIGGEST:
        raise HTTPException(413)
    return await request.form()


SentForm = Annotated[FormData, Depends(_form)]


@router.get("")
def show(page: CurrentPage, person: Declarer) -> Response:
    """The empty form; while it is read, what the first reading needs is opened (seconds, once a process)."""
    shown = _page(page, person, typed({}))
    shown.background = BackgroundTask(_open, page.services.home)
    return shown


@router.post("/reading")
def read(page: CurrentPage, person: Declarer, sent: SentForm) -> Response:
    """What is understood of what is typed so far. Nothing of it is kept or logged."""
    form = typed(sent)
    problem = problem_of(form, _today(page), sending=False)
    if problem is not None:
        said = page.translate(problem.sentence)
        return page.render("pages/declaration_reading.html", reading=None, problem=said)
    return page.render("pages/declaration_reading.html", reading=_reading(page, person, form), problem="")


@router.post("")
def keep(page: CurrentPage, person: Declarer, sent: SentForm) -> Response:
    """Without a script: show what is understood; else send, and say under which number."""
    form = typed(sent)
    problem = problem_of(form, _today(page))
    if problem is not None:
        return _page(page, person, form, page.translate(problem.sentence), 422)
    if sent.get("choice") == "read":
        return _page(page, person, form, reading=_reading(page, person, form))
    try:
        number = send(page.services, _application(page), COUNTER, form, person)
    except SendingRefused as refused:
        return _page(page, person, form, page.translate(str(refused)), 409)
    return page.redirect(f"/declare/{number}")


@router.get("/{number}")
def sent_page(page: CurrentPage, person: Declarer, number: Number) -> Response:
    """The number, and what happens next."""
    return page.render("pages/declaration_sent.html", number=number)


def _open(home: Home) -> None:
    build_case(Declaration("draft", "tramadol"), open_knowledge(home), datetime(2000, 1, 1, tzinfo=UTC))


def _page(
    page: Page,
    person: Person,
    form: dict[str, str],
    problem: str = "",
    status: int = 200,
    reading: Reading | None = None,
) -> Response:
    return page.render(
        "pages/declaration.html",
        status,
        form=form,
        problem=problem,
        reading=reading,
        open=is_open(page.services) and page.services.application(NAME) is not None,
        plain=person.role is Role.PATIENT,
        longest=LONGEST,
        today=_today(page),
    )


def _reading(page: Page, person: Person, form: dict[str, str]) -> Reading | None:
    if not form["text"]:
        return None
    services, at = page.services, page.services.clock()
    declaration = declaration_of(form, form["text"], "draft", person.role, _today(page))
    plain = person.role is Role.PATIENT
    return reading_of(_application(page), declaration, open_knowledge(services.home), at, page.language, plain)


def _application(page: Page) -> Application:
    found = page.services.application(NAME)
    if found is None:
        raise HTTPException(404)
    return found


def _today(page: Page) -> date:
    return page.services.clock().astimezone(page.services.zone).date()
