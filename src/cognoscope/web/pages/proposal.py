"""One proposal: what it rests on, what it says, what people decided; and the rows of its case it was read from."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from cognoscope.core.application import Application
from cognoscope.core.comparison import closer
from cognoscope.core.queries import Made, outcomes_of, reviews
from cognoscope.core.values import TextValue
from cognoscope.web.blind import is_blind_first, must_read_first
from cognoscope.web.column_queries import latest_digest
from cognoscope.web.i18n import N_
from cognoscope.web.marked_text import pieces
from cognoscope.web.page import CurrentPage, Drawing, Page
from cognoscope.web.permissions import Permission, allowed, may_read, may_review
from cognoscope.web.recall import read_case, read_proposal
from cognoscope.web.render_proposal import ProposalView
from cognoscope.web.render_text import NOTE, whole_text
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person

router = APIRouter(prefix="/proposals/{digest}")
UNKNOWN_PAGE = N_("Cette page n'a pas été ouverte par vous. Rouvrez-la, puis décidez. Rien n'a été enregistré.")
Reader = Annotated[Person, Depends(require(Permission.READ_PROPOSAL))]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


async def _form(request: Request) -> FormData:
    return await request.form()


SentForm = Annotated[FormData, Depends(_form)]
ROWS_AROUND = 60
"""Rows of a case shown on one page."""


@router.get("")
async def show(page: CurrentPage, person: Reader, digest: Digest, element: str | None = None) -> Response:
    """The proposal page; the look is written to the access log."""

    def draw(page: Page) -> Drawing:
        found = find(page, person, digest)
        given = context(page, person, found, element)
        return Drawing("pages/proposal.html", given, found.made.proposal.subject)

    if page.services.settings.imaging.blind_first:
        own = await run_in_threadpool(_own, page, person, digest, element)
        if own is not None:
            return own
    return await page.kept(draw, "proposal", digest)


def _own(page: Page, person: Person, digest: str, element: str | None) -> Response | None:
    """The page as it is for this person alone, where a reading of their own comes first; None where it does not."""
    found = find(page, person, digest)
    proposal = found.made.proposal
    if not is_blind_first(page.services, proposal.application) or not may_review(person.role, found.application.card):
        return None
    if must_read_first(page.services, person, proposal, lambda: reviews(page.services.ledger, digest)):
        return page.redirect(f"/proposals/{digest}/blind")
    page.services.access_log.record(person.actor, "proposal", proposal.subject, page.services.clock())
    return page.render("pages/proposal.html", **context(page, person, found, element))


@router.get("/rows/{table}")
def rows(page: CurrentPage, person: Reader, digest: Digest, table: str, row: int = 0) -> Response:
    """The rows of the case around one of them, marked."""
    found = find(page, person, digest)
    if table == NOTE:
        require_texts(person)
    case = read_case(page.services.ledger, found.made.proposal.case_digest)
    shown = case.table(table) if case else None
    if case is None or shown is None or not 0 <= row < max(shown.rows, 1):
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "case_rows", case.subject, page.services.clock())
    start = max(0, min(row - ROWS_AROUND // 2, shown.rows - ROWS_AROUND))
    return page.render(
        "pages/rows.html",
        proposal=found.made.proposal,
        table=shown,
        marked=row,
        start=start,
        stop=min(start + ROWS_AROUND, shown.rows),
    )


@router.get("/texts/{row}")
def text(page: CurrentPage, person: Reader, digest: Digest, row: Annotated[int, Path(ge=0, le=100_000)]) -> Response:
    """A document of the case from its first character to its last, every finding marked."""
    found = find(page, person, digest)
    require_texts(person)
    proposal = found.made.proposal
    case = read_case(page.services.ledger, proposal.case_digest)
    table = case.table(NOTE) if case else None
    value = proposal.value
    if case is None or table is None or row >= table.rows or not isinstance(value, TextValue):
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "case_text", case.subject, page.services.clock())
    shown = whole_text(value, case, row, page.language)
    template = "pages/case_text_pieces.html" if page.is_fragment else "pages/case_text.html"
    return page.render(template, proposal=proposal, shown=shown, pieces=pieces(shown.text, shown.highlights))


@dataclass(frozen=True)
class Found:
    """A recorded proposal that this person may read, and the application that made it."""

    made: Made
    application: Application


def find(page: Page, person: Person, digest: str) -> Found:
    """The proposal of that digest.

    Raises:
        HTTPException: there is none, its application is gone, or it was made in the shadow, which nobody sees.
        NotPermitted: the application's card does not name the role.
    """
    made = read_proposal(page.services.ledger, digest)
    application = page.services.application(made.proposal.application) if made else None
    if made is None or application is None:
        raise HTTPException(404)
    if made.state == "shadow" and not allowed(person.role, Permission.READ_EVALUATION):
        raise HTTPException(404)
    if not may_read(person.role, application.card):
        raise NotPermitted(person, Permission.READ_PROPOSAL)
    return Found(made, application)


def require_texts(person: Person) -> None:
    """Reading a proposal does not open the documents it was read in.

    Raises:
        NotPermitted: the role does not read documents.
    """
    if not allowed(person.role, Permission.READ_DOCUMENT):
        raise NotPermitted(person, Permission.READ_DOCUMENT)


def view_of(page: Page, person: Person, found: Found, element: str | None = None) -> ProposalView:
    """The proposal as this person reads it now."""
    services, shown = page.services, found.made.proposal
    ledger, now = services.ledger, services.clock()
    outcomes = outcomes_of(ledger, shown)
    return ProposalView(
        proposal=shown,
        card=found.application.card,
        case=read_case(ledger, shown.case_digest),
        reviews=reviews(ledger, shown.digest),
        known={key: float(one.value) for key, one in outcomes.items() if isinstance(one.value, int | float)},
        latest=latest_digest(ledger, shown),
        now=now,
        zone=services.zone,
        language=page.language,
        selected=element,
        shown=page.shown(shown.digest),
        reads_texts=allowed(person.role, Permission.READ_DOCUMENT),
        reads_images=allowed(person.role, Permission.READ_IMAGE),
        reader=person.actor.id if is_blind_first(services, shown.application) else None,
    )


def context(
    page: Page, person: Person, found: Found, element: str | None = None, problem: str = ""
) -> dict[str, object]:
    """What the templates of the proposal page are given."""
    view = view_of(page, person, found, element)
    deciding = may_review(person.role, view.card)
    newest = page.services.newest(view.proposal.digest)
    given = {"view": view, "card": view.card, "proposal": view.proposal, "may_review": deciding}
    evidence = page.services.fragments.get(
        (
            "evidence",
            view.proposal.digest,
            page.language,
            deciding,
            view.reads_texts,
            view.reads_images,
            view.open,
            element,
            f"{view.now:%Y-%m-%dT%H}",
        ),
        newest,
        lambda: page.text("pages/proposal_evidence.html", **given),
    )
    score = page.services.fragments.get(
        ("score", view.proposal.application, view.proposal.subject, page.language),
        newest,
        lambda: page.text(
            "pages/score.html",
            scores=closer(page.services.ledger, view.proposal.application, view.proposal.subject),
        ),
    )
    return {**given, "evidence": Markup(evidence), "score": Markup(score), "problem": problem}  # noqa: S704 - our own
