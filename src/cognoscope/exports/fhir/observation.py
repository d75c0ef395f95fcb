"""Proposals and outcomes as Observations, and a proposal back from its Observation."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

from pydantic import ValidationError

from cognoscope.core.case import Cell
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded, ImageMark, ImageValue, Measurement
from cognoscope.core.interval import Interval
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Finding, SeriesPoint, SeriesValue, TableValue, TextValue
from cognoscope.exports.fhir.elements import (
    ABSENT_REASONS,
    OURS,
    Resource,
    concept,
    device_reference,
    extension,
    identifier,
    instant,
    subject_reference,
    subject_type,
)

UCUM = "http://unitsofmeasure.org"
CANONICAL = "canonical-proposal"
VOCABULARIES = {
    "CIM-10": "http://hl7.org/fhir/sid/icd-10",
    "ATC": "http://www.whocc.no/atc",
    "MedDRA": "http://terminology.hl7.org/CodeSystem/MDRAE",
    # The codes of CTCAE are those of MedDRA's low level terms.
    "CTCAE": "http://terminology.hl7.org/CodeSystem/MDRAE",
    "CCAM": "https://mos.esante.gouv.fr/NOS/TRE_R14-CCAM/FHIR/TRE-R14-CCAM",
}
"""FHIR's own names of nomenclatures; any other is named as ours."""


def proposal_observation(proposal: Proposal, reviews: Sequence[Review] = ()) -> Resource:
    """The proposal as an Observation: one component an element of its value, or `dataAbsentReason` for an abstention.

    The status tells what people made of it (see `_status`); `reviews` are in the order in which they were given. The
    proposal's canonical bytes travel in an extension, so that nothing is lost on the way (`proposal_from`).
    """
    line = proposal.headline.text.fr if proposal.headline else proposal.title.fr
    said = proposal.abstention.sentence.fr if proposal.abstention else line
    resource: Resource = {
        "resourceType": "Observation",
        "id": proposal.digest,
        "language": "fr",
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(said, quote=False)}</div>',
        },
        "extension": [extension(CANONICAL, valueBase64Binary=base64.b64encode(proposal.canonical()).decode())],
        "identifier": [identifier("proposal", proposal.digest)],
        "status": _status(reviews),
        "category": [concept(OURS + "category", "proposal")],
        "code": concept(f"{OURS}question:{proposal.application}", proposal.question, proposal.title.fr),
        **_about(proposal.subject),
        "effectivePeriod": {"start": instant(proposal.as_of), "end": instant(proposal.useful_until)},
        "issued": instant(proposal.as_of),
        "device": device_reference(proposal.application, proposal.version, proposal.model_digest),
    }
    if proposal.would_change:
        resource["note"] = [{"text": sentence.fr} for sentence in proposal.would_change]
    match proposal.value:
        case SeriesValue() as series:
            resource["component"] = [_point(series, point) for point in series.points]
        case TableValue() as table:
            resource["component"] = _cells(table)
        case TextValue() as text:
            resource["component"] = [_finding(finding) for finding in text.findings]
        case ImageValue() as image:
            resource["component"] = [
                *(_measurement(measurement) for measurement in image.measurements),
                *(_mark(mark) for mark in image.marks),
            ]
        case None:
            resource["dataAbsentReason"] = _abstention(proposal)
    return {name: content for name, content in resource.items() if content != []}


def proposal_from(resource: Resource) -> Proposal:
    """The proposal an Observation of ours was made from.

    Raises:
        InvalidInput: it is no such Observation, or its visible identifier is not that of the proposal inside.
    """
    found = [entry for entry in resource.get("extension", []) if entry.get("url") == OURS + CANONICAL]
    if resource.get("resourceType") != "Observation" or len(found) != 1:
        raise InvalidInput("This FHIR resource is not an Observation made by Cognoscope: it holds no proposal.")
    try:
        proposal = Proposal.from_json(base64.b64decode(found[0]["valueBase64Binary"], validate=True))
    except (KeyError, TypeError, binascii.Error, ValidationError) as error:
        raise InvalidInput(f"The proposal inside Observation {resource.get('id')} cannot be read.") from error
    if resource.get("identifier") != [identifier("proposal", proposal.digest)]:
        raise InvalidInput(f"Observation {resource.get('id')} was altered: its identifier is not its content's digest.")
    return proposal


def outcome_observation(outcome: Outcome, number: int) -> Resource:
    """What turned out to be true: a final Observation of one element. `number` is the ledger entry's."""
    resource: Resource = {
        "resourceType": "Observation",
        "id": f"entry-{number}",
        "identifier": [identifier("outcome", outcome.digest)],
        "status": "final",
        "category": [concept(OURS + "category", "outcome")],
        "code": {
            "coding": [
                {"system": f"{OURS}measure:{outcome.application}", "code": outcome.measure},
                {"system": f"{OURS}element", "code": outcome.element},
            ],
        },
        **_about(outcome.subject),
        "issued": instant(outcome.known_at),
        **_value(outcome.value, None),
    }
    day = outcome.element[:10]
    try:
        date.fromisoformat(day)
    except ValueError:
        return resource
    return resource | {"effectiveDateTime": day}


def _status(reviews: Sequence[Review]) -> str:
    """R4 ObservationStatus: preliminary until a person decides; their last decision on the whole then counts.

    Accepted is `final`, overruled `cancelled`, amended (whole or in any element) `amended`; deferring decides nothing.
    """
    status = "preliminary"
    for review in reviews:
        if review.verdict == "amend":
            status = "amended"
        elif review.element is None and review.verdict == "accept":
            status = "final"
        elif review.element is None and review.verdict == "overrule":
            status = "cancelled"
    return status


def _about(subject: str) -> Resource:
    field = "encounter" if subject_type(subject) == "Encounter" else "subject"
    return {field: subject_reference(subject)}


def _abstention(proposal: Proposal) -> Resource:
    assert proposal.abstention is not None, "a proposal without a value abstains"
    reason = concept(ABSENT_REASONS, "not-performed", proposal.abstention.sentence.fr)
    reason["coding"].append({"system": f"{OURS}abstention:{proposal.application}", "code": proposal.abstention.code})
    return reason


def _point(series: SeriesValue, point: SeriesPoint) -> Resource:
    said = point.sentence.fr if point.sentence else None
    component: Resource = {
        "code": concept(OURS + "element", point.key, said),
        "valueQuantity": {"value": point.expected, "unit": series.unit.fr},
    }
    if point.intervals:
        component["extension"] = [_interval(interval, series.unit.fr) for interval in point.intervals]
    return component


def _interval(interval: Interval, unit: str) -> Resource:
    bounds = {name: {"value": bound, "unit": unit} for name, bound in (("low", interval.low), ("high", interval.high))}
    return extension(
        "interval",
        extension=[{"url": "level", "valueDecimal": interval.level}, {"url": "range", "valueRange": bounds}],
    )


def _cells(table: TableValue) -> list[Resource]:
    return [
        {
            "code": {
                "coding": [
                    {"system": OURS + "element", "code": row.key},
                    {"system": OURS + "column", "code": column.name, "display": column.label.fr},
                ]
            },
            **_value(cell, column.label.fr),
        }
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    ]


def _finding(finding: Finding) -> Resource:
    said = finding.label.fr
    coded: dict[str, Any] = {"text": said}
    if finding.code and finding.vocabulary:
        system = VOCABULARIES.get(finding.vocabulary, f"{OURS}vocabulary:{finding.vocabulary}")
        coded["coding"] = [{"system": system, "code": finding.code, "display": said}]
    component: Resource = {
        "code": {
            "coding": [
                {"system": OURS + "element", "code": finding.key, "display": said},
                {"system": OURS + "group", "code": finding.group},
                *({"system": OURS + "qualifier", "code": qualifier} for qualifier in finding.qualifiers),
            ]
        },
        "valueCodeableConcept": coded,
    }
    if finding.certainty is not None:
        component["extension"] = [extension("certainty", valueDecimal=finding.certainty)]
    return component


def _measurement(measurement: Measurement) -> Resource:
    said = measurement.label.fr
    quantity = {"value": measurement.amount, "system": UCUM, "code": measurement.unit, "unit": measurement.unit}
    component: Resource = {
        "code": concept(OURS + "element", measurement.key, said),
        "valueQuantity": quantity,
    }
    if measurement.code:
        component["code"]["coding"].append(_coded(measurement.code))
    if measurement.words:
        component["code"]["text"] = f"{said} : {measurement.words.fr}"
    if measurement.interval:
        component["extension"] = [_interval(measurement.interval, measurement.unit)]
    return component


def _mark(mark: ImageMark) -> Resource:
    component: Resource = {
        "code": concept(OURS + "element", mark.key, mark.label.fr),
        "valueString": f"{mark.image} {mark.frame} {mark.shape} "
        + " ".join(f"{row:.1f},{column:.1f}" for row, column in mark.points),
    }
    if mark.code:
        component["code"]["coding"].append(_coded(mark.code))
    if mark.certainty is not None:
        component["extension"] = [extension("certainty", valueDecimal=mark.certainty)]
    return component


def _coded(code: Coded) -> Resource:
    scheme = {"SCT": "http://snomed.info/sct", "DCM": "http://dicom.nema.org/resources/ontology/DCM"}.get(code.scheme)
    return {"system": scheme or f"{OURS}scheme:{code.scheme}", "code": code.value, "display": code.meaning}


def _value(cell: Cell, unit: str | None) -> dict[str, Any]:
    match cell:
        case None:
            return {"dataAbsentReason": concept(ABSENT_REASONS, "unknown")}
        case bool():
            return {"valueBoolean": cell}
        case str():
            return {"valueString": cell} if cell else {"dataAbsentReason": concept(ABSENT_REASONS, "unknown")}
        case _:
            return {"valueQuantity": {"value": cell} | ({"unit": unit} if unit else {})}
