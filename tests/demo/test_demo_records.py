"""The reports of the demonstration: taken in, read, found again, proposed on; no letter keeps its patient."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.installation import install
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import waiting
from cognoscope.demo.records import can_read_reports, take_in_reports
from cognoscope.demo.stays import write_stays
from cognoscope.intake.cohorts_saved import saved
from cognoscope.intake.search import SearchQuery, open_index
from cognoscope.intake.warehouse import open_warehouse

TODAY = date(2026, 11, 21)
STAYS = 16

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("demonstration"),
    pytest.mark.skipif(not can_read_reports(), reason="the extra text is missing: make text"),
]


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> tuple[Home, int]:
    home = Home(tmp_path_factory.mktemp("records") / "home")
    install(home, {"hospital": "Démonstration", "synthetic": True, "school_zone": "B"})
    return home, take_in_reports(home, APPLICATIONS[1:], TODAY, 1, lambda _: None, stays=STAYS)


def test_each_application_has_something_to_decide(lived):
    home, made = lived
    with Ledger.open(home.ledger_url) as ledger:
        assert ledger.verify().intact
        times = [entry.at for entry in ledger.entries()]
        assert times == sorted(times)
        assert len(ledger.entries(event="ProposalMade")) == made
        open_lines = {line.application for line in waiting(ledger, datetime(2026, 11, 21, 9, tzinfo=UTC))}
        assert {"records.comorbidities", "records.coding"} <= open_lines
        assert len(saved(ledger)) == 2


def test_every_letter_lost_its_patient_and_is_found_by_its_words(lived, tmp_path: Path):
    home, _ = lived
    write_stays(tmp_path / "stays.ndjson", STAYS, TODAY, 1)
    resources = [json.loads(line) for line in (tmp_path / "stays.ndjson").read_text(encoding="utf-8").splitlines()]
    patients = [each for each in resources if each["resourceType"] == "Patient"]
    backend = open_warehouse(home).connect()
    texts = backend.table("note").to_pyarrow()["note_text"].to_pylist()
    backend.disconnect()
    assert len(texts) > STAYS and all(texts)
    whole = "\n".join(texts)
    for patient in patients:
        for planted in (*(each["value"] for each in patient["identifier"]), patient["telecom"][0]["value"]):
            assert planted not in whole
    assert open_index(home).search(SearchQuery(text="insuffisance")).total > 0
