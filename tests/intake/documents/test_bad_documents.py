"""What no report should be is set aside with a sentence, and the others are taken."""

import io
import os
import random
import shutil
import signal
import struct
import zipfile
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from tests.intake.documents.files import LINES, column, docx, html, pdf, picture_pdf, repacked, rtf
from tests.intake.documents.taking_in import folder_of, take_in
from tests.intake.fhir_examples import rows

from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.documents import child, isolated, ocr
from cognoscope.intake.documents.isolated import Reader
from cognoscope.intake.documents.refused import LARGEST_FILE, Refused

ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


def bomb() -> bytes:
    return repacked(docx(LINES), {"word/media/image1.bmp": b"\0" * (60 << 20)})


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(docx(LINES))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + place] |= 1
    return bytes(content)


BAD: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \r\n \n", "empty"),
    "script.html": (b"<html><script>var nom = 1</script></html>", "empty"),
    "binary.txt": (bytes(range(256)) * 99, "binary"),
    "picture.pdf": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image"),
    "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_word"),
    "locked.docx": (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "locked-parts.docx": (encrypted_zip(), "password"),
    "bomb.docx": (bomb(), "bomb"),
    "entities.docx": (repacked(docx(LINES), {"word/document.xml": ENTITIES}), "bomb"),
    "wide-entities.docx": (
        repacked(docx(LINES), {"word/styles.xml": ENTITIES.decode().encode("utf-16")}),
        "bomb",
    ),
    "archive.docx": (zipped(a=b"x"), "archive"),
    "cut.docx": (docx(LINES)[:-700], "corrupt"),
    "no-parts.docx": (zipped(**{"word/document.xml": b"<x/>"}), "corrupt"),
    "locked.pdf": (pdf([column(LINES)], encrypted=True), "password"),
    "cut.pdf": (pdf([column(LINES)])[:200], "corrupt"),
    "noise.pdf": (b"%PDF-1.7\n" + random.Random(7).randbytes(2000), "corrupt"),
    "xml.txt": (b"<?xml version='1.0'?><ClinicalDocument/>", "xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_sentence_says_why(name: str) -> None:
    content, kind = BAD[name]
    with Reader() as reader, pytest.raises(Refused) as refused:
        reader.of_bytes(content)
    assert refused.value.kind == kind and refused.value.reason.count(" ") > 2


def test_the_batch_goes_on(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    good = {"a.txt": "\n".join(LINES).encode(), "b.rtf": rtf(LINES), "c.docx": docx(LINES), "d.html": html(LINES)}
    large = {"large.txt": b"a" * (LARGEST_FILE + 1)}
    folder = folder_of(tmp_path / "in", {name: content for name, (content, _) in BAD.items()} | good | large)
    report = take_in(home, ledger, folder)
    assert (report.tally.read, report.tally.written) == (len(BAD) + 5, 4)
    aside = rows(home, "quarantine")
    assert sorted(aside["kind"]) == sorted([kind for _, kind in BAD.values()] + ["too_large"])
    assert set(aside["file"]) == {"index.csv"} and len(rows(home, "note")) == 4
    again = take_in(home, ledger, folder)
    assert not again.new and again.tally == report.tally and len(rows(home, "quarantine")) == len(aside)


def test_fifty_megabytes_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognoscope.intake.documents.isolated.LARGEST_FILE", 1000)
    with Reader() as reader:
        for ask in (lambda: reader.of_bytes(b"a" * 1001), lambda: reader.of_text("a" * 1001)):
            with pytest.raises(Refused, match="give its parts one by one"):
                ask()


def test_a_text_of_millions_of_characters_is_refused() -> None:
    with Reader() as reader, pytest.raises(Refused, match="longer than 2,000,000"):
        reader.of_bytes(b"mot " * 600_000)


@pytest.mark.parametrize(
    ("ending", "kind"), [(signal.SIGSEGV, "corrupt"), (signal.SIGALRM, "too_slow"), (signal.SIGKILL, "corrupt")]
)
def test_a_library_that_dies_or_hangs_costs_one_document(ending: signal.Signals, kind: str) -> None:
    with Reader() as reader:
        assert reader.of_bytes(html(LINES))
        process = reader._child
        assert process is not None
        process.send_signal(ending)
        process.wait()
        with pytest.raises(Refused) as refused:
            reader.of_bytes(html(LINES))
        assert refused.value.kind == kind
        assert reader.of_bytes(html(LINES)) and reader._child is not process


def test_the_alarm_ends_a_child_that_never_comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child's own loop with a reader that spins: the system ends it without Python's help."""
    monkeypatch.setattr(child, "SECONDS", -4)
    monkeypatch.setattr(child, "text_of_bytes", lambda *_, **__: [None for _ in iter(int, 1)])
    pid = os.fork()
    if pid == 0:
        child.answer(b"x", None)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM


def test_what_a_library_prints_does_not_get_between_the_answers() -> None:
    assert isolated.ANSWER.size == struct.calcsize(">BI")
    with Reader() as reader:
        for _ in range(3):
            assert "dyspnée" in reader.of_bytes(pdf([column(LINES)]))


def scan() -> bytes:
    page = pypdfium2.PdfDocument(pdf([column([line.replace("œ", "oe") for line in LINES])]))[0]
    grey = page.render(scale=200 / 72, grayscale=True).to_numpy()
    rows_, columns = grey.shape[:2]
    return picture_pdf(columns, rows_, np.ascontiguousarray(grey).tobytes())


def test_a_scan_without_tesseract_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from cognoscope.intake.documents.pdf import text_of_pdf

    monkeypatch.setattr(ocr, "program", lambda: None)
    with pytest.raises(Refused, match="tesseract-ocr-fra"):
        text_of_pdf(scan())


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Debian's tesseract-ocr is not installed")
def test_a_scan_is_read_where_tesseract_is_installed() -> None:
    if ocr.program() is None:
        pytest.skip("Debian's tesseract-ocr-fra is not installed")
    with Reader() as reader:
        said = reader.of_bytes(scan())
    assert "Compte rendu d'hospitalisation" in said.replace("’", "'") and "dyspnée" in said
