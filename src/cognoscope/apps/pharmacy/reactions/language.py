"""Which language a text is in, from its commonest words and its script; French and English are read, others named."""

from collections import Counter
from collections.abc import Sequence

from cognoscope.apps.pharmacy.reactions.lexicon import languages
from cognoscope.apps.pharmacy.reactions.tokens import Token

READ = ("fr", "en")
ENOUGH = 4
"""Common words from which a language other than those read is told."""


def language_of(text: str, words: Sequence[Token]) -> str:
    """`fr`, `en`, another code, or `other` for another script; `fr` where there is too little to tell."""
    letters = [sign for sign in text[:2000] if sign.isalpha()]
    if letters and sum(sign < "\u0250" for sign in letters) < 0.6 * len(letters):
        return "other"
    counted: Counter[str] = Counter()
    for word in words[:400]:
        for language, common in languages().items():
            counted[language] += word.plain in common
    read = max(READ, key=lambda language: counted[language])
    best = max(languages(), key=lambda language: (counted[language], language in READ))
    # One sentence in French with a Spanish name in it is French: another language must clearly win.
    if best not in READ and counted[best] >= ENOUGH and counted[best] > 1.3 * counted[read]:
        return best
    return read
