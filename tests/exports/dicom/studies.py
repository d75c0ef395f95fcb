"""Invented studies: headers as scanners write them, cases and proposals about them; no pixel or name of anybody."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    EnhancedCTImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.image_value import ImageMark, ImageValue, Measurement, Overlay, OverlayClass
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.intake.dicom.source import SourceSeries, source_series

AS_OF = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
STUDY = "1.2.826.0.1.3680043.8.498.1"
FRAME_OF_REFERENCE = f"{STUDY}.9"
CLASSES = {
    "CT": CTImageStorage,
    "CR": ComputedRadiographyImageStorage,
    "DX": DigitalXRayImageStorageForPresentation,
    "MG": DigitalMammographyXRayImageStorageForPresentation,
    "OT": SecondaryCaptureImageStorage,
    "US": UltrasoundImageStorage,
    "US-clip": UltrasoundMultiFrameImageStorage,
}
AXIAL = (1.0, 0, 0, 0, 1.0, 0)
SAGITTAL = (0, 1.0, 0, 0, 0, -1.0)
CORONAL = (1.0, 0, 0, 0, 0, -1.0)
OBLIQUE = tuple(
    float(x) for x in np.round([np.cos(0.3), np.sin(0.3), 0, -np.sin(0.3) * 0.8, np.cos(0.3) * 0.8, 0.6], 8)
)


def header(kind: str, number: int = 1, rows: int = 24, columns: int = 32) -> Dataset:
    """A header of one object without geometry."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 100"
    made.SOPClassUID = CLASSES[kind]
    made.SOPInstanceUID = f"{STUDY}.1.{number}"
    made.StudyInstanceUID, made.SeriesInstanceUID = STUDY, f"{STUDY}.1"
    made.PatientName, made.PatientID = "Imaginaire^Élodie", "IPP-0001"
    made.PatientBirthDate, made.PatientSex = "19600102", "F"
    made.StudyDate, made.StudyTime, made.StudyID, made.AccessionNumber = "20261121", "081500", "7", "A-42"
    made.ReferringPhysicianName = ""
    made.Modality = kind.split("-")[0]
    made.SeriesNumber, made.InstanceNumber = 2, number
    made.ImageType = ["ORIGINAL", "PRIMARY"]
    made.Rows, made.Columns = rows, columns
    return made


def stack(
    count: int, orientation: Sequence[float] = AXIAL, step: float = 2.5, rows: int = 24, columns: int = 32
) -> list[Dataset]:
    """Slices of a CT in the order in which they lie, `step` mm apart (against the normal where negative)."""
    along = np.cross(orientation[:3], orientation[3:]) * step
    made = []
    for place in range(count):
        one = header("CT", place + 1, rows, columns)
        one.FrameOfReferenceUID, one.PositionReferenceIndicator = FRAME_OF_REFERENCE, ""
        one.PixelSpacing, one.SliceThickness = [0.8, 0.7], abs(step)
        one.ImageOrientationPatient = [float(x) for x in orientation]
        one.ImagePositionPatient = [round(float(x), 6) for x in np.array([-30.0, -20.0, 10.0]) + place * along]
        made.append(one)
    return made


def enhanced(count: int, rows: int = 24, columns: int = 32) -> Dataset:
    """One enhanced multi-frame CT, axial, 3 mm apart."""
    made = header("CT", 1, rows, columns)
    made.SOPClassUID = EnhancedCTImageStorage
    made.NumberOfFrames = count
    made.FrameOfReferenceUID, made.PositionReferenceIndicator = FRAME_OF_REFERENCE, ""
    shared, orientation, measures = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = list(AXIAL)
    measures.PixelSpacing, measures.SliceThickness = [0.8, 0.7], 3.0
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = Items([orientation]), Items([measures])
    made.SharedFunctionalGroupsSequence = Items([shared])
    groups = []
    for place in range(count):
        group, position = Dataset(), Dataset()
        position.ImagePositionPatient = [-30.0, -20.0, 10.0 + 3.0 * place]
        group.PlanePositionSequence = Items([position])
        groups.append(group)
    made.PerFrameFunctionalGroupsSequence = Items(groups)
    return made


def affine_of(headers: Sequence[Dataset]) -> tuple[float, ...]:
    """(column, row, frame) to mm of the patient, from PS3.3 C.7.6.2.1."""
    first, last = headers[0], headers[-1]
    orientation = np.array(first.ImageOrientationPatient, dtype=float)
    down, across = (float(x) for x in first.PixelSpacing)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = orientation[:3] * across, orientation[3:] * down
    if len(headers) > 1:
        way = np.array(last.ImagePositionPatient, dtype=float) - np.array(first.ImagePositionPatient, dtype=float)
        matrix[:3, 2] = way / (len(headers) - 1)
    else:
        matrix[:3, 2] = np.cross(orientation[:3], orientation[3:])
    matrix[:3, 3] = np.array(first.ImagePositionPatient, dtype=float)
    return tuple(float(x) for x in matrix.ravel())


def case_of(
    frames: int, rows: int = 24, columns: int = 32, modality: str = "CT", affine: tuple[float, ...] | None = None
) -> Case:
    """A case with one image of noise from a seed."""
    noise = np.random.default_rng(7).integers(0, 255, (frames, rows, columns)).astype(np.int16)
    image = CaseImage(
        name="image", raster=pixels.keep(noise), modality=modality, affine=affine, spacing=(2.5, 0.8, 0.7)
    )
    return Case(kind="imaging-test", subject="person:p1", as_of=AS_OF, images=(image,))


def overlay_of(array: np.ndarray) -> Overlay:
    """A segmentation with three classes: two of our table, one that no table knows."""
    return Overlay(
        key="extent",
        label=Sentence(fr="Étendue des lésions", en="Extent of lesions"),
        kind="segmentation",
        image="image",
        raster=pixels.keep(array.astype(np.uint8)),
        classes=(
            OverlayClass(number=1, name="left-lung", label=Sentence(fr="Poumon gauche", en="Left lung")),
            OverlayClass(number=3, name="ground-glass", label=Sentence(fr="Verre dépoli", en="Ground glass")),
            OverlayClass(number=7, name="own-name", label=Sentence(fr="Autre", en="Other")),
        ),
    )


def blocks(frames: int, rows: int = 24, columns: int = 32) -> np.ndarray:
    """Asymmetric blocks of the three classes, so that no flip maps them onto themselves; the last frame is empty."""
    array = np.zeros((frames, rows, columns), dtype=np.uint8)
    array[: max(frames - 1, 1), 2:9, 3:20] = 1
    array[: (frames + 1) // 2, 4:7, 5:9] = 3
    array[0, 15:17, 25:31] = 7
    return array


def marks(frame: int = 0) -> tuple[ImageMark, ...]:
    """One mark of each shape."""
    shapes = {
        "point": ((4.0, 5.0),),
        "box": ((2.0, 3.0), (8.0, 12.0)),
        "ellipse": ((2.0, 3.0), (8.0, 9.0)),
        "polygon": ((1.0, 1.0), (1.0, 6.0), (7.0, 4.0)),
        "polyline": ((1.0, 1.0), (5.0, 9.0)),
    }
    return tuple(
        ImageMark(
            key=f"mark-{shape}",
            label=Sentence(fr=f"Repère {shape}", en=f"Mark {shape}"),
            image="image",
            frame=frame,
            shape=shape,
            points=points,
            certainty=0.25 if shape == "box" else None,
        )
        for shape, points in shapes.items()
    )


def proposal_of(case: Case, array: np.ndarray | None, with_marks: bool = False) -> Proposal:
    """Extent in %, volume in mL, a grade in words with its conformal set."""
    measurements = (
        Measurement(
            key="extent-share",
            label=Sentence(fr="Part du poumon atteinte", en="Share of lung involved"),
            amount=23.5,
            unit="%",
            interval=Interval(level=0.9, low=18.0, high=31.0),
            evidence=(PixelsPointer(image="image", frame=0),),
        ),
        Measurement(key="volume", label=Sentence(fr="Volume", en="Volume"), amount=410.0, unit="mL"),
        Measurement(
            key="grade",
            label=Sentence(fr="Grade", en="Grade"),
            amount=2,
            words=Sentence(fr="modéré", en="moderate"),
            options=(Sentence(fr="modéré", en="moderate"), Sentence(fr="sévère", en="severe")),
        ),
    )
    value = ImageValue(
        measurements=measurements,
        marks=marks() if with_marks else (),
        overlays=(overlay_of(array),) if array is not None else (),
    )
    return Proposal(
        application="imaging.test",
        version="1.2.3",
        model_digest="ab" * 32,
        case_digest=case.digest,
        subject=case.subject,
        as_of=AS_OF,
        useful_until=AS_OF + timedelta(days=7),
        question="extent",
        title=Sentence(fr="Étendue des lésions pulmonaires", en="Extent of lung lesions"),
        headline=Headline(
            element="extent-share",
            text=Sentence(fr="23,5 % du poumon atteint, entre 18 et 31 %.", en="23.5% of the lung, 18 to 31%."),
            expected=23.5,
        ),
        value=value,
        evidence=(PixelsPointer(image="image", frame=0),),
        would_change=(Sentence(fr="Un scanner injecté.", en="A contrast CT."),),
    )


def abstention_of(case: Case) -> Proposal:
    """Nothing to propose, and why."""
    return Proposal(
        application="imaging.test",
        version="1.2.3",
        model_digest="ab" * 32,
        case_digest=case.digest,
        subject=case.subject,
        as_of=AS_OF,
        useful_until=AS_OF + timedelta(days=7),
        question="extent",
        title=Sentence(fr="Étendue des lésions pulmonaires", en="Extent of lung lesions"),
        abstention=Abstention(code="blurred", sentence=Sentence(fr="Image floue.", en="A blurred image.")),
    )


def ct(count: int = 6, orientation: Sequence[float] = AXIAL, step: float = 2.5) -> tuple[Case, SourceSeries]:
    """A stack of CT slices as a case and its headers."""
    headers = stack(count, orientation, step)
    return case_of(count, affine=affine_of(headers)), source_series(headers)


def single(kind: str) -> tuple[Case, SourceSeries]:
    """One projection or photograph as a case and its header."""
    return case_of(1, modality=kind.split("-")[0]), source_series([header(kind)])
