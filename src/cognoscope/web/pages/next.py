"""The way from one proposal to the next that waits for my role, without going back to the list."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.inbox import ProposalLine, waiting
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage
from cognoscope.web.permissions import Permission, may_review
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter()
LOOKED_THROUGH = 200
"""Lines of the inbox among which the present proposal is looked for."""


@router.get("/next")
def go(
    page: CurrentPage,
    person: Annotated[Person, Depends(require(Permission.READ_INBOX))],
    after: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """To the proposal that follows this one in the inbox of my role, those put off left out; else to the inbox."""
    services = page.services
    mine = {one.name for one in services.applications if may_review(person.role, one.card)}
    lines = waiting(services.ledger, services.clock(), applications=mine, limit=LOOKED_THROUGH)
    following = next_line(lines, after)
    if following is None:
        return page.redirect("/", page.translate(N_("Rien d'autre n'attend votre avis.")))
    return page.redirect(f"/proposals/{following.digest}")


def next_line(lines: list[ProposalLine], after: str) -> ProposalLine | None:
    """The first line behind that of the digest which was not put off, else the first before it."""
    at = next((rank for rank, line in enumerate(lines) if line.digest == after), -1)
    around = [*lines[at + 1 :], *lines[: max(at, 0)]]
    return next((line for line in around if not line.deferred), None)
