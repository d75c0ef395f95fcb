"""The thesaurus of interactions: told apart by what its files hold, refused in a sentence."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.medicines.small_ansm import INDEX, RECORDS, record, write_ansm

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.ansm import ANSM, LEVELS, level, load
from cognoscope.intake.knowledge.sources import SOURCES

DATASETS = os.environ.get("COGNOSCOPE_DATASETS")


def test_interactions_levels_and_classes(tmp_path: Path):
    loaded = load(write_ansm(tmp_path / "2020_01"))
    assert loaded.edition == "2020_01"
    assert loaded.tables["interaction"].num_rows == len(RECORDS)
    levels = loaded.tables["level"].to_pylist()
    assert [each["level"] for each in levels if each["number"] == 3] == ["precaution", "discouraged"]
    assert levels[2] == {"number": 3, "place": 0, "level": "precaution", "condition": "Surveiller."}
    assert [each["level"] for each in levels if each["number"] == 6] == ["contraindicated", "discouraged"]
    assert {"substance": "colchicine", "class": ""} in loaded.tables["substance"].to_pylist()
    assert ANSM in SOURCES


@pytest.mark.parametrize(
    ("written", "is_"),
    [
        ("CONTRE-INDICATION", "contraindicated"),
        ("Association DECONSEILLEE", "discouraged"),
        ("Association\u00a0déconseillée ", "discouraged"),
        ("Précaution d’emploi", "precaution"),
        ("A prendre en compte", "take-into-account"),
        ("Il convient de prendre en compte", "take-into-account"),
        ("APEC", "take-into-account"),
        ("Autre chose", None),
        ("", None),
    ],
)
def test_levels_however_they_are_written(written: str, is_: str | None):
    assert level(written) == is_


def test_names_of_files_do_not_matter_and_compressed_ones_will_do(tmp_path: Path):
    folder = tmp_path / "2020-01"
    folder.mkdir()
    (folder / "a.json.gz").write_bytes(gzip.compress(json.dumps(INDEX).encode()))
    (folder / "z.json.gz").write_bytes(gzip.compress(json.dumps(RECORDS).encode()))
    assert load(folder).edition == "2020_01"


@pytest.mark.parametrize(("folder", "edition"), [("2024_09", "2024_09 (not tried)"), ("new", "unknown (new)")])
def test_an_unknown_edition_of_the_right_layout_is_loaded_and_says_so(tmp_path: Path, folder: str, edition: str):
    assert load(write_ansm(tmp_path / folder)).edition == edition


def changed(**cells: Any) -> list[dict[str, Any]]:
    return [{**record("A", "B", ("CONTRE-INDICATION", "")), **cells}]


@pytest.mark.parametrize(
    ("records", "index", "says"),
    [
        (changed(severity_levels=[{"level": "INTERDIT", "info": ""}]), INDEX, "record 1: 'INTERDIT' is not one of"),
        (changed(severity_levels=[]), INDEX, "record 1: it has no severity level"),
        (changed(severity_levels=[3]), INDEX, "a severity level has no name"),
        (changed(main_drug=""), INDEX, "main_drug is empty"),
        (changed(main_drug=3), INDEX, "main_drug is not a text"),
        (changed(description=None), INDEX, "description is not a text"),
        ([{"main_drug": "A"}], INDEX, "plus_drug is missing"),
        (RECORDS, [{"substance": "a", "drug_classes": "b"}], "this is not the index of substances"),
        (RECORDS, RECORDS, "two files hold interactions"),
        (INDEX, INDEX, "two files hold an index"),
        ([], INDEX, "does not hold a list of records"),
        ({}, INDEX, "does not hold a list of records"),
        ([1], INDEX, "does not hold a list of records"),
        ([{"x": 1}], INDEX, "no file holds the interactions"),
        (RECORDS, [{"x": 1}], "no file holds the index"),
    ],
)
def test_another_layout_is_refused_by_record(tmp_path: Path, records: Any, index: Any, says: str):
    with pytest.raises(InvalidInput, match=says):
        load(write_ansm(tmp_path / "2020_01", records, index))


def test_a_single_file_a_pdf_and_no_folder_say_what_is_taken(tmp_path: Path):
    folder = write_ansm(tmp_path / "2020_01")
    with pytest.raises(InvalidInput, match="two JSON files of one edition"):
        load(folder / "index.json")
    with pytest.raises(InvalidInput, match="no such folder"):
        load(tmp_path / "nothing")
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "thesaurus.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InvalidInput, match="the PDF files themselves are not read"):
        load(tmp_path / "pdf")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["main_drug", "plus_drug", "severity_levels", "level", "info", "drug_classes", "substance"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_reader(tmp_path: Path, records: Any):
    folder = tmp_path / "2020_01"
    folder.mkdir(exist_ok=True)
    (folder / "index.json").write_text(json.dumps(INDEX), encoding="utf-8")
    (folder / "thesaurus.json").write_text(json.dumps(records), encoding="utf-8")
    with pytest.raises(InvalidInput):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path: Path, content: bytes):
    folder = write_ansm(tmp_path / "2020_01")
    (folder / "thesaurus.json").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"thesaurus\.json"):
        load(folder)


@pytest.mark.skipif(DATASETS is None, reason="reference data: set COGNOSCOPE_DATASETS")
@pytest.mark.parametrize(
    ("edition", "interactions"),
    [("2016_01", 2772), ("2016_08", 2888), ("2018_05", 3060), ("2019_09", 3035), ("2020_01", 3139)],
)
def test_the_five_editions(edition: str, interactions: int):
    assert DATASETS is not None
    loaded = load(Path(DATASETS) / "drugs" / "thesaurus-ansm" / edition)
    assert (loaded.edition, loaded.tables["interaction"].num_rows) == (edition, interactions)
    assert set(loaded.tables["level"].column("level").to_pylist()) == set(LEVELS)
