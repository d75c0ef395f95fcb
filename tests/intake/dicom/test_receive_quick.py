"""What was written by hand for speed says the same as the library."""

import socket
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.dicom.receive_quick import read, store_answer

pynetdicom = pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")


@given(
    message=st.integers(0, 65535),
    status=st.sampled_from([0x0000, 0xA700, 0xC000, 0xB000]),
    uid=st.from_regex(r"\A[1-2](\.[1-9][0-9]{0,6}){1,8}\Z").filter(lambda uid: len(uid) <= 64),
)
def test_the_answer_is_the_library_s_own(message: int, status: int, uid: str):
    from pynetdicom.dimse_messages import C_STORE_RSP
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.dsutils import encode

    answer = C_STORE()
    answer.MessageIDBeingRespondedTo = message
    answer.AffectedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    answer.AffectedSOPInstanceUID = uid
    answer.Status = status
    known = C_STORE_RSP()
    known.primitive_to_message(answer)
    assert store_answer(answer) == encode(known.command_set, True, True)


@given(content=st.binary(max_size=400_000), ask=st.integers(0, 500_000))
def test_reading_gives_what_was_sent_and_ends_where_it_ends(content: bytes, ask: int):
    class Pieces:
        """A connection that gives a few bytes at a time."""

        def __init__(self) -> None:
            self.stream = BytesIO(content)

        def recv_into(self, view: memoryview) -> int:
            return self.stream.readinto(view[:70_001])

    assert bytes(read(Pieces(), ask)) == content[:ask]  # type: ignore[arg-type]


def test_a_length_that_a_stranger_states_is_not_allocated():
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"few bytes")
        other.close()
        assert bytes(read(one, 0xFFFFFFFF)) == b"few bytes"
