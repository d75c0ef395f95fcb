"""Conditions in reports: what is found, how it is graded and qualified, and that it is what EDS-NLP finds."""

import pytest

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.mention import Mention


def _read(text: str) -> list[Mention]:
    return component("conditions").read([text])[0]


def test_a_condition_with_its_status_and_place() -> None:
    text = "Motif : bilan.\nDiabète de type 2 compliqué d'une rétinopathie diabétique."
    first = _read(text)[0]
    assert (first.group, first.label, first.status) == ("condition", "diabetes", "with_complication")
    assert text[first.start : first.stop].startswith("Diabète de type 2")


def test_qualifiers_of_conditions() -> None:
    (negated,) = _read("Pas de BPCO connue.")
    assert (negated.label, negated.negated, negated.asserted) == ("copd", True, False)
    (family,) = _read("Le père avait un cancer du côlon.")
    assert family.family
    assert [mention.label for mention in _read("Patient sans antécédent.")] == []


def test_tobacco_given_up() -> None:
    (mention,) = _read("Tabagisme sevré depuis 2010.")
    assert (mention.label, mention.status) == ("tobacco", "abstinence")


def test_nothing_in_nothing() -> None:
    assert component("conditions").read(["", " \n\n", "\t"]) == [[], [], []]
