"""One structure for CTCAE and for the hospital's MedDRA."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.knowledge.small_meddra import write_meddra

from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.meddra import MEDDRA, load
from cognoscope.intake.knowledge.source import Loaded
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded
from cognoscope.intake.plain_words import plain_words
from cognoscope.intake.terminology import open_terminology

AT = datetime(2026, 11, 22, tzinfo=UTC)


def ctcae() -> Loaded:
    row = {"code": "99500001", "name": "Red patches", "soc": "Skin", "definition": None}
    row |= {f"grade_{number}": None for number in range(1, 6)} | {"grade_1": "Few", "grade_2": "Many"}
    return Loaded("5.0", {"term": pa.Table.from_pylist([row])})


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return Knowledge(tmp_path / "knowledge")


def test_without_any_terminology_the_commands_are_named(knowledge: Knowledge):
    with pytest.raises(NotLoaded, match="terminology load ctcae"):
        open_terminology(knowledge)


def test_ctcae_stands_for_itself(knowledge: Knowledge):
    knowledge.keep(CTCAE, ctcae(), AT)
    terminology = open_terminology(knowledge)
    term = terminology.find("red  PATCHES")
    assert term is not None and (term.code, term.pt, term.socs) == ("99500001", "99500001", ("Skin",))
    assert terminology.system == "CTCAE" and terminology.grades(term.code) == ("Few", "Many", None, None, None)


def test_the_hospital_s_meddra_comes_first_and_keeps_the_grades(knowledge: Knowledge, tmp_path: Path):
    knowledge.keep(CTCAE, ctcae(), AT)
    knowledge.keep(MEDDRA, load(write_meddra(tmp_path / "MedAscii")), AT)
    terminology = open_terminology(knowledge)
    assert (terminology.system, terminology.edition) == ("MedDRA", "99.1 Invented")
    term = terminology.find("plaques rouges")
    assert term is not None and (term.level, term.pt) == ("LLT", "99400001")
    assert term.socs == ("Troubles de la peau inventés", "Troubles généraux inventés")
    assert terminology.grades("99500001") == ("Few", "Many", None, None, None)
    preferred = terminology.term("99400001")
    assert preferred is not None and preferred.level == "PT"


def test_another_edition_is_not_answered_from_the_one_before(knowledge: Knowledge, tmp_path: Path):
    folder = write_meddra(tmp_path / "MedAscii")
    knowledge.keep(MEDDRA, load(folder), AT)
    assert open_terminology(knowledge).term("99500003") is None
    with (folder / "llt.asc").open("a", encoding="utf-8", newline="") as stream:
        stream.write("99500003$Taches$99400001$$$$$$$Y$$\r\n")
    knowledge.keep(MEDDRA, load(folder), AT)
    assert open_terminology(knowledge).find("taches") is not None


@given(text=st.text(max_size=60))
def test_plain_words_are_plain_and_stay_so(text: str):
    plain = plain_words(text)
    assert plain_words(plain) == plain == " ".join(plain.split())
    assert plain_words(text.upper()) == plain_words(text.upper().lower())
