"""What an entry is sealed over is the canonical form, however it was put together."""

from tests.core.ledger_examples import make_case, make_proposal

from cognoscope.core.canonical import canonical_bytes, digest
from cognoscope.core.events import ProposalMade


def test_a_recorded_proposal_has_the_bytes_of_its_canonical_form() -> None:
    proposal = make_proposal(make_case())
    for state in ("shadow", "advisory"):
        made = ProposalMade(proposal=proposal, state=state)
        assert made.canonical() == canonical_bytes(made.plain())
        assert made.digest == digest(made.plain())
    assert proposal.digest == digest(proposal.plain())
