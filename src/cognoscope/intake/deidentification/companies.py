"""Passages about makers of drugs and devices, and public web sites: their addresses identify no patient."""

import re
from collections.abc import Iterable, Iterator

from cognoscope.intake.deidentification.span import Span

PASSAGE = 260
"""Characters after the heading that name and address of a company take."""

_HEADING = re.compile(
    r"(?i)autorisation de mise sur le march[eé]|\bexploitants?\b|\bfabricants?\b|repr[eé]sentants? local"
)
_PUBLIC = re.compile(r"(?i)(?:\.gouv\.fr|ansm\.|sante\.fr|legifrance|service-public|has-sante|ameli\.fr|europa\.eu)")
_KEPT_IN_PASSAGE = (
    "NOM",
    "PRENOM",
    "ADRESSE",
    "ZIP",
    "VILLE",
    "HOPITAL",
    "TEL",
    "DATE_NAISSANCE",
    "URL",
    "SERVICE",
    "NDA",
    "IPP",
)


def without_companies(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that are not a company's name or address in a leaflet, nor a public web site."""
    passages = [match.end() for match in _HEADING.finditer(text)] if _mentions(text) else []
    for span in spans:
        if span.label == "URL" and _PUBLIC.search(text[span.start : span.stop]):
            continue
        if passages and span.label in _KEPT_IN_PASSAGE and any(0 <= span.start - at <= PASSAGE for at in passages):
            continue
        yield span


def without_company_passages(text: str) -> str:
    """The text without those passages, for the second search."""
    if not _mentions(text):
        return text
    parts, at = [], 0
    for match in _HEADING.finditer(text):
        if match.end() >= at:
            parts.append(text[at : match.end()])
            at = match.end() + PASSAGE
    return "".join((*parts, text[at:]))


def _mentions(text: str) -> bool:
    return any(word in text for word in ("xploitant", "XPLOITANT", "abricant", "ABRICANT", "sur le march", "MISE SUR"))
