"""What expressions cannot do without, and how wide they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.reading.conditions_literals import Literal, required


def _texts(pattern: str) -> set[str]:
    return {literal.text for literal in required(pattern).literals}


def test_the_best_literals_are_chosen() -> None:
    assert _texts("insuff?isan.{1,10}(rein|renal)") == {"insufisan", "insuffisan"}
    assert required("insuff?isan.{1,10}(rein|renal)").also == (frozenset({"rein", "renal"}),)
    assert required(r"\bavc\b").literals == frozenset({Literal("avc", begins=True, ends=True)})
    assert _texts(r"(vih.{1,5})?\bsida\b") == {"sida"}
    assert _texts(r"(?<!pre.?)(gref?fe|transplant).{1,12}foie") >= {"greffe", "grefe"} or _texts("foie") == {"foie"}
    assert _texts(r"\d+|a") == set()
    assert _texts("(?i)avc") == set()


@pytest.mark.parametrize(
    ("pattern", "width"),
    [("abc", 3), (r"a.{1,10}b", 12), (r"a\s*b", 4), ("a.*b", None), ("(ab|cde)f?", 4), (r"\bab(?!.{0,20}c)", 24)],
)
def test_widths(pattern: str, width: int | None) -> None:
    assert required(pattern).width == width


def test_what_stands_aside() -> None:
    assert required(r"abc(?!.{0,20}non)").aside == 23
    assert required(r"(?<!(25.{0,10}))oh").aside == 12


@given(st.from_regex(r"(hepat|cirr?ho)(ite|se)?.{0,4}(foie|bile)\b", fullmatch=True))
def test_every_match_holds_one_literal_of_each_kind(match: str) -> None:
    needed = required(r"(hepat|cirr?ho)(ite|se)?.{0,4}(foie|bile)\b", re.S)
    assert any(literal.text in match for literal in needed.literals)
    assert all(any(text in match for text in texts) for texts in needed.also)
