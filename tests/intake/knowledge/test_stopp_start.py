"""STOPP/START from its XML: what is kept, and what is refused with a sentence."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.pharmacy.interactions.knowledge_examples import CRITERIA

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.stopp_start import STOPP_START, load

OTHER_NOMENCLATURE = CRITERIA.replace('name="icd10"', 'name="icpc2"')


def kept(path: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in load(path).tables["criterion"].to_pylist()}


@pytest.mark.parametrize("packed", [False, True])
def test_criteria_become_rows(tmp_path: Path, packed: bool) -> None:
    content = CRITERIA.encode()
    file = tmp_path / ("stoppstart.xml.gz" if packed else "stoppstart.xml")
    file.write_bytes(gzip.compress(content) if packed else content)
    rows = kept(tmp_path)
    assert sorted(rows) == ["START A1", "STOPP E6", "STOPP K4"] and kept(file) == rows
    assert rows["START A1"]["kind"] == "start" and rows["STOPP E6"]["kind"] == "stop"
    (statement,) = json.loads(rows["STOPP E6"]["body"])
    assert statement["measurements"] == [
        {"codes": ["62238-1"], "but": [], "absent": False, "result": ["<", 30.0, "", ""]}
    ]
    assert statement["acts"] == ["A10BA02"]


def test_a_statement_in_another_nomenclature_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "stoppstart.xml"
    file.write_text(OTHER_NOMENCLATURE, encoding="utf-8")
    assert kept(file)["START A1"]["body"] == "[]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<rules/>",
        "<other><rule/></other>",
        "<!DOCTYPE rules><rules/>",
        CRITERIA[: len(CRITERIA) // 2],
        CRITERIA.replace("STOPP K4", "K4"),
        CRITERIA.replace("STOPP K4", "STOPP E6"),
        CRITERIA.replace("N05CF", "n'importe quoi"),
        CRITERIA.replace(">30<", "><").replace('operator="&lt;"', 'operator="?"'),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stoppstart.xml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load(file)
    assert str(file) in str(refused.value)


def test_an_empty_folder_or_a_broken_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no stoppstart\.xml"):
        load(tmp_path)
    broken = tmp_path / "stoppstart.xml.gz"
    broken.write_bytes(b"\x1f\x8bnonsense")
    for path in (broken, tmp_path / "absent.xml"):
        with pytest.raises(InvalidInput):
            load(path)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(CRITERIA) - 1), st.text(max_size=6))
def test_any_damage_is_read_or_refused(tmp_path: Path, at: int, put: str) -> None:
    file = tmp_path / "stoppstart.xml"
    file.write_bytes((CRITERIA[:at] + put + CRITERIA[at + len(put) :]).encode(errors="replace"))
    try:
        load(file)
    except InvalidInput as refused:
        assert str(refused)


def test_the_published_file_is_read_whole() -> None:
    folder = os.environ.get("COGNOSCOPE_DATASETS")
    if not folder or not (path := Path(folder) / STOPP_START.reference).exists():
        pytest.skip("needs STOPP/START under COGNOSCOPE_DATASETS/drugs/stopp-start-v2")
    rows = kept(path)
    assert len(rows) == 112 and sum(row["kind"] == "stop" for row in rows.values()) == 77
    assert all(json.loads(row["body"]) for row in rows.values())
