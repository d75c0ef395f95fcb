"""`ingest omop`: re-keyed, without identities, every row accounted for, the same however often it is interrupted."""

import gzip
import os
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.omop import ingest_omop
from cognoscope.intake.warehouse import open_warehouse

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERSON = """person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime,race_concept_id,\
ethnicity_concept_id,person_source_value
1,8507,1998,4,9,1998-04-09 00:00:00,0,0,CANARY-ID-1
2,8532,2014,10,22,2014-10-22 00:00:00,,0,CANARY-ID-2
3,8532,1950,,,,0,0,
"""
VISIT = """visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date,visit_type_concept_id,\
visit_source_value,provider_id
71,1,9203,2025-01-02,2025-01-03,0,CANARY-STAY,9
72,2,9201,20250102,2025-01-03 00:00:00,0,CANARY-STAY,
73,3,9201,2025-01-02,2025-01-03,0,,
"""
MEASUREMENT = """measurement_id,person_id,measurement_concept_id,measurement_date,measurement_type_concept_id,\
value_as_number,visit_occurrence_id,value_source_value
11,1,3004410,2025-01-02,0,6.5,71,CANARY-TEXT
12,2,3004410,2025-01-02,0,,72,
"""
NOTE = """note_id,person_id,note_date,note_type_concept_id,note_class_concept_id,note_title,note_text,\
encoding_concept_id,language_concept_id
5,1,2025-01-02,0,0,CANARY-TITLE,"CANARY-NOTE, on
two lines",0,0
"""
PROVIDER = "provider_id,provider_name,npi,specialty_concept_id\n9,Dr CANARY-DOCTOR,CANARY-NPI,38004446\n"
LOCATION = "location_id,address_1,city,zip,county\n1,CANARY-STREET,CANARY-CITY,CANARY-ZIP,Nord\n"
CONCEPT = (
    "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code"
    "\tvalid_start_date\tvalid_end_date\tinvalid_reason\n"
    '3004410\t"Hb A1c" in blood\tMeasurement\tLOINC\tLab Test\tS\t4548-4\t19700101\t20991231\t\n'
)


@pytest.fixture
def warehouse(home):
    keys.create(home)
    return open_warehouse(home)


@pytest.fixture
def export(tmp_path):
    def write(**tables):
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, content in tables.items():
            (folder / f"{name}.csv").write_text(content, encoding="utf-8")
        return folder

    return write


def rows(warehouse, table, *columns):
    backend = warehouse.connect()
    try:
        return sorted(tuple(row.values()) for row in backend.table(table).select(*columns).to_pyarrow().to_pylist())
    finally:
        backend.disconnect()


def quarantine(warehouse):
    return {(file, line): kind for file, line, kind in rows(warehouse, "quarantine", "file", "line", "kind")}


def everything(warehouse):
    """All that the warehouse holds, as text."""
    return "".join(str(pq.read_table(file).to_pylist()) for file in sorted(warehouse.folder.rglob("*.parquet")))


def whole(export):
    return export(
        PERSON=PERSON, Visit_Occurrence=VISIT, measurement=MEASUREMENT, NOTE=NOTE, PROVIDER=PROVIDER,
        LOCATION=LOCATION, CONCEPT=CONCEPT,
    )  # fmt: skip


def test_persons_and_keys_are_replaced_and_links_hold(warehouse, export):
    done = ingest_omop(whole(export), warehouse, AT)
    assert (done.read, done.written, done.quarantined) == (12, 12, 0)
    pseudonymiser = warehouse.pseudonymiser()
    # Known by person_source_value where there is one, so that the same patient in FHIR is the same person here.
    assert rows(warehouse, "person", "year_of_birth", "person_id", "person_source_value", "race_concept_id") == [
        (1950, pseudonymiser.person_key("3"), pseudonymiser.person("3"), 0),
        (1998, pseudonymiser.person_key("CANARY-ID-1"), pseudonymiser.person("CANARY-ID-1"), 0),
        (2014, pseudonymiser.person_key("CANARY-ID-2"), pseudonymiser.person("CANARY-ID-2"), 0),
    ]
    visits = dict(rows(warehouse, "visit_occurrence", "person_id", "visit_occurrence_id"))
    for person, visit in rows(warehouse, "measurement", "person_id", "visit_occurrence_id"):
        assert visits[person] == visit
    assert rows(warehouse, "provider", "provider_id")[0] in {
        row[1:] for row in rows(warehouse, "visit_occurrence", "visit_occurrence_id", "provider_id")
    }
    assert rows(warehouse, "concept", "concept_id", "concept_name") == [(3004410, '"Hb A1c" in blood')]
    assert {day for (day,) in rows(warehouse, "visit_occurrence", "visit_start_date")} == {date(2025, 1, 2)}


def test_no_identity_is_found_in_the_warehouse_and_text_only_where_it_is_said_to_be_clean(warehouse, export):
    folder = whole(export)
    done = ingest_omop(folder, warehouse, AT)
    assert "CANARY" not in everything(warehouse)
    assert "--text-is-pseudonymised" in " ".join(done.remarks)
    source_keys = {11, 12, 71, 72, 73, 5, 9}
    kept = {key for table in ("measurement", "visit_occurrence", "note", "provider")
            for (key,) in rows(warehouse, table, f"{table}_id")}  # fmt: skip
    assert not kept & source_keys
    ingest_omop(folder, warehouse, AT, text_is_pseudonymised=True)
    assert rows(warehouse, "note", "note_text") == [("CANARY-NOTE, on\ntwo lines",)]
    assert warehouse.counts()["note"] == 1
    assert "CANARY-ID" not in everything(warehouse)


def test_what_cannot_be_used_goes_to_quarantine_with_file_and_line_and_the_run_goes_on(warehouse, export):
    folder = export(
        PERSON=PERSON + "2,8507,1970,1,1,,0,0,CANARY-ID-2\n,8507,1970,1,1,,0,0,X\nfour,8507,1970,1,1,,0,0,Y\n",
        VISIT_OCCURRENCE=VISIT.replace("provider_id", "room")
        + "74,99,9201,2025-01-02,2025-01-03,0,,\n"
        + "75,1,9201,2025-02-30,2025-01-03,0,,\n"
        + "76,1,9201,,2025-01-03,0,,\n"
        + "77,1,outpatient,2025-01-02,2025-01-03,0,,\n"
        + "78,1,9201,2027-01-02,2027-01-03,0,,\n"
        + "79,1,9201\n"
        + "71,1,9201,2025-01-02,2025-01-03,0,,\n",
        COHORT="cohort_definition_id,subject_id,cohort_start_date,cohort_end_date\n1,1,2025-01-01,2025-01-01\n",
        DEATH="",
        MEASUREMENT="person_id,value_as_number\n1,2\n",
        PATIENTS="a,b\n1,2\n",
    )
    done = ingest_omop(folder, warehouse, AT)
    assert done.read == done.written + done.quarantined
    assert quarantine(warehouse) == {
        ("PERSON.csv", 5): "duplicate", ("PERSON.csv", 6): "missing", ("PERSON.csv", 7): "type",
        ("VISIT_OCCURRENCE.csv", 1): "column 1", ("VISIT_OCCURRENCE.csv", 5): "person",
        ("VISIT_OCCURRENCE.csv", 6): "date", ("VISIT_OCCURRENCE.csv", 7): "missing",
        ("VISIT_OCCURRENCE.csv", 8): "type", ("VISIT_OCCURRENCE.csv", 9): "future",
        ("VISIT_OCCURRENCE.csv", 10): "row", ("VISIT_OCCURRENCE.csv", 11): "duplicate",
        ("COHORT.csv", 0): "table", ("DEATH.csv", 0): "file", ("MEASUREMENT.csv", 0): "file",
        ("PATIENTS.csv", 0): "table",
    }  # fmt: skip
    assert warehouse.counts()["person"] == 3
    assert warehouse.counts()["visit_occurrence"] == 3


def test_zip_gzip_parquet_tabs_and_folders_of_parts_say_the_same(warehouse, export, tmp_path):
    folder = whole(export)
    ingest_omop(folder, warehouse, AT)
    before = {
        table: rows(warehouse, table, f"{table}_id", "person_id") for table in ("measurement", "visit_occurrence")
    }
    other = tmp_path / "other"
    (other / "VISIT_OCCURRENCE.parquet").mkdir(parents=True)
    pq.write_table(pc.read_csv(folder / "Visit_Occurrence.csv"), other / "VISIT_OCCURRENCE.parquet" / "part-0.parquet")
    (other / "Person.TSV").write_text(PERSON.upper().replace(",", "\t"))
    (other / "MEASUREMENT.csv.gz").write_bytes(gzip.compress(MEASUREMENT.encode("utf-8-sig")))
    with zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in other.rglob("*.*"):
            if file.is_file():
                archive.write(file, Path("cdm") / file.relative_to(other))
    for source in (other, tmp_path / "other.zip"):
        done = ingest_omop(source, warehouse, AT)
        assert (done.written, done.quarantined) == (8, 0)
        assert {table: rows(warehouse, table, f"{table}_id", "person_id") for table in before} == before


def test_the_same_export_counts_once(warehouse, export):
    first = ingest_omop(whole(export), warehouse, AT)
    before = warehouse.counts()
    again = ingest_omop(whole(export), warehouse, AT)
    assert (first.new, again.new) == (True, False)
    assert (again.source, again.read, again.written) == (first.source, first.read, first.written)
    assert warehouse.counts() == before


def test_dates_shift_together_with_the_birth(home, export):
    home.settings_file.write_text("date_shift = true\n")
    keys.create(home)
    warehouse = open_warehouse(home)
    ingest_omop(whole(export), warehouse, AT)
    pseudonymiser = warehouse.pseudonymiser()
    pseudonym = pseudonymiser.person("CANARY-ID-1")
    days = pseudonymiser.shift_days(pseudonym)
    (birth,) = [row[1:] for row in rows(warehouse, "person", "person_source_value", "year_of_birth", "month_of_birth",
                                        "day_of_birth", "birth_datetime") if row[0] == pseudonym]  # fmt: skip
    moved = date(1998, 4, 9) + timedelta(days=days)
    assert birth == (moved.year, moved.month, None, None)  # the day is an identity
    visits = dict(rows(warehouse, "visit_occurrence", "person_id", "visit_start_date"))
    assert (visits[pseudonymiser.person_key("CANARY-ID-1")] - date(2025, 1, 2)).days == days


@pytest.mark.parametrize("what", ["absent", "text", "empty", "no_person"])
def test_what_is_no_export_gets_one_sentence(warehouse, tmp_path, what):
    path = tmp_path / what
    if what == "text":
        path.write_text("hello")
    elif what != "absent":
        path.mkdir()
        if what == "no_person":
            (path / "DEATH.csv").write_text("person_id,death_date\n1,2025-01-01\n")
    with pytest.raises(InvalidInput) as caught:
        ingest_omop(path, warehouse, AT)
    assert str(path) in str(caught.value)
    assert not any(warehouse.counts().values())


def test_a_damaged_member_of_an_archive_is_named_and_the_others_are_taken(warehouse, export, tmp_path):
    folder = export(PERSON=PERSON, MEASUREMENT=MEASUREMENT * 200)
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "MEASUREMENT.csv", "MEASUREMENT.csv")
        archive.write(folder / "PERSON.csv", "PERSON.csv")
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    done = ingest_omop(path, warehouse, AT)
    assert done.quarantined >= 1
    assert "file" in {kind for (file, _), kind in quarantine(warehouse).items() if file == "MEASUREMENT.csv"}
    assert warehouse.counts()["person"] == 3


KILLS = """
import os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from cognoscope.core.home import Home
from cognoscope.intake import tables_text
from cognoscope.intake.omop import ingest_omop
from cognoscope.intake.warehouse import open_warehouse
tables_text.ROWS_A_CHUNK = 500
killed = 0
for attempt in range(20):
    child = os.fork()
    if child == 0:
        ingest_omop(Path(sys.argv[2]), open_warehouse(Home(Path(sys.argv[1]))), datetime(2026, 11, 21, 12, tzinfo=UTC))
        os._exit(0)
    time.sleep(0.05 * (attempt + 1))
    os.kill(child, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
print(killed)
"""


@pytest.mark.slow
def test_killed_at_any_moment_and_started_again_nothing_is_lost_and_nothing_doubles(tmp_path, export, monkeypatch):
    head, *body = MEASUREMENT.splitlines(keepends=True)
    many = head + "".join(body[0].replace("11,", f"{n + 1000},", 1) if n % 97 else "broken\n" for n in range(6_000))
    folder = export(PERSON=PERSON, VISIT_OCCURRENCE=VISIT, MEASUREMENT=many)
    homes = [Home(tmp_path / name) for name in ("killed", "quiet")]
    for home in homes:
        keys.create(home)
    homes[1].key_file.write_bytes(homes[0].key_file.read_bytes())
    killed, quiet = map(open_warehouse, homes)
    monkeypatch.setattr("cognoscope.intake.tables_text.ROWS_A_CHUNK", 500)
    expected = ingest_omop(folder, quiet, AT)
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(homes[0].path), str(folder)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) >= 5
    again = ingest_omop(folder, killed, AT)
    assert (again.source, again.read, again.written, again.quarantined) == (
        expected.source, expected.read, expected.written, expected.quarantined,
    )  # fmt: skip
    assert killed.counts() == quiet.counts()
    columns = ("measurement_id", "person_id", "visit_occurrence_id", "value_as_number")
    assert rows(killed, "measurement", *columns) == rows(quiet, "measurement", *columns)
    assert quarantine(killed) == quarantine(quiet)


@pytest.fixture(scope="module")
def synthea():
    root = os.environ.get("COGNOSCOPE_DATASETS")
    path = Path(root or "") / "warehouse/synthea27nj-omop54/Synthea27Nj_5.4.zip"
    if root is None or not path.exists():
        pytest.skip("COGNOSCOPE_DATASETS does not hold warehouse/synthea27nj-omop54")
    return path


@pytest.mark.slow
def test_every_row_of_synthea_27_is_accounted_for(warehouse, synthea):
    done = ingest_omop(synthea, warehouse, AT)
    counts = warehouse.counts()
    published = {
        "person": 28, "visit_occurrence": 1_791, "condition_occurrence": 470, "drug_exposure": 883,
        "measurement": 10_040, "observation": 8_099, "procedure_occurrence": 1_649, "concept_relationship": 266_588,
        "concept": 2_294,
    }  # fmt: skip
    assert {table: counts[table] for table in published} == published
    assert done.quarantined == counts["quarantine"] == 0
    assert done.read == done.written == sum(counts.values())


cells = st.sampled_from(["", "1", "2", "9", "2025-01-02", "x", '"', "8507", "-1", "1e5", "2025-02-30"]) | st.text(
    max_size=5
)
table_text = st.lists(st.lists(cells, max_size=9).map(",".join), max_size=8).map("\n".join)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(person=table_text, visit=table_text, headed=st.booleans(), cut=st.integers(0, 400))
def test_whatever_the_export_holds_every_row_is_accounted_for(tmp_path_factory, person, visit, headed, cut):
    folder = tmp_path_factory.mktemp("fuzz")
    home = Home(folder / "home")
    keys.create(home)
    warehouse = open_warehouse(home)
    (folder / "cdm").mkdir()
    heads = (PERSON.split("\n")[0], VISIT.split("\n")[0]) if headed else ("", "")
    for name, head, text in zip(("PERSON", "VISIT_OCCURRENCE"), heads, (person, visit), strict=True):
        content = f"{head}\n{text}".encode("utf-8", "surrogatepass")
        (folder / "cdm" / f"{name}.csv").write_bytes(content[: cut + len(head)])
    done = ingest_omop(folder / "cdm", warehouse, AT)
    counts = warehouse.counts()
    assert done.read == done.written + done.quarantined
    assert counts["person"] + counts["visit_occurrence"] == done.written
    assert (counts["quarantine"] > 0) == (done.quarantined > 0)
