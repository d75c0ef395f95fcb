"""EUCAST's tables: what a folder must hold, and what is answered from it."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.eucast import EUCAST, NEEDED
from cognoscope.intake.knowledge.eucast_tables import Eucast, open_eucast
from cognoscope.intake.knowledge.sources import source
from cognoscope.intake.knowledge.store import Knowledge, default_knowledge

REFERENCE = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / EUCAST.reference
real = pytest.mark.skipif(
    not (os.environ.get("COGNOSCOPE_DATASETS") and REFERENCE.is_dir()),
    reason="COGNOSCOPE_DATASETS holds no EUCAST tables",
)


def sample_cases() -> ModuleType:
    path = Path(__file__).parents[2] / "apps" / "pharmacy" / "antibiotics" / "cases.py"
    spec = importlib.util.spec_from_file_location("cases_for_eucast", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = sample_cases()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written: Path = CASES.write_eucast(tmp_path / "eucast")
    return written


@pytest.fixture(scope="module")
def eucast() -> Eucast:
    return open_eucast(CASES.knowledge())


def test_it_is_among_what_can_be_loaded():
    assert source("eucast") is EUCAST


def test_the_newest_guideline_names_the_edition(folder: Path, tmp_path: Path):
    loaded = EUCAST.load(folder)
    assert loaded.edition == "EUCAST 2025"
    assert loaded.tables["breakpoint"].num_rows == 4
    kept = Knowledge(tmp_path / "knowledge").keep(EUCAST, loaded, CASES.AS_OF)
    assert kept.tables["germ"] == loaded.tables["germ"].num_rows


@pytest.mark.parametrize("file", [file for file, _ in NEEDED.values()])
def test_a_folder_without_a_file_is_refused(folder: Path, file: str):
    (folder / f"{file}.tsv").unlink()
    with pytest.raises(InvalidInput, match=file):
        EUCAST.load(folder)


@pytest.mark.parametrize("file", [file for file, _ in NEEDED.values()])
def test_a_table_without_its_columns_is_refused(folder: Path, file: str):
    (folder / f"{file}.tsv").write_text("nothing\there\n1\t2\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="has no column"):
        EUCAST.load(folder)


def test_a_breakpoint_that_is_no_number_is_refused(folder: Path):
    path = folder / "clinical_breakpoints_eucast.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("8.0\t8.0", "eight\t8.0"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="breakpoint_S"):
        EUCAST.load(folder)


def test_a_file_is_no_folder(tmp_path: Path):
    with pytest.raises(InvalidInput, match="not a folder"):
        EUCAST.load(tmp_path / "missing")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused_with_a_sentence(folder: Path, content: bytes):
    (folder / "antimicrobials.tsv").write_bytes(content)
    with pytest.raises(InvalidInput, match="antimicrobials"):
        EUCAST.load(folder)


def test_germs_are_found_by_code_name_and_short_name(eucast: Eucast):
    for text in ("B_ESCHR_COLI", "Escherichia coli", "escherichia  COLI", "E. coli"):
        germ = eucast.germ(text)
        assert germ and germ.code == "B_ESCHR_COLI", text
    assert eucast.germ("qqq") is None
    assert eucast.near("Eschericha colli") == ["Escherichia coli"]


def test_agents_are_found_by_code_name_synonym_and_atc(eucast: Eucast):
    for text in ("AMX", "amx", "Amoxicillin", "J01CA04", "amoxil"):
        agent = eucast.agent(text)
        assert agent and agent.code == "AMX", text
    assert eucast.agent("qqq") is None


def test_a_species_answers_to_its_groups_genus_and_order(eucast: Eucast):
    assert eucast.ancestors("B_ESCHR_COLI") == ("B_ESCHR_COLI", "B_ESCHR", "B_[ORD]_ENTRBCTR")
    assert eucast.ancestors("B_STPHY_EPDR")[1] == "B_STPHY_CONS"
    assert eucast.ancestors("B_UNKNOWN") == ("B_UNKNOWN",)


def test_the_year_chooses_the_breakpoint(eucast: Eucast):
    newest, before = (eucast.breakpoint("B_ESCHR_COLI", "CTX", "MIC", guideline=year) for year in ("", "EUCAST 2024"))
    assert newest and (newest.guideline, newest.resistant) == ("EUCAST 2025", 2.0)
    assert before and before.resistant == 1.0
    assert eucast.breakpoint("B_ESCHR_COLI", "CTX", "DISK") is None


def test_intrinsic_resistance(eucast: Eucast):
    assert eucast.intrinsic("B_KLBSL_PNMN", "AMX")
    assert not eucast.intrinsic("B_ESCHR_COLI", "AMX")


@real
def test_sites_choose_their_own_rows():
    tables = open_eucast(default_knowledge())
    uti = "Uncomplicated urinary tract infection"
    simple = tables.breakpoint("B_ESCHR_COLI", "AMC", "MIC", uti, uti=True)
    other = tables.breakpoint("B_ESCHR_COLI", "AMC", "MIC")
    assert simple and other and simple.uti and not other.uti and simple.susceptible > other.susceptible
    meningitis = tables.breakpoint("B_STRPT_PNMN", "PEN", "MIC", "Meningitis")
    elsewhere = tables.breakpoint("B_STRPT_PNMN", "PEN", "MIC")
    assert meningitis and elsewhere and meningitis.resistant < elsewhere.resistant
    screen = tables.breakpoint("B_STPHY_AURS", "FOX", "DISK")
    assert screen and screen.site == "Screen"
    # The most specific taxon comes first: S. aureus before the genus.
    assert tables.intrinsic("B_PSDMN_AERG", "AMX") and not tables.intrinsic("B_PSDMN_AERG", "TZP")
