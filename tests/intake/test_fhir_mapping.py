import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from tests.intake.fhir_examples import (
    ALLERGY,
    CATEGORY,
    CONDITION,
    DOCUMENT,
    ENCOUNTER,
    EVERY,
    LOINC,
    OBSERVATION,
    PATIENT,
    PROCEDURE,
    REQUEST,
    STATEMENT,
    bundle,
    code,
    digests,
    lines,
    row,
    rows,
    take_in,
)

from cognoscope.core.events import IngestFinished
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.pseudonyms import MAX_SHIFT_DAYS, Pseudonymiser
from cognoscope.intake.warehouse import open_warehouse


def taken(home: Home, ledger: Ledger, *resources: object) -> Any:
    path = home.path / "in.ndjson"
    path.write_bytes(lines(*resources))
    return take_in(home, ledger, path)


def person_key(home: Home, identifier: str) -> int:
    return Pseudonymiser.from_file(home.key_file).person_key(identifier)


def test_a_patient_becomes_a_person_with_month_and_year_of_birth(home: Home, ledger: Ledger) -> None:
    taken(home, ledger, PATIENT | {"deceasedDateTime": "2026-10-30T10:00:00+01:00"})
    person = row(home, "person")
    assert person["person_id"] == person_key(home, "p1")
    assert person["person_source_value"] == Pseudonymiser.from_file(home.key_file).person("p1")
    assert (person["gender_concept_id"], person["year_of_birth"], person["month_of_birth"]) == (8532, 1962, 12)
    assert person["day_of_birth"] is None and pd.isna(person["birth_datetime"])
    assert row(home, "death")["death_date"] == pd.Timestamp("2026-10-30")


def test_times_become_local_across_the_change_of_clocks(home: Home, ledger: Ledger) -> None:
    taken(home, ledger, ENCOUNTER)
    visit = row(home, "visit_occurrence")
    assert visit["visit_start_datetime"] == datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001
    assert visit["visit_end_datetime"] == datetime(2026, 10, 25, 3, 0)  # noqa: DTZ001
    assert visit["visit_concept_id"] == 9203 and visit["visit_source_value"].endswith("v3-ActCode|EMER")


def test_a_stay_that_goes_on_lasts_until_the_ingest(home: Home, ledger: Ledger) -> None:
    inpatient = ENCOUNTER | {"status": "in-progress", "class": {"code": "IMP"}, "period": {"start": "2026-11-01"}}
    taken(home, ledger, inpatient)
    visit = row(home, "visit_occurrence")
    assert visit["visit_end_date"] == pd.Timestamp("2026-11-21") and pd.isna(visit["visit_end_datetime"])


def test_every_event_belongs_to_its_person_and_visit(home: Home, ledger: Ledger) -> None:
    report = taken(home, ledger, *EVERY)
    assert report.total.written == report.total.read == len(EVERY)
    visit = row(home, "visit_occurrence")["visit_occurrence_id"]
    for name in ("condition_occurrence", "measurement", "procedure_occurrence", "note"):
        assert row(home, name)["person_id"] == person_key(home, "p1")
    for name in ("condition_occurrence", "measurement", "note"):
        assert row(home, name)["visit_occurrence_id"] == visit


def test_codes_numbers_and_dates_of_each_kind(home: Home, ledger: Ledger) -> None:
    taken(home, ledger, CONDITION, OBSERVATION, REQUEST, STATEMENT, PROCEDURE, DOCUMENT)
    condition = row(home, "condition_occurrence")
    assert condition["condition_source_value"] == "http://snomed.info/sct|15777000"
    assert condition["condition_start_date"] == pd.Timestamp("2020-03-01")
    assert pd.isna(condition["condition_start_datetime"]) and condition["condition_concept_id"] == 0
    measurement = row(home, "measurement")
    assert (measurement["value_as_number"], measurement["range_low"], measurement["range_high"]) == (5.5, 4, 6)
    assert measurement["unit_source_value"] == "mmol/L"
    drugs = rows(home, "drug_exposure").set_index("drug_source_value")
    assert drugs.loc["http://www.whocc.no/atc|N02BE01", ["refills", "quantity"]].tolist() == [2, 30]
    assert drugs.loc["http://www.whocc.no/atc|B01AC06", "drug_exposure_end_date"] == pd.Timestamp("2027-01-01")
    assert row(home, "procedure_occurrence")["procedure_end_date"] == pd.Timestamp("2026-10-25")
    note = row(home, "note")
    assert note["note_text"] == "" and note["note_source_value"] == "http://loinc.org|34117-2"


def test_an_allergy_is_an_observation_whose_value_says_of_what(home: Home, ledger: Ledger) -> None:
    undated = {key: value for key, value in ALLERGY.items() if key != "recordedDate"}
    taken(
        home,
        ledger,
        ALLERGY,
        undated | {"id": "a2", "category": ["food"], "code": code("http://snomed.info/sct", "102263004")},
    )
    known = rows(home, "observation").set_index("value_source_value")
    drug, food = known.loc["http://www.whocc.no/atc|J01CA04"], known.loc["http://snomed.info/sct|102263004"]
    assert drug["observation_source_value"] == "http://snomed.info/sct|416098002"
    assert drug["observation_date"] == pd.Timestamp("2026-10-25")
    assert food["observation_source_value"] == "http://snomed.info/sct|419199007"
    assert food["observation_date"] == pd.Timestamp("2026-11-21"), "an undated allergy still counts"


def test_a_panel_has_a_row_for_each_component_and_answers_are_observations(home: Home, ledger: Ledger) -> None:
    systolic = {"code": code(LOINC, "8480-6"), "valueQuantity": {"value": 120}}
    diastolic = {"code": code(LOINC, "8462-4"), "valueQuantity": {"value": 80}}
    panel = {key: value for key, value in OBSERVATION.items() if key != "valueQuantity"} | {
        "code": code(LOINC, "85354-9")
    }
    smoker = panel | {
        "id": "o2",
        "category": [code(CATEGORY, "social-history")],
        "code": code(LOINC, "72166-2"),
        "valueCodeableConcept": code("http://snomed.info/sct", "449868002"),
    }
    taken(home, ledger, panel | {"component": [systolic, diastolic]}, smoker)
    assert sorted(rows(home, "measurement")["value_as_number"]) == [80, 120]
    assert row(home, "observation")["value_source_value"] == "http://snomed.info/sct|449868002"


@pytest.mark.parametrize(
    "resource",
    [
        OBSERVATION | {"status": "entered-in-error"},
        REQUEST | {"status": "cancelled"},
        REQUEST | {"doNotPerform": True},
        PROCEDURE | {"status": "not-done"},
        STATEMENT | {"status": "not-taken"},
        ENCOUNTER | {"status": "planned"},
        CONDITION | {"verificationStatus": code("http://terminology.hl7.org/x", "refuted")},
        OBSERVATION | {"subject": {"reference": "Group/g1"}},
        ALLERGY | {"clinicalStatus": code("http://terminology.hl7.org/x", "resolved")},
        ALLERGY | {"verificationStatus": code("http://terminology.hl7.org/x", "refuted")},
        {"resourceType": "Claim", "id": "x"},
    ],
)
def test_what_did_not_happen_or_concerns_nobody_is_not_taken(
    home: Home, ledger: Ledger, resource: dict[str, Any]
) -> None:
    report = taken(home, ledger, resource)
    assert (report.total.ignored, report.total.written, report.total.quarantined) == (1, 0, 0)
    assert sum(count for count, _ in digests(home).values()) == 0


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "Patient/p1/_history/3"},
        {"reference": "https://ehr.example/fhir/Patient/p1"},
        {"reference": "urn:uuid:p1"},
        {"reference": "Patient?identifier=urn:oid:1.2.250.1.71|IPP1"},
        {"reference": "Patient?identifier=urn:oid:1.2.250.1.71%7CIPP1"},
        {"identifier": {"system": "urn:oid:1.2.250.1.71", "value": "IPP1"}},
        {"identifier": {"value": "IPP1"}},
        {"identifier": {"value": "162126587913677"}},
    ],
)
def test_a_patient_is_the_same_however_named(home: Home, ledger: Ledger, subject: dict[str, Any]) -> None:
    taken(home, ledger, OBSERVATION | {"subject": subject}, PATIENT)
    assert row(home, "measurement")["person_id"] == row(home, "person")["person_id"]


def test_a_bundle_follows_the_addresses_of_its_entries(home: Home, ledger: Ledger) -> None:
    drug = {"resourceType": "Medication", "id": "med", "code": code("http://www.whocc.no/atc", "A10BA02")}
    pointing = {key: value for key, value in REQUEST.items() if key != "medicationCodeableConcept"}
    resources = (
        PATIENT,
        ENCOUNTER | {"subject": {"reference": "urn:uuid:of-p1"}},
        OBSERVATION | {"subject": {"reference": "urn:uuid:of-p1"}, "encounter": {"reference": "urn:uuid:of-e1"}},
        drug,
        pointing | {"medicationReference": {"reference": "urn:uuid:of-med"}},
    )
    path = home.path / "bundle.json"
    path.write_bytes(bundle(*resources, full_url="urn:uuid:of-{id}", indent=1))
    report = take_in(home, ledger, path)
    assert (report.total.written, report.total.ignored) == (4, 1)
    assert row(home, "measurement")["person_id"] == person_key(home, "p1")
    assert row(home, "measurement")["visit_occurrence_id"] == row(home, "visit_occurrence")["visit_occurrence_id"]
    assert row(home, "drug_exposure")["drug_source_value"] == "http://www.whocc.no/atc|A10BA02"


def test_the_same_records_give_the_same_rows_in_every_form(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    forms = {
        "a.ndjson": lines(*EVERY),
        "b.jsonl.gz": gzip.compress(lines(*EVERY)),
        "c.json": bundle(*EVERY),
        "d.json": bundle(*EVERY, indent=2),
        "e.json": json.dumps(EVERY).encode(),
        "f.json": lines(*EVERY),
        "g.ndjson": bundle(*EVERY) + b"\n",
        "h.ndjson": b"\xef\xbb\xbf" + lines(*EVERY).replace(b"\n", b"\r\n\r\n"),
    }
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
    single = {PATIENT["id"]: json.dumps(PATIENT, indent=1), OBSERVATION["id"]: json.dumps(OBSERVATION)}
    for name, text in single.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    report = take_in(home, ledger, tmp_path / "a.ndjson")
    before = digests(home)
    for name in (*forms, "p1.json", "o1.json"):
        report = take_in(home, ledger, tmp_path / name)
        assert report.total.quarantined == 0, (name, report.reasons)
        assert digests(home) == before, name


def test_taking_in_again_changes_nothing_and_a_correction_replaces(home: Home, ledger: Ledger) -> None:
    first = taken(home, ledger, *EVERY)
    before = digests(home)
    again = taken(home, ledger, *EVERY)
    assert first.new and not again.new and again.total == first.total and digests(home) == before
    assert len(ledger.entries(event="IngestFinished")) == 1
    taken(home, ledger, OBSERVATION | {"valueQuantity": {"value": 7}})
    assert row(home, "measurement")["value_as_number"] == 7


def test_the_ledger_says_what_came_of_it(home: Home, ledger: Ledger) -> None:
    report = taken(home, ledger, *EVERY, {"resourceType": "Observation"}, {"resourceType": "Claim"})
    (entry,) = ledger.entries(event="IngestFinished")
    written = len(EVERY)
    assert entry.event == IngestFinished(
        source=report.source, format="fhir", read=written + 2, written=written, quarantined=1
    )


def test_codes_become_concepts_where_a_vocabulary_is_loaded(home: Home, ledger: Ledger) -> None:
    taken(home, ledger, CONDITION, OBSERVATION)
    assert row(home, "condition_occurrence")["condition_concept_id"] == 0
    known = [
        (40316773, "SNOMED", "15777000", None),
        (37018196, "SNOMED", "714628002", "S"),
        (3004501, "LOINC", "2345-7", "S"),
        (8753, "UCUM", "mmol/L", "S"),
    ]
    ids, vocabularies, codes, standard = zip(*known, strict=True)
    day = date(1970, 1, 1)
    shared = {"valid_start_date": [day] * 4, "valid_end_date": [day] * 4}
    concept = pa.table(
        {"concept_id": ids, "vocabulary_id": vocabularies, "concept_code": codes, "standard_concept": standard} | shared
    )
    maps = {"concept_id_1": [40316773], "concept_id_2": [37018196], "relationship_id": ["Maps to"]}
    open_warehouse(home).commit("d" * 64, 0, {"concept": concept, "concept_relationship": pa.table(maps)})
    taken(home, ledger, CONDITION, OBSERVATION)
    condition, measurement = row(home, "condition_occurrence"), row(home, "measurement")
    assert (condition["condition_concept_id"], condition["condition_source_concept_id"]) == (37018196, 40316773)
    assert (measurement["measurement_concept_id"], measurement["unit_concept_id"]) == (3004501, 8753)


def test_with_date_shift_all_dates_of_a_person_move_together(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    taken(home, ledger, *EVERY)
    plain = {name: row(home, name) for name in ("visit_occurrence", "measurement", "procedure_occurrence", "note")}
    shifted = Home(tmp_path / "shifted")
    shifted.path.mkdir()
    shifted.settings_file.write_text("date_shift = true\n", encoding="utf-8")
    (shifted.path / "keys").mkdir()
    for path in (home.key_file, home.vault_key_file):
        copy = shifted.path / "keys" / path.name
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)
    take_in(shifted, ledger, home.path / "in.ndjson")
    pseudonymiser = Pseudonymiser.from_file(shifted.key_file, date_shift=True)
    days = pseudonymiser.shift_days(pseudonymiser.person("p1"))
    assert days and abs(days) <= MAX_SHIFT_DAYS
    for name, before in plain.items():
        after = row(shifted, name)
        for column, value in before.items():
            if isinstance(value, pd.Timestamp):
                assert after[column] == value + pd.Timedelta(days=days), column
    by_identifier = OBSERVATION | {"id": "o9", "subject": {"identifier": {"value": "IPP1"}}}
    (tmp_path / "x.ndjson").write_bytes(lines(by_identifier))
    report = take_in(shifted, ledger, tmp_path / "x.ndjson")
    assert report.total.quarantined == 1
