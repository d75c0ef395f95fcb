"""A real archive beside us: asked, fetched from, sent to; away, refusing, slow."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cognoscope.core.dicom_settings import DicomPeer
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home

pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")
from tests.intake.dicom.service_nodes import Orthanc, ct_slices, free_port, orthanc

from cognoscope.intake.dicom import pacs, send
from cognoscope.intake.dicom.pacs import PeerUnavailable
from cognoscope.intake.dicom.receive_pull import pull
from cognoscope.intake.dicom.receive_spool import Received, frames, waiting


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@contextmanager
def scp(answer: int, classes: tuple[str, ...] = ("1.2.840.10008.5.1.4.1.1.2",)) -> Iterator[DicomPeer]:
    """A node that gives one answer to every object."""
    from pynetdicom import AE, evt

    entity = AE(ae_title="ODD")
    entity.require_calling_aet = ["COGNOSCOPE"]
    for each in classes:
        entity.add_supported_context(each)
    port = free_port()
    server = entity.start_server(
        ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, lambda event: answer)]
    )
    try:
        yield DicomPeer(name="odd", ae_title="ODD", host="127.0.0.1", port=port, results="dimse")
    finally:
        server.shutdown()


@pytest.mark.parametrize(("results", "seed"), [("dimse", 11), ("web", 12)])
def test_what_is_delivered_is_there_once_even_when_sent_twice(archive: Orthanc, results: str, seed: int):
    peer = archive.peer(results=results)
    slices = ct_slices(3, seed)
    before = len(archive.ask("/instances"))
    for _ in range(2):
        assert [one.outcome for one in pacs.deliver(peer, "COGNOSCOPE", slices)] == ["sent"] * 3
    assert len(archive.ask("/instances")) == before + 3
    assert pacs.images_of_study(peer, str(slices[0].StudyInstanceUID)) == 3


def test_a_study_is_fetched_as_it_was_sent(archive: Orthanc, home: Home):
    slices = ct_slices(4, 13)
    pacs.deliver(archive.peer(results="dimse"), "COGNOSCOPE", slices)
    assert pull(home, archive.peer(), str(slices[0].StudyInstanceUID)) == 4
    found = [frame for path in waiting(home.dicom / "spool") for frame, _ in frames(path)]
    read = {one.sop_instance: one for one in found if isinstance(one, Received)}
    assert read.keys() == {str(one.SOPInstanceUID) for one in slices}
    import pydicom

    for each in slices:
        fetched = pydicom.dcmread(pydicom.filebase.DicomBytesIO(read[str(each.SOPInstanceUID)].part10()))
        assert fetched.PixelData == each.PixelData
        assert fetched.PatientID == each.PatientID


def test_echo_asks_both_ways(archive: Orthanc):
    said = pacs.echo(archive.peer(), "COGNOSCOPE")
    assert "C-ECHO" in said
    assert "DICOMweb" in said


def test_a_study_that_the_archive_does_not_hold(archive: Orthanc, home: Home):
    assert pacs.images_of_study(archive.peer(), "1.2.3.4.5") == 0
    with pytest.raises(InvalidInput, match="does not hold"):
        pull(home, archive.peer(), "1.2.3.4.5")
    assert not waiting(home.dicom / "spool")


def test_an_archive_that_is_away_is_a_sentence_and_later(home: Home):
    away = DicomPeer(
        name="away",
        ae_title="AWAY",
        host="127.0.0.1",
        port=free_port(),
        url=f"http://127.0.0.1:{free_port()}/dicom-web",
    )
    for results in ("dimse", "web"):
        (answer,) = pacs.deliver(away.model_copy(update={"results": results}), "COGNOSCOPE", ct_slices(1))
        assert answer.outcome == "later"
        assert "cannot be reached" in answer.said
    with pytest.raises(PeerUnavailable, match="is it running"):
        pacs.echo(away, "COGNOSCOPE")
    with pytest.raises(PeerUnavailable):
        pacs.images_of_study(away, "1.2.3")


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        (0x0000, "sent", "holds it"),
        (0xB000, "sent", "with a warning (B000)"),
        (0xA700, "later", "no room now (A700)"),
        (0xA900, "refused", "not of the class"),
        (0xC000, "refused", "cannot understand it (C000)"),
        (0x0124, "refused", "does not allow it"),
        (0x0110, "later", "0110"),
    ],
)
def test_every_answer_of_an_archive_in_words(status: int, outcome: str, said: str):
    with scp(status) as peer:
        (answer,) = send.store(peer, "COGNOSCOPE", ct_slices(1))
    assert answer.outcome == outcome
    assert said in answer.said


def test_an_association_that_is_rejected_says_what_to_do():
    with scp(0) as peer, pytest.raises(PeerUnavailable, match="add this AE title"):
        send.store(peer, "STRANGER", ct_slices(1))


def test_an_archive_that_does_not_take_this_class():
    with scp(0, ("1.2.840.10008.5.1.4.1.1.4",)) as peer, pytest.raises(PeerUnavailable, match="none of the classes"):
        send.store(peer, "COGNOSCOPE", ct_slices(1))
    report = ct_slices(1)[0]
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.33"
    with scp(0) as peer:
        answers = send.store(peer, "COGNOSCOPE", [*ct_slices(1), report])
    assert [one.outcome for one in answers] == ["sent", "refused"]


def test_an_archive_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch):
    from cognoscope.intake.dicom import web_client

    monkeypatch.setattr(send, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(web_client, "SECONDS", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        stop = threading.Event()
        held: list[Any] = []
        silent.settimeout(0.1)

        def accept() -> None:
            while not stop.is_set():
                try:
                    held.append(silent.accept()[0])
                except TimeoutError:
                    continue

        listening = threading.Thread(target=accept)
        listening.start()
        try:
            mute = DicomPeer(name="mute", ae_title="MUTE", host="127.0.0.1", port=port, url=f"http://127.0.0.1:{port}")
            for results in ("dimse", "web"):
                (answer,) = pacs.deliver(mute.model_copy(update={"results": results}), "COGNOSCOPE", ct_slices(1))
                assert answer.outcome == "later"
        finally:
            stop.set()
            listening.join()
            for each in held:
                each.close()


def test_credentials(tmp_path: Path):
    file = tmp_path / "secret"
    peer = DicomPeer(name="p", ae_title="P", url="https://p.example/dicom-web", credentials_file=str(file))
    with pytest.raises(InvalidInput, match="cannot be read"):
        pacs.credentials(peer)
    file.write_text("user:pass:word\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(InvalidInput, match="chmod 600"):
        pacs.credentials(peer)
    file.chmod(0o600)
    assert pacs.credentials(peer) == ("user", "pass:word")
    file.write_text("eyJhbGciOi.token", encoding="utf-8")
    assert pacs.credentials(peer) == "eyJhbGciOi.token"
    file.write_text(" \n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="empty"):
        pacs.credentials(peer)
    assert pacs.credentials(DicomPeer(name="p", ae_title="P")) is None
