"""Small documents of each format, made on the spot."""

import io
import zipfile
import zlib
from collections.abc import Sequence

import pytest

# Whoever makes such files needs what reads them: without it, the module that asks is skipped.
Document = pytest.importorskip("docx", reason="needs the extra `text`").Document
pytest.importorskip("pypdfium2", reason="needs the extra `text`")

LINES = (
    "Compte rendu d'hospitalisation",
    "Motif : dyspnée d'effort, œdèmes des membres inférieurs",
    "Évolution favorable sous furosémide 40 mg ; à revoir.",
)


def rtf(lines: Sequence[str]) -> bytes:
    def written(character: str) -> str:
        if character in "\\{}":
            return f"\\{character}"
        if ord(character) < 128:
            return character
        try:
            return f"\\'{character.encode('cp1252')[0]:02x}"
        except UnicodeEncodeError:
            return f"\\u{ord(character)}?"

    body = "\\par\n".join("".join(map(written, line)) for line in lines)
    return ("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 " + body + "}").encode("ascii")


def docx(lines: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Hôpital de Nulleville"
    for line in lines:
        document.add_paragraph(line)
    if table:
        made = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(made.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(content: bytes, change: dict[str, bytes]) -> bytes:
    """A DOCX with some parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *change)):
            new.writestr(name, change.get(name) or old.read(name))
    return out.getvalue()


def html(lines: Sequence[str]) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>".encode()


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]], *, encrypted: bool = False) -> bytes:
    """A PDF whose pages hold lines at places (points from the lower left corner), in 12 point Helvetica."""
    contents = []
    for page in pages:
        shown = [f"1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj" for x, y, text in page]
        contents.append(("BT /F1 12 Tf " + "\n".join(shown) + " ET").encode("cp1252"))
    resources = b"<< /Font << /F1 3 0 R >> >>"
    return _pdf([(content, resources, b"[0 0 595 842]") for content in contents], (), encrypted)


def picture_pdf(width: int, height: int, grey: bytes) -> bytes:
    """A PDF of one page that is a picture."""
    picture = _stream(
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 "
        "/Filter /FlateDecode".encode(),
        zlib.compress(grey),
    )
    content = b"q 595 0 0 842 0 0 cm /I1 Do Q"
    return _pdf([(content, b"<< /XObject << /I1 4 0 R >> >>", b"[0 0 595 842]")], (picture,), False)


def column(
    lines: Sequence[str], top: float = 780, step: float = 14, left: float = 60
) -> list[tuple[float, float, str]]:
    """Lines below each other."""
    return [(left, top - step * number, line) for number, line in enumerate(lines)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _stream(dictionary: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(content), content)


def _pdf(pages: list[tuple[bytes, bytes, bytes]], more: tuple[bytes, ...], encrypted: bool) -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        font,
        *more,
    ]
    for number, (content, resources, box) in enumerate(pages):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Resources %s /Contents %d 0 R >>"
        objects += [page % (box, resources, first + 2 * number + 1), _stream(b"", content)]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    secret = b"<%s>" % (b"5a" * 32)
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >> /ID [<00> <00>]" % (secret, secret)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out + trailer % (len(objects) + 1, lock if encrypted else b"", start))
