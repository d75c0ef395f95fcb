"""Passages about makers of drugs and devices, and public web sites: their addresses identify no patient."""

import re
from collections.abc import Iterable, Iterator

from cognoscope.intake.deidentification.announced import announced
from cognoscope.intake.deidentification.span import Span

PASSAGE = 260
"""Characters after the heading that name and address of a company take."""

_HEADING = re.compile(
    r"(?:[Tt]itulaire|TITULAIRE|[Ee]xploitant|EXPLOITANT|[Ff]abricant|FABRICANT)[^.:\n]{0,60}"
    r"(?:utorisation de mise sur le march[eé]|UTORISATION DE MISE SUR LE MARCH[EÉ])"
    r"|(?:F|\bf)abricants?\b|FABRICANTS?\b|(?:R|\br)epr[eé]sentants? loca(?:l|ux)"
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
    "URL",
    "SERVICE",
)


def without_companies(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that are not a company's name or address in a leaflet, nor a public web site."""
    passages = [match.end() for match in _HEADING.finditer(text)] if _mentions(text) else []
    for span in spans:
        if span.label == "URL" and _PUBLIC.search(text[span.start : span.stop]):
            continue
        company = span.label in _KEPT_IN_PASSAGE and any(
            at < span.stop and span.start - at <= PASSAGE for at in passages
        )
        if company and not announced(text, span.start):
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
    """Whether a text speaks of an authorisation: `exploitant agricole`, `le fabricant` alone say nothing of makers."""
    return "utorisation de mise sur le march" in text or "UTORISATION DE MISE SUR LE MARCH" in text
