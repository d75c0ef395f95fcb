"""Whatever is wrong with what a verb is given: one sentence, exit status 1, no stack trace, nothing half done."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.warehouse import open_warehouse

NOISE = bytes(range(256)) * 40
COUNTS = "site,timestamp,arrivals\n" + "".join(
    f"nord,{date(2026, 1, 1) + timedelta(days=day)},{100 + day % 7}\n" for day in range(200)
)

BROKEN: dict[str, bytes] = {
    "empty": b"",
    "binary": NOISE,
    "blank lines": b"\n\n\n",
    "utf-16 without its mark": COUNTS.encode("utf-16-le"),
    "html": b"<html><body>502 Bad Gateway</body></html>\n",
    "truncated json": b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Pat',
    "truncated zip": b"PK\x03\x04" + NOISE[:200],
    "truncated gzip": b"\x1f\x8b\x08" + NOISE[:200],
    "truncated parquet": b"PAR1" + NOISE[:200],
    "one endless line": b"x" * 3_000_000,
}
VERBS = {
    "fhir": ("ingest", "fhir"),
    "omop": ("ingest", "omop"),
    "table": ("ingest", "table"),
    "propose": ("propose", "emergency.arrivals"),
    "evaluate": ("evaluate", "emergency.arrivals", "--data"),
    "restore": ("restore",),
}


@pytest.fixture
def installed(home: Home) -> Home:
    keys.create(home)
    return home


def one_sentence(said: str) -> None:
    lines = [line for line in said.splitlines() if line.strip()]
    assert lines, "nothing was said"
    assert "Traceback" not in said
    assert lines[-1].strip()[-1] in ".!?", said
    assert len(lines[-1]) < 500


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_gets_one_sentence(type_in: Terminal, installed: Home, tmp_path: Path, verb: str, kind: str):
    path = tmp_path / ("given.json" if verb == "fhir" else "given.csv")
    path.write_bytes(BROKEN[kind])
    _, said = type_in(installed, *VERBS[verb], str(path), status=1)
    one_sentence(said)
    warehouse = open_warehouse(installed)
    assert sum(rows for name, rows in warehouse.counts().items() if name not in {"quarantine"}) == 0


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_there_gets_one_sentence(type_in: Terminal, installed: Home, tmp_path: Path, verb: str):
    _, said = type_in(installed, *VERBS[verb], str(tmp_path / "nowhere"), status=1)
    one_sentence(said)
    assert "nowhere" in said


@pytest.mark.parametrize("verb", ["fhir", "omop", "table", "evaluate", "restore"])
def test_an_empty_folder_gets_one_sentence(type_in: Terminal, installed: Home, tmp_path: Path, verb: str):
    (tmp_path / "nothing").mkdir()
    _, said = type_in(installed, *VERBS[verb], str(tmp_path / "nothing"), status=1)
    one_sentence(said)


BAD_ROWS = {
    "negative": "nord,2026-03-01,-4",
    "non-numeric": "nord,2026-03-01,beaucoup",
    "future-dated": "nord,2126-03-01,80",
    "no such day": "nord,2026-02-30,80",
    "not finite": "nord,2026-03-01,inf",
}


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_row_goes_to_quarantine_and_the_others_stay(
    type_in: Terminal, installed: Home, tmp_path: Path, kind: str
):
    path = tmp_path / "counts.csv"
    path.write_text("site,timestamp,arrivals\nnord,2026-02-27,80\n" + BAD_ROWS[kind] + "\nnord,2026-02-28,81\n")
    out, _ = type_in(installed, "ingest", "table", str(path))
    assert "1 in quarantine" in out
    counts = open_warehouse(installed).counts()
    assert (counts["site_count"], counts["quarantine"]) == (2, 1)


def test_a_wrong_mapping_names_the_column_and_those_that_exist(type_in: Terminal, installed: Home, tmp_path: Path):
    path, mapping = tmp_path / "counts.csv", tmp_path / "map.toml"
    path.write_text("service,jour,passages\nnord,2026-02-27,80\n")
    mapping.write_text(
        'table = "site_count"\n[columns]\nsite = "service"\ntimestamp = "journee"\narrivals = "passages"\n'
        'step = { constant = "day" }\n'
    )
    _, said = type_in(installed, "ingest", "table", str(path), "--map", str(mapping), status=1)
    one_sentence(said)
    assert "journee" in said


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda home: home.key_file.unlink(), "pseudonym.key"),
        (lambda home: home.key_file.chmod(0o644), "pseudonym.key"),
        (lambda home: home.key_file.write_bytes(b"short"), "pseudonym.key"),
        (lambda home: (home.path / "settings.toml").write_text("hospitol = 1"), "settings.toml"),
    ],
    ids=["no key", "a key others may read", "a damaged key", "wrong settings"],
)
def test_an_installation_that_is_not_right_says_what_is_wrong(
    type_in: Terminal, installed: Home, tmp_path: Path, harm, expected: str
):
    path = tmp_path / "patients.ndjson"
    path.write_text(json.dumps({"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}) + "\n")
    harm(installed)
    _, said = type_in(installed, "ingest", "fhir", str(path), status=1)
    assert "Traceback" not in said
    assert expected in said


def test_another_key_is_noticed(type_in: Terminal, installed: Home, tmp_path: Path):
    path = tmp_path / "patients.ndjson"
    patient = {"resourceType": "Patient", "id": "a", "gender": "female", "birthDate": "1950-01-01"}
    path.write_text(json.dumps(patient) + "\n")
    type_in(installed, "ingest", "fhir", str(path))
    installed.key_file.unlink()
    keys.create(installed)
    path.write_text(json.dumps(patient | {"id": "b"}) + "\n")
    _, said = type_in(installed, "ingest", "fhir", str(path), status=1)
    one_sentence(said)
    assert "key" in said
