"""`cognoscope export dicom` and `cognoscope ingest results`, from images in the store to files and back in."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.exports.dicom import studies
from tests.intake.results import messages
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core import pixels
from cognoscope.core.actor import Role, person, program
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.intake import keys
from cognoscope.intake.results.application import name_of
from cognoscope.intake.results.received import ForeignAlgorithm

pytest.importorskip("highdicom")
NAME = name_of(ForeignAlgorithm("LungScan", "4.5", "Acme"))


@pytest.fixture
def home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    keys.create(home)
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    pixels.look_in(home.pixels)
    return home


@pytest.fixture
def made(home: Home) -> Proposal:
    """A proposal on a CT of the store that was sent against its normal; its overlay marks the first frames."""
    from cognoscope.intake.dicom.case_images import volume_of
    from cognoscope.intake.dicom.store import ImageStore

    store = ImageStore(home)
    taken = store.take([messages.written(each) for each in messages.images()])
    image = volume_of(store, taken[0].series, "image")
    case = Case(kind="imaging-test", subject=f"person:{taken[0].person}", as_of=studies.AS_OF, images=(image,))
    proposal = studies.proposal_of(case, studies.blocks(5), with_marks=True)
    pixels.save([image.raster, proposal.value.overlays[0].raster], home.pixels)  # type: ignore[union-attr]
    with Ledger.open(home.ledger_url) as ledger:
        ledger.keep_case(case)
        ledger.append(ProposalMade(proposal=proposal, state="advisory"), program("run"), studies.AS_OF)
    return proposal


def export(digest: str, to: Path) -> dict[str, pydicom.Dataset]:
    done = CliRunner().invoke(app, ["export", "dicom", digest, "--to", str(to), "--purpose", "PACS"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "3 objects written" in done.output
    return {read.Modality: read for read in map(pydicom.dcmread, sorted(to.glob("*.dcm")))}


def test_a_proposal_goes_to_a_folder_with_the_pacs_own_identifiers(home: Home, made: Proposal, tmp_path: Path) -> None:
    objects = export(made.digest, tmp_path / "out")
    assert set(objects) == {"SEG", "SR", "DOC"}
    for read in objects.values():
        assert (read.PatientID, read.StudyInstanceUID, read.AccessionNumber) == ("IPP-0001", studies.STUDY, "A-42")
    assert objects["SR"].PreliminaryFlag == "PRELIMINARY"
    # The store holds the stack from the feet on: the overlay's first frame is the object that was sent last.
    first = objects["SEG"].PerFrameFunctionalGroupsSequence
    sources = {group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID for group in first}
    assert sources == {f"{studies.STUDY}.1.{number}" for number in (2, 3, 4, 5)}
    with Ledger.open(home.ledger_url) as ledger:
        (entry,) = ledger.entries(event="ExtractExported")
    assert (entry.event.rows, entry.event.purpose) == (3, "PACS")  # type: ignore[union-attr]


def test_once_reviewed_it_is_final(home: Home, made: Proposal, tmp_path: Path) -> None:
    before = export(made.digest, tmp_path / "before")
    at = studies.AS_OF + timedelta(hours=1)
    review = Review(proposal=made.digest, verdict="accept", shown_at=at, decided_at=at)
    with Ledger.open(home.ledger_url) as ledger:
        ledger.append(ReviewGiven(review=review), person("dr", Role.RADIOLOGIST), at)
    after = export(made.digest, tmp_path / "after")
    assert (after["SR"].PreliminaryFlag, after["SR"].VerificationFlag) == ("FINAL", "VERIFIED")
    assert after["SEG"].SOPInstanceUID != before["SEG"].SOPInstanceUID
    np.testing.assert_array_equal(after["SEG"].pixel_array, before["SEG"].pixel_array)


def test_what_cannot_be_exported_is_said(home: Home, made: Proposal, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", "dicom", "f" * 64, "--to", str(tmp_path)])
    assert isinstance(done.exception, InvalidInput)
    occupied = tmp_path / "file"
    occupied.write_text("mine")
    done = CliRunner().invoke(app, ["export", "dicom", made.digest, "--to", str(occupied)])
    assert isinstance(done.exception, InvalidInput)
    assert occupied.read_text() == "mine"


def test_results_come_in_and_run_once_a_person_has_promoted_them(home: Home, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    seg, report = messages.sent()
    (inbox / "a.dcm").write_bytes(seg)
    words = ["ingest", "results", str(inbox), "--at", "2026-11-21T12:00+01:00"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert f"{NAME} (seen for the first time): 1 results wait" in done.output
    with Ledger.open(home.ledger_url) as ledger:
        change_state(ledger, NAME, "shadow", person("chief", Role.RADIOLOGIST), "to compare", studies.AS_OF)
    (inbox / "b.dcm").write_bytes(report)
    done = CliRunner().invoke(app, words)
    assert "2 proposals" in done.output
    assert "Imaginaire" not in done.output
    (inbox / "c.json").write_text("{}")
    done = CliRunner().invoke(app, ["ingest", "results", str(inbox / "c.json")])
    assert isinstance(done.exception, InvalidInput)
    with Ledger.open(home.ledger_url) as ledger:
        assert len(ledger.entries(event="ProposalMade")) == 2
        assert {entry.event.format for entry in ledger.entries(event="IngestFinished")} == {"results"}  # type: ignore[union-attr]
    listed = CliRunner().invoke(app, ["apps"])
    assert NAME in listed.output
