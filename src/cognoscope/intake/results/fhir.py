"""FHIR R4 Observation and DiagnosticReport of other algorithms as results; alone, in a Bundle, or line by line.

Only what an algorithm measured or coded is taken; free text is left where it is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cognoscope.core.errors import CognoscopeError, InvalidInput
from cognoscope.core.image_value import Measurement
from cognoscope.intake.fhir_values import Unusable
from cognoscope.intake.results import received
from cognoscope.intake.results.fhir_parts import (
    Resource,
    instant_of,
    listed,
    measured,
    names_of,
    patient_of,
    study_of,
    words_of,
)
from cognoscope.intake.results.received import MOST_ELEMENTS, ForeignAlgorithm, Received

NOT_JSON = "This file is not FHIR in JSON: it cannot be read. Export it again."
NOTHING = "This file holds no Observation and no DiagnosticReport: there is no result to take in."
DAMAGED = "This FHIR result is not laid out as R4 says: it was refused. Have it sent again."
NOT_STANDING = ("entered-in-error", "cancelled")
NO_VALUE = "This FHIR result holds no number and no coded value: it is a text for people, not a result to compare."


@dataclass(frozen=True)
class Refusal:
    """One resource that was not taken, and why."""

    sentence: str


@dataclass
class _Resources:
    """Every resource of a file, and where its addresses lead."""

    all: list[Resource] = field(default_factory=list)
    by_address: dict[str, Resource] = field(default_factory=dict)

    def add(self, resource: Any, url: str = "") -> None:
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise InvalidInput(DAMAGED)
        self.all.append(resource)
        if url:
            self.by_address[url] = resource
        if isinstance(resource.get("id"), str):
            self.by_address[f"{resource['resourceType']}/{resource['id']}"] = resource

    def follow(self, reference: Any, inside: Resource) -> Resource | None:
        """The resource of a reference: one contained in `inside`, or another of the file."""
        address_of = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(address_of, str):
            return None
        if address_of.startswith("#"):
            held = inside.get("contained")
            return next((e for e in listed(held) if isinstance(e, dict) and e.get("id") == address_of[1:]), None)
        short = "/".join(address_of.split("/_history/")[0].split("/")[-2:])
        return self.by_address.get(address_of) or self.by_address.get(short)


def read_fhir(content: bytes) -> list[Received | Refusal]:
    """The results of a file, in its order: each report with its observations, each observation of no report.

    Raises:
        InvalidInput: it is not JSON, or holds no such resource.
    """
    resources = _Resources()
    for one in _documents(content):
        if isinstance(one, dict) and one.get("resourceType") == "Bundle":
            for entry in listed(one.get("entry")):
                if isinstance(entry, dict) and "resource" in entry:
                    url = entry.get("fullUrl")
                    resources.add(entry["resource"], url if isinstance(url, str) else "")
        else:
            resources.add(one)
    reports = [each for each in resources.all if each["resourceType"] == "DiagnosticReport"]
    told = [_members(report, resources) for report in reports]
    inside = {id(each) for members in told for each in members}
    alone = [each for each in resources.all if each["resourceType"] == "Observation" and id(each) not in inside]
    found = [_result(report, members, resources) for report, members in zip(reports, told, strict=True)]
    found += [_result(each, [each], resources) for each in alone]
    if not found:
        raise InvalidInput(NOTHING)
    return found


def _documents(content: bytes) -> Iterator[Any]:
    try:
        text = content.decode("utf-8-sig")
        try:
            yield json.loads(text)
        except json.JSONDecodeError:
            lines = [line for line in text.splitlines() if line.strip()]
            if len(lines) < 2:
                raise
            yield from [json.loads(line) for line in lines]
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidInput(NOT_JSON) from None


def _members(report: Resource, resources: _Resources) -> list[Resource]:
    found = [resources.follow(each, report) for each in listed(report.get("result"))]
    return [each for each in found if each is not None and each.get("resourceType") == "Observation"]


def _result(about: Resource, members: list[Resource], resources: _Resources) -> Received | Refusal:
    try:
        return _read(about, members, resources)
    except CognoscopeError as error:
        return Refusal(str(error))
    except Unusable as error:
        return Refusal(f"This FHIR result cannot be joined to a patient: {error.args[-1]}.")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return Refusal(DAMAGED)


def _read(about: Resource, members: list[Resource], resources: _Resources) -> Received:
    if about.get("status") in NOT_STANDING:
        raise InvalidInput("This FHIR result was withdrawn by its sender: it was not taken in.")
    standing = [each for each in members if each.get("status") not in NOT_STANDING]
    who = _algorithm([*standing, about], resources)
    names = _names([about, *standing], resources)
    values: list[Measurement] = []
    for each in standing:
        site = words_of(each.get("bodySite"), names)
        for part in (each, *(e for e in listed(each.get("component")) if isinstance(e, dict))):
            one = measured(part, site, [known.key for known in values], names)
            values += [one] if one else []
    if not values:
        raise InvalidInput(NO_VALUE)
    if len(values) > MOST_ELEMENTS:
        raise InvalidInput(f"This FHIR result holds more than {MOST_ELEMENTS} values: raw data, not one result.")
    return Received(
        source="fhir",
        algorithm=who,
        patient=patient_of((about, *standing)),
        identifier=f"{about['resourceType']}/{about.get('id') or json.dumps(about, sort_keys=True)}",
        study=study_of((about, *standing)),
        at=instant_of((about, *standing)),
        preliminary=about.get("status") in ("registered", "preliminary", "partial"),
        measurements=tuple(values),
    )


def _algorithm(observations: list[Resource], resources: _Resources) -> ForeignAlgorithm:
    for each in observations:
        reference = each.get("device")
        device = resources.follow(reference, each) if isinstance(reference, dict) else None
        if device is not None and device.get("resourceType") == "Device":
            named = [e.get("name") for e in listed(device.get("deviceName")) if isinstance(e, dict)]
            version = [e.get("value") for e in listed(device.get("version")) if isinstance(e, dict)]
            name = next((e for e in [*named, device.get("modelNumber")] if isinstance(e, str)), "")
            maker = device.get("manufacturer")
            stated = next((e for e in version if isinstance(e, str)), "")
            return received.algorithm(name, stated, maker if isinstance(maker, str) else "")
        if isinstance(reference, dict) and isinstance(reference.get("display"), str):
            return received.algorithm(reference["display"], "", "")
    return received.algorithm("", "", "")


def _names(about: list[Resource], resources: _Resources) -> frozenset[str]:
    subjects = [(each, each["subject"]) for each in about if isinstance(each.get("subject"), dict)]
    people = [found for each, subject in subjects if (found := resources.follow(subject, each)) is not None]
    return names_of(people, (str(subject.get("display") or "") for _, subject in subjects))
