"""The timeline of a unit, person or stay: its cases, proposals, decisions and outcomes, newest first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from cognoscope.core.entry import Entry
from cognoscope.core.events import CaseOpened, OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.inbox import bare, proposal_titles, subject_names
from cognoscope.core.noun import Sentence
from cognoscope.core.values import SeriesValue
from cognoscope.web import words
from cognoscope.web.blind import READ_FIRST, is_blind_first
from cognoscope.web.documents import Listed, documents_of
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, allowed, may_read
from cognoscope.web.render import VERDICTS
from cognoscope.web.security import NotPermitted, require
from cognoscope.web.session import Person

router = APIRouter(prefix="/subjects/{subject}")
Reader = Annotated[Person, Depends(require(Permission.READ_SUBJECT))]
Subject = Annotated[str, Path(pattern=r"^(unit|person|stay|cohort):[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
PAGE = 100
DOCUMENTS = 50


@dataclass(frozen=True)
class Moment:
    """One thing that happened to the subject, in words."""

    seq: int
    at: datetime
    icon: str
    title: str
    text: str
    who: str
    address: str | None


@router.get("")
def show(
    page: CurrentPage, person: Reader, subject: Subject, before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """What my role may see of it; the look is written to the access log."""
    services = page.services
    readable = {one.name for one in services.applications if may_read(person.role, one.card)}
    if not readable:
        raise NotPermitted(person, Permission.READ_SUBJECT)
    services.access_log.record(person.actor, "timeline", subject, services.clock())
    entries = _entries(page, subject, before, readable)
    moments = _moments(page, entries[:PAGE])
    return page.render(
        "pages/subject.html",
        subject=subject,
        name=words.short_subject(subject, subject_names(services.ledger, [subject])[subject], page.language),
        code=bare(subject),
        days=_by_day(page, moments),
        older=entries[PAGE - 1].seq if len(entries) > PAGE else None,
        documents=_documents(page, person, subject),
        most=DOCUMENTS,
    )


def _documents(page: Page, person: Person, subject: str) -> list[Listed]:
    """The person's newest documents, for a role that may read them."""
    kind, _, name = subject.partition(":")
    if kind != "person" or not allowed(person.role, Permission.READ_DOCUMENT):
        return []
    return documents_of(page.services.warehouse, name, DOCUMENTS)


def _entries(page: Page, subject: str, before: int | None, readable: set[str]) -> list[Entry]:
    """Newest first: what the readable applications proposed, what was decided and found, and the cases these cite."""
    ledger = page.services.ledger
    found: list[Entry] = []
    for name in readable:
        found += ledger.entries(subject=subject, application=name, before_seq=before, limit=PAGE + 1, newest_first=True)
    cited = {entry.event.proposal.case_digest for entry in found if isinstance(entry.event, ProposalMade)}
    opened = ledger.entries(subject=subject, event="CaseOpened", before_seq=before, limit=PAGE + 1, newest_first=True)
    found += [entry for entry in opened if isinstance(entry.event, CaseOpened) and entry.event.case in cited]
    return sorted(found, key=lambda entry: -entry.seq)[: PAGE + 1]


def _by_day(page: Page, moments: list[Moment]) -> list[tuple[str, list[Moment]]]:
    days: dict[str, list[Moment]] = {}
    for one in moments:
        days.setdefault(words.day(one.at.astimezone(page.services.zone), page.language), []).append(one)
    return list(days.items())


def _moments(page: Page, entries: list[Entry]) -> list[Moment]:
    """The entries in words; outcomes of one measure that came in one after the other share a line."""
    units = _units(page, entries)
    reviewed = {entry.event.review.proposal for entry in entries if isinstance(entry.event, ReviewGiven)}
    titles = proposal_titles(page.services.ledger, reviewed)
    moments: list[Moment] = []
    for measure, group in groupby(entries, _measure):
        if measure is None:
            moments += [one for entry in group if (one := _moment(page, entry, titles)) is not None]
        else:
            moments.append(_outcomes(page, list(group), units.get(measure, measure)))
    return moments


def _measure(entry: Entry) -> str | None:
    return entry.event.outcome.measure if isinstance(entry.event, OutcomeKnown) else None


def _units(page: Page, entries: list[Entry]) -> dict[str, str]:
    """Each measure in words, as the proposals about it name its unit."""
    values = [entry.event.proposal.value for entry in entries if isinstance(entry.event, ProposalMade)]
    series = [value for value in values if isinstance(value, SeriesValue)]
    return {value.measure: words.say(value.unit, page.language) for value in series}


def _outcomes(page: Page, entries: list[Entry], unit: str) -> Moment:
    known = [entry.event.outcome for entry in entries if isinstance(entry.event, OutcomeKnown)]
    hours = Counter(one.element[:10] for one in known if "T" in one.element)
    said = [
        (one.element, N_("%(when)s : %(what)s"), words.cell(one.value, page.language))
        for one in sorted(known, key=lambda one: one.element)
        if "T" not in one.element
    ]
    said += [(day, N_("%(when)s : %(what)s heures connues"), str(count)) for day, count in sorted(hours.items())]
    pairs = [
        page.translate(form, when=words.element_label(element, page.language, short=True), what=what)
        for element, form, what in said
    ]
    title = page.translate(N_("Résultats connus (%(unit)s)"), unit=unit)
    newest = entries[0]
    return Moment(newest.seq, newest.at, "circle-check", title, " · ".join(pairs), newest.actor.id, None)


def _moment(page: Page, entry: Entry, titles: dict[str, Sentence]) -> Moment | None:
    """The entry in words, or None when it was made in the shadow or says nothing about the subject's course."""
    event, language = entry.event, page.language
    match event:
        case CaseOpened():
            at = words.moment(event.as_of, page.services.zone, language)
            title, text = page.translate(N_("Cas ouvert")), page.translate(N_("Connu au %(at)s"), at=at)
            return Moment(entry.seq, entry.at, "list-details", title, text, entry.actor.id, None)
        case ProposalMade(proposal=proposal, state=state) if state != "shadow":
            said = proposal.abstention.sentence if proposal.abstention else None
            hidden = is_blind_first(page.services, proposal.application)
            said = proposal.headline.text if said is None and proposal.headline and not hidden else said
            text = words.say(said, language) if said else page.translate(READ_FIRST) if hidden else ""
            title, address = words.say(proposal.title, language), f"/proposals/{proposal.digest}"
            return Moment(entry.seq, entry.at, "chart-line", title, text, entry.actor.id, address)
        case ReviewGiven(review=review):
            text = words.element_label(review.element, language) if review.element else ""
            text = text or page.translate(N_("toute la proposition"))
            if review.amended is not None:
                drawn = isinstance(review.amended, str) and review.amended.startswith("{")
                text += f" : {page.translate(N_('tracé repris')) if drawn else words.cell(review.amended, language)}"
            text = f"{words.say(titles[review.proposal], language)} · {text}"
            title, address = page.translate(VERDICTS[review.verdict]), f"/proposals/{review.proposal}"
            return Moment(entry.seq, entry.at, "user", title, text, entry.actor.id, address)
        case _:
            return None
