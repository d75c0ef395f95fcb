"""The page that a link from the PACS opens: the proposals on that study, for who is signed in and may read them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.errors import CognoscopeError
from cognoscope.core.inbox import ProposalLine
from cognoscope.exports.study_link import PATH, follow
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.web.blind import is_blind_first
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, may_read
from cognoscope.web.security import require
from cognoscope.web.session import Person
from cognoscope.web.worklist import of_study, reads_images

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.READ_PROPOSAL))]
Part = Annotated[str, Query(max_length=100)]

NOT_OURS = N_("Ce lien n'a pas été fait par cette installation, ou il a été changé.")
EXPIRED = N_("Ce lien est périmé : retrouvez l'étude dans la liste.")
NOTHING = N_("Rien n'a encore été proposé sur cette étude, ou votre rôle ne le voit pas.")


@router.get(PATH)
def open_study(page: CurrentPage, person: Reader, study: Part = "", until: Part = "", sign: Part = "") -> Response:
    """To the proposal on the study, or the choice where several applications read it; the link alone opens nothing."""
    at = page.services.clock()
    followed = follow(page.services.home, study, until, sign, at)
    if followed is None:
        return page.render("pages/open_study.html", 403, problem=page.translate(NOT_OURS), lines=[])
    if followed.expired:
        return page.render("pages/open_study.html", 410, problem=page.translate(EXPIRED), lines=[])
    lines = _latest(page, person, followed.study)
    page.services.access_log.record(person.actor, "study_link", lines[0].subject if lines else "", at)
    if len(lines) == 1:
        return page.redirect(f"/proposals/{lines[0].digest}")
    known = {one.name: one.card.title for one in page.services.applications}
    return page.render(
        "pages/open_study.html",
        200 if lines else 404,
        problem="" if lines else page.translate(NOTHING),
        lines=[(one, known[one.application], is_blind_first(page.services, one.application)) for one in lines],
    )


def _latest(page: Page, person: Person, study: str) -> list[ProposalLine]:
    """The last proposal of each application and question on the study, under the name that cases know it by: its own,
    or the pseudonym of the PACS's.
    """
    services = page.services
    names = {one.name for one in services.applications if reads_images(one) and may_read(person.role, one.card)}
    found = of_study(services.ledger, study, names)
    if not found:
        try:
            pseudonymous = Pseudonymiser.from_file(services.home.key_file).uid(study)
        except CognoscopeError:
            return []
        found = of_study(services.ledger, pseudonymous, names)
    latest: dict[tuple[str, str, str], ProposalLine] = {}
    for line in found:
        latest.setdefault((line.application, line.subject, line.question), line)
    return list(latest.values())
