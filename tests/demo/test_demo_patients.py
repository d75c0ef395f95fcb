"""The invented patients: valid FHIR, the same for a seed, and nobody's."""

import json
from datetime import date

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cognoscope.demo.hospital import hospital
from cognoscope.demo.patients import write_patients

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def resources(tmp_path_factory) -> list[dict]:
    path = tmp_path_factory.mktemp("patients") / "patients.ndjson"
    lines = write_patients(path, hospital().sites, 60, TODAY, 1)
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(written) == lines
    return written


def test_every_resource_is_valid(resources):
    for resource in resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_the_same_seed_gives_the_same_file(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for path in (first, second):
        write_patients(path, hospital().sites, 20, TODAY, 5)
    assert first.read_bytes() == second.read_bytes()


def test_nothing_lies_in_the_future_and_nobody_is_born_after_a_stay(resources):
    born = {each["id"]: each["birthDate"] for each in resources if each["resourceType"] == "Patient"}
    stays = [each for each in resources if each["resourceType"] == "Encounter"]
    assert stays
    for stay in stays:
        assert stay["period"]["end"] < str(TODAY)
        assert born[stay["subject"]["reference"].removeprefix("Patient/")] < stay["period"]["start"]


def test_national_numbers_have_a_right_key_and_belong_to_nobody(resources):
    numbers = [each["identifier"][0]["value"] for each in resources if each["resourceType"] == "Patient"]
    for number in numbers:
        assert len(number) == 15
        assert 97 - int(number[:13]) % 97 == int(number[13:])
        assert number[10:13] == "000"


def test_every_reference_exists(resources):
    known = {f"{each['resourceType']}/{each['id']}" for each in resources}
    for resource in resources:
        for name in ("subject", "encounter"):
            if name in resource:
                assert resource[name]["reference"] in known
