"""Initials that stand beside a found name: `A. Poole`, `DUPONT J.-P.`."""

import re
from collections.abc import Iterator, Sequence

from cognoscope.intake.deidentification.span import Span

_BEFORE = re.compile(
    r"(?<![\w.])(?!(?:Dr|Pr|Me|Mr|St|Ste|DR|PR|MR)\.)"
    r"((?<=, )M\.|(?!M\.[ \n]?$)(?:[A-ZÀ-Þ][a-zà-ÿ]?\.[ -]?){1,3}|[A-LN-Z](?=[ \n]))[ \n]?$"
)
"""Initials before a name; `M.` is Monsieur but within a list of names."""

_AFTER = re.compile(r"[ \n]((?:[A-ZÀ-Þ]\.-?){1,3})(?![\w.])")


def with_initials(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans, and before or after each name the initials that belong to it, unless they were found already."""
    for place, span in enumerate(spans):
        stop_before = spans[place - 1].stop if place else 0
        start_after = spans[place + 1].start if place + 1 < len(spans) else len(text)
        if span.label != "NOM":
            yield span
            continue
        before = _BEFORE.search(text, max(stop_before, span.start - 14), span.start)
        if before:
            yield Span(before.start(1), before.start(1) + len(before[1].rstrip(" -")), "PRENOM", span.score)
        yield span
        after = None if before else _AFTER.match(text, span.stop, min(start_after, span.stop + 12))
        if after:
            yield Span(after.start(1), after.end(1), "PRENOM", span.score)
