"""Invented stays and their reports: valid FHIR, full of identities, the same for a seed."""

import base64
import json
from datetime import date

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cognoscope.demo.stays import UNCODED_DAYS, write_stays

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def resources(tmp_path_factory) -> list[dict]:
    path = tmp_path_factory.mktemp("stays") / "stays.ndjson"
    lines = write_stays(path, 60, TODAY, 1)
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(written) == lines
    return written


def of(resources: list[dict], kind: str) -> list[dict]:
    return [each for each in resources if each["resourceType"] == kind]


def text_of(document: dict) -> str:
    return base64.b64decode(document["content"][0]["attachment"]["data"]).decode()


def test_every_resource_is_valid(resources):
    for resource in resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_the_same_seed_gives_the_same_file(tmp_path):
    for name in "ab":
        write_stays(tmp_path / name, 10, TODAY, 3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_letters_hold_what_a_real_one_holds(resources):
    patients = {each["id"]: each for each in of(resources, "Patient")}
    letters = [each for each in of(resources, "DocumentReference") if "COMPTE RENDU" in text_of(each)]
    assert len(letters) == 60
    for letter in letters:
        patient, text = patients[letter["subject"]["reference"].removeprefix("Patient/")], text_of(letter)
        assert patient["name"][0]["family"].upper() in text and patient["telecom"][0]["value"] in text
        assert all(each["value"] in text for each in patient["identifier"])
        assert "{" not in text


def test_nobody_is_denied_what_they_have(resources):
    for document in of(resources, "DocumentReference"):
        text = text_of(document)
        assert not ("Diabète" in text and "Pas de diabète" in text)


def test_recent_stays_wait_for_a_coder_and_older_ones_are_coded(resources):
    coded = {each["encounter"]["reference"] for each in of(resources, "Condition")}
    for stay in of(resources, "Encounter"):
        ago = (TODAY - date.fromisoformat(stay["period"]["end"][:10])).days
        assert (f"Encounter/{stay['id']}" in coded) == (ago > UNCODED_DAYS)
    assert 0 < len(coded) < 60
