"""Any document to text: its format is found, its text taken out and finished."""

import re
from collections.abc import Callable

from cognoscope.intake.documents import formats
from cognoscope.intake.documents.docx import text_of_docx
from cognoscope.intake.documents.encoding import decoded
from cognoscope.intake.documents.finishing import finished
from cognoscope.intake.documents.html import text_of_html
from cognoscope.intake.documents.mojibake import repaired
from cognoscope.intake.documents.pdf import text_of_pdf
from cognoscope.intake.documents.refused import LARGEST_FILE, too_large
from cognoscope.intake.documents.rtf import text_of_rtf

DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)


def text_of_bytes(content: bytes, declared: str | None = None, tick: Callable[[], None] = lambda: None) -> str:
    """The text of a file of any format.

    Args:
        content: the file.
        declared: the encoding it is said to have.
        tick: called whenever a slow piece of work begins.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: it cannot be read.
    """
    if len(content) > LARGEST_FILE:
        raise too_large()
    match formats.of_bytes(content):
        case "pdf":
            return finished(text_of_pdf(content, tick))
        case "docx":
            return finished(text_of_docx(content))
        case "rtf":
            # Pictures may stand in it as plain bytes, of which no encoding makes text.
            return finished(text_of_rtf(content.decode("latin-1") if b"\\bin" in content else decoded(content)))
    meta = DECLARED.search(content[:4096])
    return text_of_text(decoded(content, declared or (meta.group(1).decode() if meta else None)))


def text_of_text(text: str) -> str:
    """The text of a cell or decoded file, which may be HTML or RTF.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: it cannot be read.
    """
    text = repaired(text)
    match formats.of_text(text):
        case "rtf":
            return finished(text_of_rtf(text.lstrip("\ufeff \r\n\t")))
        case "html":
            return finished(text_of_html(text))
    return finished(text)
