"""What a vault would know of the patient of a filled block: the first name, birth date and identifiers in it."""

from typing import Any

from cognoscope.apps.records.pseudonyms.evaluate_fill import Filled
from cognoscope.intake.deidentification.dates import read_date
from cognoscope.intake.identities import Identity


def known_of(filled: Filled) -> Identity:
    """The identity as a hospital's own record would hold it."""
    first: dict[str, str] = {}
    for start, stop, label in filled.spans:
        first.setdefault(label, filled.text[start:stop].replace("\n", " "))
    names: list[dict[str, Any]] = [{"family": first.get("NOM", ""), "given": [first.get("PRENOM", "")]}]
    born = read_date(first.get("DATE_NAISSANCE", ""))
    return Identity(
        identifiers=[f"{label.lower()}|{first[label]}" for label in ("IPP", "NDA", "SECU") if label in first],
        names=names,
        birth_date=born.day.isoformat() if born else None,
        telecom=[{"value": first[label]} for label in ("TEL", "MAIL") if label in first],
        addresses=[
            {"line": [first.get("ADRESSE", "")], "city": first.get("VILLE", ""), "postalCode": first.get("ZIP", "")}
        ],
    )
