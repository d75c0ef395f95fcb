"""From a file of another maker to a proposal on our images, reviewed and replayed like any other, without a name."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.exports.dicom import studies
from tests.intake.results import messages

from cognoscope.apps.installed import installed
from cognoscope.core import pixels
from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.image_value import ImageValue
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.queries import proposal as recorded
from cognoscope.core.replay import replay
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.intake import keys, optout
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.results.application import card_of, foreign_application, name_of
from cognoscope.intake.results.ingest import ingest_results
from cognoscope.intake.results.received import ForeignAlgorithm

pytest.importorskip("highdicom")
AT = studies.AS_OF + timedelta(hours=2)
NAME = name_of(ForeignAlgorithm("LungScan", "4.5", "Acme"))
CHIEF = person("chief", Role.RADIOLOGIST)


@pytest.fixture
def home(home: Home) -> Home:
    """An installation with its keys."""
    keys.create(home)
    return home


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A SEG, an SR and a FHIR file of another maker, an image and a note lying beside them."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    seg, report = messages.sent()
    (folder / "a.seg").write_bytes(seg)
    (folder / "b.sr").write_bytes(report)
    (folder / "c.json").write_bytes(messages.as_json(messages.bundle()))
    (folder / "d.dcm").write_bytes(messages.written(messages.images(1)[0]))
    (folder / "note.txt").write_text("Mme Imaginaire")
    return folder


def test_each_algorithm_becomes_an_application_in_draft(home: Home, inbox: Path, ledger: Ledger) -> None:
    report = ingest_results(inbox, home, AT)
    assert (report.read, report.passed_over, report.refused) == (3, 2, [])
    score = name_of(ForeignAlgorithm("LungScore", "3.2", "Acme"))
    assert dict(report.new) == {NAME: 2, score: 1}
    known = {application.name: application for application in installed(home)}
    assert {NAME, score} <= set(known)
    application = known[NAME]
    assert "Acme" in application.card.title.fr
    assert application.card.ai_act.classification == "high"
    assert "inconnues" in application.card.reference_figures[0].value.fr
    (first, second) = application.cases_from_warehouse(None, AT)
    with pytest.raises(NotAllowed, match="draft"):
        run(application, first, ledger, program("test"), AT)
    with pytest.raises(InvalidInput, match="does not run here"):
        application.evaluate(inbox)
    with pytest.raises(InvalidInput, match="ingest results"):
        application.cases_from_file(inbox / "a.seg", AT)
    assert application.cases_from_warehouse(None, AT + timedelta(days=60)) == []
    assert {first.fact("source"), second.fact("source")} == {"dicom-seg", "dicom-sr"}


def test_a_second_time_changes_nothing(home: Home, inbox: Path) -> None:
    first = ingest_results(inbox, home, AT)
    before = sorted((path, path.read_bytes()) for path in home.models.rglob("*") if path.is_file())
    again = ingest_results(inbox, home, AT + timedelta(hours=5))
    assert (again.known, dict(again.new), again.source) == (3, {}, first.source)
    assert before == sorted((path, path.read_bytes()) for path in home.models.rglob("*") if path.is_file())


def test_nothing_that_was_kept_says_whose_it_is(home: Home, inbox: Path) -> None:
    ingest_results(inbox, home, AT)
    kept = b"".join(path.read_bytes() for path in home.models.rglob("*") if path.is_file())
    kept += "\n".join(str(path) for path in home.models.rglob("*")).encode()
    for canary in ("Imaginaire", "Élodie", "IPP-0001", "A-42", "19600102", studies.STUDY, "06 12 34"):
        assert canary.encode() not in kept
        assert json.dumps(canary)[1:-1].encode() not in kept
    assert Pseudonymiser.from_file(home.key_file).person("IPP-0001").encode() in kept


def test_pixels_and_marks_lie_on_our_own_images(home: Home, inbox: Path) -> None:
    headers = messages.images()
    ImageStore(home).take([messages.written(each) for each in headers])
    pixels.look_in(home.pixels)
    ingest_results(inbox, home, AT)
    application = foreign_application(home.models / NAME)
    proposals = {}
    for case in application.cases_from_warehouse(None, AT):
        (made,) = application.propose(case)
        assert isinstance(made.value, ImageValue)
        assert all(pointer.exists_in(case) for pointer in made.evidence)
        assert application.propose(case) == [made]
        proposals[case.fact("source")] = (case, made.value)
    # The store puts slices in order by place: the stack was sent against its normal, so it comes out turned round.
    array = studies.blocks(5)[::-1]
    case, value = proposals["dicom-seg"]
    (overlay,) = value.overlays
    expected = np.select([array == 7, array == 3, array == 1], [3, 2, 1], 0)
    np.testing.assert_array_equal(overlay.raster.array(), expected)
    assert [each.label.en for each in overlay.classes] == ["Lung (Left)", "Ground glass opacity", "Other"]
    assert case.image(overlay.image) is not None
    case, value = proposals["dicom-sr"]
    assert {mark.frame for mark in value.marks} == {4}
    assert len(value.marks) == 5


def test_without_our_images_the_figures_are_there_and_nothing_is_drawn(home: Home, inbox: Path) -> None:
    ingest_results(inbox, home, AT)
    application = foreign_application(home.models / NAME)
    for case in application.cases_from_warehouse(None, AT):
        (made,) = application.propose(case)
        assert isinstance(made.value, ImageValue)
        assert made.value.measurements
        assert (made.value.overlays, made.value.marks, case.images) == ((), (), ())


def test_the_loop_through_the_ledger(home: Home, inbox: Path, ledger: Ledger) -> None:
    pixels.look_in(home.pixels)
    ingest_results(inbox, home, AT)
    application = foreign_application(home.models / NAME)
    change_state(ledger, NAME, "shadow", CHIEF, "local comparison", AT)
    cases = application.cases_from_warehouse(None, AT)
    made = [each for case in cases for each in run(application, case, ledger, program("intake"), AT)]
    again = [each for case in cases for each in run(application, case, ledger, program("intake"), AT)]
    assert made == again
    assert len(ledger.entries(event="ProposalMade")) == 2
    assert len({each.question for each in made}) == 1  # SEG and SR of one study answer one question
    review = Review(proposal=made[0].digest, verdict="overrule", reason="missed", shown_at=AT, decided_at=AT)
    assert "missed" in {reason.code for reason in application.card.reasons}
    ledger.append(ReviewGiven(review=review), CHIEF, AT)
    assert recorded(ledger, made[0].digest) is not None
    assert replay(ledger, [application], made[0].digest).identical
    assert application.outcomes(None, made, AT) == []


def test_each_version_starts_again_as_a_draft() -> None:
    old, new = ForeignAlgorithm("LungScan", "4.5", "Acme"), ForeignAlgorithm("LungScan", "4.6", "Acme")
    assert name_of(old) != name_of(new)
    strange = ForeignAlgorithm('Näme "é" \\ @version@', "1", "…" * 80)
    assert card_of(strange).name == name_of(strange)
    assert "@version@" in card_of(strange).title.fr  # what a maker sends is never filled in
    assert len(name_of(strange)) <= 80


def test_who_refused_and_who_is_unknown_is_not_taken_in(home: Home, inbox: Path, ledger: Ledger) -> None:
    someone = Pseudonymiser.from_file(home.key_file).person("IPP-0001")
    optout.change(home, someone, refuses=True, ledger=ledger, actor=CHIEF, at=AT)
    report = ingest_results(inbox, home, AT)
    assert [sentence for _, sentence in report.refused] == [
        "The person refused the reuse of their data: the result was not taken in."
    ] * 3
    assert not home.models.exists()
    nobody = inbox / "nobody.json"
    nobody.write_bytes(messages.as_json(messages.bundle(subject={"display": "Mme Imaginaire"})))
    (refused,) = ingest_results(nobody, home, AT).refused
    assert "does not say whose" in refused[1]
    assert "Imaginaire" not in refused[1]


def test_what_is_damaged_here_is_said(home: Home, inbox: Path, tmp_path: Path) -> None:
    ingest_results(inbox, home, AT)
    folder = home.models / NAME
    path = next((folder / "received").glob("*.json"))
    path.write_text("{}")
    with pytest.raises(InvalidInput, match="restore it from a backup"):
        foreign_application(folder).cases_from_warehouse(None, AT)
    (folder / "foreign.toml").write_text('name = "Another"\nversion = "1"\nmanufacturer = "Acme"\n')
    with pytest.raises(InvalidInput, match="belongs to"):
        foreign_application(folder)
    (folder / "foreign.toml").write_text("name = 1")
    with pytest.raises(InvalidInput, match="restore"):
        foreign_application(folder)
    with pytest.raises(InvalidInput, match="no file or folder"):
        ingest_results(tmp_path / "absent", home, AT)


def test_times_without_an_offset_are_the_hospitals(home: Home, inbox: Path) -> None:
    home.settings_file.write_text('time_zone = "Indian/Reunion"\n')
    ingest_results(inbox / "a.seg", home, AT)
    (case,) = foreign_application(home.models / NAME).cases_from_warehouse(None, AT)
    assert case.as_of == studies.AS_OF - timedelta(hours=3)  # 09:30 there, not in Paris


def test_what_a_scanner_or_a_vendor_sends_over_the_network_gets_here_too(home: Home) -> None:
    from cognoscope.intake.dicom.receive_spool import SpoolWriter, spool_folder
    from cognoscope.intake.dicom.worker_intake import SpoolReader
    from cognoscope.intake.dicom.worker_state import ServiceState

    case, source = studies.ct()
    from cognoscope.exports.dicom import objects_for

    (ours,) = objects_for(studies.proposal_of(case, None), case, source, parts=("sr",))
    writer = SpoolWriter(spool_folder(home), "VENDOR")
    for content in (*messages.sent(), messages.written(ours)):
        read = messages.read(content)
        body = content[144 + int.from_bytes(content[140:144], "little") :]
        writer.add(read.sop_class, read.sop_instance_uid, "1.2.840.10008.1.2.1", body)
    writer.close("released")
    said: list[str] = []
    state = ServiceState(home)
    try:
        reader = SpoolReader(spool_folder(home), ImageStore(home), state, said.append)
        assert reader.round(lambda: AT.timestamp()).objects == 3
    finally:
        state.close()
    assert len(foreign_application(home.models / NAME).cases_from_warehouse(None, AT)) == 2
    assert [path.name for path in home.models.iterdir()] == [NAME]
    assert "2 results of this algorithm came in." in said[-1]
