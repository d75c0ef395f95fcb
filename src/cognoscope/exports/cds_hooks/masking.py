"""Words of a call's free texts that name the patient are taken out before anything else reads them.

Names of drugs and allergies are typed by people, who now and then type a name beside them. What the patient's own
resource says of them is looked for; it is kept nowhere.
"""

import re
import unicodedata
from collections.abc import Callable

from cognoscope.exports.cds_hooks.fhir import Json, dictionaries, dictionary, string
from cognoscope.intake.documents.masking import SHORTEST_NAME, names_in
from cognoscope.intake.identities import Identity

_PIECES = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\D")


def masker(patient: Json | None, identifier: str) -> Callable[[str], str]:
    """A function that takes the words out of a short text that name this patient."""
    known = _identity(dictionary(patient), identifier)
    theirs = _run_together(known)

    def mask(text: str) -> str:
        together = _plain(text)
        if not any(word in together for word in theirs) or not names_in(text, known):
            return text
        left = " ".join(word for word in text.split() if not names_in(word, known))
        return "" if names_in(left, known) else left  # a number that was written in pieces

    return mask


def _run_together(known: Identity) -> frozenset[str]:
    """The words and numbers that `names_in` looks for, nothing between their signs: a quick look before it."""
    said = [each.rpartition("|")[2] for each in known.identifiers]
    said += [part for name in known.names for part in (name["family"], *name["given"])]
    said += [known.birth_date or "", *(each["value"] for each in known.telecom)]
    pieces = [
        *said,
        *(piece for each in said for piece in _PIECES.split(each)),
        *(_DIGITS.sub("", each) for each in said),
    ]
    return frozenset(plain for plain in map(_plain, pieces) if len(plain) >= SHORTEST_NAME)


def _plain(text: str) -> str:
    folded = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in folded.casefold() if sign.isalnum())


def _identity(patient: Json, identifier: str) -> Identity:
    return Identity(
        identifiers=[identifier, *(string(one.get("value")) for one in dictionaries(patient.get("identifier")))],
        names=[
            {
                "family": string(name.get("family")),
                "given": [string(one) for one in name.get("given") or [] if isinstance(one, str)]
                if isinstance(name.get("given"), list)
                else [],
            }
            for name in dictionaries(patient.get("name"))
        ],
        birth_date=string(patient.get("birthDate")) or None,
        telecom=[{"value": string(one.get("value"))} for one in dictionaries(patient.get("telecom"))],
    )
