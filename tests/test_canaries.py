"""Invented identities are planted in every source; after everything has run, none is found outside the vault.

Files are opened before they are searched: Parquet and SQLite are read cell by cell and compressed cases unpacked, since
a compressed name would hide from a search of bytes.
"""

import base64
import json
import logging
import re
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from tests.web.people import PASSWORD, TEST, sign_in
from typer.testing import CliRunner

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.main import app
from cognoscope.core.actor import Role, person
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.intake.warehouse import open_warehouse
from cognoscope.web.accounts import Accounts
from cognoscope.web.app import create_app

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
CANARIES = (
    "Zzcanarix", "Qwvotrelle", "251037599900021", "0639981177", "77 impasse du Serin", "Serinville-Canari",
    "zz.canari@exemple.invalid", "1951-03-17", "17/03/1951", "IPP-CANARI-4711",
)  # fmt: skip
ROLES = tuple(Role)
SECRET_FILES = {"vault.sqlite", "pseudonym.key", "vault.key", "session.key"}

pytestmark = pytest.mark.slow


def command(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    # A refusal that a person would read on the terminal is searched like any other output.
    return f"{result.output}\n{result.exception or ''}"


def write_fhir(path: Path) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "IPP-CANARI-4711",
        "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "251037599900021"}],
        "name": [{"family": "Zzcanarix", "given": ["Qwvotrelle"], "text": "Mme Qwvotrelle Zzcanarix"}],
        "telecom": [
            {"system": "phone", "value": "0639981177"},
            {"system": "email", "value": "zz.canari@exemple.invalid"},
        ],
        "gender": "female",
        "birthDate": "1951-03-17",
        "address": [{"line": ["77 impasse du Serin"], "city": "Serinville-Canari", "postalCode": "99077"}],
        "contact": [{"name": {"family": "Zzcanarix"}}],
        "text": {"status": "generated", "div": "<div>Qwvotrelle Zzcanarix, 17/03/1951</div>"},
    }
    subject = {"reference": "Patient/IPP-CANARI-4711", "display": "Qwvotrelle Zzcanarix"}
    encounter = {
        "resourceType": "Encounter",
        "id": "e1-Zzcanarix",
        "status": "finished",
        "class": {"code": "EMER", "display": "Mme Zzcanarix"},
        "subject": subject,
        "period": {"start": "2026-11-10T10:00:00+01:00", "end": "2026-11-10T12:00:00+01:00"},
        "participant": [{"individual": {"display": "Dr Zzcanarix"}}],
    }
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": subject,
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "J10.1"}], "text": "Mme Zzcanarix"},
        "note": [{"text": "Appeler Qwvotrelle au 0639981177"}],
        "recordedDate": "2026-11-10",
    }
    observation = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "subject": subject,
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "effectiveDateTime": "2026-11-10",
        "valueString": "Zzcanarix",
        "note": [{"text": "zz.canari@exemple.invalid"}],
    }
    document = {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": subject,
        "date": "2026-11-10T12:00:00Z",
        "description": "Courrier de Mme Zzcanarix",
        "content": [{"attachment": {"contentType": "text/plain", "data": base64.b64encode(b"Mme Zzcanarix").decode()}}],
    }
    bad = [
        {**condition, "id": "c2", "recordedDate": "Zzcanarix"},
        {**encounter, "id": "e2", "subject": {"reference": "Patient/Zzcanarix"}, "period": {"start": "17/03/1951"}},
        {"resourceType": "Zzcanarix", "name": "Qwvotrelle"},
        {**patient, "id": "IPP-CANARI-4711-b", "birthDate": "17/03/1951"},
    ]
    lines = [json.dumps(each) for each in (patient, encounter, condition, observation, document, *bad)]
    path.write_text("\n".join([*lines, '{"resourceType": "Patient", "name": "Zzcanarix', ""]), encoding="utf-8")


def write_omop(folder: Path) -> None:
    folder.mkdir()
    tables = {
        "PERSON": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime,"
        "race_concept_id,ethnicity_concept_id,location_id,person_source_value\n"
        "1,8532,1951,3,17,1951-03-17 00:00:00,0,0,1,251037599900021\n"
        "Zzcanarix,8532,x,3,17,17/03/1951,0,0,1,Qwvotrelle\n",
        "LOCATION": "location_id,address_1,address_2,city,state,zip,county,location_source_value\n"
        "1,77 impasse du Serin,,Serinville-Canari,,99077,,77 impasse du Serin\n",
        "PROVIDER": "provider_id,provider_name,npi,specialty_source_value\n1,Dr Zzcanarix,4711,urgences\n",
        "VISIT_OCCURRENCE": "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date,"
        "visit_type_concept_id,visit_source_value\n1,1,9203,2026-11-09,2026-11-09,32817,IPP-CANARI-4711\n",
        "NOTE": "note_id,person_id,note_date,note_type_concept_id,note_class_concept_id,note_title,note_text,"
        "encoding_concept_id,language_concept_id\n1,1,2026-11-09,0,0,Mme Zzcanarix,Qwvotrelle Zzcanarix,0,0\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def write_tables(folder: Path) -> None:
    (folder / "mesures.csv").write_text(
        "ipp;nom;date;valeur\nIPP-CANARI-4711;Zzcanarix;2026-11-09;38,5\n"
        "251037599900021;Qwvotrelle;17/03/1951x;0639981177\nIPP-CANARI-4711;Zzcanarix;Zzcanarix;Zzcanarix\n",
        encoding="utf-8",
    )
    (folder / "mesures.toml").write_text(
        'table = "measurement"\nperson = "ipp"\ndecimal = ","\n[columns]\nmeasurement_date = "date"\n'
        'value_as_number = "valeur"\nmeasurement_concept_id = { constant = 0 }\n'
        'measurement_type_concept_id = { constant = 32817 }\nmeasurement_source_value = { constant = "8310-5" }\n',
        encoding="utf-8",
    )
    days = pd.date_range("2025-06-01", "2026-11-20")
    counts = 90 + 12 * (days.dayofweek == 0) + days.dayofyear * 7919 % 13
    frame = pd.DataFrame({"site": "nord", "timestamp": days.strftime("%Y-%m-%d"), "arrivals": counts.astype(str)})
    frame.loc[len(frame)] = ["nord", "Zzcanarix", "0639981177"]
    frame.to_csv(folder / "passages.csv", index=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Iterator[tuple[Home, Path, list[str], logging.Handler]]:
    """A home into which everything was taken, where the application ran and a person decided."""
    folder = tmp_path_factory.mktemp("canaries")
    home, sent, out = Home(folder / "home"), folder / "sent", folder / "out"
    sent.mkdir()
    out.mkdir()
    write_fhir(sent / "patients.ndjson")
    write_omop(sent / "omop")
    write_tables(sent)
    handler = logging.FileHandler(out / "everything.log")
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COGNOSCOPE_HOME", str(home.path))
        said = [
            command("init"),
            command("ingest", "fhir", sent / "patients.ndjson", "--at", NOW.isoformat()),
            command("ingest", "omop", sent / "omop", "--at", NOW.isoformat()),
            command("ingest", "table", sent / "mesures.csv", "--map", sent / "mesures.toml", "--at", NOW.isoformat()),
            command("ingest", "table", sent / "passages.csv", "--at", NOW.isoformat()),
        ]
        live(home)
        said += [
            command("export", "fhir", "--out", out / "extract.ndjson"),
            command("ledger", "export"),
            command("backup", out / "backup"),
            command("status"),
            command("access", "list"),
        ]
        yield home, out, said, handler
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)
    handler.close()


def live(home: Home) -> None:
    application = next(each for each in APPLICATIONS if each.name == "emergency.arrivals")
    manager = person("chef", Role.MANAGER)
    with Ledger.open(home.ledger_url) as ledger:
        for state in ("shadow", "advisory"):
            change_state(ledger, application.name, state, manager, "essai", NOW)
        for case in application.cases_from_warehouse(open_warehouse(home), NOW):
            run(application, case, ledger, TEST, NOW)
        (made, *_) = ledger.entries(event="ProposalMade")
        assert isinstance(made.event, ProposalMade) and made.event.proposal.value is not None
        review = Review(proposal=made.event.proposal.digest, verdict="accept", shown_at=NOW, decided_at=NOW)
        ledger.append(ReviewGiven(review=review), manager, NOW)
        accounts = Accounts(ledger)
        for role in ROLES:
            name = role.value.replace("_", "-")
            accounts.create(name, name, [role], TEST, NOW)
            accounts.set_password(name, PASSWORD, TEST, NOW, must_change=False)


def cells(path: Path) -> Iterator[str]:
    """Everything a file says, unpacked."""
    if path.suffix == ".parquet":
        yield pq.read_table(path).to_pandas().to_csv(index=False)  # dates as 1951-03-17
    elif path.suffix == ".sqlite":
        with sqlite3.connect(path) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    yield " ".join(unpacked(cell) for cell in row)
        connection.close()
    else:
        yield path.read_bytes().decode("utf-8", "replace")


def unpacked(cell: Any) -> str:
    if not isinstance(cell, bytes):
        return str(cell)
    try:
        return zlib.decompress(cell).decode()
    except zlib.error:
        return cell.decode("utf-8", "replace")


def found_in(text: str) -> set[str]:
    """The canaries in a text, however it is written: any case, and with its base64 parts opened."""
    parts = [text, *re.findall(r"[A-Za-z0-9+/]{80,}={0,2}", text)]
    whole = "\n".join([text, *(base64.b64decode(part + "===").decode("utf-8", "replace") for part in parts[1:])])
    return {canary for canary in CANARIES if canary.casefold() in whole.casefold()}


def search(folder: Path) -> dict[str, set[str]]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in SECRET_FILES]
    assert paths
    hits = {str(path.relative_to(folder)): found_in("\n".join(cells(path))) for path in paths}
    return {name: canaries for name, canaries in hits.items() if canaries}


def test_the_search_finds_what_is_there(tmp_path):
    """The check of the check: a canary hidden in each kind of file is found."""
    pd.DataFrame({"a": ["Mme ZZCANARIX"], "b": [date(1951, 3, 17)]}).to_parquet(tmp_path / "a.parquet")
    with sqlite3.connect(tmp_path / "b.sqlite") as connection:
        connection.execute("CREATE TABLE cases (content BLOB)")
        connection.execute("INSERT INTO cases VALUES (?)", [zlib.compress(b"Qwvotrelle")])
    connection.close()
    hidden = base64.b64encode(b"x" * 60 + b"0639981177" + b"x" * 20).decode()
    (tmp_path / "c.ndjson").write_text(json.dumps({"data": hidden}))
    assert search(tmp_path) == {
        "a.parquet": {"Zzcanarix", "1951-03-17"},
        "b.sqlite": {"Qwvotrelle"},
        "c.ndjson": {"0639981177"},
    }


def test_the_sources_were_really_taken_in(installed):
    home, _, said, _ = installed
    counts = open_warehouse(home).counts()
    for table in ("person", "visit_occurrence", "condition_occurrence", "measurement", "site_count", "quarantine"):
        assert counts[table], (table, said)
    with sqlite3.connect(home.vault_file) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.close()


def test_no_identity_is_in_the_home(installed):
    assert search(installed[0].path) == {}


def test_nobody_has_a_day_of_birth(installed):
    backend = open_warehouse(installed[0]).connect()
    try:
        persons = backend.table("person").to_pandas()
    finally:
        backend.disconnect()
    assert len(persons) and persons["day_of_birth"].isna().all() and persons["birth_datetime"].isna().all()


def test_the_vault_holds_identities_only_as_ciphertext(installed):
    assert found_in("\n".join(cells(installed[0].vault_file))) == set()


def test_no_identity_leaves_by_exports_backup_messages_or_logs(installed):
    _, out, said, handler = installed
    handler.flush()
    assert search(out) == {}
    assert (out / "extract.ndjson").is_file() and (out / "backup").is_dir(), said
    assert found_in("\n".join(said)) == set()


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_an_identity(installed, role):
    """Every page that a role can reach by links, and the FHIR interface."""
    home, *_ = installed
    web = create_app(home, clock=lambda: NOW + timedelta(hours=2))
    seen: set[str] = set()
    with TestClient(web, follow_redirects=True) as client:
        assert sign_in(client, role.value.replace("_", "-")).status_code == 200
        waiting = ["/", "/public", "/ledger", "/access", "/applications", "/fhir/metadata", "/fhir/Observation",
                   "/fhir/Provenance", "/fhir/AuditEvent", "/fhir/Device", "/no-such-page/Zz"]  # fmt: skip
        while waiting and len(seen) < 80:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = client.get(address)
            assert answer.status_code < 500, address
            assert found_in(answer.text) == set(), address
            links = re.findall(r'href="(/[^"#]*)"', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links if not link.startswith(("/static", "/sign-out"))]
    assert len(seen) > 11
