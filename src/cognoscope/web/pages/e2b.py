"""Taking a declared reaction out as an ICH E2B(R3) case, once people have decided on it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from cognoscope.core.errors import InvalidInput
from cognoscope.exports.e2b_extract import extract_case
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage
from cognoscope.web.pages.proposal import Digest, context, find
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.READ_DOCUMENT))]
NOT_WHOLE = N_("Ce cas ne peut pas encore partir au format E2B. Corrigez ce qui manque : %(what)s")


@router.post("/proposals/{digest}/e2b")
def take_out(page: CurrentPage, person: Reader, digest: Digest) -> Response:
    """The message as a file; that it left is in the ledger. What is missing is told on the proposal's page."""
    found = find(page, person, digest)
    if not may_review(person.role, found.application.card):
        raise NotPermitted(person, Permission.REVIEW)
    services = page.services
    try:
        content = extract_case(services.ledger, digest, services.home.settings(), person.actor, services.clock())
    except InvalidInput as error:
        problem = page.translate(NOT_WHOLE, what=str(error))
        return page.render("pages/proposal.html", 422, **context(page, person, found, problem=problem))
    name = f"e2b-{found.made.proposal.subject.partition(':')[2]}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/xml", headers=headers)
