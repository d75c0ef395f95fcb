"""Small DICOM objects made for tests: invented patients, few pixels, every part of which a test can change."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

CT = "1.2.840.10008.5.1.4.1.1.2"
US = "1.2.840.10008.5.1.4.1.1.6.1"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
EXPLICIT = "1.2.840.10008.1.2.1"
AXIAL = [1, 0, 0, 0, 1, 0]


def dataset(pixels: np.ndarray, **changed: Any) -> Any:
    """A data set of these pixels (rows x columns [x 3], or frames x rows x columns); None removes an attribute."""
    from pydicom.dataset import Dataset, FileMetaDataset

    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = changed.pop("TransferSyntaxUID", EXPLICIT)
    colour = pixels.ndim >= 3 and pixels.shape[-1] == 3
    rows, columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    frames = pixels.ndim == (4 if colour else 3)
    bits = pixels.dtype.itemsize * 8
    usual = {
        "SOPClassUID": CT,
        "SOPInstanceUID": "1.2.826.0.1.77.1.1",
        "StudyInstanceUID": "1.2.826.0.1.77.2",
        "SeriesInstanceUID": "1.2.826.0.1.77.3",
        "FrameOfReferenceUID": "1.2.826.0.1.77.4",
        "Modality": "CT",
        "PatientID": "IPP-4711",
        "PatientName": "Zzcanarix^Qwvotrelle",
        "PatientBirthDate": "19510317",
        "PatientSex": "F",
        "PatientAge": "075Y",
        "StudyDate": "20261110",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "ImagePositionPatient": [-10.0, -20.0, 30.0],
        "ImageOrientationPatient": AXIAL,
        "PixelSpacing": [0.5, 0.75],
        "SliceThickness": 2.0,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024 if not colour else None,
        "SamplesPerPixel": 3 if colour else 1,
        "PhotometricInterpretation": "RGB" if colour else "MONOCHROME2",
        "PlanarConfiguration": 0 if colour else None,
        "NumberOfFrames": pixels.shape[0] if frames else None,
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
    }
    for keyword, value in {**usual, **changed}.items():
        if value is not None:
            setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", CT)
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", "1.2.3")
    if "PixelData" not in changed:
        content = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
        made.add_new("PixelData", "OB" if bits == 8 else "OW", content + b"\0" * (len(content) % 2))
    return made


def written(made: Any) -> bytes:
    """The data set as a DICOM file."""
    from pydicom import dcmwrite

    stream = BytesIO()
    dcmwrite(stream, made, enforce_file_format=True)
    return stream.getvalue()


def file_of(pixels: np.ndarray, **changed: Any) -> bytes:
    """Both at once."""
    return written(dataset(pixels, **changed))


def slices(count: int, *, rows: int = 6, columns: int = 5, step: float = 2.0, **changed: Any) -> list[bytes]:
    """A series of axial slices, from the feet to the head, each with its own number as its values."""
    return [
        file_of(
            np.full((rows, columns), 1024 + number, np.uint16),
            **{
                "SOPInstanceUID": f"1.2.826.0.1.77.1.{number + 1}",
                "InstanceNumber": count - number,
                "ImagePositionPatient": [-10.0, -20.0, 30.0 + number * step],
                **changed,
            },
        )
        for number in range(count)
    ]


def folder_of(folder: Path, files: list[bytes]) -> Path:
    """The files in a folder, named in the order given."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(files):
        (folder / f"{number:04}.dcm").write_bytes(content)
    return folder
