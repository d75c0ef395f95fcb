"""What the read-only FHIR interface can do, as a CapabilityStatement."""

from datetime import date

import cognoscope
from cognoscope.exports.fhir.elements import Resource

SEARCH_PARAMETERS: dict[str, tuple[tuple[str, str], ...]] = {
    "Observation": (("_id", "token"), ("subject", "reference"), ("date", "date"), ("category", "token")),
    "Provenance": (("_id", "token"), ("target", "reference"), ("recorded", "date")),
    "AuditEvent": (("_id", "token"), ("date", "date")),
    "Device": (("_id", "token"),),
    "AdverseEvent": (("_id", "token"), ("subject", "reference"), ("_lastUpdated", "date")),
}
"""Searchable types with their parameters; `_count` and our paging cursor apply to all."""


def capability_statement(published: date, hospital: str) -> Resource:
    """The statement of this installation; `published` is the day this version was started."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": published.isoformat(),
        "kind": "instance",
        "software": {"name": "Cognoscope", "version": cognoscope.__version__},
        "implementation": {"description": f"Cognoscope, {hospital}"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Read-only. Sign-in and permissions are those of the pages; every read is logged.",
                "resource": [
                    {
                        "type": name,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [{"name": parameter, "type": kind} for parameter, kind in parameters],
                    }
                    for name, parameters in SEARCH_PARAMETERS.items()
                ],
            }
        ],
    }
