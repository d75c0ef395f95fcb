"""The services offered and what each asks to be sent along: the answer to discovery.

Specification: CDS Hooks 2.0, "Discovery" and "Prefetch Template"; the templates keep to "Prefetch query restrictions".
"""

from dataclasses import dataclass
from typing import Any

APPLICATION = "pharmacy.interactions"
"""The application that every service here asks."""

PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "medications": "MedicationRequest?patient={{context.patientId}}&status=active",
    "allergies": "AllergyIntolerance?patient={{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}&clinical-status=active",
    "observations": (
        "Observation?patient={{context.patientId}}"
        "&code=14682-9,2160-0,62238-1,98979-8,33914-3,48642-3,48643-1,35591-7,2823-3,6298-4,6301-6,34714-6,82810-3"
        "&_sort=-date&_count=40"
    ),
    "encounter": "Encounter/{{context.encounterId}}",
}
"""Renal function (creatinine, estimated filtration and clearance), potassium, INR and pregnancy, by LOINC."""

WANTED = ("patient", "medications", "allergies", "conditions", "observations")
"""Keys whose absence a card tells."""


@dataclass(frozen=True)
class Service:
    """One service: `id` in its address, the hook it answers."""

    id: str
    hook: str
    title: str
    description: str

    def described(self) -> dict[str, Any]:
        """Its entry in the answer to discovery."""
        return {
            "id": self.id,
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "prefetch": PREFETCH,
            "usageRequirements": (
                "FHIR R4. Médicaments codés (CIS, CIP, ATC) ou en toutes lettres. Sans `medications`, seules les "
                "lignes de l'ordonnance sont examinées entre elles."
            ),
        }


SERVICES = (
    Service(
        "cognoscope-order-select",
        "order-select",
        "Interactions à la saisie",
        "Au plus une alerte sur les médicaments qui viennent d'être choisis : interactions (thésaurus ANSM), doublons, "
        "allergies, fonction rénale, âge. Silencieux quand rien ne mérite d'être dit.",
    ),
    Service(
        "cognoscope-order-sign",
        "order-sign",
        "Interactions à la signature",
        "Au plus une alerte sur l'ordonnance à signer, avec les traitements en cours : interactions (thésaurus ANSM), "
        "doublons, allergies, fonction rénale, âge. Silencieux quand rien ne mérite d'être dit.",
    ),
    Service(
        "cognoscope-patient-view",
        "patient-view",
        "Interactions à l'ouverture du dossier",
        "Au plus une alerte sur les traitements en cours. Silencieux quand rien ne mérite d'être dit.",
    ),
)


def discovery() -> dict[str, Any]:
    """The answer to `GET /cds-services`."""
    return {"services": [service.described() for service in SERVICES]}


def service(identifier: str) -> Service | None:
    """The service of that id, or None."""
    return next((each for each in SERVICES if each.id == identifier), None)
