"""The letters of words without what people type differently: case, accents, ligatures, punctuation, spaces."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "µ": "u", "’": " ", "'": " "})
_APART = re.compile(r"[^0-9a-z]+")


def plain_words(text: str) -> str:
    """Lower-case letters a to z and digits of `text`, words one space apart; not of the text's own length.

    >>> plain_words("Œdème de l’ŒIL, aigu")
    'oedeme de l oeil aigu'
    """
    lower = unicodedata.normalize("NFKC", text).casefold().translate(_LIGATURES)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))
    return _APART.sub(" ", bare).strip()
