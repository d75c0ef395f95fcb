"""When a person was shown a proposal: signed into the page's form, so that the answer cannot tell another time."""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from cognoscope.web.services import Services
from cognoscope.web.session import Person


def _signer(services: Services) -> URLSafeSerializer:
    return URLSafeSerializer(services.sessions.key, salt="shown")


def mark_shown(services: Services, person: Person, proposal: str, at: datetime) -> str:
    """A token saying that this person saw this proposal at this instant."""
    return str(_signer(services).dumps([person.account, proposal, at.isoformat()]))


def read_shown(services: Services, person: Person, proposal: str, token: str) -> datetime | None:
    """The instant in the token; None when it was not made here for this person and proposal."""
    try:
        account, digest, instant = _signer(services).loads(token)
    except (BadSignature, ValueError):
        return None
    if (account, digest) != (person.account, proposal):
        return None
    return datetime.fromisoformat(instant)
