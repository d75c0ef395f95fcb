"""A study is fetched from an archive and put into the spool, as if the archive had sent it."""

from io import BytesIO
from typing import TYPE_CHECKING

from cognoscope.core.dicom_settings import DicomPeer
from cognoscope.core.home import Home
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.pacs import fetch
from cognoscope.intake.dicom.receive_spool import SpoolWriter, spool_folder

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

UNWRITABLE = "An object of this study cannot be written as it came: it is damaged at the archive."


def pull(home: Home, peer: DicomPeer, study: str) -> int:
    """Fetch every object of a study; returns how many.

    Raises:
        PeerUnavailable: the archive cannot be asked, or broke off; what had come stays in the spool.
        InvalidInput: it does not hold the study, or has no DICOMweb.
        NoRoom: the disk is full.
    """
    writer = SpoolWriter(spool_folder(home), peer.ae_title)
    how = "lost"
    try:
        for each in fetch(peer, study):
            writer.add(str(each.SOPClassUID), str(each.SOPInstanceUID), _syntax(each), _body(each))
        how = "released"
    finally:
        writer.close(how)
    return writer.objects


def _syntax(each: "Dataset") -> str:
    return str(each.file_meta.TransferSyntaxUID)


def _body(each: "Dataset") -> bytes:
    """The data set alone, in the transfer syntax it came in: what follows the file's meta information."""
    with guarded(UNWRITABLE):
        stream = BytesIO()
        each.save_as(stream, enforce_file_format=True)
        content = stream.getvalue()
        # (0002,0000), the length of the group, is the first element: 12 bytes after the 132 of preamble and mark.
        return content[144 + int.from_bytes(content[140:144], "little") :]
