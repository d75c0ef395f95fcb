"""Postcodes and cities that stand beside an address, a city or a postcode already found."""

import re
from collections.abc import Iterator, Sequence

from cognoscope.intake.deidentification.patterns import city_after
from cognoscope.intake.deidentification.span import Span

_CODE_AFTER = re.compile(r"[ \t\u00a0,\n\-–(]{1,4}(?:à |dans le |au )?(\d{2}[ ]?\d{3})(?!\d)")
_CODE_BEFORE = re.compile(r"(?<!\d)(?<!\d[.,/])(\d{2}[ ]?\d{3})[ ,\n]{1,3}$")


def beside(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Spans of postcodes after an address or around a city, and of cities after a postcode."""
    for span in spans:
        if span.label in ("ADRESSE", "VILLE"):
            code = _CODE_AFTER.match(text, span.stop)
            if code:
                yield Span(code.start(1), code.end(1), "ZIP", 0.9)
                if span.label == "ADRESSE":
                    yield from city_after(text, code.end(1))
        if span.label == "VILLE":
            code = _CODE_BEFORE.search(text, max(0, span.start - 12), span.start)
            if code:
                yield Span(code.start(1), code.end(1), "ZIP", 0.9)
        if span.label == "ZIP":
            yield from city_after(text, span.stop)
