"""For visitors, without sign-in: how busy the emergency department is expected to be, in four words by part of day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup
from starlette.exceptions import HTTPException

from cognoscope.apps.emergency.arrivals.crowding import (
    PART_WORDS,
    PARTS,
    QUESTION,
    WORDS,
    Level,
    Part,
    PartOfDay,
    crowding,
)
from cognoscope.core.inbox import recent_proposals
from cognoscope.core.lifecycle import states
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import reviews
from cognoscope.web import words
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.recall import read_case, read_proposal

router = APIRouter()
APPLICATION = "emergency.arrivals"
DAYS_SHOWN = 5
OLDEST = timedelta(days=2)
"""A forecast older than this is not shown to visitors."""

BARS: dict[Level, int] = {"unknown": 0, "calm": 1, "usual": 2, "busy": 3, "very_busy": 4}
_SHORT_PARTS: dict[Part, str] = {
    "night": N_("nuit"),
    "morning": N_("matin"),
    "afternoon": N_("après-midi"),
    "evening": N_("soir"),
}
_HOURS: dict[Part, str] = {"night": "0 – 6 h", "morning": "6 – 12 h", "afternoon": "12 – 18 h", "evening": "18 – 24 h"}


@dataclass(frozen=True)
class Word:
    """One part of a day: its word and how many bars of four stand beside it; no word once the part is over."""

    level: Level
    text: str
    bars: int
    over: bool
    now: bool


@dataclass(frozen=True)
class SiteView:
    """One site: the word for now, the words for the days to come, and when they were computed."""

    name: str
    now: Word
    part: str
    days: list[tuple[str, list[Word]]]
    computed: str
    known: bool


@router.get("/public")
def show(page: CurrentPage) -> Response:
    """The page; nothing of it identifies anybody, and no look at it is logged."""
    if not page.services.settings.public_page:
        raise HTTPException(404)
    local = page.services.clock().astimezone(page.services.zone)
    body = page.services.fragments.get(
        ("public", page.language, f"{local:%Y-%m-%dT%H}"),
        page.services.ledger.head().seq,
        lambda: page.text(
            "pages/public_sites.html",
            sites=_sites(page, local),
            parts=[(page.translate(_SHORT_PARTS[part]), _HOURS[part]) for part in PARTS],
        ),
    )
    return page.render("pages/public.html", sites=Markup(body))  # noqa: S704 - rendered by our own template


def _sites(page: Page, local: datetime) -> list[SiteView]:
    shown = {one.subject: one for one in _latest(page, local)}
    parts = sorted(crowding(list(shown.values())), key=lambda one: (one.day is None, one.site))
    return [_site(page, shown[f"unit:{site}"], list(its), local) for site, its in groupby(parts, lambda one: one.site)]


def _latest(page: Page, local: datetime) -> list[Proposal]:
    """The last forecast of each site, while the application is in service."""
    ledger = page.services.ledger
    if states(ledger, page.services.applications).get(APPLICATION) != "advisory":
        return []
    newest: dict[str, tuple[datetime, str]] = {}
    for line in recent_proposals(ledger, application=APPLICATION, since=local - timedelta(days=8), limit=500):
        if line.question == QUESTION and line.as_of <= local:
            newest[line.subject] = max(newest.get(line.subject, (line.as_of, line.digest)), (line.as_of, line.digest))
    found = [read_proposal(ledger, digest) for _, digest in newest.values()]
    return [made.proposal for made in found if made is not None]


def _set_aside(page: Page, shown: Proposal) -> bool:
    """Whether a person's last word on the whole forecast was to set it aside: visitors are then told nothing of it."""
    whole = [one.review.verdict for one in reviews(page.services.ledger, shown.digest) if one.review.element is None]
    return bool(whole) and whole[-1] == "overrule"


def _site(page: Page, shown: Proposal, parts: list[PartOfDay], local: datetime) -> SiteView:
    stale = local - shown.as_of > OLDEST or _set_aside(page, shown)
    levels = {} if stale else {(one.day, one.part): one.level for one in parts if one.day is not None}
    part = _part_at(local)
    case = read_case(page.services.ledger, shown.case_digest)
    name = case.fact("site_name") if case else None
    days = [local.date() + timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    return SiteView(
        name=str(name or shown.subject.split(":", 1)[1]),
        now=_word(page, levels.get((local.date(), part), "unknown"), over=False, now=True),
        part=words.say(PART_WORDS[part], page.language),
        days=[(_day_words(page, day, local.date()), _words(page, levels, day, local)) for day in days],
        computed=words.moment(shown.as_of, page.services.zone, page.language),
        known=any(level != "unknown" for level in levels.values()),
    )


def _words(page: Page, levels: dict[tuple[date, Part], Level], day: date, local: datetime) -> list[Word]:
    current = _part_at(local)
    order: list[Part] = list(PARTS)
    today = day == local.date()
    return [
        _word(
            page,
            levels.get((day, part), "unknown"),
            over=today and order.index(part) < order.index(current),
            now=today and part == current,
        )
        for part in order
    ]


def _word(page: Page, level: Level, over: bool, now: bool) -> Word:
    return Word(level, words.say(WORDS[level], page.language), BARS[level], over, now)


def _day_words(page: Page, day: date, today: date) -> str:
    near = {0: N_("aujourd'hui"), 1: N_("demain")}.get((day - today).days)
    return page.translate(near) if near else words.day(day, page.language)


def _part_at(local: datetime) -> Part:
    return next(part for part, hours in PARTS.items() if local.hour in hours)
