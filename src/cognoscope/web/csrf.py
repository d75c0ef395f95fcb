"""A form or an HTMX request that changes something must carry a token that only our own page could know."""

import hmac
import secrets
from typing import Annotated

from fastapi import Depends, Request

from cognoscope.core.errors import NotAllowed
from cognoscope.web.security import Visitor, is_for_programs, visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"


def make_token(key: bytes, session_id: str) -> str:
    """A token for this session; a fresh one each time, so that compressing the page gives nothing away."""
    nonce = secrets.token_hex(8)
    return f"{nonce}.{_mac(key, session_id, nonce)}"


def is_valid(key: bytes, session_id: str, token: str) -> bool:
    """Whether `make_token` made the token for this session."""
    nonce, _, mac = token.partition(".")
    return hmac.compare_digest(_mac(key, session_id, nonce).encode(), mac.encode())


def _mac(key: bytes, session_id: str, nonce: str) -> str:
    return hmac.new(key, f"csrf:{session_id}:{nonce}".encode(), "sha256").hexdigest()


class CrossSiteRequest(NotAllowed):
    """A request that changes something came without our token."""


async def check(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> None:
    """Dependency of every route: refuse an unsafe request without a valid token.

    Routes for programs need none: a browser adds no cookie that counts there, so a page elsewhere gains nothing.

    Raises:
        CrossSiteRequest: the token is missing, old, or another session's.
    """
    if request.method in SAFE_METHODS or is_for_programs(request.scope.get("route")):
        return
    token = request.headers.get(HEADER)
    if token is None:
        token = str((await request.form()).get(FIELD, ""))
    key = request.app.state.services.sessions.key
    if who.session_id is None or not is_valid(key, who.session_id, token):
        raise CrossSiteRequest("This form has expired: open the page again and repeat what you did.")
