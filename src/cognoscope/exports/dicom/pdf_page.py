"""One page of PDF (ISO 32000-1): text in the standard font Helvetica, rectangles, one picture.

Written here because no library that writes text into a PDF is among the requirements: Pillow would make a picture of
the page, which nobody can search, copy from or have read aloud. Standard fonts need not be embedded; their characters
are those of Windows-1252, which French and English need.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
"""A4 in points."""

_NARROW = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
WIDTHS = {chr(32 + place): int(width) for place, width in enumerate(_NARROW.split())}
"""Thousandths of the size, as Adobe publishes them for Helvetica; what is missing counts as a wide letter."""

REPLACED = {"≥": ">=", "≤": "<=", "−": "-", "\u202f": "\xa0", "→": "->", "≈": "~"}


def width_of(text: str, size: float, bold: bool = False) -> float:
    """How wide a line is in points; bold counts 7 % more, which is a little too much on purpose."""
    import unicodedata

    base = (unicodedata.normalize("NFD", character)[0] for character in text)
    return sum(WIDTHS.get(character, 667) for character in base) * size / 1000 * (1.07 if bold else 1.0)


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width` points; a word that is wider alone is cut."""
    lines, line = [], ""
    for word in text.split():
        while width_of(word, size, bold) > width and len(word) > 1:
            cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width_of(word[:n], size, bold) <= width)
            lines += [line, word[:cut]] if line else [word[:cut]]
            line, word = "", word[cut:]
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size, bold) > width:
            lines, line = [*lines, line], word
        else:
            line = longer
    return [*lines, line] if line else lines


@dataclass
class Page:
    """What is drawn, from the top; `y` counts down from the top edge in points."""

    language: str
    title: str
    drawn: list[bytes] = field(default_factory=list)
    picture: tuple[bytes, int, int] | None = None

    def text(self, x: float, y: float, words: str, size: float = 10, bold: bool = False, grey: float = 0.0) -> None:
        """One line, its base at `y`."""
        for character, instead in REPLACED.items():
            words = words.replace(character, instead)
        shown = words.encode("cp1252", errors="replace")
        for special in (b"\\", b"(", b")"):
            shown = shown.replace(special, b"\\" + special)
        font = b"F2" if bold else b"F1"
        self.drawn.append(b"BT %.2f g /%b %.1f Tf %.1f %.1f Td (%b) Tj ET" % (grey, font, size, x, HEIGHT - y, shown))

    def paragraph(
        self, x: float, y: float, words: str, width: float, size: float = 10, bold: bool = False, grey: float = 0.0
    ) -> float:
        """Lines no wider than `width`; returns where the next line's base would be."""
        for line in wrapped(words, size, width, bold):
            self.text(x, y, line, size, bold, grey)
            y += size * 1.35
        return y

    def rectangle(self, x: float, y: float, width: float, height: float, colour: tuple[float, float, float]) -> None:
        """A filled rectangle, `x` and `y` its upper left corner."""
        self.drawn.append(
            b"%.2f %.2f %.2f rg %.1f %.1f %.1f %.1f re f" % (*colour, x, HEIGHT - y - height, width, height)
        )

    def place(self, jpeg: bytes, columns: int, rows: int, box: tuple[float, float, float, float]) -> None:
        """The page's one picture, a JPEG, inside x, y, width, height, in its own proportions."""
        x, y, width, height = box
        scale = min(width / columns, height / rows)
        shown = (columns * scale, rows * scale)
        self.picture = (jpeg, columns, rows)
        self.drawn.append(b"q %.1f 0 0 %.1f %.1f %.1f cm /I1 Do Q" % (*shown, x, HEIGHT - y - shown[1]))

    def content(self) -> bytes:
        """The file."""
        stream = zlib.compress(b"\n".join(self.drawn), 9)
        resources = b"/Font << /F1 5 0 R /F2 6 0 R >>"
        font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>"
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (%b) /ViewerPreferences << /DisplayDocTitle true >> >>"
            % self.language.encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"",
            _stream(b"/Filter /FlateDecode", stream),
            font % b"Helvetica",
            font % b"Helvetica-Bold",
            b"<< /Title <%b> >>" % ("\ufeff" + self.title).encode("utf-16-be").hex().encode(),
        ]
        if self.picture is not None:
            jpeg, columns, rows = self.picture
            described = (
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
                b"/Filter /DCTDecode" % (columns, rows)
            )
            objects.append(_stream(described, jpeg))
            resources += b" /XObject << /I1 8 0 R >>"
        objects[2] = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << %b >> >>" % (
            WIDTH,
            HEIGHT,
            resources,
        )
        return _file(objects)


def _stream(described: bytes, content: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (described, len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    whole, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    count = len(objects) + 1
    return whole + b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table) + tail % (count, len(whole))
