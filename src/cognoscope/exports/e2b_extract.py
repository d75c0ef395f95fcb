"""Taking one declared case out of the ledger as E2B(R3); that it left is recorded."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cognoscope.core.actor import Actor
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ExtractExported
from cognoscope.core.home import Settings
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import proposal, reviews
from cognoscope.exports.e2b import Sender, individual_case


def extract_case(
    ledger: Ledger, digest: str, settings: Settings, actor: Actor, at: datetime, purpose: str = ""
) -> bytes:
    """The message, after `ExtractExported` was recorded: the ledger never lacks an export that left.

    Raises:
        InvalidInput: there is no such declaration, its case was erased, or the guide requires what is missing.
    """
    made = proposal(ledger, digest)
    if made is None:
        raise InvalidInput(f"No proposal {digest} is in the ledger.")
    agreed = settings.pharmacovigilance
    content = individual_case(
        made.proposal,
        ledger.case(made.proposal.case_digest),
        Sender(settings.hospital, agreed.sender, agreed.receiver, agreed.country),
        at.astimezone(ZoneInfo(settings.time_zone)),
        [given.review for given in reviews(ledger, digest)],
    )
    ledger.append(ExtractExported(what=f"e2b {digest[:12]}", rows=1, purpose=purpose), actor, at)
    return content
