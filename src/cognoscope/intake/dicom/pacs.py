"""Other nodes: are they there, what do they hold of a study, bring it, take a result to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.errors import CognoscopeError, InvalidInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NOT_IMAGES = frozenset({"SR", "SEG", "DOC", "KO", "PR", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE"})
"""Modalities of objects about images, not counted when an archive is asked how many images a study has."""


class PeerUnavailable(CognoscopeError):
    """A node cannot be reached, does not answer, or does not let us in: try again later."""


@dataclass(frozen=True)
class Answer:
    """What a node said when an object was taken to it.

    outcome: `sent`, `later` (it may take it another time) or `refused` (it will not take it as it is). said: in words.
    """

    outcome: Literal["sent", "later", "refused"]
    said: str


def echo(peer: DicomPeer, calling: str) -> str:
    """Ask a node whether it is there, by C-ECHO and over DICOMweb; returns what it answered, in a sentence.

    Raises:
        PeerUnavailable: it cannot be reached, or does not know us.
    """
    from cognoscope.intake.dicom import send, web_client

    said = []
    if peer.host and peer.port is not None:
        send.echo(peer, calling)
        said.append(f"answers C-ECHO at {peer.host}:{peer.port}")
    if peer.url:
        web_client.Web(peer).alive()
        said.append("answers DICOMweb")
    if not said:
        raise InvalidInput(f"The peer {peer.name} has neither host and port nor a url: there is nothing to ask.")
    return f"{peer.name} ({peer.ae_title}) {' and '.join(said)}."


def deliver(peer: DicomPeer, calling: str, objects: Sequence["Dataset"]) -> list[Answer]:
    """Take objects to a node, one answer for each, in order; a node that is away gives `later` for all."""
    from cognoscope.intake.dicom import send, web_client

    try:
        if peer.results == "web" or (peer.results is None and peer.url):
            return web_client.Web(peer).store(objects)
        return send.store(peer, calling, objects)
    except PeerUnavailable as error:
        return [Answer("later", str(error)) for _ in objects]


def images_of_study(peer: DicomPeer, study: str) -> int | None:
    """How many images a node holds of a study (QIDO-RS), None where it has no DICOMweb.

    Raises:
        PeerUnavailable: it cannot be asked now.
    """
    from cognoscope.intake.dicom import web_client

    if not peer.url:
        return None
    counts = web_client.Web(peer).series(study)
    return sum(count for modality, count in counts if modality not in NOT_IMAGES)


def fetch(peer: DicomPeer, study: str) -> Iterator["Dataset"]:
    """Every object of a study (WADO-RS).

    Raises:
        PeerUnavailable: it cannot be asked now.
        InvalidInput: it has no DICOMweb, or does not hold the study.
    """
    from cognoscope.intake.dicom import web_client

    if not peer.url:
        raise InvalidInput(f"The peer {peer.name} has no url: a study can be fetched over DICOMweb only.")
    return web_client.Web(peer).study(study)


def archive(settings: DicomSettings) -> DicomPeer | None:
    """The node that is asked what it holds: the first that has DICOMweb."""
    return next((peer for peer in settings.peers if peer.url), None)


def chosen(settings: DicomSettings, name: str | None) -> DicomPeer:
    """The peer of that name; without a name, the only one there is, or the first with DICOMweb.

    Raises:
        InvalidInput: there is none.
    """
    known = ", ".join(peer.name for peer in settings.peers) or "none"
    found = settings.peer(name) if name else archive(settings) or next(iter(settings.peers), None)
    if found is None:
        raise InvalidInput(f"No DICOM peer {name or ''} is in settings.toml (there: {known}): add one under [dicom].")
    return found


def credentials(peer: DicomPeer) -> tuple[str, str] | str | None:
    """User and password, or a bearer token, from the peer's file; None where it has none.

    Raises:
        InvalidInput: the file is absent, readable by others, or empty.
    """
    if peer.credentials_file is None:
        return None
    path = Path(peer.credentials_file)
    try:
        if path.stat().st_mode & 0o077:
            raise InvalidInput(f"The file {path} can be read by other accounts: run chmod 600 {path}.")
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The credentials {path} of the peer {peer.name} cannot be read.") from error
    if not text:
        raise InvalidInput(f"The credentials {path} of the peer {peer.name} are empty: write user:password or a token.")
    user, colon, password = text.partition(":")
    return (user, password) if colon else text
