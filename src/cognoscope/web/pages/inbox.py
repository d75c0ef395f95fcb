"""Home: what waits for a decision of my role, most urgent first."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.inbox import Count, ProposalLine, count_waiting, waiting
from cognoscope.web import words
from cognoscope.web.blind import READ_FIRST, is_blind_first
from cognoscope.web.page import CurrentPage, Drawing, Page
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.render import CertaintyBar, certainty
from cognoscope.web.security import require
from cognoscope.web.services import Services
from cognoscope.web.session import Person

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.READ_INBOX))]
PAGE = 50


@dataclass(frozen=True)
class LineView:
    """One waiting proposal in words."""

    digest: str
    title: str
    text: str
    abstains: bool
    certainty: CertaintyBar | None
    subject: str
    application: str
    age: str
    deferred: bool
    bulk: bool


@dataclass(frozen=True)
class Filters:
    """What may be chosen, what is, and the neighbouring pages."""

    application: str | None
    subject: str | None
    applications: list[tuple[str, str, int]]
    subjects: list[tuple[str, str, int]]
    total: int
    count: int
    previous: int | None
    next: int | None

    @property
    def chosen(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.application or self.subject)

    @property
    def about_stays(self) -> bool:
        """Whether a stay or a person is among the subjects, and not units alone."""
        return any(not code.startswith("unit:") for code, _, _ in self.subjects)

    def address(self, offset: int) -> str:
        """The same filters, another page."""
        return "/?" + urlencode(
            {"application": self.application or "", "subject": self.subject or "", "offset": offset}
        )


@router.get("/")
async def show(
    page: CurrentPage,
    person: Reader,
    application: str | None = None,
    subject: str | None = None,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The inbox of the role the person acts in."""
    mine = {one.name for one in page.services.applications if may_review(person.role, one.card)}
    asked = Asked(application or None, subject or None, offset, {application} & mine if application else mine)
    return await page.kept(lambda page: _draw(page, asked, mine), "inbox")


def _draw(page: Page, asked: "Asked", mine: set[str]) -> Drawing:
    counts = count_waiting(page.services.ledger, page.services.clock(), applications=mine)
    lines = [_view(page, line) for line in _waiting(page.services, asked)]
    bulk = [{"digest": line.digest, "shown": page.shown(line.digest)} for line in lines if line.bulk]
    context = {"lines": lines, "filters": _filters(page, counts, asked), "bulk": bulk, "asked_of_me": bool(mine)}
    return Drawing("pages/inbox.html", context)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: filters, page, and the applications that may be shown."""

    application: str | None
    subject: str | None
    offset: int
    applications: set[str]


def _waiting(services: Services, asked: Asked) -> list[ProposalLine]:
    return waiting(
        services.ledger,
        services.clock(),
        applications=asked.applications,
        subject=asked.subject,
        limit=PAGE,
        offset=asked.offset,
    )


def _view(page: Page, line: ProposalLine) -> LineView:
    application = page.services.application(line.application)
    language = page.language
    hidden = is_blind_first(page.services, line.application)
    headline = None if hidden else line.headline
    text = line.abstention.sentence if line.abstention else headline.text if headline else None
    return LineView(
        digest=line.digest,
        title=words.say(line.title, language),
        text=words.say(text, language) if text else page.translate(READ_FIRST) if hidden else "",
        abstains=line.abstention is not None,
        certainty=certainty(headline.expected, headline.interval, language) if headline else None,
        subject=words.short_subject(line.subject, line.subject_name, language),
        application=_title(page, line.application),
        age=words.age(line.as_of, page.services.clock(), language),
        deferred=line.deferred,
        bulk=application is not None and application.card.bulk_accept and not hidden,
    )


def _filters(page: Page, counts: list[Count], asked: Asked) -> Filters:
    by_application: dict[str, int] = {}
    by_subject: dict[str, tuple[str, int]] = {}
    for one in counts:
        by_application[one.application] = by_application.get(one.application, 0) + one.waiting
        if asked.application in (None, one.application):
            _, before = by_subject.get(one.subject, ("", 0))
            by_subject[one.subject] = (one.subject_name, before + one.waiting)
    chosen = [found for code, (_, found) in by_subject.items() if asked.subject in (None, code)]
    count = sum(chosen)
    return Filters(
        application=asked.application,
        subject=asked.subject,
        applications=[(name, _title(page, name), found) for name, found in by_application.items()],
        subjects=[
            (code, words.short_subject(code, name, page.language), found) for code, (name, found) in by_subject.items()
        ],
        total=sum(by_application.values()),
        count=count,
        previous=max(0, asked.offset - PAGE) if asked.offset else None,
        next=asked.offset + PAGE if asked.offset + PAGE < count else None,
    )


def _title(page: Page, name: str) -> str:
    known = page.services.application(name)
    return words.say(known.card.title, page.language) if known else name
