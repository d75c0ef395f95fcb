"""What makes an association quick enough: answers that leave at once and are written plainly, reading in large pieces.

A sender waits for the answer to one object before it sends the next, so every millisecond between counts. Measured on
two cores, 512 x 512 CT: the library reads 4 KiB at a time (130 calls for a slice), lets two threads wait for each other
(2 ms), builds and encodes each answer as a data set (1 ms), and formats log lines that nobody reads.
"""

import socket
import struct
from collections.abc import Callable
from typing import Any

PIECE = 131_072
LOOK_SECONDS = 0.0004
"""How often an idle association looks for data: 3 % of a core each, and half a millisecond less for each object."""

C_STORE_RSP = 0x8001
NO_DATA_SET = 0x0101
LAST_OF_COMMAND = b"\x03"
"""Message control header of PS3.8 annex E.2: a command, its last fragment."""


def no_log_lines() -> None:
    """The library shall not format what passes for its log: it costs time, and the lines would hold identifiers."""
    from pynetdicom import _config

    _config.LOG_HANDLER_LEVEL = "none"


def quick_link(association: Any) -> None:
    """For a connection that has just been opened: no waiting by Nagle's algorithm (40 ms an answer), large pieces."""
    link = association.dul.socket
    link.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.recv = lambda count: read(link.socket, count)


def quick_service(association: Any, store: Callable[[Any, Any], int]) -> None:
    """For an association that was accepted: C-STORE is served by the thread that reads, as soon as the object is whole.

    The library hands an object to a second thread, which looks every millisecond, and its answer back to the first,
    which looks every millisecond too. What is not a plain C-STORE goes that way as before.

    Args:
        association: pynetdicom's.
        store: is given the request and its presentation context; returns the status.
    """
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.pdu_primitives import P_DATA

    usual = association.dimse.msg_queue.put
    accepted = {context.context_id: context for context in association.accepted_contexts}

    def put(item: tuple[int, Any]) -> None:
        number, request = item
        if not isinstance(request, C_STORE) or not request.is_valid_request or number not in accepted:
            usual(item)
            return
        answer = C_STORE()
        answer.MessageIDBeingRespondedTo = request.MessageID
        answer.AffectedSOPClassUID = request.AffectedSOPClassUID
        answer.AffectedSOPInstanceUID = request.AffectedSOPInstanceUID
        answer.Status = store(request, accepted[number])
        data = P_DATA()
        data.presentation_data_value_list.append((number, LAST_OF_COMMAND + store_answer(answer)))
        association.dul.send_pdu(data)

    association.dimse.msg_queue.put = put
    association.dul._run_loop_delay = LOOK_SECONDS


def store_answer(primitive: Any) -> bytes:
    """The command set of a C-STORE-RSP (PS3.7 table 9.3-2), Implicit VR Little Endian as all command sets (6.3.1)."""
    body = b"".join(
        (
            _uid(0x0002, primitive.AffectedSOPClassUID),
            _number(0x0100, C_STORE_RSP),
            _number(0x0120, primitive.MessageIDBeingRespondedTo),
            _number(0x0800, NO_DATA_SET),
            _number(0x0900, primitive.Status),
            _uid(0x1000, primitive.AffectedSOPInstanceUID),
        )
    )
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def _number(element: int, value: int) -> bytes:
    return struct.pack("<HHIH", 0, element, 2, value)


def _uid(element: int, value: Any) -> bytes:
    text = str(value or "").encode("ascii", "replace")
    text += b"\0" * (len(text) % 2)
    return struct.pack("<HHI", 0, element, len(text)) + text


def read(connection: socket.socket, count: int) -> bytearray:
    """`count` bytes of a connection, fewer only where it ended."""
    # A length that a stranger states is not allocated at once.
    gathered = bytearray(min(count, PIECE))
    have = 0
    while have < count:
        if have == len(gathered):
            gathered.extend(bytes(min(count - have, 2 * have)))
        with memoryview(gathered) as view:
            got = connection.recv_into(view[have:])
        if not got:
            break
        have += got
    del gathered[have:]
    return gathered
