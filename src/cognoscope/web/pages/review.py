"""Deciding: one click on a proposal or on one element of it, and the same click for a page of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from cognoscope.core.events import ReviewGiven
from cognoscope.core.review import Review
from cognoscope.web.choices import ChoiceRefused, Form, reviews_of
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import Digest, Found, context, find, view_of
from cognoscope.web.permissions import Permission, may_review
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
UNKNOWN_PAGE = N_("Cette page n'a pas été ouverte par vous. Rouvrez-la, puis décidez. Rien n'a été enregistré.")


async def _form(request: Request) -> FormData:
    return await request.form()


SentForm = Annotated[FormData, Depends(_form)]


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
    form = Form(
        choice=str(sent.get("choice", "")),
        comment=str(sent.get("comment", "")).strip()[:500],
        typed={name: str(text) for name, text in sent.items() if ":" in name},
        shown_at=shown_at,
        decided_at=at,
    )
    try:
        reviews = reviews_of(found.made.proposal, card, form)
    except ChoiceRefused as refused:
        return _refused(page, person, found, page.translate(refused.sentence, **refused.values))
    entries = page.services.ledger.append_many((ReviewGiven(review=one), person.actor, at) for one in reviews)
    said = _said(page, view_of(page, person, found), reviews, entries[-1].seq)
    if page.is_fragment:
        element = reviews[-1].element
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
    if not card.bulk_accept or not may_review(person.role, card) or not view_of(page, person, found).open:
        return None
    return Review(proposal=digest, verdict="accept", shown_at=shown_at, decided_at=at)


def _refused(page: Page, person: Person, found: Found, problem: str) -> Response:
    given = context(page, person, found, problem=problem)
    if page.is_fragment:
        return page.render("pages/proposal_answer.html", **given, said=problem)
    return page.render("pages/proposal.html", 409, **given)


def _said(page: Page, view: ProposalView, reviews: list[Review], seq: int) -> str:
    elements = [view.element_words(one.element) for one in reviews if one.element]
    return page.translate(
        SAID,
        verdict=page.translate(VERDICTS[reviews[-1].verdict]),
        what=", ".join(elements) or page.translate(WHOLE),
        seq=seq,
    )
