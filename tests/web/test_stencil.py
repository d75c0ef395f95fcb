"""A page with holes: filled and compressed, it is what a browser would have got uncompressed."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from cognoscope.web.stencil import Stencil, hole

TEXTS = st.lists(st.text(max_size=300), min_size=1, max_size=6)


@given(TEXTS, st.text(max_size=200))
def test_both_forms_hold_the_same_page(parts: list[str], value: str) -> None:
    stencil = Stencil(hole("a").join(parts) + hole("b"))
    values = {"a": value, "b": "the end"}
    page = (value.join(parts) + "the end").encode()
    assert stencil.fill(values) == page
    assert gzip.decompress(stencil.fill_gzip(values)) == page


def test_a_page_without_holes() -> None:
    stencil = Stencil("<p>page</p>" * 1000)
    assert stencil.names == set()
    packed = stencil.fill_gzip({})
    assert gzip.decompress(packed) == stencil.fill({})
    assert len(packed) < len(stencil.fill({})) / 50


def test_what_looks_like_a_hole_is_text() -> None:
    said = "\x02csrf\x03 \x02" + "0" * 32 + ":csrf\x03"
    assert Stencil(said).names == set()
    assert Stencil(said).fill({}) == said.encode()


def test_the_length_of_an_answer_does_not_depend_on_what_a_secret_repeats() -> None:
    stencil = Stencil("repeated " * 50 + hole("csrf"))
    assert len(stencil.fill_gzip({"csrf": "repeated repeated"})) == len(
        stencil.fill_gzip({"csrf": "x7Qh_-4kPz0aBc9Ee"})
    )
