"""Identities planted wherever FHIR has room for them are found nowhere but, sealed, in the vault."""

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest
from tests.intake.fhir_examples import (
    AT,
    CONDITION,
    DOCUMENT,
    ENCOUNTER,
    OBSERVATION,
    PATIENT,
    REQUEST,
    STATEMENT,
    bundle,
    lines,
    take_in,
)
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.actor import Role, person
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import open_warehouse

NAME, GIVEN, INS, PHONE, STREET, TOWN, HOSPITAL_NUMBER = (
    "ZZCANARIOVA",
    "Quetzalcoatline",
    "299129900000142",
    "0699887766",
    "17 impasse du Serin",
    "Canaripolis",
    "IPP-CANARI-0042",
)
CANARIES = (NAME, GIVEN, INS, PHONE, STREET, TOWN, HOSPITAL_NUMBER, "1987-06-05", "patient-canari-id")
TOLD = f"{GIVEN} {NAME}, {PHONE}"
TEXT = {"text": {"status": "generated", "div": f"<div>{TOLD}</div>"}, "note": [{"text": TOLD}]}
SUBJECT = {"reference": "Patient/patient-canari-id", "display": TOLD}
WHO: dict[str, Any] = {
    **PATIENT,
    "id": "patient-canari-id",
    "identifier": [
        {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": INS, "type": {"coding": [{"code": "INS-NIR"}]}},
        {"system": "urn:oid:1.2.250.1.71", "value": HOSPITAL_NUMBER, "type": {"coding": [{"code": "PI"}]}},
    ],
    "name": [{"family": NAME, "given": [GIVEN], "text": TOLD}],
    "telecom": [{"system": "phone", "value": PHONE}],
    "address": [{"line": [STREET], "city": TOWN}],
    "birthDate": "1987-06-05",
    "contact": [{"name": {"family": NAME}}],
} | TEXT
ABOUT = [
    resource | TEXT | {"subject": SUBJECT, "id": f"{resource['id']}-{NAME}"}
    for resource in (ENCOUNTER, CONDITION, OBSERVATION, REQUEST, STATEMENT, DOCUMENT)
]
ABOUT[2] |= {"valueString": TOLD, "performer": [{"display": TOLD}], "code": OBSERVATION["code"] | {"text": TOLD}}
ABOUT[3] |= {
    "dosageInstruction": [{"text": TOLD}],
    "contained": [{"resourceType": "Patient", "name": [{"text": TOLD}]}],
}
ABOUT[5] |= {
    "content": [{"attachment": {"data": base64.b64encode(TOLD.encode()).decode(), "title": TOLD}}],
    "description": TOLD,
    "author": [{"display": TOLD}],
}
BAD = [
    OBSERVATION | {"subject": {"display": TOLD}},
    OBSERVATION | {"subject": {"reference": TOLD}},
    OBSERVATION | {"subject": SUBJECT, "code": {"coding": [{"code": f"{NAME}\u00a0{GIVEN}"}]}},
    OBSERVATION | {"subject": SUBJECT, "effectiveDateTime": TOLD},
    OBSERVATION | {"subject": SUBJECT, "valueQuantity": {"value": TOLD}},
    OBSERVATION | {"subject": SUBJECT, "valueQuantity": {"value": 1, "unit": TOLD}},
    {"resourceType": NAME, "name": TOLD},
    {"resourceType": "Claim", "patient": SUBJECT},
    WHO | {"id": "patient-canari-id-2", "birthDate": TOLD},
]


def everything_in(home: Home) -> dict[str, bytes]:
    """Every file of the home as bytes, and every table of the warehouse as text."""
    found = {str(path): path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    backend = open_warehouse(home).connect()
    try:
        for name in TABLES:
            found[name] = backend.table(name).execute().to_csv().encode()
    finally:
        backend.disconnect()
    return found


def test_no_identity_is_found_outside_the_vault(
    home: Home, ledger: Ledger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "lines.ndjson").write_bytes(lines(WHO, *ABOUT, *BAD) + TOLD.encode() + b"\n" + lines(WHO)[:200])
    (folder / "bundle.json.gz").write_bytes(gzip.compress(bundle(WHO, *ABOUT, *BAD[:2])))
    keys.create(home)
    result = CliRunner().invoke(
        app, ["ingest", "fhir", str(folder), "--at", AT.isoformat()], env={"COGNOSCOPE_HOME": str(home.path)}
    )
    assert result.exit_code == 0, result.output
    assert "in quarantine" in result.output
    printed = capfd.readouterr()
    ledger.engine.dispose()
    places = everything_in(home) | {"output": (result.output + printed.out + printed.err).encode()}
    assert len(places["person"].splitlines()) > 1 and len(places["quarantine"].splitlines()) > 8
    found = [(place, canary) for place, content in places.items() for canary in CANARIES if canary.encode() in content]
    assert found == []


def test_the_vault_gives_the_identity_back(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "in.ndjson").write_bytes(lines(WHO))
    take_in(home, ledger, tmp_path / "in.ndjson")
    officer = person("dpo", Role.DATA_PROTECTION_OFFICER)
    pseudonym = Pseudonymiser.from_file(home.key_file).person("patient-canari-id")
    identity = Vault(home).open(pseudonym, actor=officer, purpose="test", ledger=ledger, at=AT)
    assert identity is not None and identity.birth_date == "1987-06-05"
    assert f"urn:oid:1.2.250.1.213.1.4.10|{INS}" in identity.identifiers
    assert (identity.names[0]["family"], identity.addresses[0]["city"]) == (NAME, TOWN)
    assert identity.telecom[0]["value"] == PHONE
