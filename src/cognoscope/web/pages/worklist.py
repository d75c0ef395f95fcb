"""The list of images to read, and the way from one to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.web import words
from cognoscope.web.blind import READ_FIRST
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Drawing, Page
from cognoscope.web.permissions import Permission, may_read
from cognoscope.web.render import CertaintyBar, certainty
from cognoscope.web.security import require
from cognoscope.web.session import Person
from cognoscope.web.worklist import Item, Standing, items, reads_images

router = APIRouter(prefix="/worklist")
Reader = Annotated[Person, Depends(require(Permission.READ_WORKLIST))]
Word = Annotated[str, Query(max_length=80)]
PAGE = 50
URGENT = 0.75
"""From here on, a line says that it is urgent."""

TABS: dict[str, tuple[str, tuple[Standing, ...]]] = {
    "": (N_("À lire"), ("new", "started")),
    "deferred": (N_("Remises à plus tard"), ("deferred",)),
    "abstained": (N_("Sans proposition"), ("abstained",)),
    "reviewed": (N_("Relues"), ("reviewed",)),
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    "new": (N_("préliminaire"), "grey"),
    "started": (N_("lecture commencée"), "blue"),
    "deferred": (N_("à revoir"), "grey"),
    "abstained": (N_("sans proposition"), "orange"),
    "reviewed": (N_("relue"), "blue"),
}


@dataclass(frozen=True)
class LineView:
    """One line in words; `text` is empty where the reader is to read first."""

    digest: str
    title: str
    text: str
    certainty: CertaintyBar | None
    abstains: bool
    urgent: bool
    subject: str
    modality: str
    unit: str
    application: str
    age: str
    standing: str
    tone: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    state: str
    application: str
    modality: str
    unit: str
    offset: int = 0

    @property
    def filtered(self) -> bool:
        """Whether anything but the tab is chosen."""
        return bool(self.application or self.modality or self.unit)

    def address(self, **changes: object) -> str:
        """This list with something changed; without a page number."""
        kept = {"state": self.state, "application": self.application, "modality": self.modality, "unit": self.unit}
        query = {name: value for name, value in {**kept, **changes}.items() if value}
        return f"/worklist?{urlencode(query)}" if query else "/worklist"


@router.get("")
async def show(
    page: CurrentPage,
    person: Reader,
    state: Word = "",
    application: Word = "",
    modality: Word = "",
    unit: Word = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The images that wait, most urgent first."""
    asked = Asked(state if state in TABS else "", application, modality, unit, offset)
    return await page.kept(lambda page: _draw(page, person, asked), "worklist")


@router.get("/next")
def go(page: CurrentPage, person: Reader, after: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """To the images that follow these in the list, else to the list."""
    found = [one for one in _items(page, person) if one.standing in TABS[""][1]]
    at = next((rank for rank, one in enumerate(found) if one.line.digest == after), -1)
    around = [*found[at + 1 :], *found[: max(at, 0)]]
    if not around:
        return page.redirect("/worklist", page.translate(N_("Il n'y a plus d'image à lire.")))
    return page.redirect(f"/proposals/{around[0].line.digest}")


def _items(page: Page, person: Person) -> list[Item]:
    services = page.services
    names = {one.name for one in services.applications if reads_images(one) and may_read(person.role, one.card)}
    return items(services.ledger, services.clock(), names, services.settings.imaging.blind_first)


def _draw(page: Page, person: Person, asked: Asked) -> Drawing:
    every = _items(page, person)
    filters = {
        "application": _choices(every, lambda one: one.line.application, asked.application, page),
        "modality": _choices(every, lambda one: one.about.modality, asked.modality),
        "unit": _choices(every, lambda one: one.about.unit, asked.unit),
    }
    chosen = [one for one in every if _passes(one, asked)]
    tabs = [
        (name, page.translate(label), sum(one.standing in kinds for one in chosen))
        for name, (label, kinds) in TABS.items()
    ]
    shown = [one for one in chosen if one.standing in TABS[asked.state][1]]
    if asked.state == "reviewed":
        shown.sort(key=lambda one: -one.line.seq)
    context = {
        "asked": asked,
        "tabs": tabs,
        "filters": filters,
        "count": len(shown),
        "lines": [_view(page, one) for one in shown[asked.offset : asked.offset + PAGE]],
        "next": asked.offset + PAGE if asked.offset + PAGE < len(shown) else None,
        "previous": max(0, asked.offset - PAGE) if asked.offset else None,
        "asked_of_me": any(reads_images(one) for one in page.services.applications),
    }
    return Drawing("pages/worklist.html", context)


def _passes(one: Item, asked: Asked) -> bool:
    return (
        asked.application in ("", one.line.application)
        and asked.modality in ("", one.about.modality)
        and asked.unit in ("", one.about.unit)
    )


def _choices(
    every: Sequence[Item], read: Callable[[Item], str], chosen: str, page: Page | None = None
) -> list[tuple[str, str]]:
    """What can be chosen, by code and name; nothing where there is no choice to make."""
    codes = sorted({read(one) for one in every} - {""} | ({chosen} - {""}))
    named = [(code, _title(page, code) if page else code) for code in codes]
    return named if len(named) > 1 or chosen else []


def _title(page: Page, name: str) -> str:
    known = page.services.application(name)
    return words.say(known.card.title, page.language) if known else name


def _view(page: Page, one: Item) -> LineView:
    line, language = one.line, page.language
    hidden = line.application in page.services.settings.imaging.blind_first and line.abstention is None
    said = line.abstention.sentence if line.abstention else line.headline.text if line.headline else None
    headline = None if hidden else line.headline
    label, tone = STANDINGS[one.standing]
    return LineView(
        digest=line.digest,
        title=words.say(line.title, language),
        text=page.translate(READ_FIRST) if hidden else words.say(said, language) if said else "",
        certainty=certainty(headline.expected, headline.interval, language) if headline else None,
        abstains=line.abstention is not None,
        urgent=not hidden and one.urgency >= URGENT,
        subject=words.short_subject(line.subject, line.subject_name, language),
        modality=one.about.modality,
        unit=one.about.unit,
        application=_title(page, line.application),
        age=words.age(line.as_of, page.services.clock(), language),
        standing=page.translate(label),
        tone=tone,
    )
