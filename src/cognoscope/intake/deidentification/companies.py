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
_AUTHORISED = ("utorisation de mise sur le march", "UTORISATION DE MISE SUR LE MARCH")
BEFORE = 2000
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
    found = list(spans)
    passages = _passages(text) if any(span.label in _KEPT_IN_PASSAGE for span in found) else []
    for span in found:
        if span.label == "URL" and _PUBLIC.search(text[span.start : span.stop]):
            continue
        company = span.label in _KEPT_IN_PASSAGE and any(
            at < span.stop and span.start - at <= PASSAGE for at in passages
        )
        if company and not announced(text, span.start):
            continue
        yield span


def _passages(text: str) -> list[int]:
    """Where the passages about makers begin; a text that speaks of no authorisation has none.

    `exploitant agricole`, `le fabricant` alone say nothing of makers. Headings stand near such words, or after.
    """
    found = [at for words in _AUTHORISED if (at := text.find(words)) >= 0]
    return [match.end() for match in _HEADING.finditer(text, max(0, min(found) - BEFORE))] if found else []
