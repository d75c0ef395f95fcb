import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.intake.fhir_examples import (
    CONDITION,
    ENCOUNTER,
    EVERY,
    OBSERVATION,
    PATIENT,
    PROCEDURE,
    REQUEST,
    STATEMENT,
    bundle,
    lines,
    row,
    rows,
    take_in,
)

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import sources
from cognoscope.intake.fhir import complain


def without(resource: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key not in names}


def dated(text: str) -> dict[str, Any]:
    return OBSERVATION | {"effectiveDateTime": text}


BACKWARDS = {"start": "2026-02-02", "end": "2026-02-01"}
BAD: list[tuple[str, bytes, str]] = [
    ("not JSON", b"bonjour\n", "not_json"),
    ("cut off", lines(OBSERVATION)[:-40], "not_json"),
    ("a number", b"7\n", "no_resource"),
    ("an array", b"[]\n", "no_resource"),
    ("no type", lines({"id": "1"}), "no_resource"),
    ("no such type", lines({"resourceType": "Jeanne Dupont"}), "no_resource"),
    ("latin-1", lines(OBSERVATION).replace(b'"o1"', '"é"'.encode("latin-1")), "wrong_encoding"),
    ("deep", b'{"resourceType":"Patient","name":[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}\n", "not_json"),
    ("wrong type of field", lines(OBSERVATION | {"subject": "Patient/p1"}), "invalid_fhir"),
    ("text for a number", lines(OBSERVATION | {"valueQuantity": {"value": "high"}}), "invalid_fhir"),
    ("huge integer", lines(OBSERVATION | {"valueInteger": 10**30}), "invalid_fhir"),
    ("infinite", lines(OBSERVATION).replace(b"5.5", b"1e999"), "invalid_fhir"),
    ("no patient", lines(without(OBSERVATION, "subject")), "missing_reference"),
    ("empty reference", lines(OBSERVATION | {"subject": {}}), "missing_reference"),
    ("contained patient", lines(OBSERVATION | {"subject": {"reference": "#p"}}), "missing_reference"),
    ("bare reference", lines(OBSERVATION | {"subject": {"reference": "p1"}}), "missing_reference"),
    ("bad visit reference", lines(OBSERVATION | {"encounter": {"reference": "e1"}}), "missing_reference"),
    ("no code", lines(without(OBSERVATION, "code")), "missing_code"),
    ("only text", lines(CONDITION | {"code": {"text": "Douleur de Jeanne"}}), "missing_code"),
    ("text as code", lines(CONDITION | {"code": {"coding": [{"code": "a\u00a0b"}]}}), "invalid_code"),
    ("drug elsewhere", lines(without(REQUEST, "medicationCodeableConcept")), "missing_code"),
    (
        "drug in another file",
        lines(without(REQUEST, "medicationCodeableConcept") | {"medicationReference": {"reference": "Medication/9"}}),
        "missing_reference",
    ),
    ("no date", lines(without(OBSERVATION, "effectiveDateTime")), "missing_date"),
    ("no period", lines(without(ENCOUNTER, "period")), "missing_date"),
    ("no such day", lines(dated("2026-02-30")), "invalid_date"),
    ("no such hour", lines(dated("2026-02-03T25:00:00Z")), "invalid_date"),
    ("French date", lines(dated("21/11/2026")), "invalid_date"),
    ("week date", lines(dated("2026-W01-1")), "invalid_date"),
    ("year nought", lines(dated("0001-01-01")), "invalid_date"),
    ("year 9999", lines(dated("9999-12-31T23:59:59-12:00")), "invalid_date"),
    ("tomorrow's tomorrow", lines(dated("2026-11-24")), "future_date"),
    ("born later", lines(PATIENT | {"birthDate": "2031-01-01"}), "future_date"),
    ("no birth date", lines(without(PATIENT, "birthDate")), "missing_birth_date"),
    ("act ends first", lines(PROCEDURE | {"performedPeriod": BACKWARDS}), "invalid_date"),
    ("drug ends first", lines(STATEMENT | {"effectivePeriod": BACKWARDS}), "invalid_date"),
]


@pytest.mark.parametrize(("content", "kind"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_a_bad_record_is_set_aside_and_the_others_are_taken(
    home: Home, ledger: Ledger, content: bytes, kind: str
) -> None:
    path = home.path / "in.ndjson"
    good = lines(OBSERVATION | {"id": "good"})
    path.write_bytes(good + content + (b"" if content.endswith(b"\n") else b"\n") + good.replace(b"good", b"other"))
    report = take_in(home, ledger, path)
    assert (report.total.read, report.total.written, report.total.quarantined) == (3, 2, 1)
    aside = row(home, "quarantine")
    assert (aside["file"], aside["line"], aside["kind"]) == ("in.ndjson", 2, kind)
    assert "Jeanne" not in aside["reason"] and "21/11" not in aside["reason"] and "high" not in aside["reason"]
    assert len(rows(home, "measurement")) == 2
    complain(report)


def test_an_observation_is_taken_whole_or_not_at_all(home: Home, ledger: Ledger) -> None:
    component = {"code": {"coding": [{"code": "1"}]}, "valueQuantity": {"value": 1}}
    path = home.path / "in.ndjson"
    path.write_bytes(lines(OBSERVATION | {"component": [component, {"valueQuantity": {"value": 2}}]}, PATIENT))
    report = take_in(home, ledger, path)
    assert report.total.quarantined == 1 and rows(home, "measurement").empty


def test_a_bad_entry_of_a_bundle_is_named_by_number_and_line(home: Home, ledger: Ledger) -> None:
    path = home.path / "bundle.json"
    content = bundle(PATIENT, OBSERVATION | {"effectiveDateTime": "never"}, CONDITION, indent=1)
    path.write_bytes(content)
    report = take_in(home, ledger, path)
    assert (report.total.written, report.total.quarantined) == (2, 1)
    aside = row(home, "quarantine")
    line = content[: content.index(b'"Observation"')].count(b"\n")
    assert aside["reason"].startswith("entry 2: Observation: a date is not written") and aside["line"] == line


UNUSABLE: dict[str, tuple[bytes, str]] = {
    "empty.ndjson": (b"", "empty_file"),
    "blank.json": (b" \n\n ", "empty_file"),
    "utf16.json": (json.dumps(PATIENT).encode("utf-16"), "wrong_encoding"),
    "cut.json": (bundle(*EVERY)[:-30], "not_json"),
    "text.json": (b"Compte rendu de Jeanne Dupont", "not_json"),
    "noise.ndjson": (bytes(range(256)) * 3, "not_json"),
    "no.json.gz": (b"this is not gzip", "cut_off_file"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_without_anything_usable_is_named_and_the_others_are_taken(
    home: Home, ledger: Ledger, tmp_path: Path, name: str
) -> None:
    content, kind = UNUSABLE[name]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(content)
    (folder / "good.ndjson").write_bytes(lines(*EVERY))
    (folder / "README.md").write_text("not FHIR", encoding="utf-8")
    report = take_in(home, ledger, folder)
    assert report.tallies["good.ndjson"].written == len(EVERY) and report.passed_over == 1
    aside = rows(home, "quarantine")
    assert set(aside["file"]) == {name} and kind in set(aside["kind"]) and len(aside) == report.total.quarantined
    for _ in range(2):
        with pytest.raises(InvalidInput, match=f"Nothing in {name} could be used"):
            complain(report)
        report = take_in(home, ledger, folder)
        assert not report.new


def test_a_cut_off_archive_gives_what_can_be_unpacked(home: Home, ledger: Ledger) -> None:
    path = home.path / "in.ndjson.gz"
    some = [OBSERVATION | {"id": f"o{number}"} for number in range(2000)]
    path.write_bytes(gzip.compress(lines(*some))[:-100])
    report = take_in(home, ledger, path)
    assert report.total.written > 100
    assert "cut_off_file" in set(rows(home, "quarantine")["kind"])


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BATCH_BYTES", 4 << 10)
    monkeypatch.setattr(sources, "MAX_LINE_BYTES", 8 << 10)
    monkeypatch.setattr(sources, "MAX_DOCUMENT_BYTES", 16 << 10)


@pytest.mark.usefixtures("small_limits")
def test_a_line_too_long_is_set_aside_and_those_around_it_are_taken(home: Home, ledger: Ledger) -> None:
    path = home.path / "in.ndjson"
    long = OBSERVATION | {"id": "long", "note": [{"text": "x" * (40 << 10)}]}
    path.write_bytes(lines(PATIENT, OBSERVATION, long, CONDITION) + lines(long).rstrip())
    report = take_in(home, ledger, path)
    assert (report.total.written, report.total.quarantined) == (3, 2)
    aside = rows(home, "quarantine")
    assert sorted(aside["line"]) == [3, 5] and set(aside["kind"]) == {"long_line"}


@pytest.mark.usefixtures("small_limits")
def test_a_document_too_large_says_what_to_do(home: Home, ledger: Ledger) -> None:
    path = home.path / "large.json"
    path.write_bytes(bundle(*[OBSERVATION | {"id": f"o{number}"} for number in range(100)]))
    report = take_in(home, ledger, path)
    assert "export it as NDJSON" in row(home, "quarantine")["reason"] and report.unusable == ["large.json"]


@pytest.mark.parametrize("make", ["nothing", "folder"])
def test_nothing_there_is_said_in_a_sentence(home: Home, ledger: Ledger, tmp_path: Path, make: str) -> None:
    path = tmp_path / "absent"
    if make == "folder":
        path.mkdir()
        (path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"There is no file or folder|holds no file ending in"):
        take_in(home, ledger, path)
