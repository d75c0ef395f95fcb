"""Replaying a proposal: computed again from its kept case, compared byte for byte with what was recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cognoscope.core.application import Application
from cognoscope.core.errors import InvalidInput
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import proposal as recorded_proposal

Finding = Literal["identical", "different", "other_version", "other_model", "not_installed", "case_erased"]


@dataclass(frozen=True)
class Replay:
    """What came of it. `sentence` is for people; `again` is the recomputed proposal where one could be computed."""

    finding: Finding
    sentence: str
    recorded: Proposal
    again: Proposal | None = None

    @property
    def identical(self) -> bool:
        """Whether the same bytes came out."""
        return self.finding == "identical"


def replay(ledger: Ledger, applications: Iterable[Application], digest: str) -> Replay:
    """Recompute the recorded proposal of that digest from its kept case.

    A version or a model that has changed since is said first: the bytes are then not expected to agree.

    Raises:
        InvalidInput: the ledger holds no such proposal, or its case was never kept.
        LedgerDamaged: the kept case was changed from outside.
    """
    made = recorded_proposal(ledger, digest)
    if made is None:
        raise InvalidInput(f"No proposal {digest} is in the ledger.")
    recorded = made.proposal
    application = next((one for one in applications if one.name == recorded.application), None)
    if application is None:
        return Replay(
            "not_installed", f"{recorded.application} is not installed here: it cannot be run again.", recorded
        )
    if ledger.case_erased(recorded.case_digest):
        return Replay(
            "case_erased", f"The case {recorded.case_digest} was erased: nothing is left to compute.", recorded
        )
    answers = [one for one in application.propose(ledger.case(recorded.case_digest)) if _answers(one, recorded)]
    again = next((one for one in answers if one.canonical() == recorded.canonical()), None)
    if again is not None:
        return Replay("identical", f"Proposal {digest} was computed again, byte for byte the same.", recorded, again)
    again = answers[0] if answers else None
    if application.card.version != recorded.version:
        sentence = (
            f"Proposal {digest} was made by version {recorded.version} of {application.name}; version "
            f"{application.card.version} is installed and gives another answer: install the earlier one to compare."
        )
        return Replay("other_version", sentence, recorded, again)
    if application.model_digest != recorded.model_digest:
        sentence = (
            f"Proposal {digest} was made with model {recorded.model_digest[:12]}; model "
            f"{application.model_digest[:12]} is installed and gives another answer."
        )
        return Replay("other_model", sentence, recorded, again)
    sentence = (
        f"Proposal {digest} came out different although version and model are the same: the application is not "
        "deterministic, or its libraries have changed."
    )
    return Replay("different", sentence, recorded, again)


def _answers(proposal: Proposal, recorded: Proposal) -> bool:
    return (proposal.subject, proposal.question) == (recorded.subject, recorded.question)
