"""FHIR R4 resources out of the nouns, as plain JSON data: pure functions, no clock, no network.

A proposal becomes an Observation, whatever its kind of value. R4's RiskAssessment was not taken: its subject must be a
Patient or a Group, while a forecast is about a unit (a Location); it holds probabilities, not counts with intervals;
and it has no element for an abstention, where Observation has `dataAbsentReason`.
"""

from cognoscope.exports.fhir.audit import audit_event
from cognoscope.exports.fhir.device import device
from cognoscope.exports.fhir.observation import outcome_observation, proposal_from, proposal_observation
from cognoscope.exports.fhir.provenance import proposal_provenance, review_provenance

__all__ = [
    "audit_event",
    "device",
    "outcome_observation",
    "proposal_from",
    "proposal_observation",
    "proposal_provenance",
    "review_provenance",
]
