"""Pages that are pictures are read by Tesseract, where Debian's packages tesseract-ocr and -fra are installed."""

import math
import os
import shutil
import subprocess
from functools import cache
from typing import Any

from cognoscope.intake.documents.refused import Refused

DOTS_AN_INCH = 300
MOST_PIXELS = 20_000_000
SECONDS_A_PAGE = 60
MOST_PAGES = 100
LANGUAGE = "fra"


@cache
def program() -> str | None:
    """Where Tesseract is, if it is there with its French data."""
    found = shutil.which("tesseract")
    if found is None:
        return None
    said = subprocess.run([found, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    return found if LANGUAGE in said.stdout.split() else None


def read_page(page: Any) -> str:
    """The words in the picture of a page.

    Args:
        page: a `PdfPage` of pypdfium2.

    Raises:
        Refused: Tesseract is not installed, or fails, or takes more than a minute.
    """
    tesseract = program()
    if tesseract is None:
        raise Refused(
            "scanned",
            "the PDF holds scanned pages without text: install Debian's tesseract-ocr and tesseract-ocr-fra "
            "and take the documents in again, or scan with text recognition",
        )
    try:
        done = subprocess.run(  # noqa: S603
            [tesseract, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(DOTS_AN_INCH)],
            input=_picture(page),
            capture_output=True,
            timeout=SECONDS_A_PAGE,
            check=True,
            # Its own threads wait for each other when every core has a document already.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Refused("scanned", "a scanned page of the PDF could not be recognised: scan it again") from error
    return done.stdout.decode("utf-8", "replace")


def _picture(page: Any) -> bytes:
    """The page in grey, as a portable graymap."""
    width, height = page.get_size()
    scale = min(DOTS_AN_INCH / 72, math.sqrt(MOST_PIXELS / max(width * height, 1)))
    grey = page.render(scale=scale, grayscale=True).to_numpy()
    rows, columns = grey.shape[:2]
    header = f"P5\n{columns} {rows}\n255\n".encode()
    return header + bytes(grey.reshape(rows, columns).tobytes())
