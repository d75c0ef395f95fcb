"""Answers of the interface that are not a resource of their own: search sets and error reports."""

from collections.abc import Sequence

from cognoscope.exports.fhir.elements import Resource


def search_set(base: str, found: Sequence[Resource], own: str, following: str | None) -> Resource:
    """A page of search results; `base` ends in `/fhir`, `own` and `following` are addresses of pages."""
    links = [{"relation": "self", "url": own}]
    if following is not None:
        links.append({"relation": "next", "url": following})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if found:
        bundle["entry"] = [
            {
                "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in found
        ]
    return bundle


def operation_outcome(code: str, sentence: str) -> Resource:
    """Why a request was not answered; `code` is of R4's value set issue-type."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": sentence}],
    }
