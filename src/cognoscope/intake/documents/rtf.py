"""RTF to text."""

import re

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents.refused import unreadable

PICTURES = re.compile(r"\{\\\*?\\?(?:shppict|nonshppict|pict|blipuid|objdata|themedata|datastore)\b[^{}]*\}")
"""Pictures are megabytes of hexadecimal digits, which the library would walk one by one."""

BARS = re.compile(r" *\|[ |]*$", re.MULTILINE)
CELL = re.compile(r" *\| *")


def text_of_rtf(content: str) -> str:
    """The text of an RTF document; cells of a table stand between bars.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: it cannot be read.
    """
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError as error:
        raise NotInstalled("Reading RTF needs the extra `text`: run `make text`.") from error
    try:
        text: str = rtf_to_text(PICTURES.sub("{}", content), errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # The library states no errors of its own; whatever broke, the document is at fault.
        raise unreadable("RTF document") from error
    # A pair of surrogates written as two numbers becomes the character that they stand for.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CELL.sub(" | ", BARS.sub("", whole))
