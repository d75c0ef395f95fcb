"""What leads from a kept image back to the original in the PACS: sealed, and opened nowhere but in intake.

A result goes back to the study it is about under that study's own identifiers, and hangs on the patient as the PACS
knows them. So the header of each object is kept without its pixels, encrypted under the vault's key (AES-256-GCM, NIST
SP 800-38D); the pseudonymous UID is authenticated with it, so that no header can be moved to another object.
"""

import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.reading import DEFLATED, IMPLICIT_LITTLE, DicomObject

NONCE_BYTES = 12
LARGEST_HEADER = 8 << 20
CHANGED = "A sealed header of the image store was changed from outside, or sealed with another key: restore it."


def seal(key: bytes, name: str, content: bytes) -> bytes:
    """Nonce and ciphertext of some bytes that belong to that name."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(content, 1), name.encode())


def unseal(key: bytes, name: str, sealed: bytes) -> bytes:
    """The bytes again.

    Raises:
        InvalidInput: they were changed, belong to another name, or were sealed with another key.
    """
    try:
        return zlib.decompress(AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode()))
    except (InvalidTag, ValueError, zlib.error):
        raise InvalidInput(CHANGED) from None


def header_of(content: bytes, read: DicomObject) -> bytes:
    """The DICOM file up to its pixels: a file itself, without them.

    What does not end before the pixels, or is not stored plainly (deflated), is written anew.
    """
    place: int | None = read.dataset["PixelData"].file_tell
    if place and read.transfer_syntax != DEFLATED:
        start = place - (8 if read.transfer_syntax == IMPLICIT_LITTLE else 12)
        if 132 < start <= LARGEST_HEADER and content[start : start + 4] in (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10"):
            return content[:start]
    return _written(read)


def _written(read: DicomObject) -> bytes:
    from io import BytesIO

    from pydicom import dcmwrite
    from pydicom.dataset import Dataset

    bare = Dataset()
    bare.update({each.tag: each for each in read.dataset if not each.keyword.endswith("PixelData")})
    bare.file_meta, bare.preamble = read.dataset.file_meta, b"\0" * 128
    stream = BytesIO()
    dcmwrite(stream, bare, enforce_file_format=False, implicit_vr=read.dataset.original_encoding[0],
             little_endian=read.dataset.original_encoding[1])  # fmt: skip
    if stream.tell() > LARGEST_HEADER:
        raise InvalidInput("The header of this DICOM object is larger than 8 MiB: it is damaged.")
    return stream.getvalue()
