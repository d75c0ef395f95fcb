"""TNM stages: those of EDS-NLP's own pipe, read only where there is one."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.stages import COMPONENT

pieces = st.sampled_from(
    [
        "pT2N1M0",
        "T3 N2b M1",
        "ypT0N0",
        "cT4",
        " ",
        "\n",
        "T",
        "t1 no",
        "atome",
        "Adénocarcinome ",
        "M1",
        "pT1c",
        "(UICC 2017)",
        "N+",
    ]
)


@cache
def pipeline() -> Any:
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.tnm")
    return nlp


@settings(max_examples=80, deadline=None)
@given(st.lists(pieces, max_size=8).map("".join))
def test_stages_are_those_of_eds_tnm(text: str):
    (found,) = COMPONENT.read([text])
    theirs = [(span.start_char, span.end_char, span.kb_id_) for span in pipeline()(text).ents]
    assert [(one.start, one.stop, one.code) for one in found] == theirs


def test_a_stage_with_metastasis_negation_and_date():
    first, second = "Adénocarcinome pT3N1M1 en 2020.", "Classé T2N0M0."
    (one,), (other,), none = COMPONENT.read([first, second, "Rien à signaler, T2 en séquence."])
    assert (one.group, one.label, one.code, one.vocabulary) == ("stage", "tnm", "pT3N1M1", "TNM")
    assert (one.status, one.date, one.asserted) == ("metastatic", "2020", True)
    assert other.status == "" and none == []
