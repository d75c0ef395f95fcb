"""The C-STORE and C-ECHO provider: takes what a known node sends, makes it durable, acknowledges (PS3.4 annexes A, B).

Nothing is read here: an object is acknowledged once it is safe, and another process reads it. A broken object is
acknowledged too, and ends in quarantine with a sentence. C-STORE promises that an object was taken over, not that it is
good; a sender that is refused tries the same object again for ever, and what follows it waits behind. Refused are only
what cannot be kept (0xA700, no room: try again later) and what holds nothing at all (0xC000).
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.dicom.extra import need_imaging
from cognoscope.intake.dicom.receive_contexts import contexts
from cognoscope.intake.dicom.receive_quick import PIECE, no_log_lines, quick_link, quick_service
from cognoscope.intake.dicom.receive_spool import NoRoom, SpoolWriter, spool_folder

SUCCESS = 0x0000
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000
MOST_ASSOCIATIONS = 20
Say = Callable[[str], None]


class Receiver:
    """Our node as a provider. `start` returns at once; associations are served by threads.

    Attributes:
        objects: how many were acknowledged since the start.
        refused: how many associations or objects were refused.
    """

    def __init__(self, home: Home, settings: DicomSettings, say: Say = lambda sentence: None) -> None:
        need_imaging("Receiving DICOM")
        self.objects = 0
        self.refused = 0
        self._settings = settings
        self._folder = spool_folder(home)
        self._say = say
        self._writers: dict[Any, SpoolWriter] = {}
        self._counting = threading.Lock()
        self._server: Any = None

    def start(self) -> int:
        """Listen; returns the port, which is the one of the settings unless that is 0.

        Raises:
            InvalidInput: the port cannot be listened on.
        """
        from pynetdicom import AE, evt

        for left in self._folder.glob("*.new"):  # a process that was killed as it began a file: nothing was in it yet
            left.unlink(missing_ok=True)
        no_log_lines()
        entity = AE(ae_title=self._settings.ae_title)
        entity.supported_contexts = contexts()
        entity.require_called_aet = True
        entity.maximum_pdu_size = PIECE
        entity.maximum_associations = MOST_ASSOCIATIONS
        handlers: list[Any] = [
            (evt.EVT_CONN_OPEN, lambda event: quick_link(event.assoc)),
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_ESTABLISHED, self._established),
            (evt.EVT_C_ECHO, lambda event: SUCCESS),
            (evt.EVT_C_STORE, lambda event: self._store(event.assoc, event.request, event.context)),
            (evt.EVT_RELEASED, lambda event: self._closed(event, "released")),
            (evt.EVT_ABORTED, lambda event: self._closed(event, "aborted")),
            (evt.EVT_CONN_CLOSE, lambda event: self._closed(event, "lost")),
        ]
        address = (self._settings.listen, self._settings.port)
        try:
            self._server = entity.start_server(address, block=False, evt_handlers=handlers)
        except OSError as error:
            raise InvalidInput(
                f"DICOM cannot be received on {address[0]}, port {address[1]}: {error.strerror}. Another program may "
                "listen there, or the port may need a right: choose another in settings.toml, [dicom] port."
            ) from error
        port: int = self._server.server_address[1]
        return port

    def stop(self) -> None:
        """Stop listening; open associations are aborted, and what they brought stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server = None

    def _requested(self, event: Any) -> None:
        """Refuse an association of a node that may not send, or does not call from where it lives."""
        calling = event.assoc.requestor.primitive.calling_ae_title.strip()
        address = event.assoc.requestor.address or ""
        if not may_send(self._settings.peers, calling, address):
            self._refuse(f"An association of {calling!r} from {address} was refused: no peer of that name may send.")
            event.assoc.acse.send_reject(0x01, 0x01, 0x03)  # permanent, service user, calling AE title not recognised
            event.assoc.kill()

    def _established(self, event: Any) -> None:
        association = event.assoc
        quick_service(association, lambda request, context: self._store(association, request, context))
        self._writers[event.assoc] = SpoolWriter(self._folder, event.assoc.requestor.ae_title.strip())

    def _store(self, association: Any, request: Any, context: Any) -> int:
        body = request.DataSet.getbuffer() if request.DataSet is not None else b""
        if not len(body):
            self._refuse("An object without any content was refused.")
            return CANNOT_UNDERSTAND
        writer = self._writers.get(association)
        if writer is None:  # the connection broke in the meantime: nobody waits for an answer
            return OUT_OF_RESOURCES
        try:
            syntax = _syntax(context)
            writer.add(str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID), syntax, body)
        except NoRoom as error:
            self._refuse(f"{error} Its sender was told to try again later (A700).")
            return OUT_OF_RESOURCES
        except OSError as error:
            self._refuse(f"The disk that holds {self._folder} fails ({error.strerror}): its sender was told (A700).")
            return OUT_OF_RESOURCES
        with self._counting:
            self.objects += 1
        return SUCCESS

    def _closed(self, event: Any, how: str) -> None:
        writer = self._writers.pop(event.assoc, None)
        if writer is not None:
            writer.close(how)
        if writer is not None and writer.objects:
            self._say(f"{writer.objects} objects received from {writer.calling}, association {how}.")

    def _refuse(self, sentence: str) -> None:
        with self._counting:
            self.refused += 1
        self._say(sentence)


def may_send(peers: tuple[DicomPeer, ...], calling: str, address: str) -> bool:
    """Whether a node of that AE title, calling from that address, is among those that may store here."""
    return any(
        peer.sends and peer.ae_title == calling and (not peer.host or address in _addresses(peer.host))
        for peer in peers
    )


def _addresses(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError:
        return set()


def _syntax(context: Any) -> str:
    """Of a presentation context as negotiated, or as it is given with an event."""
    syntax = context.transfer_syntax
    return str(syntax[0] if isinstance(syntax, list) else syntax)
