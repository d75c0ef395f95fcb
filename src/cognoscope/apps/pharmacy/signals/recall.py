"""What the ledger already knows: the pairs that a person decided, and how many reports there were then."""

from cognoscope.apps.pharmacy.signals.card import CARD
from cognoscope.apps.pharmacy.signals.reading import REVIEWED
from cognoscope.core.case import Case, Column, Table
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import TableValue

DECIDED = ("accept", "amend", "overrule")


def recall(case: Case, ledger: Ledger) -> Case:
    """The case with a table `reviewed`: key, verdict, day and reports of each decided pair."""
    found: dict[str, tuple[str, str, int]] = {}
    for entry in ledger.entries(event="ProposalMade", application=CARD.name, subject=case.subject):
        if isinstance(entry.event, ProposalMade) and entry.event.proposal.as_of < case.as_of:
            found.update(_decided(entry.event.proposal, ledger))
    if not found:
        return case
    keys = sorted(found)
    table = Table(
        name=REVIEWED,
        columns=(
            Column(name="key", type="text", values=tuple(keys)),
            Column(name="verdict", type="text", values=tuple(found[key][0] for key in keys)),
            Column(name="decided_on", type="date", values=tuple(found[key][1] for key in keys)),
            Column(name="both", type="integer", values=tuple(found[key][2] for key in keys)),
        ),
    )
    return case.model_copy(update={"tables": (*(each for each in case.tables if each.name != REVIEWED), table)})


def _decided(proposal: Proposal, ledger: Ledger) -> dict[str, tuple[str, str, int]]:
    if not isinstance(proposal.value, TableValue):
        return {}
    entries = ledger.entries(event="ReviewGiven", proposal=proposal.digest)
    reviews = [entry.event.review for entry in entries if isinstance(entry.event, ReviewGiven)]
    found: dict[str, tuple[str, str, int]] = {}
    for row in proposal.value.rows:
        said = [each for each in reviews if each.element in (row.key, None) and each.verdict in DECIDED]
        reports = row.cells[1]
        if said and isinstance(reports, int):
            found[row.key] = (said[-1].verdict, f"{said[-1].decided_at:%Y-%m-%d}", reports)
    return found
