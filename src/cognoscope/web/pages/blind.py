"""Reading before the proposal is shown: the images, a form, and nothing of what the program says."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from cognoscope.core.events import ReviewGiven
from cognoscope.core.image_value import ImageValue
from cognoscope.core.queries import reviews
from cognoscope.web import words
from cognoscope.web.blind import Reading, must_read_first, readings_of
from cognoscope.web.choices import ChoiceRefused
from cognoscope.web.i18n import N_
from cognoscope.web.image_view import Amendments, viewer_data
from cognoscope.web.image_words import CONCLUSIONS, unit_words
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import UNKNOWN_PAGE, Digest, Found, SentForm, find, view_of
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.recall import read_case
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person
from cognoscope.web.shown import read_shown

router = APIRouter(prefix="/proposals/{digest}/blind")
Reviewer = Annotated[Person, Depends(require(Permission.REVIEW))]
SAID = N_("Votre lecture est enregistrée. Voici la proposition du programme.")


@router.get("")
def show(page: CurrentPage, person: Reviewer, digest: Digest) -> Response:
    """The images and the form; for who has read, or need not, the proposal."""
    found = _found(page, person, digest)
    proposal = found.made.proposal
    if not must_read_first(page.services, person, proposal, lambda: reviews(page.services.ledger, digest)):
        return page.redirect(f"/proposals/{digest}")
    page.services.access_log.record(person.actor, "proposal_blind", proposal.subject, page.services.clock())
    return page.render("pages/blind.html", **_context(page, person, found))


@router.post("")
def read_first(page: CurrentPage, person: Reviewer, digest: Digest, sent: SentForm) -> Response:
    """Record a reading made before the proposal is shown, then show it."""
    found = _found(page, person, digest)
    proposal, at = found.made.proposal, page.services.clock()
    made = reviews(page.services.ledger, digest)
    if not must_read_first(page.services, person, proposal, lambda: made):
        return page.redirect(f"/proposals/{digest}")
    shown_at = read_shown(page.services, person, digest, str(sent.get("shown", "")))
    case = read_case(page.services.ledger, proposal.case_digest)
    if shown_at is None or shown_at > at or case is None:
        problem = page.translate(UNKNOWN_PAGE)
        return page.render("pages/blind.html", 409, **_context(page, person, found, problem))
    typed = {name: str(text) for name, text in sent.items() if ":" in name}
    conclusion, comment = str(sent.get("conclusion", "")), str(sent.get("comment", "")).strip()[:500]
    try:
        given = readings_of(proposal, case, Reading(typed, conclusion, comment, shown_at, at), made)
    except ChoiceRefused as refused:
        problem = page.translate(refused.sentence, **refused.values)
        return page.render("pages/blind.html", 422, **_context(page, person, found, problem))
    page.services.ledger.append_many((ReviewGiven(review=one), person.actor, at) for one in given)
    return page.redirect(f"/proposals/{digest}", page.translate(SAID))


def _found(page: Page, person: Person, digest: str) -> Found:
    found = find(page, person, digest)
    if not may_review(person.role, found.application.card):
        raise NotPermitted(person, Permission.REVIEW)
    return found


def _context(page: Page, person: Person, found: Found, problem: str = "") -> dict[str, object]:
    """What the page of a reading before the proposal is given: the images, what is measured, and no value."""
    view, proposal = view_of(page, person, found), found.made.proposal
    assert isinstance(proposal.value, ImageValue)
    sees = view.case is not None and bool(view.case.images) and view.reads_images
    return {
        "view": view,
        "proposal": proposal,
        "card": view.card,
        "viewer": viewer_data(proposal.digest, view.case, None, Amendments({}, ()), page.language)
        if view.case and sees
        else None,
        "measured": [
            (one.key, words.say(one.label, page.language), unit_words(one.unit)) for one in proposal.value.measurements
        ],
        "conclusions": CONCLUSIONS,
        "problem": problem,
    }
