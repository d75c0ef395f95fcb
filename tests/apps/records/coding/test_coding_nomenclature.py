"""Our own code lists against the nomenclatures, where a copy lies on this machine."""

import csv
import gzip

import pytest

from cognoscope.apps.records.coding.knowledge import bare, listed, rows
from cognoscope.apps.records.coding.nomenclature import cim10, look_up
from cognoscope.apps.records.coding.synthetic.profiles import profiles
from cognoscope.datasets.registry import datasets_folder

CCAM = datasets_folder() / "warehouse" / "snds-pmsi" / "IR_CCAM_V63.csv.gz"


def test_cim10_codes_exist():
    known = cim10()
    if not known:
        pytest.skip("neither EDS-NLP nor the SNDS tables are on this machine")
    codes = {row[column] for row in rows("terms") for column in ("code", "history") if row[column]}
    codes |= {row["code"] for row in rows("conditions")} | set(profiles())
    assert {code for code in codes if bare(code) not in known} == set()


@pytest.mark.skipif(not CCAM.is_file(), reason="needs the SNDS nomenclatures: set COGNOSCOPE_DATASETS")
def test_ccam_codes_exist():
    with gzip.open(CCAM, "rt", encoding="utf-8", newline="") as lines:
        known = {row["CAM_PRS_IDE_COD"] for row in csv.DictReader(lines, delimiter=";")}
    assert {row["code"] for row in rows("acts")} <= known
    prefixes = {token[4:] for row in rows("rules") for token in row["if_any"].split() if token.startswith("act:")}
    assert all(any(code.startswith(prefix) for code in known) for prefix in prefixes)


def test_a_code_has_a_label_with_or_without_a_nomenclature(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cognoscope.apps.records.coding.nomenclature.cim10", dict)
    found = look_up(["E11.9", "Q99.9X"])
    assert found["E119"].label.startswith("Diabète") and found["Q999X"].label == "Q99.9X"
    assert {each.exists for each in found.values()} == {None}


def test_words_are_not_listed_twice_for_two_codes():
    seen: dict[str, str] = {}
    for row in rows("terms"):
        for word in listed(row["words"]):
            assert seen.setdefault(word.lower(), row["code"]) == row["code"], word
