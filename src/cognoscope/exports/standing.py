"""What stands of a declaration's findings once people have decided: what was set aside goes, what was corrected is."""

from collections.abc import Sequence

from cognoscope.core.review import Review
from cognoscope.core.values import Finding, TextValue


def standing(value: TextValue, reviews: Sequence[Review] = ()) -> list[Finding]:
    """The findings in their order, with each person's last word on it; reviews in the order in which they were given.

    A corrected finding carries the person's code instead of the proposed one; its words stay.
    """
    last: dict[str, Review] = {}
    for review in reviews:
        if review.element is not None and review.verdict != "defer":
            last[review.element] = review
    kept = []
    for finding in value.findings:
        decided = last.get(finding.key)
        if decided is None or decided.verdict == "accept":
            kept.append(finding)
        elif decided.verdict == "amend":
            kept.append(finding.model_copy(update={"code": str(decided.amended)}))
    return kept


def said(finding: Finding, name: str) -> str:
    """An attribute of a finding as text, empty where it was not stated."""
    found = next((attribute.value for attribute in finding.attributes if attribute.name == name), None)
    return "" if found is None else str(found)


def of_group(findings: Sequence[Finding], *groups: str) -> list[Finding]:
    """The findings of these groups, in their order."""
    return [finding for finding in findings if finding.group in groups]


def concerns(criterion: Finding, reaction: Finding) -> bool:
    """Whether a criterion of seriousness is about this reaction: the text says which, or it is about all."""
    about = said(criterion, "reactions").split()
    return not about or reaction.key in about
