"""Pictures as the DICOM objects that a device of the hospital would send, with an invented patient's identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled
from cognoscope.demo.letters import Patient

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

ROOT = "1.2.826.0.1.3680043.10.511"
"""A UID root for examples (Medical Connections gives such roots away for tests)."""

SOP_CLASS = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "US": "1.2.840.10008.5.1.4.1.1.6.1",
    "DMS": "1.2.840.10008.5.1.4.1.1.77.1.7",
}
"""Storage SOP classes by modality (PS3.4 B.5)."""


@dataclass(frozen=True)
class Picture:
    """Pixels of one series: frames x rows x columns [x 3]; one object a frame. `spacing` in mm, None where unknown."""

    pixels: NDArray[Any]
    modality: str
    body_part: str
    description: str
    spacing: tuple[float, float, float] | None = None


def objects(picture: Picture, patient: Patient, number: int, at: datetime) -> "Iterator[Dataset]":
    """One object a frame, in the order of the frames; `number` tells this study from the others.

    Raises:
        NotInstalled: the extra `imaging` is missing.
    """
    try:
        from pydicom.dataset import Dataset, FileMetaDataset
        from pydicom.uid import ExplicitVRLittleEndian
    except ImportError as error:
        raise NotInstalled("Sending invented images needs the extra `imaging`: run `make imaging`.") from error

    study = f"{ROOT}.{number}"
    for frame, pixels in enumerate(picture.pixels):
        one = Dataset()
        one.SOPClassUID = SOP_CLASS[picture.modality]
        one.SOPInstanceUID = f"{study}.1.{frame + 1}"
        one.StudyInstanceUID, one.SeriesInstanceUID = study, f"{study}.1"
        one.PatientName = f"{patient.family}^{patient.given}"
        one.PatientID = patient.number
        one.PatientBirthDate = f"{patient.born:%Y%m%d}"
        one.PatientSex = "F" if patient.woman else "M"
        one.StudyDate = one.SeriesDate = one.ContentDate = f"{at:%Y%m%d}"
        one.StudyTime = one.SeriesTime = one.ContentTime = f"{at:%H%M%S}"
        one.AccessionNumber, one.StudyID = f"A{number:06d}", str(number)
        one.Manufacturer = "Demonstration"
        one.Modality = picture.modality
        one.BodyPartExamined = picture.body_part
        one.SeriesDescription = picture.description
        one.SeriesNumber, one.InstanceNumber = 1, frame + 1
        one.NumberOfSeriesRelatedInstances = len(picture.pixels)
        _place(one, picture, frame)
        _pixels(one, pixels)
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        yield one


def _place(one: "Dataset", picture: Picture, frame: int) -> None:
    if picture.spacing is None:
        return
    between, rows, columns = picture.spacing
    one.PixelSpacing = [rows, columns]
    if picture.modality == "CT":
        one.FrameOfReferenceUID = f"{one.StudyInstanceUID}.2"
        one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        one.ImagePositionPatient = [0, 0, -between * frame]
        one.SliceThickness = between


def _pixels(one: "Dataset", pixels: NDArray[Any]) -> None:
    colour = pixels.ndim == 3
    one.Rows, one.Columns = pixels.shape[:2]
    one.SamplesPerPixel = 3 if colour else 1
    one.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        one.PlanarConfiguration = 0
    if pixels.dtype == np.int16:
        one.RescaleIntercept, one.RescaleSlope, one.RescaleType = 0, 1, "HU"
        one.WindowCenter, one.WindowWidth = -600, 1500
    one.BitsAllocated = one.BitsStored = pixels.dtype.itemsize * 8
    one.HighBit = one.BitsAllocated - 1
    one.PixelRepresentation = int(pixels.dtype == np.int16)
    one.PixelData = np.ascontiguousarray(pixels).tobytes()
