"""The last step of every format: one way to write a text, so that equal reports are equal."""

import re
import unicodedata

from cognoscope.intake.documents import encoding
from cognoscope.intake.documents.refused import LONGEST_TEXT, Refused, too_long

BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
"""Control characters, soft hyphens, zero-width marks, halves of pairs: they hide words from every search.
The marks of direction that Arabic and Hebrew need stay."""

BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
TRAILING = re.compile(r" +$", re.MULTILINE)
EMPTY_LINES = re.compile(r"\n{3,}")


def finished(text: str) -> str:
    """The text in NFC, with `\\n` between lines, single spaces, no invisible characters, one empty line at most.

    Raises:
        Refused: nothing is left, or too much, or no text.
    """
    if len(text) > 4 * LONGEST_TEXT:
        raise too_long()
    encoding.check(BREAKS.sub("\n", text))
    clean = UNSEEN.sub("", BREAKS.sub("\n", text))
    clean = unicodedata.normalize("NFC", BLANKS.sub(" ", clean))
    clean = EMPTY_LINES.sub("\n\n", TRAILING.sub("", clean)).strip()
    if not clean:
        raise Refused("empty", "the document holds no text")
    if len(clean) > LONGEST_TEXT:
        raise too_long()
    return clean
