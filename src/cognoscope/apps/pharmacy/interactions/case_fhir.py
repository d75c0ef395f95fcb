"""Patient and orders of a FHIR R4 Bundle: codes, numbers, names of medicines and allergies, no identity."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.core.errors import InvalidInput

ENDED = frozenset({"completed", "cancelled", "entered-in-error", "stopped", "not-taken"})
REFUTED = frozenset({"refuted", "entered-in-error", "inactive", "resolved"})
KEY = re.compile(r"[^A-Za-z0-9.-]+")
CIM10 = re.compile(r"^[A-Z]\d[0-9A-Z](\.?[0-9A-Z+*.-]{1,6})?$")
ORDERED = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")


def from_bundle(bundle: Mapping[str, Any], subject: str, where: str) -> tuple[Patient, list[Order]]:
    """What a Bundle says of one person and of what is prescribed to them.

    Raises:
        InvalidInput: it is no Bundle, or holds several persons.
    """
    if bundle.get("resourceType") != "Bundle":
        raise InvalidInput(f"{where} holds a FHIR resource that is not a Bundle: put it into one.")
    resources = list(_resources(bundle))
    people = [each for each in resources if each.get("resourceType") == "Patient"]
    if len(people) > 1:
        raise InvalidInput(f"{where} holds several patients: give one Bundle a person.")
    drugs = {f"Medication/{each.get('id')}": each for each in resources if each.get("resourceType") == "Medication"}
    orders = [
        order_of(each, number, drugs)
        for number, each in enumerate((one for one in resources if one.get("resourceType") in ORDERED), start=1)
        if str(each.get("status")) not in ENDED and each.get("doNotPerform") is not True
    ]
    return patient_of(resources, subject), orders


def patient_of(resources: Sequence[Mapping[str, Any]], subject: str, as_of: datetime | None = None) -> Patient:
    """What resources say of one person; the age is in whole years at `as_of`, or at the latest date in them."""
    person = next((each for each in resources if each.get("resourceType") == "Patient"), {})
    latest = as_of or _latest(resources)
    return Patient(
        subject,
        age=_age(person.get("birthDate"), latest),
        sex={"female": "f", "male": "m"}.get(str(person.get("gender"))),
        allergies=tuple(dict.fromkeys(filter(None, map(_allergy, resources)))),
        conditions=tuple(dict.fromkeys(code for each in resources for code in _conditions(each))),
        measurements=tuple(found for each in resources for found in _measurements(each)),
    )


def order_of(
    resource: Mapping[str, Any], number: int, medications: Mapping[str, Mapping[str, Any]], *, draft: bool = False
) -> Order:
    """One medication resource as an order; `medications` are the Bundle's, by their address."""
    concept = _map(resource.get("medicationCodeableConcept"))
    reference = str(_map(resource.get("medicationReference")).get("reference") or "")
    if not concept and reference:
        contained = {f"#{_map(each).get('id')}": _map(each) for each in _list(resource.get("contained"))}
        concept = _map(_map(contained.get(reference) or medications.get(reference)).get("code"))
    system, code, text = coding_of(concept)
    dosage = next(iter(map(_map, _list(resource.get("dosageInstruction") or resource.get("dosage")))), {})
    route = _map(dosage.get("route"))
    coded = next(iter(map(_map, _list(route.get("coding")))), {})
    return Order(
        key=KEY.sub("-", str(resource.get("id") or f"o{number}")).strip("-.")[:60] or f"o{number}",
        text=text,
        system=system,
        code=code,
        route=str(coded.get("display") or coded.get("code") or route.get("text") or "")[:60],
        dose=_dose(dosage),
        start=_moment(resource.get("authoredOn") or _map(resource.get("effectivePeriod")).get("start")),
        draft=draft or resource.get("status") == "draft",
    )


def coding_of(concept: Mapping[str, Any]) -> tuple[str, str, str]:
    """System ("ATC", "CIS", "CIP13", "CIP7" or none), code and text of a medicine's concept."""
    text = str(concept.get("text") or "")[:200]
    for coding in map(_map, _list(concept.get("coding"))):
        code = str(coding.get("code") or "").strip()
        system = system_of(str(coding.get("system") or ""), code)
        text = text or str(coding.get("display") or "")[:200]
        if system:
            return system, code, text
    return "", "", text


def system_of(address: str, code: str) -> str:
    """The name of a code system by its address, as far as the code has its form."""
    low = address.lower()
    if "atc" in low and re.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d", code):
        return "ATC"
    if code.isdigit():
        if len(code) == 13 and ("cip" in low or "1.2.250.1.213.2.3" in low):
            return "CIP13"
        if len(code) == 7 and "cip" in low:
            return "CIP7"
        if len(code) == 8 and ("cis" in low or "medicaments.gouv" in low or "bdpm" in low):
            return "CIS"
    return ""


def _resources(bundle: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _list(bundle.get("entry")):
        resource = _map(_map(entry).get("resource"))
        if resource:
            yield resource


def _allergy(resource: Mapping[str, Any]) -> str | None:
    if resource.get("resourceType") != "AllergyIntolerance":
        return None
    states = {
        str(_map(coding).get("code"))
        for name in ("clinicalStatus", "verificationStatus")
        for coding in _list(_map(resource.get(name)).get("coding"))
    }
    if states & REFUTED:
        return None
    system, code, text = coding_of(_map(resource.get("code")))
    return code if system == "ATC" else text or None


def _conditions(resource: Mapping[str, Any]) -> Iterator[str]:
    if resource.get("resourceType") != "Condition":
        return
    states = {str(_map(each).get("code")) for each in _list(_map(resource.get("verificationStatus")).get("coding"))}
    for coding in map(_map, _list(_map(resource.get("code")).get("coding"))):
        code = str(coding.get("code") or "").strip().upper()
        if (
            not states & {"refuted", "entered-in-error"}
            and "icd" in str(coding.get("system")).lower()
            and CIM10.match(code)
        ):
            yield code


def _measurements(resource: Mapping[str, Any]) -> Iterator[Measurement]:
    if resource.get("resourceType") != "Observation" or resource.get("status") in ("entered-in-error", "cancelled"):
        return
    at = _moment(resource.get("effectiveDateTime") or resource.get("effectiveInstant") or resource.get("issued"))
    for part in (resource, *map(_map, _list(resource.get("component")))):
        quantity = _map(part.get("valueQuantity"))
        value = quantity.get("value")
        coding = next(iter(map(_map, _list(_map(part.get("code")).get("coding")))), {})
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and coding.get("code"):
            unit = str(quantity.get("code") or quantity.get("unit") or "")
            yield Measurement(str(coding["code"])[:40], float(value), unit[:30], at)


def _dose(dosage: Mapping[str, Any]) -> str:
    """The dose per day where quantity and timing say it, else the quantity."""
    rate = next(iter(map(_map, _list(dosage.get("doseAndRate")))), {})
    quantity = _map(rate.get("doseQuantity"))
    value, unit = quantity.get("value"), str(quantity.get("code") or quantity.get("unit") or "")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1e7:
        return ""
    repeat = _map(_map(dosage.get("timing")).get("repeat"))
    times, period, per = repeat.get("frequency"), repeat.get("period", 1), repeat.get("periodUnit")
    if isinstance(times, int) and isinstance(period, int | float) and period > 0 and per in ("d", "h"):
        days = period if per == "d" else period / 24
        return f"{value * times / days:g} {unit}/j"[:60]
    return f"{value:g} {unit}"[:60]


def _age(born: Any, at: datetime | None) -> float | None:
    if not isinstance(born, str) or at is None:
        return None
    try:
        day = date.fromisoformat((born + "-07-01")[:10] if len(born) == 4 else (born + "-15")[:10])
    except ValueError:
        return None
    today = at.date()
    return float(today.year - day.year - ((today.month, today.day) < (day.month, day.day)))


def _latest(resources: Sequence[Mapping[str, Any]]) -> datetime | None:
    names = ("authoredOn", "effectiveDateTime", "issued", "recordedDate")
    found = [moment for each in resources for name in names if (moment := _moment(each.get(name))) is not None]
    return max(found, default=None)


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
