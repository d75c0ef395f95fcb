"""What a document is, told by its content: names and declared types are often wrong."""

import re
from typing import Literal

from cognoscope.intake.documents.refused import Refused

Format = Literal["text", "html", "rtf", "docx", "pdf"]
HEAD = 1024

ASIDE: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "image", "is an image"),
    (b"\xff\xd8\xff", "image", "is an image"),
    (b"GIF8", "image", "is an image"),
    (b"II*\x00", "image", "is an image"),
    (b"MM\x00*", "image", "is an image"),
    (b"\x1f\x8b", "archive", "is a compressed archive"),
    (b"7z\xbc\xaf", "archive", "is a compressed archive"),
    (b"Rar!", "archive", "is a compressed archive"),
    (b"PAR1", "binary", "is a Parquet file"),
    (b"\x7fELF", "binary", "is a program"),
    (b"MZ\x90", "binary", "is a program"),
)
"""First bytes of what is none of the formats, and what it is."""

BEFORE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*")
HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|meta|title|style|script|div|p|span|table|tr|td|br|b|i|u|h[1-6]|ul|ol|li|"
    r"font|center|strong|em|section|article|pre|a|img|hr)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(r"\s*<\?xml\b")


def of_bytes(content: bytes) -> Format:
    """The format of a file; `text` may still turn out to be HTML once it is decoded (see `of_text`).

    Raises:
        Refused: something else, with what to do about it.
    """
    if not content.strip():
        raise Refused("empty", "the document is empty")
    head = content[:HEAD]
    start = BEFORE.match(head)
    if b"%PDF-" in head:
        return "pdf"
    if start and head.startswith(b"{\\rtf", start.end()):
        return "rtf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _compound(content)
    for mark, kind, what in ASIDE:
        if head.startswith(mark):
            raise Refused(kind, f"the document {what}: export it as text, HTML, RTF, DOCX or PDF")
    return "text"


def of_text(text: str) -> Format:
    """Whether a text is HTML or RTF, as texts in columns of tables may be.

    Raises:
        Refused: another kind of XML.
    """
    start = text[:4096]
    if start.lstrip("\ufeff \r\n\t").startswith("{\\rtf"):
        return "rtf"
    if HTML.match(start):
        return "html"
    if XML.match(start):
        raise Refused("xml", "the document is XML of a kind that is not read: export it as text, HTML or PDF")
    return "text"


def _compound(content: bytes) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused("password", "the Word document is protected by a password: save it without one")
    return Refused("old_word", "the document is in the old Word format (.doc): save it as DOCX or PDF")
