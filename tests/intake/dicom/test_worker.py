"""From a scanner to a result in the archive, with everything that may go wrong on the way."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cognoscope.core.actor import Role, person
from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import IngestFinished, ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review

pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")
from tests.intake.dicom.service_application import application, installation, promote
from tests.intake.dicom.service_nodes import Orthanc, ct_slices, free_port, orthanc, settings, storescu, write

from cognoscope.cli.dicom_results import Results
from cognoscope.intake import optout
from cognoscope.intake.dicom import outbox, worker_intake, worker_proposing
from cognoscope.intake.dicom.receive import Receiver
from cognoscope.intake.dicom.receive_spool import SpoolWriter, spool_folder, waiting
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.worker import Worker
from cognoscope.intake.dicom.worker_intake import KILLED
from cognoscope.intake.dicom.worker_judging import Judge
from cognoscope.intake.dicom.worker_status import status_of
from cognoscope.intake.warehouse import open_warehouse


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@pytest.fixture
def installed(home: Home) -> Home:
    return installation(home)


class Service:
    """A worker whose clock the test turns, and what it said."""

    def __init__(self, home: Home, chosen: DicomSettings, folder: Path) -> None:
        self.home = home
        self.at = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
        self.said: list[str] = []
        self.ledger = Ledger.open(home.ledger_url)
        self.store = ImageStore(home)
        self.application = application(folder)
        render = Results(home, self.ledger, self.store, [self.application])
        self.worker = Worker(
            home, chosen, [self.application], self.ledger, self.store, render, self.said.append, lambda: self.at
        )

    def until_idle(self) -> None:
        while self.worker.round():
            self.at += 1

    def proposals(self) -> list[ProposalMade]:
        events = [entry.event for entry in self.ledger.entries(event="ProposalMade")]
        return [event for event in events if isinstance(event, ProposalMade)]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.worker.state.rows(query)]

    def close(self) -> None:
        self.worker.close()
        self.ledger.close()


@pytest.fixture
def begin(installed: Home, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    running: list[Service] = []

    def service(chosen: DicomSettings, *states: str) -> Service:
        running.append(Service(installed, chosen, tmp_path))
        promote(running[-1].ledger, *states)
        return running[-1]

    yield service
    for each in running:
        each.close()


def spool(home: Home, slices: list[Any], how: str = "released") -> None:
    """What a receiver would have left, without the network."""
    from io import BytesIO

    writer = SpoolWriter(spool_folder(home), "CT1")
    for each in slices:
        stream = BytesIO()
        each.save_as(stream, enforce_file_format=True)
        content = stream.getvalue()
        body = content[144 + int.from_bytes(content[140:144], "little") :]
        writer.add(str(each.SOPClassUID), str(each.SOPInstanceUID), "1.2.840.10008.1.2.1", body)
    writer.close(how)


def held(archive: Orthanc, study: str) -> list[str]:
    """Modalities of what the archive holds of a study."""
    return sorted(one["Modality"] for one in archive.instances() if one["StudyInstanceUID"] == study)


def test_from_the_scanner_to_the_archive_and_back(
    begin: Callable[..., Service], installed: Home, archive: Orthanc, tmp_path: Path
):
    chosen = settings(archive.peer(results="dimse", url=None))
    service = begin(chosen, "shadow", "advisory")
    slices = ct_slices(6, 31)
    receiver = Receiver(installed, chosen)
    port = receiver.start()
    try:
        assert storescu(port, write(tmp_path / "ct", slices)).returncode == 0
    finally:
        receiver.stop()
    service.until_idle()

    study = str(slices[0].StudyInstanceUID)
    assert held(archive, study) == ["DOC", "SEG", "SR"]
    (made,) = service.proposals()
    assert made.state == "advisory"
    assert not waiting(installed.dicom / "spool"), "what was read is deleted"
    assert [row[0] for row in service.rows("SELECT state FROM outbox")] == ["sent"]
    ((by, evidence),) = service.rows("SELECT by, evidence FROM study")
    assert by == "positions"
    assert "released the association after 6 images, evenly spaced" in evidence
    for one in archive.ask("/instances"):
        tags = archive.ask(f"/instances/{one}/simplified-tags")
        if tags["StudyInstanceUID"] == study:
            assert (tags["PatientID"], tags["PatientName"]) == ("IPP000031", "CANARI^JEANNE")
            if tags["Modality"] == "SR":
                assert tags["VerificationFlag"] == "UNVERIFIED"
    assert service.ledger.verify().intact
    problems = status_of(installed)["problems"]
    assert problems == ["No peer may send: name one under [dicom] in settings.toml, with sends = true."]


def test_identities_stay_in_the_spool_and_the_sealed_store(begin: Callable[..., Service], installed: Home):
    service = begin(settings(), "shadow")
    spool(installed, [*ct_slices(3, 32), *ct_slices(1, 33, name="")])
    service.until_idle()
    planted = (b"CANARI", b"IPP000032", b"ACC32", b"MEDECIN", b"19570214", b"1.2.826.0.1.3680043.8.498.32.1")
    found = [
        (path.name, word)
        for path in installed.path.rglob("*")
        if path.is_file()
        for word in planted
        if word in path.read_bytes()
    ]
    assert not found
    assert not any(word.decode() in sentence for sentence in service.said for word in planted)


def test_in_the_shadow_nothing_is_sent_and_in_draft_nothing_runs(
    begin: Callable[..., Service], installed: Home, archive: Orthanc
):
    chosen = settings(archive.peer(results="dimse", url=None))
    service = begin(chosen)
    spool(installed, ct_slices(4, 34))
    service.until_idle()
    assert service.rows("SELECT state, said FROM job") == [
        ("skipped", "imaging.lungs is in the state draft: it did not run.")
    ]
    promote(service.ledger, "shadow")
    spool(installed, ct_slices(4, 35))
    service.until_idle()
    assert [made.state for made in service.proposals()] == ["shadow"]
    assert service.rows("SELECT * FROM outbox") == []


def test_an_abstention_is_recorded_and_not_sent(begin: Callable[..., Service], installed: Home, archive: Orthanc):
    service = begin(settings(archive.peer(results="dimse", url=None)), "shadow", "advisory")
    spool(installed, ct_slices(2, 36))
    service.until_idle()
    (made,) = service.proposals()
    assert made.proposal.abstention is not None
    assert service.rows("SELECT * FROM outbox") == []


def test_the_same_study_twice_changes_nothing(begin: Callable[..., Service], installed: Home, archive: Orthanc):
    service = begin(settings(archive.peer(results="web", url=archive.url)), "shadow", "advisory")
    for _ in range(2):
        spool(installed, ct_slices(4, 37))
        service.until_idle()
    assert len(service.proposals()) == 1
    assert held(archive, str(ct_slices(1, 37)[0].StudyInstanceUID)) == ["DOC", "SEG", "SR"]
    assert status_of(installed)["taken"] == {"kept": 4, "known": 4}
    (entry,) = service.ledger.entries(event="IngestFinished")
    assert isinstance(entry.event, IngestFinished)
    assert (entry.event.format, entry.event.written, entry.event.quarantined) == ("dicom", 4, 0)
    assert open_warehouse(installed).counts()["image_occurrence"] == 1


def test_who_refused_the_reuse_of_their_data_is_left_alone(begin: Callable[..., Service], installed: Home):
    service = begin(settings(), "shadow")
    person_ = service.store._pseudonymiser.person("IPP000050")
    at = datetime.fromtimestamp(service.at, UTC)
    optout.change(
        installed,
        person_,
        refuses=True,
        ledger=service.ledger,
        actor=person("dpo", Role.DATA_PROTECTION_OFFICER),
        at=at,
    )
    spool(installed, ct_slices(4, 50))
    service.until_idle()
    assert not service.proposals()
    assert "refused the reuse" in service.rows("SELECT said FROM job")[0][0]


def test_late_images_are_proposed_on_again_and_nothing_is_doubled(
    begin: Callable[..., Service], installed: Home, archive: Orthanc
):
    service = begin(settings(archive.peer(results="dimse", url=None)), "shadow", "advisory")
    slices = ct_slices(6, 38)
    spool(installed, slices[:4])
    service.until_idle()
    spool(installed, slices[4:])
    service.until_idle()
    first, second = service.proposals()
    assert first.proposal.case_digest != second.proposal.case_digest
    assert first.proposal.as_of < second.proposal.as_of
    assert service.rows("SELECT revision, state FROM job ORDER BY revision") == [(1, "done"), (2, "done")]
    assert held(archive, str(slices[0].StudyInstanceUID)) == ["DOC", "DOC", "SEG", "SEG", "SR", "SR"]


def test_a_series_with_a_gap_is_waited_for_and_says_so(begin: Callable[..., Service], installed: Home):
    service = begin(settings(), "shadow")
    slices = ct_slices(8, 39)
    spool(installed, [*slices[:3], *slices[5:]])
    service.until_idle()
    (waited,) = status_of(installed, service.at)["open"]
    assert "a gap of 6 mm after the slice at 4 mm" in waited["why"]
    assert not service.proposals()
    spool(installed, slices[3:5])
    service.until_idle()
    assert len(service.proposals()) == 1


def test_the_clock_is_the_last_resort(begin: Callable[..., Service], installed: Home):
    service = begin(settings(quiet_seconds=60), "shadow")
    spool(installed, ct_slices(4, 40), how="aborted")
    service.until_idle()
    assert not service.proposals()
    service.at += 61
    service.until_idle()
    assert len(service.proposals()) == 1
    assert service.rows("SELECT by FROM study") == [("time",)]


def test_the_archive_says_how_many_there_are(begin: Callable[..., Service], installed: Home, archive: Orthanc):
    from cognoscope.intake.dicom import pacs

    slices = ct_slices(6, 41)
    pacs.deliver(archive.peer(results="dimse"), "COGNOSCOPE", slices)
    service = begin(settings(archive.peer()), "shadow")
    spool(installed, slices[:5])
    service.until_idle()
    assert not service.proposals()
    assert "orthanc holds 6 images, 5 are here" in service.rows("SELECT evidence FROM study")[0][0]
    spool(installed, slices[5:], how="aborted")
    service.at += 20
    service.until_idle()
    assert service.rows("SELECT by FROM study") == [("archive",)]


def test_broken_objects_are_set_aside_with_a_sentence_and_the_rest_goes_on(
    begin: Callable[..., Service], installed: Home
):
    service = begin(settings(), "shadow")
    slices = ct_slices(5, 42)
    writer = SpoolWriter(spool_folder(installed), "CT1")
    writer.add("1.2.840.10008.5.1.4.1.1.2", "1.2.3", "1.2.840.10008.1.2.1", b"\x08\x00\x05\x00CS\xff\xffnoise")
    writer.add("1.2.840.10008.5.1.4.1.1.2", "1.2.4", "1.2.840.10008.1.2.1", os.urandom(500))
    writer.close("released")
    spool(installed, slices)
    service.until_idle()
    assert len(service.store.quarantine.list()) == 2
    assert len(service.proposals()) == 1
    assert sum("Put in quarantine" in sentence for sentence in service.said) == 2
    assert "2 objects are in quarantine, each with its sentence." in status_of(installed)["problems"]


def test_a_full_disk_behind_the_spool_loses_nothing(
    begin: Callable[..., Service], installed: Home, monkeypatch: pytest.MonkeyPatch
):
    service = begin(settings(), "shadow")
    spool(installed, ct_slices(4, 43))
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise InvalidInput("There is no room left.")

        patched.setattr(service.store, "_write", full)
        with pytest.raises(InvalidInput):
            service.worker.round()
    assert waiting(installed.dicom / "spool")
    service.until_idle()
    assert len(service.proposals()) == 1


def test_an_archive_that_was_away_gets_the_result_when_it_is_back(
    begin: Callable[..., Service], installed: Home, tmp_path: Path
):
    port = free_port()
    away = settings(Orthanc(http=1, dicom=port).peer(results="dimse", url=None))
    service = begin(away, "shadow", "advisory")
    spool(installed, ct_slices(4, 44))
    service.until_idle()
    assert service.rows("SELECT state, tries FROM outbox") == [("waiting", 1)]
    (waits,) = status_of(installed, service.at)["waiting"]
    assert "cannot be reached" in waits["why"]
    assert 0 < waits["next_in"] <= 10
    with orthanc(tmp_path / "late") as back:
        service.worker._settings = settings(back.peer(results="dimse", url=None))
        service.at += 11
        service.until_idle()
        assert held(back, str(ct_slices(1, 44)[0].StudyInstanceUID)) == ["DOC", "SEG", "SR"]


def test_a_review_sends_the_final_report_and_points_at_the_preliminary_one(
    begin: Callable[..., Service], installed: Home, archive: Orthanc
):
    service = begin(settings(archive.peer(results="dimse", url=None)), "shadow", "advisory")
    spool(installed, ct_slices(4, 45))
    service.until_idle()
    (made,) = service.proposals()
    at = datetime.fromtimestamp(service.at, UTC)
    review = Review(proposal=made.proposal.digest, verdict="accept", shown_at=at, decided_at=at)
    service.ledger.append(ReviewGiven(review=review), person("radiologue", Role.RADIOLOGIST), at)
    service.until_idle()
    service.worker.round()
    study = str(ct_slices(1, 45)[0].StudyInstanceUID)
    reports = [
        archive.ask(f"/instances/{one}/simplified-tags")
        for one in archive.ask("/instances")
        if archive.ask(f"/instances/{one}/simplified-tags")["StudyInstanceUID"] == study
    ]
    flags = sorted(one["VerificationFlag"] for one in reports if one["Modality"] == "SR")
    assert flags == ["UNVERIFIED", "VERIFIED"]
    final = next(one for one in reports if one.get("VerificationFlag") == "VERIFIED")
    assert "PredecessorDocumentsSequence" in final
    assert sorted(row[0] for row in service.rows("SELECT state FROM outbox")) == ["sent", "sent"]


def test_our_own_results_that_come_back_start_nothing(begin: Callable[..., Service], installed: Home, archive: Orthanc):
    service = begin(settings(archive.peer(results="dimse", url=None)), "shadow", "advisory")
    spool(installed, ct_slices(4, 46))
    service.until_idle()
    ((digest,),) = service.rows("SELECT proposal FROM outbox")
    returned = service.worker.render(digest, "preliminary")
    spool(installed, [each for each in returned if each.Modality in ("SEG", "SR")])
    service.until_idle()
    assert service.rows("SELECT state, revision FROM study") == [("complete", 1)]
    assert len(service.proposals()) == 1


def test_an_object_that_ends_the_reading_process_is_set_aside_in_the_end(installed: Home, tmp_path: Path):
    spool(installed, ct_slices(6, 47))
    deadly = str(ct_slices(6, 47)[3].SOPInstanceUID).encode()

    def fatal() -> None:
        real = ImageStore.take

        def take(self: ImageStore, sources: Any, counts: Any = None) -> Any:
            if any(deadly in source for source in sources):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(self, sources, counts)

        ImageStore.take = take  # type: ignore[method-assign]

    endings = [in_child(installed, settings(), tmp_path, fatal) for _ in range(8)]
    assert endings.count(9) >= 3
    assert endings[-1] == 0
    store = ImageStore(installed)
    assert [one.reason for one in store.quarantine.list()] == [KILLED]
    with sqlite3.connect(installed.dicom / "service.sqlite") as memory:
        assert memory.execute("SELECT count(*) FROM object").fetchone() == (5,)
    memory.close()


def in_child(home: Home, chosen: DicomSettings, folder: Path, prepare: Callable[[], None]) -> int:
    """Let a forked process do everything there is to do; returns how it ended (0, or 9 for a kill)."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            prepare()
            service = Service(home, chosen, folder)
            service.until_idle()
            service.close()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


STEPS: list[tuple[Any, str, str]] = [
    (ImageStore, "take", "before"),
    (ImageStore, "take", "after"),
    (worker_intake, "delete_if_ended", "before"),
    (worker_intake, "delete_if_ended", "after"),
    (Judge, "_close", "before"),
    (Judge, "_close", "after"),
    (worker_proposing, "run", "before"),
    (worker_proposing, "run", "after"),
    (outbox, "put", "after"),
    (worker_proposing.Proposer, "_put", "after"),
    (outbox, "deliver", "before"),
    (outbox, "deliver", "after"),
    (outbox, "_note", "after"),
]


def test_killed_at_every_step_the_archive_holds_one_result(installed: Home, archive: Orthanc, tmp_path: Path):
    chosen = settings(archive.peer(results="dimse", url=None))
    with Ledger.open(installed.ledger_url) as ledger:
        application(tmp_path)
        promote(ledger, "shadow", "advisory")
    slices = ct_slices(4, 48)
    spool(installed, slices)
    endings = []
    for owner, name, when in STEPS:

        def prepare(owner: Any = owner, name: str = name, when: str = when) -> None:
            real = getattr(owner, name)

            def deadly(*given: Any, **named: Any) -> Any:
                result = real(*given, **named) if when == "after" else None
                os.kill(os.getpid(), signal.SIGKILL)
                return result

            setattr(owner, name, deadly)

        endings.append(in_child(installed, chosen, tmp_path, prepare))
    assert in_child(installed, chosen, tmp_path, lambda: None) == 0
    assert set(endings) <= {0, 9}
    assert endings.count(9) >= 10, "most steps were reached and killed"
    assert held(archive, str(slices[0].StudyInstanceUID)) == ["DOC", "SEG", "SR"]
    with Ledger.open(installed.ledger_url) as ledger:
        assert len(ledger.entries(event="ProposalMade")) == 1
        assert ledger.verify().intact
    with sqlite3.connect(installed.dicom / "service.sqlite") as memory:
        assert memory.execute("SELECT state, count(*) FROM outbox").fetchall() == [("sent", 1)]
        assert memory.execute("SELECT count(*) FROM object").fetchone() == (4,)
    memory.close()
    assert not waiting(installed.dicom / "spool")
