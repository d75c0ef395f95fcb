"""The small change of the FHIR R4 resources that come with a call: lists, codes, dates, whom a resource is about.

Plain dictionaries, read defensively: an element of the wrong type counts as absent, a resource of the wrong type or
about somebody else refuses the call.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from cognoscope.exports.cds_hooks.refusals import bad_request

Json = dict[str, Any]
MOST_TEXT = 200
MOST_RESOURCES = 2000


def dictionary(value: object) -> Json:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def dictionaries(value: object) -> list[Json]:
    """The objects of a list; of anything else, none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """The text, without white space around it and of limited length; '' for anything else."""
    return " ".join(value.split())[:MOST_TEXT] if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """The number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def codings(concept: object) -> list[tuple[str, str, str]]:
    """(system, code, display) of each coding of a CodeableConcept."""
    found = dictionaries(dictionary(concept).get("coding"))
    return [(string(one.get("system")), string(one.get("code")), string(one.get("display"))) for one in found]


def words(concept: object) -> str:
    """A CodeableConcept in words: its text, else the first display."""
    return string(dictionary(concept).get("text")) or next((said for *_, said in codings(concept) if said), "")


def coded_as(concept: object, *codes: str) -> bool:
    """Whether one of the codings has one of these codes."""
    return any(code in codes for _, code, _ in codings(concept))


def instant(value: object, zone: ZoneInfo, *, end: bool = False) -> datetime | None:
    """A FHIR date or dateTime as an aware instant; a day alone is its first moment, or its last one where `end`."""
    text = string(value)
    try:
        if len(text) > 10:
            read = datetime.fromisoformat(text)
            return read if read.tzinfo else read.replace(tzinfo=zone)
        if len(text) < 4:
            return None
        day = date.fromisoformat((text + "-01-01")[:10])
        return datetime.combine(day, time(23, 59, 59) if end else time(), tzinfo=zone)
    except (ValueError, OverflowError):
        return None


def resources(value: object, key: str, kind: str) -> list[tuple[str, Json]]:
    """(fullUrl, resource) of everything in a bundle, or of one resource standing alone.

    Raises:
        Refused: it is neither a bundle nor a resource of that kind, or is only a list's first page.
    """
    found = dictionary(value)
    if found.get("resourceType") == kind:
        return [("", found)]
    if found.get("resourceType") != "Bundle":
        raise bad_request(f"`{key}` must hold a {kind} or a Bundle of them.")
    if any(link.get("relation") == "next" for link in dictionaries(found.get("link"))):
        raise bad_request(f"`{key}` holds only the first page of a list: the whole must be sent at once.")
    entries = dictionaries(found.get("entry"))
    if len(entries) > MOST_RESOURCES:
        raise bad_request(f"`{key}` holds more than {MOST_RESOURCES} entries.")
    return [(string(entry.get("fullUrl")), dictionary(entry.get("resource"))) for entry in entries]


def about(found: list[tuple[str, Json]], kind: str, element: str, patient: str, key: str) -> Iterator[Json]:
    """The resources of that kind, all about this patient.

    Raises:
        Refused: one is about somebody else: charts were mixed up, and nothing may be said from them.
    """
    for _, resource in found:
        if resource.get("resourceType") != kind:
            continue
        reference = string(dictionary(resource.get(element)).get("reference")).split("/_history/")[0]
        of, _, identifier = reference.rpartition("/")
        if of.rpartition("/")[2] == "Patient" and identifier != patient:
            raise bad_request(f"`{key}` holds a {kind} about another patient than `context.patientId`.")
        yield resource
