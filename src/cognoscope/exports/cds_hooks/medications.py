"""MedicationRequest R4 as lines of a prescription.

A drug is coded (CIS, CIP, ATC) or in words; it stands in the request, in a Medication contained in it, or in one of the
same bundle (medicationReference); a preparation gives one line for each ingredient.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cognoscope.apps.pharmacy.interactions.case import Order
from cognoscope.exports.cds_hooks.fhir import (
    Json,
    about,
    codings,
    dictionaries,
    dictionary,
    instant,
    number,
    string,
    words,
)
from cognoscope.exports.cds_hooks.systems import drug_code

ENDED = frozenset({"cancelled", "completed", "entered-in-error", "stopped"})
_PREFERENCE = ("CIS", "CIP13", "CIP7", "ATC")
Found = list[tuple[str, Json]]


@dataclass(frozen=True)
class _Drug:
    text: str
    system: str = ""
    code: str = ""


def references(found: Found) -> Iterator[tuple[str, Json]]:
    """Every MedicationRequest of a bundle with the reference it is known by."""
    for url, resource in found:
        if resource.get("resourceType") == "MedicationRequest":
            yield f"MedicationRequest/{string(resource.get('id'))}" if resource.get("id") else url, resource


def orders(
    found: Found,
    patient: str,
    key: str,
    zone: ZoneInfo,
    *,
    prefix: str,
    is_draft: Callable[[Json], bool],
    known: Sequence[Json] = (),
    mask: Callable[[str], str] = str,
) -> list[Order]:
    """The lines of a bundle, numbered `prefix`1, `prefix`2, ...: the client's own identifiers go no further.

    known: resources of that kind that `found` revises; they are left out here. A line whose drug is not said at all is
    kept, without words, so that it can be told as not checked.

    Raises:
        Refused: a request is about another patient.
    """
    medications = {
        address: resource
        for url, resource in found
        if resource.get("resourceType") == "Medication"
        for address in (url, f"Medication/{string(resource.get('id'))}")
        if address
    }
    revised = {string(one.get("id")) for one in known if one.get("id")}
    made: list[Order] = []
    for request in about(found, "MedicationRequest", "subject", patient, key):
        if request.get("status") in ENDED or request.get("doNotPerform") is True:
            continue
        if string(request.get("id")) in revised:
            continue
        for drug in _drugs(request, medications):
            made.append(_order(f"{prefix}{len(made) + 1}", drug, request, zone, is_draft(request), mask))
    return made


def _order(key: str, drug: _Drug, request: Json, zone: ZoneInfo, draft: bool, mask: Callable[[str], str]) -> Order:
    dosage = next(iter(dictionaries(request.get("dosageInstruction"))), {})
    bounds = dictionary(dictionary(dictionary(dosage.get("timing")).get("repeat")).get("boundsPeriod"))
    validity = dictionary(dictionary(request.get("dispenseRequest")).get("validityPeriod"))
    start = instant(bounds.get("start") or validity.get("start") or request.get("authoredOn"), zone)
    end = instant(bounds.get("end") or validity.get("end"), zone, end=True)
    return Order(
        key=key,
        text=mask(drug.text),
        system=drug.system,
        code=drug.code,
        route=mask(words(dosage.get("route")) or next((code for _, code, _ in codings(dosage.get("route"))), "")),
        dose=_dose(dosage),
        start=start,
        end=end if start is None or end is None or end >= start else None,
        draft=draft,
    )


def _dose(dosage: Json) -> str:
    """The dose as a number and its unit; what was typed freely is left out, it may name somebody."""
    rate = next(iter(dictionaries(dosage.get("doseAndRate"))), {})
    quantity = dictionary(rate.get("doseQuantity"))
    value = number(quantity.get("value"))
    if value is None:
        return ""
    repeat = dictionary(dictionary(dosage.get("timing")).get("repeat"))
    times, period = number(repeat.get("frequency")), number(repeat.get("period"))
    often = f" x {times:g} / {period:g} {string(repeat.get('periodUnit'))}" if times and period else ""
    return f"{value:g} {string(quantity.get('unit')) or string(quantity.get('code'))}{often}".strip()[:80]


def _drugs(request: Json, medications: dict[str, Json]) -> list[_Drug]:
    concept = request.get("medicationCodeableConcept")
    if isinstance(concept, dict):
        return [_drug(concept)]
    reference = dictionary(request.get("medicationReference"))
    medication = _follow(string(reference.get("reference")), request, medications)
    if medication is None:
        return [_Drug(string(reference.get("display")))]
    whole = _drug(medication.get("code"), string(reference.get("display")))
    parts = [] if whole.code or whole.text else _ingredients(medication, request, medications)
    return parts or [whole]


def _ingredients(medication: Json, request: Json, medications: dict[str, Json]) -> list[_Drug]:
    found = []
    for part in dictionaries(medication.get("ingredient")):
        reference = dictionary(part.get("itemReference"))
        item = _follow(string(reference.get("reference")), request, medications, inside=medication)
        concept = part.get("itemCodeableConcept") or (item or {}).get("code")
        found.append(_drug(concept, string(reference.get("display"))))
    return found


def _follow(reference: str, request: Json, medications: dict[str, Json], inside: Json | None = None) -> Json | None:
    if reference.startswith("#"):
        contained = [*dictionaries(request.get("contained")), *dictionaries(dictionary(inside).get("contained"))]
        return next((one for one in contained if one.get("id") == reference[1:]), None)
    reference = reference.split("/_history/")[0]
    if reference in medications:
        return medications[reference]
    return medications.get("/".join(reference.rsplit("/", 2)[-2:])) if "/" in reference else None


def _drug(concept: object, display: str = "") -> _Drug:
    known: dict[str, tuple[str, str]] = {}
    for uri, code, said in codings(concept):
        coded = drug_code(uri, code)
        if coded is not None:
            known.setdefault(coded[0], (coded[1], said))
    text = words(concept) or display
    for system in _PREFERENCE:
        if system in known:
            code, said = known[system]
            return _Drug(text or said, system, code)
    return _Drug(text)
