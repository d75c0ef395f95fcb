"""Invented calls of prescription software, in the forms that FHIR R4 allows."""

import uuid
from typing import Any

PATIENT, ENCOUNTER = "IPP-4711", "SEJ-2026-9"
NAMES = ("Quenouillère", "Hippolyte", "0612345678", "1541299999999")
"""What identifies the invented patient: it must be found nowhere afterwards."""
USER = "Practitioner/dr-de-la-tourette"

CIS = "http://data.esante.gouv.fr/ansm/medicament/CIS"
CIP = "http://data.esante.gouv.fr/ansm/medicament/CIP"
UCD = "http://data.esante.gouv.fr/ansm/medicament/UCD"
ATC = "http://www.whocc.no/atc"
LOINC = "http://loinc.org"
CIM = "http://hl7.org/fhir/sid/icd-10"


def patient(**more: Any) -> dict[str, Any]:
    """The patient, with a name and addresses."""
    return {
        "resourceType": "Patient",
        "id": PATIENT,
        "gender": "female",
        "birthDate": "1941-05-03",
        "name": [{"family": NAMES[0], "given": [NAMES[1]]}],
        "telecom": [{"system": "phone", "value": NAMES[2]}],
        "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": NAMES[3]}],
        **more,
    }


def request(number: str, text: str = "", code: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A MedicationRequest for a drug in words, by code, or both."""
    concept: dict[str, Any] = {"text": text} if text else {}
    if code:
        concept["coding"] = [{"system": code[0], "code": code[1]}]
    return {
        "resourceType": "MedicationRequest",
        "id": number,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        **({"medicationCodeableConcept": concept} if concept else {}),
        **more,
    }


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A bundle of resources."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources], **more}


def observation(
    code: str, value: float | None = None, unit: str = "", day: str = "2026-11-20", **more: Any
) -> dict[str, Any]:
    """A result by LOINC."""
    quantity = {"valueQuantity": {"value": value, "unit": unit}} if value is not None else {}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": day,
        **quantity,
        **more,
    }


def call(hook: str = "order-sign", *drafts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A call with everything that the service asks for; `prefetch` and `context` given here are added."""
    context: dict[str, Any] = {"userId": USER, "patientId": PATIENT, "encounterId": ENCOUNTER}
    if hook != "patient-view":
        context["draftOrders"] = bundle(*drafts)
    if hook == "order-select":
        context["selections"] = [f"MedicationRequest/{one['id']}" for one in drafts]
    prefetch = {
        "patient": patient(),
        "medications": None,
        "allergies": None,
        "conditions": None,
        "observations": None,
        **more.pop("prefetch", {}),
    }
    return {
        "hook": hook,
        "hookInstance": str(uuid.uuid4()),
        "context": {**context, **more.pop("context", {})},
        "prefetch": prefetch,
        **more,
    }
