"""Fifty published French texts, put into files of every format and read back: the words come out as they went in."""

import html as markup
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.intake.documents.files import docx, rtf

from cognoscope.datasets.text import read_e3c
from cognoscope.intake.documents.isolated import Reader

CASES, LEAFLETS = 40, 10


@pytest.fixture(scope="module")
def texts() -> list[str]:
    folder = Path(os.environ.get("COGNOSCOPE_DATASETS", "absent")) / "text" / "e3c-french"
    if not folder.is_dir():
        pytest.skip("COGNOSCOPE_DATASETS names no folder with text/e3c-french")
    cases = read_e3c(folder / "layer3_journal_cases_unannotated.jsonl.gz")[:CASES]
    leaflets = read_e3c(folder / "layer3_notices_patient_sample.jsonl.gz")[:LEAFLETS]
    return [each.text for each in (*cases, *leaflets)]


def words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\u200b", "").split())


def page(text: str) -> str:
    margins = "@page{size:A4;margin:2.2cm;@top-left{content:'CHU de Nulleville'}@bottom-right{content:counter(page)}}"
    body = "".join(f"<p>{markup.escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<html lang=fr><head><meta charset=utf-8><style>{margins}</style></head><body>{body}</body></html>"


@pytest.mark.parametrize("form", ["utf-8", "utf-16", "html", "rtf", "docx"])
def test_every_word_comes_back(texts: list[str], form: str) -> None:
    with Reader() as reader:
        for text in texts:
            lines = text.split("\n")
            match form:
                case "html":
                    content = page(text).encode()
                case "rtf":
                    content = rtf(lines)
                case "docx":
                    content = docx(lines)
                case _:
                    content = text.encode(form)
            assert words(reader.of_bytes(content)) == words(text)


@pytest.mark.slow
@pytest.mark.browser
def test_pdf_printed_by_a_browser(texts: list[str], tmp_path: Path) -> None:
    """A browser breaks long compounds and addresses at their hyphens, of which a reader cannot know all."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install the package chromium, or name one in the variable CHROMIUM")
    # A thread of its own: another test of the process may have left an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        same, letters = pool.submit(_printed_and_read, path, texts).result()
    assert letters == len(texts) and same >= 0.8 * len(texts)


def _printed_and_read(chromium: str, texts: list[str]) -> tuple[int, int]:
    """How many texts come back the same, and with all their letters."""
    from playwright.sync_api import sync_playwright

    same, letters = 0, 0
    with sync_playwright() as playwright, Reader() as reader:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        tab = browser.new_page()
        for text in texts:
            tab.set_content(page(text))
            said = words(reader.of_bytes(tab.pdf(prefer_css_page_size=True)))
            # On a single page nothing tells a header from the text.
            said = said.removeprefix("CHU de Nulleville ")
            same += said == words(text)
            letters += _letters(said) == _letters(words(text))
        browser.close()
    return same, letters


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalnum())
