"""Authors of cited articles and numbers with a decimal comma are nobody's identity."""

from collections.abc import Iterable, Iterator

from cognoscope.intake.deidentification.announced import announced
from cognoscope.intake.deidentification.span import Span

_CITED = ("PubMed", "Google Scholar", " et al.", " et al,", "doi:", "doi :", "Verlag", "ISBN")
_WORDED = ("NOM", "PRENOM", "VILLE", "HOPITAL")
_DECIMAL = ("TEL", "SECU", "ZIP")
_REACH = 220


def without_references(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that are neither names in a list of references nor cut out of a number with a decimal comma."""
    cited = [at for words in _CITED for at in _places(text, words)]
    for span in spans:
        if span.label in _WORDED and cited and _is_cited(text, span, cited):
            continue
        if span.label in _DECIMAL and _is_decimal(text, span):
            continue
        yield span


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _is_cited(text: str, span: Span, cited: list[int]) -> bool:
    if not any(-_REACH < at - span.start < _REACH for at in cited) or announced(text, span.start):
        return False
    first, last = text.rfind("\n\n", 0, span.start), text.find("\n\n", span.stop)
    last = len(text) if last < 0 else last
    return any(first < at < last for at in cited)


def _is_decimal(text: str, span: Span) -> bool:
    """Whether it cuts a number with a decimal comma: `3,5 4 4,5`."""
    before, after = text[max(0, span.start - 2) : span.start], text[span.stop : span.stop + 2]
    cut_before = len(before) == 2 and before[0].isdigit() and before[1] == ","
    return cut_before or (len(after) == 2 and after[0] == "," and after[1].isdigit())
