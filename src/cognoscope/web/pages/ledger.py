"""The ledger: search it, read one entry, verify the chain, replay a proposal, export it."""

import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import RowMapping
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from cognoscope.core.events import ExtractExported
from cognoscope.core.replay import replay as replay_proposal
from cognoscope.web.i18n import N_
from cognoscope.web.ledger_lines import EVENTS, Line, lines
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import Digest, find
from cognoscope.web.permissions import Permission, allowed, may_read
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/ledger")
Reader = Annotated[Person, Depends(require(Permission.READ_LEDGER))]
PAGE = 100
CHUNK = 1 << 16

FINDINGS = {
    "identical": N_("Recalculée : identique, octet pour octet."),
    "different": N_("Recalculée : différente, alors que version et modèle sont les mêmes. À signaler."),
    "other_version": N_("Une autre version de l'application est installée : le résultat n'est plus comparable."),
    "other_model": N_("Un autre modèle est installé : le résultat n'est plus comparable."),
    "not_installed": N_("L'application n'est plus installée ici : rien ne peut être recalculé."),
    "case_erased": N_("Le cas a été effacé : rien ne peut être recalculé."),
}


@router.get("")
def show(
    page: CurrentPage,
    person: Reader,
    actor: Annotated[str, Query(max_length=80)] = "",
    application: Annotated[str, Query(max_length=80)] = "",
    event: Annotated[str, Query(max_length=40)] = "",
    subject: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The entries that meet every condition, newest first, a page at a time."""
    services = page.services
    services.access_log.record(person.actor, "ledger", subject, services.clock())
    asked = {"actor": actor, "application": application, "event": event, "subject": subject}
    last_day = _midnight(page, until)
    entries = services.ledger.rows(
        **{name: value.strip() or None for name, value in asked.items()},  # type: ignore[arg-type]
        since=_midnight(page, since),
        until=last_day + timedelta(days=1) if last_day else None,
        before_seq=before,
        limit=PAGE + 1,
        newest_first=True,
    )
    asked |= {"since": since, "until": until}
    older = urlencode({**asked, "before": entries[PAGE - 1]["seq"]}) if len(entries) > PAGE else None
    return page.render(
        "pages/ledger.html",
        lines=_lines(page, person, entries[:PAGE]),
        asked=asked,
        events=EVENTS,
        applications=services.applications,
        older=older,
        before=before,
        head=services.ledger.head(),
    )


@router.post("/verify")
def verify(page: CurrentPage, person: Annotated[Person, Depends(require(Permission.VERIFY_LEDGER))]) -> Response:
    """Recompute every hash of the chain; the answer takes the place of the button, or a page of its own."""
    page.services.access_log.record(person.actor, "ledger-verify", "", page.services.clock())
    found = page.services.ledger.verify()
    template = "pages/verified.html" if page.is_fragment else "pages/verified_page.html"
    return page.render(template, found=found, at=page.services.clock())


@router.post("/replay/{digest}")
def replay(
    page: CurrentPage, person: Annotated[Person, Depends(require(Permission.REPLAY))], digest: Digest
) -> Response:
    """Compute a proposal again from its case, and say whether the same bytes came out."""
    if not allowed(person.role, Permission.EXPORT_LEDGER):
        find(page, person, digest)  # those who do not answer for the whole ledger replay what they may read
    page.services.access_log.record(person.actor, "replay", digest, page.services.clock())
    found = replay_proposal(page.services.ledger, page.services.applications, digest)
    template = "pages/replayed.html" if page.is_fragment else "pages/replayed_page.html"
    return page.render(template, found=found, sentence=page.translate(FINDINGS[found.finding]), digest=digest)


@router.post("/export")
def export(
    page: CurrentPage,
    person: Annotated[Person, Depends(require(Permission.EXPORT_LEDGER))],
    purpose: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Every entry as one line of JSON; that it left, who asked and why, is itself recorded."""
    if not purpose.strip():
        return page.redirect(
            "/ledger", page.translate(N_("Dites pourquoi vous sortez le registre : rien n'est sorti."))
        )
    services, at = page.services, page.services.clock()
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it is sent
    text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
    rows = services.ledger.export(text)
    text.detach()
    services.ledger.append(ExtractExported(what="ledger", rows=rows, purpose=purpose.strip()), person.actor, at)
    file.seek(0)
    return StreamingResponse(
        _chunks(file),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="cognoscope-ledger-{at:%Y-%m-%d}.jsonl"'},
        background=BackgroundTask(file.close),
    )


@router.get("/{seq}")
def entry(page: CurrentPage, person: Reader, seq: Annotated[int, Path(ge=1)]) -> Response:
    """One entry in full."""
    found = page.services.ledger.rows(after_seq=seq - 1, before_seq=seq + 1)
    if not found:
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "ledger-entry", "", page.services.clock())
    (line,) = _lines(page, person, found)
    body = json.dumps(json.loads(found[0]["body"]), ensure_ascii=False, indent=2) if line.visible else ""
    return page.render("pages/entry.html", line=line, body=body)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _lines(page: Page, person: Person, entries: Sequence[RowMapping]) -> list[Line]:
    readable = {one.name for one in page.services.applications if may_read(person.role, one.card)}
    return lines(
        page.services.ledger,
        entries,
        readable,
        allowed(person.role, Permission.EXPORT_LEDGER),
        page.language,
        page.services.zone,
    )


def _midnight(page: Page, text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), page.services.zone)
    except ValueError:
        return None
