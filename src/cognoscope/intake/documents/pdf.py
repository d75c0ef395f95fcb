"""PDF to text: the words of each page in lines made whole, without repeated headers, footers and page numbers."""

from collections.abc import Callable
from typing import Any

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents import ocr
from cognoscope.intake.documents.pdf_lines import Line, lines_of
from cognoscope.intake.documents.pdf_margins import without_margins
from cognoscope.intake.documents.pdf_reflow import joined_by_length, text_of_pages
from cognoscope.intake.documents.refused import LONGEST_TEXT, Refused, too_long, unreadable

MOST_PAGES = 2_000
FEWEST_LETTERS = 20
"""A page with fewer beside a large picture is a scan."""

PICTURE_SHARE = 0.3
NESTED = 4


def text_of_pdf(content: bytes, tick: Callable[[], None] = lambda: None) -> str:
    """The text of a PDF document.

    Args:
        content: the file.
        tick: called before each page that is recognised from its picture, which takes seconds.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: protected by a password, damaged, too long, or scanned while Tesseract is not installed.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise NotInstalled("Reading PDF needs the extra `text`: run `make text`.") from error
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Refused("password", "the PDF is protected by a password: save it without one") from error
        raise unreadable("PDF") from error
    try:
        return _read(document, tick)
    except pypdfium2.PdfiumError as error:
        raise unreadable("PDF") from error
    finally:
        document.close()


def _read(document: Any, tick: Callable[[], None]) -> str:
    count = len(document)
    if count == 0:
        raise unreadable("PDF")
    if count > MOST_PAGES:
        raise Refused("too_long", f"the PDF has more than {MOST_PAGES} pages: give its parts one by one")
    pages: list[list[Line]] = []
    pictures: dict[int, str] = {}
    characters = 0
    for number in range(count):
        page = document[number]
        textpage = page.get_textpage()
        lines = lines_of(textpage, page.get_size())
        textpage.close()
        characters += sum(len(line.text) for line in lines)
        if characters > LONGEST_TEXT:
            raise too_long()
        if _letters(lines) < FEWEST_LETTERS and _is_picture(page):
            if len(pictures) >= ocr.MOST_PAGES:
                raise Refused(
                    "too_long", f"the PDF has more than {ocr.MOST_PAGES} scanned pages: give its parts one by one"
                )
            tick()
            pictures[number] = joined_by_length(ocr.read_page(page))
            lines = []
        pages.append(lines)
        page.close()
    return _together(pages, pictures)


def _together(pages: list[list[Line]], pictures: dict[int, str]) -> str:
    """Runs of printed pages are made whole together; pages from pictures stand between them."""
    kept = without_margins(pages) if any(pages) else pages
    texts: list[str] = []
    run: list[list[Line]] = []
    for number, page in enumerate(kept):
        if number in pictures:
            texts += [text_of_pages(run), pictures[number]]
            run = []
        else:
            run.append(page)
    texts.append(text_of_pages(run))
    return "\n\n".join(text for text in texts if text.strip())


def _letters(lines: list[Line]) -> int:
    return sum(each.isalnum() for line in lines for each in line.text)


def _is_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=NESTED):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > PICTURE_SHARE * width * height:
            return True
    return False
