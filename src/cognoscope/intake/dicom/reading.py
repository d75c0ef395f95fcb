"""One DICOM object is read, or refused with a sentence that holds nothing of what is in it.

DICOM PS3.10 (file format), PS3.5 section 7 (data elements) and annex A (transfer syntaxes). pydicom parses; what it
forgives in silence (a file that stops in the middle, an element that claims more than there is) is refused here.
"""

import re
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import guarded, need_imaging

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileMetaDataset

LARGEST_BYTES = 2 << 30
LARGEST_PIXEL_BYTES = 4 << 30
INFLATED_AT_MOST = 256 << 20
READS_AT_MOST = 1_000_000
"""Pieces of a header, at all depths of sequences of undefined length: some 300,000 elements."""
HEADER_AT_MOST = 32 << 20
LONG_VALUES = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UT", "UC"})
UID = re.compile(r"[0-9]+(\.[0-9]+)*")
DIRECTORY = "1.2.840.10008.1.3.10"
DEFLATED = "1.2.840.10008.1.2.1.99"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
NATIVE = frozenset({IMPLICIT_LITTLE, "1.2.840.10008.1.2.1", EXPLICIT_BIG, DEFLATED})
PIXEL_DATA = 0x7FE00010
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

NO_DICOM = "This is not a DICOM file: it lacks the mark DICM after its first 128 bytes. Export it again."
DAMAGED = "This DICOM object is damaged: its elements cannot be read. Have it sent again."
TRUNCATED = "This DICOM object is cut off: it ends before the length that it states. Have it sent again."
TOO_LARGE = "This DICOM object is too large to be taken in (more than 2 GiB)."
ENDLESS = "This DICOM object has a header far larger than any real one: it is damaged, or made to harm."
BOMB = "This DICOM object grows beyond 256 MiB when it is unpacked: it is damaged, or made to harm."


@dataclass(frozen=True)
class DicomObject:
    """An object that was read; `dataset` is pydicom's and holds identities, the UIDs lead to them.

    The UIDs of series and study are empty where the object has none: such an object can be looked at, not kept.
    """

    dataset: "Dataset" = field(repr=False)
    sop_instance_uid: str = field(repr=False)
    series_uid: str = field(repr=False)
    study_uid: str = field(repr=False)
    sop_class: str
    transfer_syntax: str
    modality: str
    number_of_frames: int
    rows: int
    columns: int

    @property
    def has_pixels(self) -> bool:
        """Whether it carries pixels, which reports, plans and waveforms do not."""
        return any(keyword in self.dataset for keyword in PIXELS)


def read_object(source: bytes | Path) -> DicomObject:
    """Read one DICOM file (PS3.10), from its bytes or its path.

    Raises:
        InvalidInput: it is not DICOM, is cut off or damaged, states sizes that cannot be, is of an unknown transfer
            syntax, lacks its identifiers, or is the directory of a disc.
        NotInstalled: the extra `imaging` is missing.
    """
    need_imaging("Reading DICOM")
    content = _bytes(source)
    if content[128:132] != b"DICM":
        raise InvalidInput(NO_DICOM)
    with guarded(DAMAGED):
        dataset, syntax = _parsed(content)
        return _typed(dataset, syntax)


def _bytes(source: bytes | Path) -> bytes:
    if isinstance(source, Path):
        try:
            if source.stat().st_size > LARGEST_BYTES:
                raise InvalidInput(TOO_LARGE)
            return source.read_bytes()
        except OSError as error:
            raise InvalidInput(f"The DICOM file cannot be read from the disk: {error.strerror}.") from None
    if len(source) > LARGEST_BYTES:
        raise InvalidInput(TOO_LARGE)
    return source


def _parsed(content: bytes) -> tuple["Dataset", str]:
    from pydicom.dataset import FileDataset
    from pydicom.filereader import read_dataset

    stream = _Bounded(content)
    stream.seek(132)
    meta = _meta(stream)
    syntax = _syntax(meta)
    if syntax == DEFLATED:
        stream = _Bounded(_inflated(content[stream.tell() :]))
    implicit, little = syntax == IMPLICIT_LITTLE, syntax != EXPLICIT_BIG
    parsed = read_dataset(stream, implicit, little)
    _whole(parsed, stream)
    dataset = FileDataset("", parsed, content[:128], meta, implicit, little)
    dataset.set_original_encoding(implicit, little, parsed._character_set)
    return dataset, syntax


class _Bounded(BytesIO):
    """Bytes that are read in pieces, though not in more of them than a real header has."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > READS_AT_MOST:
            raise InvalidInput(ENDLESS)
        return super().read(size)


def _meta(stream: BytesIO) -> "FileMetaDataset":
    from pydicom.dataset import FileMetaDataset
    from pydicom.filereader import read_dataset

    return FileMetaDataset(read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag >> 16 != 2))


def _syntax(meta: "FileMetaDataset") -> str:
    from pydicom import uid

    stated = uid.UID(str(meta.get("TransferSyntaxUID") or ""))
    if not stated:
        raise InvalidInput("This DICOM object does not state its transfer syntax, so its bytes cannot be understood.")
    if stated.is_private or stated.type != "Transfer Syntax":
        raise InvalidInput("This DICOM object states a transfer syntax that is not in the standard: convert it first.")
    return str(stated)


def _inflated(deflated: bytes) -> bytes:
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    whole = unpacking.decompress(deflated, INFLATED_AT_MOST)
    if unpacking.unconsumed_tail:
        raise InvalidInput(BOMB)
    if not unpacking.eof:
        raise InvalidInput(TRUNCATED)
    return whole


def _whole(parsed: "Dataset", stream: BytesIO) -> None:
    """Every element has the length it states, and the last one ends where the file ends."""
    from pydicom.dataelem import RawDataElement

    end, size = stream.tell(), stream.seek(0, 2)
    last = header = 0
    for element in parsed.elements():
        if isinstance(element, RawDataElement) and element.length != 0xFFFFFFFF:
            if len(element.value or b"") != element.length:
                raise InvalidInput(TRUNCATED)
            last = element.value_tell + element.length
            if element.VR not in LONG_VALUES and element.tag != PIXEL_DATA:
                header += element.length
        else:
            last = 0
    if header > HEADER_AT_MOST:
        raise InvalidInput(ENDLESS)
    stream.seek(last)
    # Some writers pad a file with zeros; anything else after the last element was not understood.
    if end < size or (last and stream.read(9).strip(b"\0")):
        raise InvalidInput(DAMAGED)


def _typed(dataset: "Dataset", syntax: str) -> DicomObject:
    if str(dataset.file_meta.get("MediaStorageSOPClassUID")) == DIRECTORY:
        raise InvalidInput("This file is the directory of a disc (DICOMDIR), not an image: give the folder beside it.")
    read = DicomObject(
        dataset=dataset,
        sop_instance_uid=uid_of(dataset, "SOPInstanceUID", "its own identifier"),
        series_uid=uid_of(dataset, "SeriesInstanceUID", "the identifier of its series", needed=False),
        study_uid=uid_of(dataset, "StudyInstanceUID", "the identifier of its study", needed=False),
        sop_class=uid_of(dataset, "SOPClassUID", "its class"),
        transfer_syntax=syntax,
        modality=word_of(dataset, "Modality"),
        number_of_frames=whole_of(dataset, "NumberOfFrames", 1) or 1,
        rows=whole_of(dataset, "Rows", 0),
        columns=whole_of(dataset, "Columns", 0),
    )
    if read.has_pixels:
        check_sizes(read)
    return read


def uid_of(dataset: "Dataset", keyword: str, what: str, *, needed: bool = True) -> str:
    """A UID of the header (PS3.5 section 9.1); raises InvalidInput where it is malformed, or needed and absent."""
    value = str(dataset.get(keyword) or "").strip(" \0")
    if not value and needed:
        raise InvalidInput(f"This DICOM object lacks {what}: have it sent again.")
    if value and (len(value) > 64 or not UID.fullmatch(value)):
        raise InvalidInput(f"This DICOM object is damaged: {what} is not an identifier of DICOM.")
    return value


def whole_of(dataset: "Dataset", keyword: str, default: int) -> int:
    """A whole number of the header that cannot be negative; `default` where it is absent or empty."""
    value: Any = dataset.get(keyword)
    if value is None or value == "":
        return default
    number = int(value)
    if number < 0:
        raise InvalidInput(DAMAGED)
    return number


def word_of(dataset: "Dataset", keyword: str) -> str:
    """A code of the header (VR CS), cleaned; the empty word where it is absent or is none."""
    value = str(dataset.get(keyword) or "").strip(" \0").upper()
    return value if re.fullmatch(r"[A-Z0-9_ ]{1,16}", value) else ""


def check_sizes(read: DicomObject) -> None:
    """What the header says of the pixels is possible and, where they are not compressed, is there in full.

    Raises:
        InvalidInput: no rows or columns, an absurd size, or fewer bytes than the header promises.
    """
    dataset = read.dataset
    samples = whole_of(dataset, "SamplesPerPixel", 1)
    bits = whole_of(dataset, "BitsAllocated", 0)
    if not read.rows or not read.columns:
        raise InvalidInput("This DICOM object holds pixels and does not say how many rows and columns they have.")
    if samples not in (1, 3, 4) or bits not in (1, 8, 16, 32, 64):
        raise InvalidInput("This DICOM object describes its pixels in a way that the standard does not know.")
    values = read.rows * read.columns * read.number_of_frames * samples
    if values * max(bits, 8) // 8 > LARGEST_PIXEL_BYTES:
        raise InvalidInput("This DICOM object states more pixels than memory can hold: it is damaged, or too large.")
    if read.transfer_syntax in NATIVE:
        promised = -(-values * bits // 8)
        if word_of(dataset, "PhotometricInterpretation") == "YBR_FULL_422":
            promised = promised * 2 // 3
        if max(len(dataset.get(keyword, b"") or b"") for keyword in PIXELS) < promised:
            raise InvalidInput(TRUNCATED)
