"""C-STORE and C-ECHO as a user: takes objects to a node that speaks DIMSE (PS3.4 annexes A and B, PS3.7)."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cognoscope.core.dicom_settings import DicomPeer
from cognoscope.intake.dicom.extra import need_imaging
from cognoscope.intake.dicom.pacs import Answer, PeerUnavailable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

VERIFICATION = "1.2.840.10008.1.1"
PLAIN = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")
CONNECT_SECONDS = 5
ANSWER_SECONDS = 60


def echo(peer: DicomPeer, calling: str) -> None:
    """C-ECHO.

    Raises:
        PeerUnavailable: no answer, or none that says success.
    """
    with _association(peer, calling, [(VERIFICATION, PLAIN)]) as association:
        status = association.send_c_echo()
    if not status or status.Status != 0x0000:
        raise PeerUnavailable(f"{peer.name} took the association and did not answer C-ECHO.")


def store(peer: DicomPeer, calling: str, objects: Sequence["Dataset"]) -> list[Answer]:
    """C-STORE of each object over one association, one answer for each.

    Raises:
        PeerUnavailable: no association could be made.
    """
    wanted = {(str(one.SOPClassUID), _syntax(one)) for one in objects}
    contexts = [(sop_class, (syntax,)) for sop_class, syntax in sorted(wanted)]
    with _association(peer, calling, contexts) as association:
        return [_one(peer, association, each) for each in objects]


def _one(peer: DicomPeer, association: Any, each: "Dataset") -> Answer:
    if not association.is_established:
        return Answer("later", f"{peer.name} broke off the association.")
    try:
        status = association.send_c_store(each)
    except ValueError:  # no presentation context was accepted for it
        return Answer("refused", f"{peer.name} does not take objects of the class {each.SOPClassUID.name}.")
    except RuntimeError:
        return Answer("later", f"{peer.name} broke off the association.")
    if "Status" not in status:
        return Answer("later", f"{peer.name} did not answer within {ANSWER_SECONDS} s, or broke off the association.")
    return judged(peer, int(status.Status))


def judged(peer: DicomPeer, code: int) -> Answer:
    """A status of C-STORE in words (PS3.4 table B.2-1)."""
    if code == 0x0000:
        return Answer("sent", f"{peer.name} holds it.")
    if code >> 12 == 0xB or code == 0x0001:
        return Answer("sent", f"{peer.name} holds it, with a warning ({code:04X}).")
    if code >> 8 == 0xA7:
        return Answer("later", f"{peer.name} has no room now ({code:04X}).")
    if code >> 12 == 0xC:
        return Answer("refused", f"{peer.name} cannot understand it ({code:04X}).")
    if code >> 8 == 0xA9:
        return Answer("refused", f"{peer.name} says that it is not of the class it states ({code:04X}).")
    if code in (0x0122, 0x0124):
        return Answer("refused", f"{peer.name} does not allow it ({code:04X}).")
    return Answer("later", f"{peer.name} refused it ({code:04X}).")


@contextmanager
def _association(peer: DicomPeer, calling: str, contexts: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Any]:
    need_imaging("Sending DICOM")
    from pynetdicom import AE, evt

    _reach(peer)
    entity = AE(ae_title=calling)
    entity.connection_timeout = CONNECT_SECONDS
    entity.acse_timeout = CONNECT_SECONDS * 2
    entity.dimse_timeout = ANSWER_SECONDS
    entity.network_timeout = ANSWER_SECONDS
    for sop_class, syntaxes in contexts:
        entity.add_requested_context(sop_class, list(syntaxes))
    association = entity.associate(
        peer.host, peer.port or 104, ae_title=peer.ae_title, evt_handlers=[(evt.EVT_CONN_OPEN, _quick)]
    )
    if not association.is_established:
        if association.is_rejected:
            raise PeerUnavailable(
                f"{peer.name} rejected the association of {calling}: add this AE title to the nodes that it knows, and "
                f"check that it is called {peer.ae_title}."
            )
        if association.acceptor.primitive is not None and not association.accepted_contexts:
            raise PeerUnavailable(
                f"{peer.name} takes none of the classes of this result: let it accept SR, SEG and PDF."
            )
        raise PeerUnavailable(f"{peer.name} cannot be reached at {peer.host}:{peer.port}: is it running?")
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def _reach(peer: DicomPeer) -> None:
    """Is anybody there? Asked before, because the library leaves a socket open when it cannot connect."""
    try:
        socket.create_connection((peer.host, peer.port or 104), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise PeerUnavailable(f"{peer.name} cannot be reached at {peer.host}:{peer.port}: is it running?") from error


def _quick(event: Any) -> None:
    event.assoc.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _syntax(one: "Dataset") -> str:
    meta = getattr(one, "file_meta", None)
    return str(meta.TransferSyntaxUID) if meta is not None and "TransferSyntaxUID" in meta else PLAIN[0]
