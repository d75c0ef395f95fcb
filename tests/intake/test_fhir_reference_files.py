"""Files that others published: the FR Core patients and a patient of Synthea."""

import os
from pathlib import Path

import pytest
from tests.intake.fhir_examples import AT, rows, take_in

from cognoscope.core.actor import Role, person
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.vault import Vault


@pytest.fixture
def datasets() -> Path:
    folder = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / "warehouse"
    if not os.environ.get("COGNOSCOPE_DATASETS") or not folder.is_dir():
        pytest.skip("COGNOSCOPE_DATASETS names no folder with the reference data (warehouse/...)")
    return folder


def test_the_national_identifier_of_fr_core_goes_to_the_vault(home: Home, ledger: Ledger, datasets: Path) -> None:
    report = take_in(home, ledger, datasets / "fhir-fr-core-examples")
    assert (report.total.read, report.total.written) == (3, 3)
    assert len(rows(home, "person")) == 3
    pseudonym = Pseudonymiser.from_file(home.key_file).person("6106172")
    officer = person("dpo", Role.DATA_PROTECTION_OFFICER)
    identity = Vault(home).open(pseudonym, actor=officer, purpose="test", ledger=ledger, at=AT)
    assert identity is not None
    assert "urn:oid:1.2.250.1.213.1.4.10|162126587913677" in identity.identifiers
    parts = b"".join(path.read_bytes() for path in home.warehouse.rglob("*") if path.is_file())
    assert b"SAYEH" not in parts and b"162126587913677" not in parts


def test_a_whole_patient_of_synthea(home: Home, ledger: Ledger, datasets: Path) -> None:
    report = take_in(home, ledger, datasets / "synthea-fr" / "synthea_fhir_r4_patient_bundle.json.gz")
    whole = report.total
    assert (whole.read, whole.written, whole.quarantined, whole.ignored) == (314, 168, 1, 145)
    expected = {
        "person": 1,
        "visit_occurrence": 37,
        "condition_occurrence": 21,
        "drug_exposure": 12,
        "procedure_occurrence": 3,
        "note": 37,
    }
    assert {name: len(rows(home, name)) for name in expected} == expected
    for name in expected:
        assert set(rows(home, name)["person_id"]) == set(rows(home, "person")["person_id"])
