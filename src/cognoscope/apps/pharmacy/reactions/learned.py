"""Reactions that no expression holds, in English: found by the span reader, coded by the ranker of lay phrases.

They need the extra `text` and some tenths of a second, so they are asked once a declaration is sent, not while it is
typed. A code is kept only where the terminology in force holds it and the ranker is sure; else the words stand without.
"""

from collections.abc import Sequence

from cognoscope.apps.pharmacy.reactions.spotting import Spotted
from cognoscope.apps.pharmacy.reactions.tokens import Token
from cognoscope.intake.terminology import Terminology

SURE_SPAN = 0.5
SURE_CODE = 0.6
LONGEST = 12_000
"""Characters that are read this way; a longer narrative would take seconds."""


def from_learned(
    text: str, words: Sequence[Token], taken: Sequence[Spotted], terminology: Terminology | None
) -> list[Spotted]:
    """What the span reader finds beside what is `taken`; `code` is empty where none is sure.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    from cognoscope.apps.pharmacy.reactions import phrases, spans

    busy = {at for each in taken for at in range(each.first, each.stop)}
    found: list[Spotted] = []
    for span in spans.find(text[:LONGEST]):
        inside = [at for at, word in enumerate(words) if word.start < span.stop and word.stop > span.start]
        if span.score < SURE_SPAN or not inside or busy & set(inside):
            continue
        busy |= set(inside)
        best = phrases.rank(text[span.start : span.stop])[:1]
        code = best[0][0] if best and best[0][1] >= SURE_CODE and terminology and terminology.term(best[0][0]) else ""
        found.append(Spotted(inside[0], inside[-1] + 1, code, "learned", round(float(span.score), 2)))
    return found
