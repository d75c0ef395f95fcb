"""A link that opens the page of one study, to be put where the study is read: signed, dated, useless without sign-in.

The link names a study and the instant until which it may be followed, and proves that this installation made it. It
opens nothing by itself: whoever follows it signs in and needs a role that reads the proposal.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.signing_key import read_or_make_key

PATH = "/open"
_UID = re.compile(r"^[0-9]+(\.[0-9]+)*$")
LONGEST_UID = 64
"""PS3.5 section 9.1."""


@dataclass(frozen=True)
class Followed:
    """What a link says once its signature was found right."""

    study: str
    expired: bool


def study_link(home: Home, study_uid: str, base_url: str, expires: datetime) -> str:
    """The address that opens the study until `expires`.

    study_uid: the StudyInstanceUID under which the case knows the study, or the one of the PACS.
    base_url: where people reach this installation, `https://cognoscope.hopital.example`.

    Raises:
        InvalidInput: not a UID (PS3.5 section 9.1), not an address, or the signing key cannot be used.
    """
    if not is_uid(study_uid):
        raise InvalidInput("A link is made for a StudyInstanceUID: digits and dots, 64 characters at most.")
    if not base_url.startswith(("https://", "http://")):
        raise InvalidInput(
            f"{base_url!r} is no address to put into a link: write for example https://cognoscope.local."
        )
    until = str(int(expires.timestamp()))
    query = urlencode({"study": study_uid, "until": until, "sign": _sign(home, study_uid, until)})
    return f"{base_url.rstrip('/')}{PATH}?{query}"


def follow(home: Home, study: str, until: str, sign: str, now: datetime) -> Followed | None:
    """What the link's parts say at `now`; None when this installation did not sign them."""
    if not (is_uid(study) and until.isascii() and until.isdigit() and len(until) <= 12 and sign.isascii()):
        return None
    if not hmac.compare_digest(_sign(home, study, until), sign):
        return None
    return Followed(study, expired=datetime.fromtimestamp(int(until), UTC) <= now)


def is_uid(text: str) -> bool:
    """Whether it is written as a DICOM UID."""
    return len(text) <= LONGEST_UID and _UID.match(text) is not None


def _sign(home: Home, study: str, until: str) -> str:
    key = hmac.digest(read_or_make_key(home.session_key_file), b"study link", "sha256")
    return base64.urlsafe_b64encode(hmac.digest(key, f"{study}|{until}".encode(), "sha256")).decode().rstrip("=")
