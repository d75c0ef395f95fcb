"""One pseudonymised report: its text with what was read in it, to be shown or hidden by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from cognoscope.web.documents import Document, Read, read_document
from cognoscope.web.marked_text import Highlight, pieces
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.reading_words import GROUPS, group_words, label_words, mention_words
from cognoscope.web.render_text import HOLLOW, qualifier_words
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/documents")
Reader = Annotated[Person, Depends(require(Permission.READ_DOCUMENT))]
PART = 60_000
"""Characters of a long document shown on one page."""

HIDDEN_FIRST = {"date"}
"""Groups that are not highlighted until they are asked for."""


@dataclass(frozen=True)
class GroupView:
    """A group of the legend: how many mentions, whether they are shown, and each thing read with where it is first."""

    name: str
    label: str
    rank: int
    count: int
    shown: bool
    read: list[tuple[str, int, str]]


@dataclass(frozen=True)
class Chosen:
    """What the address asks to be highlighted."""

    groups: frozenset[str]
    asserted: bool

    def shows(self, read: Read) -> bool:
        """Whether a mention is highlighted."""
        return read.group in self.groups and not (self.asserted and HOLLOW & set(read.qualifiers))


@router.get("/{note_id}")
def show(
    page: CurrentPage,
    person: Reader,
    note_id: Annotated[int, Path(ge=0, lt=2**63)],
    g: Annotated[list[str] | None, Query(max_length=20)] = None,
    chosen: Annotated[str, Query(max_length=1)] = "",
    asserted: Annotated[str, Query(max_length=1)] = "",
    part: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The document; the look is written to the access log under its person."""
    document = read_document(page.services.warehouse, note_id)
    start = (part - 1) * PART
    if document is None or start > len(document.text):
        raise HTTPException(404)
    subject = f"person:{document.person}" if document.person else f"document:{note_id}"
    page.services.access_log.record(person.actor, "document", subject, page.services.clock())
    groups = frozenset(g or ()) if chosen else frozenset(GROUPS) - HIDDEN_FIRST
    wanted = Chosen(groups, bool(asserted))
    highlights = [
        *(_highlight(read, rank, page.language) for rank, read in enumerate(document.mentions) if wanted.shows(read)),
        *_sections(document),
    ]
    return page.render(
        "pages/document.html",
        document=document,
        groups=_groups(page, document.mentions, wanted, part),
        chosen=wanted,
        sections=[
            (one, _place(page, rank, one, part)) for rank, one in enumerate(document.mentions) if one.group == "section"
        ],
        pieces=pieces(document.text, highlights, start, start + PART),
        part=part,
        parts=-(-max(len(document.text), 1) // PART),
        may_open_person=bool(document.person),
    )


def _highlight(read: Read, number: int, language: str) -> Highlight:
    return Highlight(
        start=read.start,
        stop=read.stop,
        anchor=f"m{number}",
        rank=_rank(read.group),
        hollow=bool(HOLLOW & set(read.qualifiers)),
        words=", ".join(qualifier_words(read.qualifiers, language)),
        title=mention_words(read, language),
    )


def _rank(group: str) -> int:
    names = list(GROUPS)
    return names.index(group) + 1 if group in names else len(names)


def _sections(document: Document) -> list[Highlight]:
    """The headings of the report: a place to jump to, the first line of each part."""
    found = []
    for number, read in enumerate(document.mentions):
        if read.group == "section":
            line = document.text.find("\n", read.start, read.stop)
            found.append(Highlight(read.start, read.stop if line < 0 else line, f"m{number}", rank=0))
    return found


def _place(page: Page, number: int, read: Read, part: int) -> str:
    """Where a mention is: on this page, or on the page of its part of the text."""
    there = read.start // PART + 1
    return f"#m{number}" if there == part else f"{page.address(part=str(there))}#m{number}"


def _groups(page: Page, mentions: Sequence[Read], wanted: Chosen, part: int) -> list[GroupView]:
    found = []
    for name in GROUPS:
        mine = [(number, read) for number, read in enumerate(mentions) if read.group == name]
        if not mine:
            continue
        first: dict[str, tuple[int, str]] = {}
        for number, read in mine:
            label = label_words(name, read.label, page.language)
            said = ", ".join(filter(None, [label if read.label != name else "", read.code]))
            qualified = qualifier_words(read.qualifiers, page.language)
            line = said + (f" ({', '.join(qualified)})" if qualified else "")
            count, place = first.get(line, (0, _place(page, number, read, part)))
            first[line] = (count + 1, place)
        lines = [(line, count, place) for line, (count, place) in first.items()]
        found.append(
            GroupView(name, group_words(name, page.language), _rank(name), len(mine), name in wanted.groups, lines)
        )
    return found
