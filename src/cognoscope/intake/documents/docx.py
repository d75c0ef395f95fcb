"""DOCX to text: paragraphs and tables in their order, without headers, footers, comments and deleted words."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Any

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents.refused import Refused, unreadable

LARGEST_UNPACKED = 100 << 20
LARGEST_PART = 60 << 20
MOST_PARTS = 4_000
HIGHEST_RATIO = 200
RATIO_FROM = 1 << 20
"""Bytes from which a part's ratio counts: a short part of spaces is no bomb."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SKIPPED = frozenset(
    {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "trPr", "tcPr", "rt")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
DECLARED = re.compile(
    rb"<\0?!\0?(?:" + b"|".join(b"\0?".join(b"%c" % c for c in w) for w in (b"DOCTYPE", b"ENTITY")) + b")"
)
"""In UTF-8 and, with zero bytes between, in UTF-16."""


def text_of_docx(content: bytes) -> str:
    """The text of a Word document.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: no Word document, a damaged one, or one made to fill the memory.
    """
    try:
        from docx import Document
    except ImportError as error:
        raise NotInstalled("Reading DOCX needs the extra `text`: run `make text`.") from error
    check_archive(content)
    try:
        body = Document(BytesIO(content)).element.body
    except Exception as error:  # Anything may come out of a damaged package: KeyError, ValueError, lxml's own.
        raise unreadable("Word document") from error
    pieces: list[str] = []
    _read(body, pieces)
    return "".join(pieces)


def check_archive(content: bytes) -> None:
    """Look at what the archive declares before anything of it is unpacked, then at its XML before it is parsed.

    Python's `zipfile` never unpacks more than the declared size, so the declared sizes are what counts.

    Raises:
        Refused: an archive that holds no Word document, is damaged, encrypted, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            names = {part.filename for part in parts}
            if "word/document.xml" not in names:
                raise Refused(
                    "archive", "the document is a ZIP archive or another office format: save it as DOCX or PDF"
                )
            for part in parts:
                if part.flag_bits & 1:
                    raise Refused("password", "the Word document is protected by a password: save it without one")
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise unreadable("Word document") from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    whole = sum(part.file_size for part in parts)
    dense = any(
        part.file_size > RATIO_FROM and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1) for part in parts
    )
    largest = max((part.file_size for part in parts), default=0)
    if len(parts) > MOST_PARTS or whole > LARGEST_UNPACKED or largest > LARGEST_PART or dense:
        raise Refused("bomb", "the Word document would unpack to far more than a report holds: save it again")


def _check_xml(part: bytes) -> None:
    """Word never declares a document type; whoever does wants entities to be expanded."""
    if DECLARED.search(part):
        raise Refused("bomb", "the Word document declares XML entities, as none that Word writes does: save it again")


def _read(body: Any, out: list[str]) -> None:
    """Write the text of everything below, without recursion."""
    stack: list[Any] = [body]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            _end(item, out)
            continue
        tag = item.tag
        if not isinstance(tag, str) or tag in SKIPPED:
            continue
        if tag == f"{W}t":
            out.append(item.text or "")
        elif tag in MARKS:
            out.append(MARKS[tag])
        else:
            if tag == f"{W}p" and item.find(f"{W}pPr/{W}numPr") is not None:
                out.append("- ")
            if tag in (f"{W}p", f"{W}tc", f"{W}tr"):
                stack.append(tag)
            stack.extend(reversed(item))


def _end(tag: str, out: list[str]) -> None:
    if tag == f"{W}p":
        out.append("\n")
    elif tag == f"{W}tc":
        while out and out[-1] == "\n":
            out.pop()
        out.append(" | ")
    else:
        if out and out[-1] == " | ":
            out.pop()
        out.append("\n")
