"""Running an application on a case and recording what it says."""

from collections.abc import Callable
from datetime import datetime

from cognoscope.core import pixels
from cognoscope.core.actor import Actor
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import CaseOpened, ProposalMade, State
from cognoscope.core.image_value import ImageValue
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import state_of
from cognoscope.core.proposal import Proposal
from cognoscope.core.transaction import Transaction


def run(
    application: Application,
    case: Case,
    ledger: Ledger,
    actor: Actor,
    at: datetime,
    beside: Callable[[Transaction, list[Proposal]], None] | None = None,
) -> list[Proposal]:
    """Let the application propose on the case, with what it recalls of the ledger.

    Case, `CaseOpened` and `ProposalMade` become durable together, and with them what `beside` adds: a caller that keeps
    something about this run pays for one flush of the disk, not two. What `beside` raises undoes everything.

    Running it again on the same case records nothing new: same case, same version, same proposals.

    Raises:
        NotAllowed: the application is in `draft` or `suspended`.
        InvalidInput: it proposed on another case, or cites evidence that the case does not hold.
    """
    with ledger.engine.connect() as connection:
        _require_running(state_of(connection, application.name), application.name)
    if application.recall is not None:
        case = application.recall(case, ledger)
    proposals = application.propose(case)
    for proposal in proposals:
        _check(proposal, application, case)

    def record(transaction: Transaction) -> None:
        if beside is not None:
            beside(transaction, proposals)
        state = state_of(transaction.reader(), application.name)
        _require_running(state, application.name)
        if transaction.keep_case(case):
            opened = CaseOpened(case=case.digest, kind=case.kind, subject=case.subject, as_of=case.as_of)
            transaction.append(opened, actor, at)
        for proposal in proposals:
            if not transaction.holds(proposal.digest):
                transaction.append(ProposalMade(proposal=proposal, state=state), actor, at)

    pixels.save(rasters(case, proposals))
    ledger.write(record)
    return proposals


def rasters(case: Case, proposals: list[Proposal]) -> list[pixels.Raster]:
    """The pixels that a case and what was proposed on it point at."""
    values = [proposal.value for proposal in proposals if isinstance(proposal.value, ImageValue)]
    return [image.raster for image in case.images] + [over.raster for value in values for over in value.overlays]


def _require_running(state: State, name: str) -> None:
    if state in ("draft", "suspended"):
        raise NotAllowed(f"{name} does not run in the state {state}: a named person must move it to shadow first.")


def _check(proposal: Proposal, application: Application, case: Case) -> None:
    if (proposal.application, proposal.case_digest) != (application.name, case.digest):
        raise InvalidInput(f"{application.name} answered for another application or case: nothing was recorded.")
    if not all(pointer.exists_in(case) for pointer in proposal.evidence):
        raise InvalidInput(f"{application.name} cites evidence that its case does not hold: nothing was recorded.")
