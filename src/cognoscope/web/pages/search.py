"""Search in the documents: one box, a few filters, passages with the words found."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.errors import InvalidInput, NotInstalled
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.reading_words import condition_names
from cognoscope.web.record_search import Answer, Asked, answer, open_search, titles
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.READ_DOCUMENT))]
LAST_PAGE = 500
NOT_SEARCHED = N_("Cette recherche ne peut pas être faite : écrivez au moins un mot, et pas plus de cinquante.")
WRONG_DATES = N_("La date de début est après la date de fin.")


@router.get("/search")
def show(
    page: CurrentPage,
    person: Reader,
    q: Annotated[str, Query(max_length=2000)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    title: Annotated[str, Query(max_length=300)] = "",
    condition: Annotated[str, Query(max_length=100)] = "",
    denied: Annotated[str, Query(max_length=1)] = "",
    order: Annotated[str, Query(max_length=20)] = "",
    p: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """The box, and what was found; the look is written to the access log, the words are not: they may name somebody."""
    asked = Asked(q, day_of(since), day_of(until), title, condition, bool(denied), order == "date", p)
    page.services.access_log.record(person.actor, "search", "", page.services.clock())
    state, problem, found = _answer(page, asked)
    return page.render(
        "pages/search.html",
        200 if not problem else 422,
        asked=asked,
        state=state,
        problem=problem,
        found=found,
        titles=titles(page.services.warehouse) if state == "ready" else [],
        conditions=condition_names(page.language),
        address=lambda number: "/search?" + urlencode(_query(replace(asked, page=number))),
        cohort="/cohorts/new?" + urlencode(_cohort(asked)),
    )


def day_of(text: str) -> date | None:
    """The day that a date field sent, None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _answer(page: Page, asked: Asked) -> tuple[str, str, Answer | None]:
    """Whether searching is possible here (`missing`, `empty`, `ready`), what was wrong, and what was found."""
    try:
        index = open_search(page.services.home)
    except NotInstalled:
        return "missing", "", None
    if not index.documents:
        return "empty", "", None
    if asked.since and asked.until and asked.since > asked.until:
        return "ready", page.translate(WRONG_DATES), None
    if not asked.anything:
        return "ready", "", None
    try:
        return "ready", "", answer(index, page.services.warehouse, asked)
    except InvalidInput:
        return "ready", page.translate(NOT_SEARCHED), None


def _query(asked: Asked) -> dict[str, str]:
    fields = {
        "q": asked.text,
        "since": str(asked.since or ""),
        "until": str(asked.until or ""),
        "title": asked.title,
        "condition": asked.condition,
        "denied": "1" if asked.denied else "",
        "order": "date" if asked.newest else "",
        "p": str(asked.page) if asked.page > 1 else "",
    }
    return {name: value for name, value in fields.items() if value}


def _cohort(asked: Asked) -> dict[str, str]:
    """The same question about persons, as the form of a new cohort takes it."""
    fields = {
        "text": asked.text,
        "since": str(asked.since or ""),
        "until": str(asked.until or ""),
        "condition": asked.condition,
    }
    return {name: value for name, value in fields.items() if value}
