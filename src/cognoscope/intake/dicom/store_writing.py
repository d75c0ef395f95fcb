"""A de-identified object as it is kept: header cleaned, burnt-in text masked, pixels uncompressed.

Uncompressed, because comments inside compressed pixels may name a person, because masking changes pixels, and because
what came from outside is then decoded once, in a process that may crash, and never again.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom import burned_in
from cognoscope.intake.dicom.deidentify import FAILED, deidentify
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.pixels import NO_PIXELS, pixels_of, stored_values
from cognoscope.intake.dicom.reading import DicomObject
from cognoscope.intake.pseudonyms import Pseudonymiser

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LOSSY = frozenset(
    {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"}
)
NOT_KEPT = frozenset({"SEG", "SR", "PR", "KO", "RTSTRUCT", "RTDOSE", "RTPLAN", "DOC", "REG", "RWV", "ANN"})
PASSED_OVER = "This object is no image that is kept: a report, a segmentation, a plan or another kind of object."


LACKS_PIXELS = "This DICOM object is of a class of images and holds no pixels: have it sent again."


@dataclass(frozen=True)
class Kept:
    """A de-identified object ready to be written, and the digest of the pixels it came with."""

    content: bytes
    digest: str
    person: str
    dataset: "Dataset"
    masked_lines: int


def is_image(read: DicomObject) -> bool:
    """Whether this is an image of the kinds that are kept."""
    return "PixelData" in read.dataset and read.modality not in NOT_KEPT


def lacks_pixels(read: DicomObject) -> bool:
    """Whether this is of a class of images and has none."""
    from pydicom.uid import UID

    return not read.has_pixels and "Image Storage" in UID(read.sop_class).name


def prepared(read: DicomObject, pseudonymiser: Pseudonymiser) -> Kept:
    """The object without identities, as a DICOM file in explicit little endian.

    Raises:
        InvalidInput: no image, no patient, or damaged.
    """
    if not is_image(read):
        raise InvalidInput(NO_PIXELS)
    clean = deidentify(read, pseudonymiser)
    stored, photometric = stored_values(read)
    digest = hashlib.sha256(f"{stored.shape}{stored.dtype.str}{photometric}".encode())
    digest.update(np.ascontiguousarray(stored).data)
    look = burned_in.where_to_look(read)
    seen = pixels_of(read).array if look != "nowhere" and photometric == "PALETTE COLOR" else None
    with guarded(FAILED):
        pixels, lines = burned_in.masked(stored, look, seen)
        _describe(clean.dataset, read, pixels, photometric, look)
        return Kept(_file(clean.dataset), digest.hexdigest(), clean.person, clean.dataset, lines)


def _describe(clean: "Dataset", read: DicomObject, pixels: np.ndarray, photometric: str, look: str) -> None:
    """The attributes of the image pixel module as the pixels now are, and the pixels themselves."""
    bits = pixels.dtype.itemsize * 8
    stored = int(read.dataset.get("BitsStored") or bits)
    clean.SamplesPerPixel = 3 if pixels.ndim == 4 else 1
    clean.PhotometricInterpretation = photometric
    clean.Rows, clean.Columns = pixels.shape[1:3]
    clean.BitsAllocated = bits
    clean.BitsStored = stored if 1 < stored <= bits else bits
    clean.HighBit = clean.BitsStored - 1
    clean.PixelRepresentation = int(pixels.dtype.kind == "i")
    clean.pop("PlanarConfiguration", None)
    if pixels.ndim == 4:
        clean.PlanarConfiguration = 0
    if len(pixels) > 1 or "NumberOfFrames" in read.dataset:
        clean.NumberOfFrames = len(pixels)
    if read.transfer_syntax in LOSSY:
        clean.LossyImageCompression = "01"
    if look != "nowhere":
        clean.BurnedInAnnotation = "NO"
    clean.SpecificCharacterSet = "ISO_IR 192"
    content = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).tobytes()
    clean.add_new("PixelData", "OB" if bits == 8 else "OW", content + b"\0" * (len(content) % 2))


def _file(clean: "Dataset") -> bytes:
    from pydicom import dcmwrite
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    clean.file_meta = FileMetaDataset()
    clean.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    clean.file_meta.MediaStorageSOPClassUID = clean.SOPClassUID
    clean.file_meta.MediaStorageSOPInstanceUID = clean.SOPInstanceUID
    stream = BytesIO()
    dcmwrite(stream, clean, enforce_file_format=True)
    return stream.getvalue()
