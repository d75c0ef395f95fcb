"""JPEG Extended of 12 bits, which pydicom leaves aside, decoded by GDCM directly.

The pixels of the public comparison set of DICOM's working group 4 come out as its JPEG 2000 versions of the same
images do (correlation 0.999 for the angiography); `tests/intake/dicom/test_conformance.py` holds it to that.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"


def of_twelve_bits(dataset: "Dataset") -> bool:
    """Whether this is grey JPEG Extended of more than 8 bits."""
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    return syntax == JPEG_EXTENDED and int(dataset.BitsStored) > 8 and int(dataset.SamplesPerPixel) == 1


def decode(dataset: "Dataset") -> np.ndarray:
    """Frames x rows x columns, uint16.

    Raises:
        ValueError: a frame is missing or cannot be decoded.
    """
    from pydicom.encaps import generate_frames

    frames, rows, columns = int(dataset.NumberOfFrames), int(dataset.Rows), int(dataset.Columns)
    decoded = [
        np.frombuffer(_frame(one, dataset), np.uint16).reshape(rows, columns)
        for one in generate_frames(dataset.PixelData, number_of_frames=frames)
    ]
    if len(decoded) != frames:
        raise ValueError("another number of frames")
    return np.stack(decoded)


def _frame(compressed: bytes, dataset: "Dataset") -> bytes:
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(compressed)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((int(dataset.Columns), int(dataset.Rows), 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(str(dataset.PhotometricInterpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(JPEG_EXTENDED)))
    stored = int(dataset.BitsStored)
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, stored, stored - 1, int(dataset.PixelRepresentation)))
    read = image.GetBuffer()
    if read is None:
        raise ValueError("not decoded")
    # GDCM gives bytes as a str; this is how it made one of them.
    return bytes(read.encode("utf-8", "surrogateescape"))
