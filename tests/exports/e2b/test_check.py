"""The check against the guide's tables finds what is wrong, and nothing in a good case."""

from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exports.declarations import case, declaration

from cognoscope.exports.e2b import Sender, individual_case, problems
from cognoscope.exports.e2b.xml import HL7

GOOD = individual_case(declaration(), case(), Sender("H", "HOPITAL", "ANSM"), datetime(2026, 11, 21, 9, tzinfo=UTC))
Element = ElementTree.Element


def one(root: Element, path: str) -> Element:
    found = root.find(path, {"h": HL7})
    assert found is not None, path
    return found


def remove(path: str, child: str) -> Callable[[Element], None]:
    def act(root: Element) -> None:
        parent = one(root, path)
        parent.remove(one(parent, child))

    return act


def put(path: str, name: str, text: str) -> Callable[[Element], None]:
    return lambda root: one(root, path).set(name, text)


REACTION = ".//h:primaryRole/h:subjectOf2/h:observation[h:id]"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (remove(".", "h:sender"), "MCCI_IN200100UV01 holds"),
        (remove(".//h:investigationEvent", "h:availabilityTime"), "C.1.5"),
        (remove(".//h:investigationEvent", "h:outboundRelationship"), "C.1.8.2"),
        (remove(REACTION, "h:outboundRelationship2"), "E.i.3.2a"),
        (put(REACTION + "/h:value", "code", "1004673"), "E.i.2.1b"),
        (put(REACTION + "/h:value", "codeSystem", "1.2.3"), "not in MedDRA's"),
        (put(REACTION + "/h:value", "codeSystemVersion", "five"), "E.i.2.1a"),
        (put(REACTION + "/h:effectiveTime/h:low", "value", "soon"), "E.i.4"),
        (put(".//h:creationTime", "value", "20261121"), "N.1.5"),
        (put(".//h:investigationEvent/h:id", "extension", "x" * 101), "101 characters"),
        (put(".//h:player1/h:name", "nullFlavor", "NI"), "D.1"),
        (put(".//h:productUseReference/h:id", "root", "0"), "productUseReference points at"),
        (put(".//h:adverseEffectReference/h:id", "root", "0"), "adverseEffectReference points at"),
        (put(".//h:act/h:code", "code", "7"), "G.k.8"),
        (lambda root: one(root, ".//h:investigationEvent").append(Element(f"{{{HL7}}}statusCode")), "in its order"),
        (lambda root: one(root, ".//h:location").append(Element(f"{{{HL7}}}blog")), "location holds code blog"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[Element], None], says: str):
    root = ElementTree.fromstring(GOOD)
    spoil(root)
    assert says in " ".join(problems(ElementTree.tostring(root)))


def test_a_case_of_concomitant_drugs_only_is_no_case():
    wrong = problems(GOOD.replace(b'code="1" codeSystem="2.16.840.1.113883.3.989.2.1.1.13"',
                                  b'code="2" codeSystem="2.16.840.1.113883.3.989.2.1.1.13"')
                     .replace(b'code="3" codeSystem="2.16.840.1.113883.3.989.2.1.1.13"',
                              b'code="2" codeSystem="2.16.840.1.113883.3.989.2.1.1.13"'))  # fmt: skip
    assert wrong == ["No drug is suspected or interacting: a case needs one."]


@pytest.mark.parametrize("written", [b"", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", GOOD[:-40]])
def test_what_is_no_case_at_all_is_one_sentence(written: bytes):
    assert len(problems(written)) == 1


@given(cut=st.integers(0, len(GOOD)), junk=st.binary(max_size=30))
def test_damage_is_told_and_never_raises(cut: int, junk: bytes):
    assert all(line.endswith(".") for line in problems(GOOD[:cut] + junk + GOOD[cut + len(junk) :]))
