"""Broken documents of every format: each parser gives a text or a refusal, and nothing else comes out."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.documents.files import LINES, column, docx, html, pdf, rtf

from cognoscope.intake.documents.reader import text_of_bytes, text_of_text
from cognoscope.intake.documents.refused import Refused

WHOLE = {
    "rtf": rtf(LINES),
    "html": html(LINES),
    "docx": docx(LINES, [["a", "b"]]),
    "pdf": pdf([column(LINES), column(LINES)]),
    "text": "\n".join(LINES).encode(),
}


@st.composite
def broken(draw: st.DrawFn, whole: bytes) -> bytes:
    """The document with some pieces overwritten, removed or cut off."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        piece = draw(st.binary(max_size=12))
        content[place : place + draw(st.integers(0, 40))] = piece
    return bytes(content[: draw(st.integers(0, len(content)))]) if draw(st.booleans()) else bytes(content)


@pytest.mark.parametrize("name", WHOLE)
def test_only_refusals_come_out(name: str) -> None:
    @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(broken(WHOLE[name]))
    def check(content: bytes) -> None:
        try:
            assert text_of_bytes(content).strip()
        except Refused as refused:
            assert refused.reason and "\n" not in refused.reason

    check()


@settings(deadline=None)
@given(st.text(alphabet="<>/ptdrbli!-\"'= a&;#x0{}\\ué\n", max_size=200))
def test_any_cell_gives_a_text_or_a_refusal(text: str) -> None:
    for start in ("", "<p>", "{\\rtf1 ", "<table><tr>"):
        try:
            text_of_text(start + text)
        except Refused as refused:
            assert refused.kind in ("empty", "corrupt", "xml")


def test_nesting_without_end() -> None:
    for content in ("<div>" * 50_000 + "x", "{\\rtf1 " + "{" * 50_000 + "x"):
        try:
            text_of_text(content)
        except Refused as refused:
            assert refused.kind == "corrupt"
