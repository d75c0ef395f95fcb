"""Lines of a PDF page as they stand on the paper: their words, and where they begin and end."""

from dataclasses import dataclass
from typing import Any

SOFT_HYPHENS = {0x2: "\u00ad", 0xFFFE: "\u00ad"}
"""What PDFium gives for a hyphen that it takes to break a word at the end of a line."""


@dataclass(frozen=True)
class Line:
    """One line; lengths in points (1/72 inch) from the lower left corner of the page.

    first_word: width of its first word, which is what did not fit on the line before.
    page: width and height of the page it stands on.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    first_word: float
    page: tuple[float, float]

    @property
    def height(self) -> float:
        """Of its letters."""
        return max(self.top - self.bottom, 1.0)


def lines_of(textpage: Any, page: tuple[float, float]) -> list[Line]:
    """The lines of a page in the order in which the file holds them.

    Args:
        textpage: a `PdfTextPage` of pypdfium2.
        page: the width and height of the page.
    """
    import pypdfium2.raw as pdfium

    found: list[Line] = []
    start, characters = 0, list[str]()
    for index in range(textpage.count_chars() + 1):
        code = pdfium.FPDFText_GetUnicode(textpage, index) if index < textpage.count_chars() else 0x0A
        if code in SOFT_HYPHENS:
            characters.append(SOFT_HYPHENS[code])
        # PDFium goes on without a break after a hyphen that ends a line.
        if code in (0x0A, 0x0D) or code in SOFT_HYPHENS:
            line = _line(textpage, start, characters, page)
            if line is not None:
                found.append(line)
            start, characters = index + 1, []
        else:
            characters.append(chr(code) if 0 < code < 0x110000 else "\ufffd")
    return found


def _line(textpage: Any, start: int, characters: list[str], page: tuple[float, float]) -> Line | None:
    filled = [index for index, character in enumerate(characters) if not character.isspace()]
    if not filled:
        return None
    first, last = filled[0], filled[-1]
    word = first
    while word < last and not characters[word + 1].isspace():
        word += 1
    left, bottom, _, top = textpage.get_charbox(start + first, loose=True)
    right = textpage.get_charbox(start + last, loose=True)[2]
    width = textpage.get_charbox(start + word, loose=True)[2] - left
    return Line("".join(characters[first : last + 1]), left, right, bottom, top, width, page)
