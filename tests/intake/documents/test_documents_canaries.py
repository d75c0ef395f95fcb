"""Identities planted in documents, their lists and the names of their files are found nowhere but in the vault.

With the platform's own pseudonymisation, from the command line, as a hospital runs it.
"""

from pathlib import Path

import pytest
from tests.intake.documents.files import column, docx, html, pdf, rtf
from tests.intake.documents.taking_in import AT, write_list
from tests.intake.fhir_examples import PATIENT, lines, rows
from tests.intake.test_fhir_canaries import everything_in
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys

NAME, GIVEN, NIR, PHONE, HOSPITAL_NUMBER, STAY = (
    "ZZCANARIOVA",
    "Quetzalcoatline",
    "299129900000142",
    "0699887766",
    "8009914242",
    "990114477",
)
CANARIES = (NAME, GIVEN, NIR, PHONE, HOSPITAL_NUMBER, STAY, "patient-canari-id")
TOLD = (
    f"Mme {GIVEN} {NAME}, NIR {NIR}, IPP {HOSPITAL_NUMBER}, dossier {STAY}",
    f"Téléphone : {PHONE}. Apyrexie ce jour, aspirine 75 mg.",
)
WHO = PATIENT | {
    "id": "patient-canari-id",
    "identifier": [
        {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": NIR},
        {"system": "urn:oid:1.2.250.1.71", "value": HOSPITAL_NUMBER, "type": {"coding": [{"code": "PI"}]}},
    ],
    "name": [{"family": NAME, "given": [GIVEN]}],
    "telecom": [{"system": "phone", "value": PHONE}],
}


def test_no_identity_is_found_outside_the_vault(
    home: Home, ledger: Ledger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    told = "\n".join(TOLD)
    files = {
        f"{NAME}_{GIVEN}.txt": told.encode("cp1252"),
        f"{NAME}.html": html(TOLD),
        f"{NAME}.rtf": rtf(TOLD),
        f"{NAME}.docx": docx(TOLD),
        f"{NAME}.pdf": pdf([column(TOLD)]),
        f"{NAME}_coupe.pdf": pdf([column(TOLD)])[:300],
        f"{NAME}_vide.txt": b"",
        f"{NAME}_non_liste.txt": told.encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    head = ("fichier", "ipp", "date", "titre", "nda", "type", "nom", "prenom")
    listed = [name for name in files if "non_liste" not in name] + [f"{NAME}_absent.txt"]
    titles = [f"{NAME}.docx", f"Courrier de {GIVEN} {NAME}", "Compte rendu", f"IPP {HOSPITAL_NUMBER}"] * 2
    kinds = ["CRH", NAME, "CRH", f"{GIVEN}", "CRH", "CRH", "CRH", "CRH"]
    said = [
        (name, HOSPITAL_NUMBER, "03/02/2025", title, STAY, kind, NAME, GIVEN)
        for name, title, kind in zip(listed, titles, kinds, strict=True)
    ]
    write_list(folder / "index.csv", head, [*said, (NAME, HOSPITAL_NUMBER, NAME, NAME, STAY, NAME, NAME, GIVEN)])
    (tmp_path / "people.ndjson").write_bytes(lines(WHO))
    keys.create(home)
    environment = {"COGNOSCOPE_HOME": str(home.path)}
    output = ""
    for verb in (("fhir", tmp_path / "people.ndjson"), ("documents", folder)):
        words = ["ingest", verb[0], str(verb[1]), "--at", AT.isoformat()]
        result = CliRunner().invoke(app, words, env=environment)
        assert result.exit_code == 0, result.output
        output += result.output
    assert "in quarantine" in output
    printed = capfd.readouterr()
    ledger.engine.dispose()
    written = rows(home, "note")
    # Whatever is held back, something must have been written for this to show anything.
    assert len(written) >= 3 and written["note_text"].str.contains("Apyrexie").all(), output
    assert "CRH" in set(written["note_source_value"])
    places = everything_in(home) | {"output": (output + printed.out + printed.err).encode()}
    found = [
        (place, canary)
        for place, content in places.items()
        for canary in CANARIES
        if canary.casefold().encode() in content.lower()
    ]
    assert found == []
