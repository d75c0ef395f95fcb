"""A result waits until the archive has it, is tried after growing pauses, and is there once."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home

pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")
from tests.intake.dicom.service_nodes import ct_slices, free_port, orthanc

from cognoscope.intake.dicom import outbox
from cognoscope.intake.dicom.pacs import Answer
from cognoscope.intake.dicom.worker_state import ServiceState

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def state(home: Home) -> Iterator[ServiceState]:
    opened = ServiceState(home)
    yield opened
    opened.close()


def to(*peers: DicomPeer) -> DicomSettings:
    return DicomSettings(peers=peers)


def away() -> DicomPeer:
    return DicomPeer(name="away", ae_title="AWAY", host="127.0.0.1", port=free_port(), results="dimse")


def result(proposal: str, standing: str) -> Sequence[Any]:
    return ct_slices(2, int(proposal[0]) + 20)


def put(state: ServiceState, settings: DicomSettings, proposal: str = ONE, at: float = 0.0, **more: Any) -> int:
    with state.transaction() as connection:
        return outbox.put(connection, settings, proposal, "study", "imaging.lungs", at, **more)


def rows(state: ServiceState) -> list[tuple[Any, ...]]:
    return [
        (row["proposal"][0], row["peer"], row["state"], row["tries"], row["next_at"])
        for row in state.rows("SELECT * FROM outbox ORDER BY proposal, standing, peer")
    ]


def test_only_peers_that_take_results_are_waited_for(state: ServiceState):
    assert put(state, to(DicomPeer(name="ct", ae_title="CT", sends=True))) == 0
    assert put(state, to(away())) == 1
    assert put(state, to(away())) == 0, "the same result is there already"
    assert put(state, to(away()), standing="a review") == 1


def test_an_archive_that_is_away_is_tried_after_growing_pauses_and_nothing_is_lost(state: ServiceState):
    settings, clock, said = to(away()), [0.0], []
    put(state, settings)
    attempts = []
    while clock[0] < 4000:
        before = state.value("SELECT tries FROM outbox")
        outbox.send_due(state, settings, result, lambda: clock[0], said.append)
        if state.value("SELECT tries FROM outbox") > before:
            attempts.append(clock[0])
        clock[0] = max(clock[0] + 5, state.value("SELECT next_at FROM outbox"))
    gaps = [after - before for before, after in pairwise(attempts)]
    assert gaps[:4] == [10, 20, 40, 80]
    assert rows(state)[0][2] == "waiting"
    assert "cannot be reached" in said[0]
    assert outbox.pause(40) == 3600


def test_when_the_archive_comes_back_everything_arrives_once(state: ServiceState, tmp_path: Path):
    gone = to(away())
    for proposal in (ONE, TWO):
        put(state, gone, proposal)
    outbox.send_due(state, gone, result, lambda: 0.0, lambda sentence: None)
    assert [row[3] for row in rows(state)] == [1, 0], "one that is away is asked once a round"
    with orthanc(tmp_path / "orthanc") as archive:
        back = to(archive.peer(name="away", results="dimse"))
        assert outbox.again(state, 0.0, refused=False) == 2
        assert outbox.send_due(state, back, result, lambda: 0.0, lambda sentence: None) == 2
        assert outbox.send_due(state, back, result, lambda: 0.0, lambda sentence: None) == 0
        # Killed between the archive's answer and our noting it: the row still waits, the result goes a second time.
        with state.transaction() as connection:
            connection.execute("UPDATE outbox SET state = 'waiting', next_at = 0")
        assert outbox.send_due(state, back, result, lambda: 0.0, lambda sentence: None) == 2
        assert len(archive.ask("/instances")) == 4


def test_a_result_that_is_refused_is_kept_and_said(state: ServiceState, monkeypatch: pytest.MonkeyPatch):
    settings = to(away())
    put(state, settings)
    answers = [Answer("sent", "there"), Answer("refused", "away cannot understand it (C000).")]
    monkeypatch.setattr(outbox, "deliver", lambda *_: answers)
    said: list[str] = []
    outbox.send_due(state, settings, result, lambda: 0.0, said.append)
    assert rows(state)[0][2:4] == ("refused", 1)
    assert "C000" in said[0]
    assert outbox.send_due(state, settings, result, lambda: 1e9, said.append) == 0
    assert outbox.again(state, 0.0, refused=True) == 1
    answers[1] = Answer("sent", "there")
    assert outbox.send_due(state, settings, result, lambda: 0.0, said.append) == 1


def test_a_result_that_cannot_be_written_is_a_sentence(state: ServiceState):
    def unwritable(proposal: str, standing: str) -> Sequence[Any]:
        raise InvalidInput("The case was erased.")

    settings = to(away())
    put(state, settings)
    outbox.send_due(state, settings, unwritable, lambda: 0.0, lambda sentence: None)
    assert rows(state)[0][2] == "refused"
    assert state.value("SELECT said FROM outbox") == "The case was erased."


def test_a_peer_that_was_taken_out_of_the_settings_is_not_forgotten(state: ServiceState):
    put(state, to(away()))
    said: list[str] = []
    outbox.send_due(state, to(), result, lambda: 0.0, said.append)
    assert "name it again in settings.toml" in said[0]
    assert rows(state)[0][2] == "waiting"


def test_what_was_committed_outlives_the_process(home: Home, state: ServiceState):
    put(state, to(away()))
    other = ServiceState(home)
    assert other.value("SELECT count(*) FROM outbox") == 1
    other.close()
    assert state.path.stat().st_mode & 0o077 == 0
