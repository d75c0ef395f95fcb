"""Words of a call's free texts that name the patient are taken out before anything else reads them.

Names of drugs and allergies are typed by people, who now and then type a name beside them. What the patient's own
resource says of them is looked for; it is kept nowhere.
"""

from collections.abc import Callable

from cognoscope.exports.cds_hooks.fhir import Json, dictionaries, dictionary, string
from cognoscope.intake.documents.masking import names_in
from cognoscope.intake.identities import Identity


def masker(patient: Json | None, identifier: str) -> Callable[[str], str]:
    """A function that takes the words out of a short text that name this patient."""
    known = _identity(dictionary(patient), identifier)

    def mask(text: str) -> str:
        if not text or not names_in(text, known):
            return text
        return " ".join(word for word in text.split() if not names_in(word, known))

    return mask


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
