"""Deciding: one click on a proposal or on one element of it, and the same click for a page of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from cognoscope.core.events import ReviewGiven
from cognoscope.core.image_value import ImageValue
from cognoscope.core.queries import reviews
from cognoscope.core.review import Review
from cognoscope.web.blind import is_blind_first, must_read_first
from cognoscope.web.choices import ChoiceRefused, Form, reviews_of
from cognoscope.web.i18n import N_
from cognoscope.web.image_choices import OnImages, image_reviews
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import UNKNOWN_PAGE, Digest, Found, SentForm, context, find, view_of
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.recall import read_case
from cognoscope.web.render import VERDICTS
from cognoscope.web.render_proposal import ProposalView
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person
from cognoscope.web.shown import read_shown

router = APIRouter()
Reviewer = Annotated[Person, Depends(require(Permission.REVIEW))]
BULK_LIMIT = 50
"""Never more than a page of the inbox at once."""

SAID = N_("%(verdict)s : %(what)s. Enregistré au registre, n° %(seq)s.")
WHOLE = N_("toute la proposition")
TOO_LATE = N_("Cette proposition n'est plus à décider : une autre la remplace ou son heure est passée.")
READ_FIRST = N_("Votre établissement demande d'abord votre propre lecture. Rien n'a été enregistré.")


@router.post("/proposals/{digest}/reviews")
def decide(page: CurrentPage, person: Reviewer, digest: Digest, sent: SentForm) -> Response:
    """Record the decision and show the proposal as it now stands."""
    found = find(page, person, digest)
    card = found.application.card
    if not may_review(person.role, card):
        raise NotPermitted(person, Permission.REVIEW)
    at = page.services.clock()
    shown_at = read_shown(page.services, person, digest, str(sent.get("shown", "")))
    if shown_at is None or shown_at > at:
        return _refused(page, person, found, page.translate(UNKNOWN_PAGE))
    if not view_of(page, person, found).open:
        return _refused(page, person, found, page.translate(TOO_LATE))
    if isinstance(value := found.made.proposal.value, ImageValue):
        made = reviews(page.services.ledger, digest)
        if must_read_first(page.services, person, found.made.proposal, lambda: made):
            return _refused(page, person, found, page.translate(READ_FIRST))
    form = Form(
        choice=str(sent.get("choice", "")),
        comment=str(sent.get("comment", "")).strip()[:500],
        typed={name: str(text) for name, text in sent.items() if ":" in name},
        shown_at=shown_at,
        decided_at=at,
    )
    try:
        if isinstance(value, ImageValue):
            case = read_case(page.services.ledger, found.made.proposal.case_digest)
            about = OnImages(value, case, card, made, person.actor.id, page.services.home.pixels)
            given = image_reviews(found.made.proposal, about, form)
        else:
            given = reviews_of(found.made.proposal, card, form)
    except ChoiceRefused as refused:
        return _refused(page, person, found, page.translate(refused.sentence, **refused.values))
    entries = page.services.ledger.append_many((ReviewGiven(review=one), person.actor, at) for one in given)
    said = _said(page, view_of(page, person, found), given, entries[-1].seq)
    if page.is_fragment:
        element = given[-1].element
        return page.render("pages/proposal_answer.html", **context(page, person, found, element), said=said)
    return page.redirect(f"/proposals/{digest}", said)


@router.post("/reviews")
def accept_several(page: CurrentPage, person: Reviewer, sent: SentForm) -> Response:
    """Accept the chosen lines of the inbox, for applications whose card allows it."""
    at = page.services.clock()
    accepted: list[Review] = []
    for value in sent.getlist("proposal")[:BULK_LIMIT]:
        review = _accepted(page, person, str(value), str(sent.get(f"shown:{value}", "")), at)
        if review is not None:
            accepted.append(review)
    page.services.ledger.append_many((ReviewGiven(review=one), person.actor, at) for one in accepted)
    return page.redirect("/", page.translate(N_("Propositions acceptées : %(count)s."), count=len(accepted)))


def _accepted(page: Page, person: Person, digest: str, token: str, at: datetime) -> Review | None:
    """The acceptance of one line, or None when it may not be accepted this way (any more)."""
    shown_at = read_shown(page.services, person, digest, token)
    if shown_at is None or shown_at > at:
        return None
    found = find(page, person, digest)
    card = found.application.card
    if is_blind_first(page.services, card.name):
        return None
    if not card.bulk_accept or not may_review(person.role, card) or not view_of(page, person, found).open:
        return None
    return Review(proposal=digest, verdict="accept", shown_at=shown_at, decided_at=at)


def _refused(page: Page, person: Person, found: Found, problem: str) -> Response:
    given = context(page, person, found, problem=problem)
    if page.is_fragment:
        return page.render("pages/proposal_answer.html", **given, said=problem)
    return page.render("pages/proposal.html", 409, **given)


def _said(page: Page, view: ProposalView, given: list[Review], seq: int) -> str:
    elements = [view.element_words(one.element) for one in given if one.element]
    return page.translate(
        SAID,
        verdict=page.translate(VERDICTS[given[-1].verdict]),
        what=", ".join(elements) or page.translate(WHOLE),
        seq=seq,
    )
