"""The parts of FHIR R4 resources that a result needs, read without trusting how they are laid out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cognoscope.core.image_value import Coded, Measurement
from cognoscope.core.noun import Sentence
from cognoscope.intake.dicom.deidentify_text import folded
from cognoscope.intake.fhir_values import address
from cognoscope.intake.results import received

Resource = dict[str, Any]
SYSTEMS = {"http://snomed.info/sct": "SCT", "http://loinc.org": "LN", "http://radlex.org": "RADLEX"}
YES, NO = Sentence(fr="oui", en="yes"), Sentence(fr="non", en="no")


def names_of(people: Iterable[Resource], displays: Iterable[str]) -> frozenset[str]:
    """Words by which Patient resources and references name people, folded."""
    said = list(displays)
    for person in people:
        for name in listed(person.get("name")):
            if isinstance(name, dict):
                given = [str(each) for each in listed(name.get("given"))]
                said += [str(name.get("text") or ""), str(name.get("family") or ""), *given]
    return frozenset(word for text in said for word in folded(text).replace("-", " ").split() if len(word) > 2)


def measured(part: Resource, site: str, taken: list[str], names: frozenset[str]) -> Measurement | None:
    """The value of an Observation or of one of its components; None where it has none that can be compared."""
    label, code = words_of(part.get("code"), names), code_of(part.get("code"), names)
    label = f"{label} ({site})" if site and label else label
    quantity = part.get("valueQuantity")
    if isinstance(quantity, dict) and is_number(quantity.get("value")):
        unit = quantity.get("code") or quantity.get("unit") or "1"
        return received.measurement(taken, label, float(quantity["value"]), str(unit), code)
    if is_number(part.get("valueInteger")):
        return received.measurement(taken, label, float(part["valueInteger"]), "1", code)
    if isinstance(part.get("valueBoolean"), bool):
        said = YES if part["valueBoolean"] else NO
        return received.measurement(taken, label, float(part["valueBoolean"]), "1", code, said)
    words = words_of(part.get("valueCodeableConcept"), names)
    return received.measurement(taken, label, 1.0, "1", code, Sentence(fr=words, en=words)) if words else None


def is_number(value: Any) -> bool:
    """Whether JSON gave a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def words_of(concept: Any, names: frozenset[str]) -> str:
    """What a CodeableConcept is called by its codes, else by its text."""
    if not isinstance(concept, dict):
        return ""
    shown = [each.get("display") for each in listed(concept.get("coding")) if isinstance(each, dict)]
    return received.told(next((each for each in shown if each), concept.get("text") or ""), names)


def code_of(concept: Any, names: frozenset[str]) -> Coded | None:
    """The first code of a CodeableConcept."""
    codings = listed(concept.get("coding")) if isinstance(concept, dict) else []
    coding = next((each for each in codings if isinstance(each, dict)), None)
    if coding is None:
        return None
    system = str(coding.get("system") or "")
    scheme = SYSTEMS.get(system, system.rstrip("/").rpartition("/")[2])
    return received.coded(coding.get("code"), scheme, coding.get("display"), names)


def patient_of(resources: Iterable[Resource]) -> str:
    """The identifier of the first patient that is referred to; empty where there is none."""
    for each in resources:
        subject = each.get("subject")
        if not isinstance(subject, dict):
            continue
        reference = subject.get("reference")
        if isinstance(reference, str) and not reference.startswith("#"):
            found = address(reference, "Patient")
            if found:
                return found
        identifier = subject.get("identifier")
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            return str(identifier["value"])
    return ""


def study_of(resources: Iterable[Resource]) -> str:
    """The Study Instance UID that a reference to an ImagingStudy carries as its identifier (`urn:oid:...`)."""
    for each in resources:
        for reference in (*listed(each.get("derivedFrom")), *listed(each.get("imagingStudy"))):
            identifier = reference.get("identifier") if isinstance(reference, dict) else None
            value = identifier.get("value") if isinstance(identifier, dict) else None
            if isinstance(value, str) and value.startswith("urn:oid:"):
                return value.removeprefix("urn:oid:")
    return ""


def instant_of(resources: Iterable[Resource]) -> datetime | None:
    """When the first of them that says so was made, to the second and with its offset."""
    for each in resources:
        for name in ("effectiveDateTime", "effectiveInstant", "issued"):
            text = each.get(name)
            if not isinstance(text, str) or "T" not in text:
                continue
            try:
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is not None:
                    return moment.astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def listed(value: Any) -> list[Any]:
    """The list, or an empty one where something else stands in its place."""
    return value if isinstance(value, list) else []
