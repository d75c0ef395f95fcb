"""What the chart that came with a call says of the patient: age, sex, results, allergies, antecedents, ward.

FHIR R4 Patient, Observation, AllergyIntolerance, Condition and Encounter. Names, addresses and identifiers are not
taken.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from cognoscope.apps.pharmacy.interactions.case import Measurement, Patient
from cognoscope.exports.cds_hooks.fhir import (
    Json,
    about,
    coded_as,
    codings,
    dictionaries,
    dictionary,
    instant,
    number,
    resources,
    string,
    words,
)
from cognoscope.exports.cds_hooks.refusals import bad_request
from cognoscope.exports.cds_hooks.systems import drug_code, system_of

FILTRATION = ("98979-8", "62238-1", "33914-3", "48642-3", "48643-1", "35591-7")
"""LOINC of an estimated filtration rate or clearance, in mL/min; the most recent result counts."""

PREGNANCY = "82810-3"
PREGNANT = ("LA15173-0", "77386006")
NOT_PREGNANT = ("LA26683-5", "60001007")
_VOID = frozenset({"cancelled", "entered-in-error"})
_OVER = ("inactive", "resolved", "remission")
_REFUTED = ("refuted", "entered-in-error")
_SEX = {"female": "f", "male": "m"}


def read_chart(
    prefetch: Json,
    subject: str,
    patient: str,
    as_of: datetime,
    zone: ZoneInfo,
    mask: Callable[[str], str],
) -> Patient:
    """The chart under a pseudonym; what was not sent is "not known".

    Raises:
        Refused: a key holds resources of another type, or about another patient.
    """
    person = patient_of(prefetch, patient)
    measured, pregnant = _observations(prefetch, patient, zone)
    return Patient(
        subject=subject,
        age=_age(person, as_of.astimezone(zone)),
        sex=_SEX.get(string(dictionary(person).get("gender"))),
        pregnant=pregnant,
        egfr=_filtration(measured),
        allergies=tuple(dict.fromkeys(_allergies(prefetch, patient, mask))),
        conditions=tuple(dict.fromkeys(_conditions(prefetch, patient))),
        measurements=tuple(measured),
        ward=_ward(prefetch),
    )


def patient_of(prefetch: Json, patient: str) -> Json | None:
    """The Patient that was sent, None where none was.

    Raises:
        Refused: it is another type of resource, or another patient.
    """
    found = prefetch.get("patient")
    if found is None or _is_outcome(found):
        return None
    person = dictionary(found)
    if person.get("resourceType") == "Bundle":
        person = next((one for _, one in resources(found, "patient", "Patient") if _is_patient(one)), {})
    if not _is_patient(person):
        raise bad_request("`prefetch.patient` must hold a Patient.")
    if string(person.get("id")) not in ("", patient):
        raise bad_request("`prefetch.patient` is another patient than `context.patientId`.")
    return person


def listed(prefetch: Json, key: str, kind: str) -> list[tuple[str, Json]]:
    """What was sent under a key; nothing where it is null, absent, or the client's own error.

    Raises:
        Refused: it is neither such a resource nor a bundle.
    """
    found = prefetch.get(key)
    return [] if found is None or _is_outcome(found) else resources(found, f"prefetch.{key}", kind)


def was_sent(prefetch: Json, key: str) -> bool:
    """Whether the client answered for a key: null means that there is nothing ("Prefetch Template")."""
    return key in prefetch and not _is_outcome(prefetch[key])


def _is_outcome(found: object) -> bool:
    return dictionary(found).get("resourceType") == "OperationOutcome"


def _is_patient(found: Json) -> bool:
    return found.get("resourceType") == "Patient"


def _age(person: Json | None, today: datetime) -> float | None:
    """Completed years; a year of birth alone counts from its middle."""
    text = string(dictionary(person).get("birthDate"))
    try:
        parts = [int(part) for part in text.split("-")]
    except ValueError:
        return None
    if not 1 <= len(parts) <= 3 or not text:
        return None
    year, month, day = (*parts, *(7, 1)[len(parts) - 1 :])[:3]
    age = today.year - year - ((today.month, today.day) < (month, day))
    return float(age) if 0 <= age <= 130 else None


def _observations(prefetch: Json, patient: str, zone: ZoneInfo) -> tuple[list[Measurement], bool | None]:
    """Results, most recent first, and whether a pregnancy is known."""
    results: list[tuple[datetime, Measurement]] = []
    pregnancies: list[tuple[datetime, bool]] = []
    earliest = datetime.min.replace(tzinfo=zone)
    for one in about(
        listed(prefetch, "observations", "Observation"), "Observation", "subject", patient, "observations"
    ):
        if one.get("status") in _VOID:
            continue
        code = next((code for uri, code, _ in codings(one.get("code")) if system_of(uri) == "LOINC"), "")
        at = instant(one.get("effectiveDateTime") or dictionary(one.get("effectivePeriod")).get("end"), zone)
        if code == PREGNANCY:
            value = one.get("valueCodeableConcept")
            if coded_as(value, *PREGNANT) or coded_as(value, *NOT_PREGNANT):
                pregnancies.append((at or earliest, coded_as(value, *PREGNANT)))
            continue
        quantity = dictionary(one.get("valueQuantity"))
        value = number(quantity.get("value"))
        above = quantity.get("comparator") in (">", ">=") and code in FILTRATION
        if not code or value is None or (quantity.get("comparator") and not above):
            continue
        unit = string(quantity.get("code")) or string(quantity.get("unit"))
        results.append((at or earliest, Measurement(name=code, value=value, unit=unit, at=at)))
    results.sort(key=lambda result: result[0], reverse=True)
    pregnancies.sort(key=lambda said: said[0])
    return [measured for _, measured in results], pregnancies[-1][1] if pregnancies else None


def _filtration(measured: list[Measurement]) -> float | None:
    return next((one.value for one in measured if one.name in FILTRATION), None)


def _allergies(prefetch: Json, patient: str, mask: Callable[[str], str]) -> list[str]:
    found = []
    sent = listed(prefetch, "allergies", "AllergyIntolerance")
    for one in about(sent, "AllergyIntolerance", "patient", patient, "allergies"):
        if coded_as(one.get("clinicalStatus"), *_OVER) or coded_as(one.get("verificationStatus"), *_REFUTED):
            continue
        coded = [drug_code(uri, code) for uri, code, _ in codings(one.get("code"))]
        atc = next((each[1] for each in coded if each and each[0] == "ATC"), "")
        found.append(atc or mask(words(one.get("code"))))
    return [each for each in found if each]


def _conditions(prefetch: Json, patient: str) -> list[str]:
    found = []
    for one in about(listed(prefetch, "conditions", "Condition"), "Condition", "subject", patient, "conditions"):
        if coded_as(one.get("clinicalStatus"), *_OVER) or coded_as(one.get("verificationStatus"), *_REFUTED):
            continue
        found += [code for uri, code, _ in codings(one.get("code")) if system_of(uri) == "CIM-10" and len(code) <= 12]
    return found


def _ward(prefetch: Json) -> str:
    """The unit's identifier at the end of the encounter's present location."""
    for _, encounter in listed(prefetch, "encounter", "Encounter"):
        for place in reversed(dictionaries(encounter.get("location"))):
            reference = string(dictionary(place.get("location")).get("reference"))
            if place.get("status") in (None, "active") and reference:
                return "".join(sign for sign in reference.rpartition("/")[2] if sign.isalnum() or sign in "._-")[:60]
    return ""
