"""Headers, footers and page numbers: lines that come again at the same height of other pages."""

import re
from collections import Counter
from collections.abc import Sequence

from cognoscope.intake.documents.pdf_lines import Line

OUTERMOST = 4
"""Lines at the top and at the bottom of a page that may be a header or a footer."""

MARGIN = 0.15
"""Of the page's height, in which they must stand."""

SHARE = 0.6
"""Of the pages, on which a line must come again."""

HEIGHT_STEP = 4.0
"""Points within which two heights count as the same."""

DIGITS = re.compile(r"\d+")
PAGE = re.compile(r"(?:page|p\.)?\s*:?\s*(\d{1,4})\s*(?:/|sur|of|de)\s*(\d{1,4})|page\s*:?\s*(\d{1,4})", re.IGNORECASE)
NUMBER = re.compile(r"[-–—\s]*(\d{1,4})[-–—\s.]*")


def without_margins(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without their repeated headers and footers and without page numbers."""
    outer = [_outer(page) for page in pages]
    seen: Counter[tuple[str, int]] = Counter()
    for lines in outer:
        # Two neighbouring steps, so that a height on the border of one is not missed.
        seen.update({key for line in lines for key in _keys(line)})
    needed = max(2.0, SHARE * len(pages))
    kept: list[list[Line]] = []
    for number, (page, lines) in enumerate(zip(pages, outer, strict=True), start=1):
        dropped = {
            id(line)
            for line in lines
            if any(seen[key] >= needed for key in _keys(line)) or _is_number(line.text, number, len(pages))
        }
        kept.append([line for line in page if id(line) not in dropped])
    # A form whose every page is the same would vanish: then nothing was a header.
    return kept if any(kept) else list(pages)


def _outer(page: list[Line]) -> list[Line]:
    def in_margin(line: Line) -> bool:
        height = line.page[1]
        return line.bottom > (1 - MARGIN) * height or line.top < MARGIN * height

    by_height = sorted(page, key=lambda line: -line.top)
    outermost = by_height if len(page) <= 2 * OUTERMOST else by_height[:OUTERMOST] + by_height[-OUTERMOST:]
    return [line for line in outermost if in_margin(line)]


def _keys(line: Line) -> list[tuple[str, int]]:
    words = " ".join(DIGITS.sub("#", line.text.casefold()).split())
    step = int(line.bottom // HEIGHT_STEP)
    return [(words, step), (words, step + 1)]


def _is_number(text: str, page: int, pages: int) -> bool:
    """Whether a line numbers its page."""
    whole = PAGE.fullmatch(text.strip())
    if whole:
        return int(whole.group(1) or whole.group(3)) == page or int(whole.group(2) or 0) == pages
    alone = NUMBER.fullmatch(text)
    return alone is not None and int(alone.group(1)) == page
