"""Found spans that are no identity: code, leaflets, drugs, eponyms, acronyms, measures. A title overrules all of it."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.announced import announced
from cognoscope.intake.deidentification.leaflets import leaflet, makers_from
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.not_prose import has_code, in_code
from cognoscope.intake.deidentification.ordinary_words import begins_sentence
from cognoscope.intake.deidentification.products import as_product, is_substance
from cognoscope.intake.deidentification.span import Span

_WORDED = ("NOM", "PRENOM", "VILLE", "HOPITAL")
_ANNOUNCED = (*_WORDED, "ADRESSE")
_OF_MAKERS = (*_WORDED, "ADRESSE", "ZIP", "TEL", "URL", "MAIL", "SERVICE", "NDA", "IPP", "DATE_NAISSANCE")
_EPONYM_AFTER = r"(?: [\w-]+){0,2} (?:de |du |d['’])(?:la |le )?(?:[\w'’-]+(?: et | |-?))?$"
_OF = re.compile(r"\b(?:d[eu] |d['’])")
_COUNTED = re.compile(r"(?i)\s?(?:[ée]l[ée]ments|m?UI\b|/ ?(?:mm|µ|l\b|dl|ml)|plaquettes|cellules|copies)")
_COUNT = re.compile(r"(?i)\d{4,}\s?m?UI$")
_FRACTION = re.compile(r"\d{1,2}\s?/\s?10{2,5}$")
_MEASURED = re.compile(r"(?: ?[Mm]?[Aa]?[Uu]I?)? ?/ ?(?:ml|mm|l|dl|µl)\b")
_COMPARED = re.compile(r"[<>≥≤] ?$")
_WEIGHED = re.compile(r"(?i)\d+ ?(?:g|kg|cm|mm|centim[èe]tres?|grammes?|kilos?)\b")
_HOURS = re.compile(r"(?i)\s?(?:heures?|jours?|semaines?|mois|ans|mg|g|ml|minutes?)\b")
_WAY = re.compile(r"(?:impasse|passage|cours|place|voie|chemin) [a-zà-ÿ' ’]+$")
_POSTCODE = re.compile(r"\d{2} ?\d{3},?\s$")
_DILUTED = re.compile(r"\d ?C?H ?$")
_SPELLED = re.compile(r"(?<!\w)[a-zà-ÿ](?!\w)")
SPELLED_LEAST = 5


def without_false_alarms(text: str, spans: Iterable[Span], sure: Iterable[Span] = ()) -> Iterator[Span]:
    """The spans that may be identities.

    Args:
        text: where they were found.
        spans: ordered.
        sure: what is known of the patient: a span that touches one of these stays.
    """
    found = list(spans)
    kept_at = [(span.start, span.stop) for span in sure]
    part = leaflet(text) if found else None
    makers = range(makers_from(text, part), part[1]) if part else range(0)
    called: set[str] = set()
    doubtful: list[Span] = []
    for span in found:
        if span.label not in _OF_MAKERS:
            continue
        by_title = span.label in _ANNOUNCED and span.start not in makers and announced(text, span.start)
        if by_title and span.label in _WORDED:
            called.update(_words(text[span.start : span.stop]))
        if not by_title and not any(start < span.stop and span.start < stop for start, stop in kept_at):
            doubtful.append(span)
    code = has_code(text) if doubtful else False
    worded = [span for span in doubtful if span.label in _WORDED]
    products = {
        word
        for span in worded
        if (as_product(text, span.start, span.stop) and "\n" not in text[span.start : span.stop])
        or _is_acronym(text, span)
        for word in _words(text[span.start : span.stop])
    } - called
    dropped: set[int] = set()
    for span in doubtful:
        inside = part is not None and part[0] <= span.start < part[1]
        if inside or (code and in_code(text, span.start, span.stop)) or _no_identity(text, span, products, called):
            dropped.add(span.start)
    return (span for span in found if span.start not in dropped)


def _words(value: str) -> list[str]:
    return [plain(word) for word in re.findall(r"[^\W\d_]+", value)]


def _no_identity(text: str, span: Span, products: set[str], called: set[str]) -> bool:
    value = text[span.start : span.stop]
    if span.label in ("NDA", "IPP"):
        return bool(_COUNTED.match(text, span.stop) or _COUNT.match(value))
    if span.label == "DATE_NAISSANCE":
        lasting = value.isdigit() and len(value) < 4 and _HOURS.match(text, span.stop) is not None
        weighed = _WEIGHED.match(text, span.start) is not None
        return lasting or weighed or _FRACTION.match(value) is not None
    if span.label == "ADRESSE":
        return bool(_WAY.match(value))
    if span.label == "ZIP":
        return bool(_MEASURED.match(text, span.stop) or _COMPARED.search(text, max(0, span.start - 3), span.start))
    if span.label not in _WORDED:
        return False
    if span.label == "VILLE" and len(value) < 4 and _is_short(text, span):
        return True
    words = _words(value)
    posted = _POSTCODE.search(text, max(0, span.start - 8), span.start) is not None
    if not words or posted or called.intersection(words):
        return False
    return (
        all(word in products for word in words)
        or is_substance(value)
        or begins_sentence(text, span, words)
        or _is_eponym(text, span)
        or (span.label == "HOPITAL" and _DILUTED.search(text, max(0, span.start - 6), span.start) is not None)
        or _is_spelled(text, span)
    )


@cache
def _eponyms() -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(lexicon.not_names('eponym'))})s?{_EPONYM_AFTER}")


def _is_eponym(text: str, span: Span) -> bool:
    """Whether what stands before is a thing called after somebody: `syndrome de`, `test de`."""
    first = max(0, span.start - 60)
    return bool(_OF.search(text, first, span.start) and _eponyms().search(text, first, span.start))


def _is_short(text: str, span: Span) -> bool:
    """Whether two or three letters are a unit or an abbreviation in brackets, not a town: `(PN)`, `30 MAU/ml`."""
    around = text[max(0, span.start - 1) : span.start] + text[span.stop : span.stop + 1]
    bracketed = around in ("()", "(:") and text[span.start : span.stop].isupper()
    return bracketed or _MEASURED.match(text, span.stop) is not None


def _is_acronym(text: str, span: Span) -> bool:
    """Whether a span is the acronym in brackets of the words before it: `maladies infectieuses (MI)`."""
    value = text[span.start : span.stop]
    if not (1 < len(value) < 8 and value.isupper() and text[span.start - 1 : span.start] == "("):
        return False
    initials = [word[0] for word in _words(text[max(0, span.start - 90) : span.start])]
    for letter in reversed(plain(value)):
        while initials and initials[-1] != letter:
            initials.pop()
        if not initials:
            return False
        initials.pop()
    return True


def _is_spelled(text: str, span: Span) -> bool:
    """Whether a lone letter stands in a text that was torn into letters."""
    if span.stop - span.start > 2:
        return False
    around = text[max(0, span.start - 20) : span.start] + text[span.stop : span.stop + 20]
    return len(_SPELLED.findall(around)) >= SPELLED_LEAST
