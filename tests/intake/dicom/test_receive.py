"""The provider beside real senders: who may send, what is kept, what is told when something cannot be kept."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.dicom import receive_spool, send
from cognoscope.intake.dicom.pacs import PeerUnavailable
from cognoscope.intake.dicom.receive import Receiver, may_send
from cognoscope.intake.dicom.receive_spool import Closed, Received, frames, waiting

pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")
from tests.intake.dicom.service_nodes import ct_slices, need, settings, storescu, write

Start = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    running = []

    def begin(*peers: DicomPeer) -> tuple[int, list[str]]:
        said: list[str] = []
        receiver = Receiver(home, settings(*peers), said.append)
        running.append(receiver)
        return receiver.start(), said

    yield begin
    for receiver in running:
        receiver.stop()


def spooled(home: Home) -> list[Received | Closed]:
    return [frame for path in waiting(home.dicom / "spool") for frame, _ in frames(path)]


def objects(home: Home) -> list[Received]:
    return [frame for frame in spooled(home) if isinstance(frame, Received)]


def wait_for_end(home: Home) -> list[Closed]:
    import time

    for _ in range(200):
        ended = [frame for frame in spooled(home) if isinstance(frame, Closed)]
        if ended:
            return ended
        time.sleep(0.02)
    raise AssertionError("the end of the association was not noted")


def us(port: int, calling: str = "CT1") -> DicomPeer:
    return DicomPeer(name="us", ae_title="COGNOSCOPE", host="127.0.0.1", port=port)


def test_a_series_sent_by_dcmtk_is_in_the_spool_byte_for_byte(home: Home, tmp_path: Path, start: Start):
    port, said = start()
    slices = ct_slices(5)
    done = storescu(port, write(tmp_path / "ct", slices))
    assert done.returncode == 0, done.stderr
    (ended,) = wait_for_end(home)
    assert (ended.how, ended.objects, ended.calling) == ("released", 5, "CT1")
    assert {one.sop_instance for one in objects(home)} == {str(one.SOPInstanceUID) for one in slices}
    sent = {(tmp_path / "ct" / f"{number:05d}.dcm").read_bytes()[-2048:] for number in range(1, 6)}
    assert {one.body[-2048:] for one in objects(home)} == sent
    assert (home.dicom / "spool").stat().st_mode & 0o077 == 0
    assert any("5 objects received from CT1" in sentence for sentence in said)
    assert not any("CANARI" in sentence or "IPP" in sentence for sentence in said)


def test_unknown_nodes_are_refused_before_they_send(home: Home, tmp_path: Path, start: Start):
    port, said = start()
    done = storescu(port, write(tmp_path / "ct", ct_slices(1)), calling="STRANGER")
    assert done.returncode != 0
    assert "Calling AE Title Not Recognized" in done.stdout + done.stderr
    done = storescu(port, tmp_path / "ct", called="ANOTHER")
    assert done.returncode != 0
    assert not spooled(home)
    assert any("STRANGER" in sentence for sentence in said)


def test_nobody_may_send_until_somebody_is_named():
    assert not may_send((), "CT1", "127.0.0.1")
    quiet = DicomPeer(name="ct", ae_title="CT1", host="127.0.0.1")
    assert not may_send((quiet,), "CT1", "127.0.0.1"), "a peer that is only written to may not send"
    loud = quiet.model_copy(update={"sends": True})
    assert may_send((loud,), "CT1", "127.0.0.1")
    assert not may_send((loud,), "CT1", "10.1.2.3"), "not from another address"
    assert not may_send((loud,), "CT2", "127.0.0.1")


def test_echo(start: Start):
    port, _ = start()
    send.echo(us(port), "CT1")
    with pytest.raises(PeerUnavailable, match="rejected the association"):
        send.echo(us(port), "STRANGER")


def test_a_full_disk_is_told_and_what_came_before_stays(
    home: Home, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
):
    port, said = start()
    slices = ct_slices(4)
    real, left = receive_spool._write_all, [2]

    def fills(handle: int, pieces: list[memoryview]) -> None:
        left[0] -= 1
        if left[0] < 0:
            real(handle, [pieces[0], pieces[1][:100]])
            raise OSError(28, "No space left on device")
        real(handle, pieces)

    monkeypatch.setattr(receive_spool, "_write_all", fills)
    answers = send.store(us(port), "CT1", slices)
    assert [one.outcome for one in answers] == ["sent", "sent", "later", "later"]
    assert "A700" in answers[2].said
    monkeypatch.setattr(receive_spool, "_write_all", real)
    assert [one.outcome for one in send.store(us(port), "CT1", slices[2:])] == ["sent", "sent"]
    assert [one.sop_instance for one in objects(home)] == [str(one.SOPInstanceUID) for one in slices]
    assert any("A700" in sentence for sentence in said)


def test_the_same_objects_twice_are_both_kept_for_the_reader_to_see(home: Home, start: Start):
    port, _ = start()
    slices = ct_slices(2)
    for _ in range(2):
        assert {one.outcome for one in send.store(us(port), "CT1", slices)} == {"sent"}
    assert len(objects(home)) == 4


def test_a_sender_that_is_killed_in_the_middle_leaves_what_it_had_sent(home: Home, tmp_path: Path, start: Start):
    need("storescu")
    port, _ = start()
    folder = write(tmp_path / "ct", ct_slices(60, side=256))
    sender = subprocess.Popen(
        ["storescu", "-aet", "CT1", "-aec", "COGNOSCOPE", "+sd", "127.0.0.1", str(port), str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not objects(home):
        assert sender.poll() is None
    sender.kill()
    sender.wait()
    (ended,) = wait_for_end(home)
    assert ended.how in ("aborted", "lost")
    assert ended.objects == len(objects(home)) >= 1


def test_noise_on_the_port_disturbs_nobody(home: Home, tmp_path: Path, start: Start):
    port, _ = start()
    for noise in (
        b"",
        b"\x01\x00\xff\xff\xff\xff",
        b"\x04\x00\x7f\xff\xff\xff" + b"x" * 100,
        b"GET / HTTP/1.0\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(noise)
    assert {one.outcome for one in send.store(us(port), "CT1", ct_slices(1))} == {"sent"}
    assert len(objects(home)) == 1


def test_a_port_that_is_taken_is_a_sentence(home: Home, start: Start):
    port, _ = start()
    taken = DicomSettings(port=port, peers=())
    with pytest.raises(InvalidInput, match=r"settings\.toml"):
        Receiver(home, taken).start()


def test_dcmtk_is_answered_at_once(start: Start):
    if shutil.which("echoscu") is None:
        pytest.skip("echoscu is not installed (Debian package dcmtk)")
    port, _ = start()
    words = ["echoscu", "-aet", "CT1", "-aec", "COGNOSCOPE", "127.0.0.1", str(port)]
    assert subprocess.run(words, capture_output=True, timeout=30, check=False).returncode == 0
