"""A series of slices, or one multi-frame object, becomes a volume: one array ordered by place, with its geometry."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import guarded, need_imaging
from cognoscope.intake.dicom.files import files_of
from cognoscope.intake.dicom.geometry import Plane, Stack, planes_of, stack
from cognoscope.intake.dicom.pixels import UNREADABLE, frame_groups, modality_values, stored_values
from cognoscope.intake.dicom.reading import DicomObject, read_object, word_of
from cognoscope.intake.dicom.uncollected import uncollected

MOST_VOXELS = 1 << 30
NOT_A_SLICE = frozenset({"SEG", "SR", "PR", "KO", "RTSTRUCT", "RTDOSE", "RTPLAN", "DOC", "REG", "RWV", "ANN"})
TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
Given = TypeVar("Given")
Got = TypeVar("Got")


@dataclass(frozen=True)
class SeriesFacts:
    """What a series says of itself that identifies nobody; empty words where it says nothing."""

    modality: str = ""
    body_part: str = ""
    thickness: float | None = None
    doubles_left_out: int = 0
    localizers_left_out: int = 0


@dataclass(frozen=True)
class Volume:
    """Frames x rows x columns, in order along the normal of the slices: from the feet to the head for an axial CT.

    array: modality values, int16 (Hounsfield units for CT); another type where 16 bits do not hold them.
    spacing_mm: between frames (along the normal), rows, columns.
    affine: 4 x 4; (frame, row, column, 1) of the array to mm, RAS: x to the right, y to the front, z to the head.
    positions: of the first pixel of each frame, mm, RAS.
    sop_instance_uids: of the object each frame came from, in the order of the frames; empty for NIfTI.
    frame_numbers: which frame of that object it was, from 1.
    """

    array: np.ndarray
    spacing_mm: tuple[float, float, float]
    affine: np.ndarray
    positions: np.ndarray
    sop_instance_uids: tuple[str, ...]
    frame_numbers: tuple[int, ...]
    series_uid: str
    facts: SeriesFacts


def read_volume(source: Path | Iterable[Path] | Iterable[DicomObject], *, threads: int | None = None) -> Volume:
    """Read one series: a folder (with those below), files, or objects already read.

    Slices are put in order by their place, never by number or name. Localizers are left out, and so are doubles with
    the same pixels; reports and segmentations lying beside the images are passed over.

    Raises:
        InvalidInput: a file is damaged; there is no series of slices or more than one; slices are missing, unevenly
            spaced, differ in direction or size; two different images lie at one place.
        NotInstalled: the extra `imaging` is missing.
    """
    need_imaging("Reading DICOM")
    threads = threads or min(4, len(os.sched_getaffinity(0)))
    objects = _objects(source, threads)
    slices, localizers = one_series(objects)
    frames = [(each, number) for each in slices for number in range(each.number_of_frames)]
    planes = [plane for each in slices for plane in planes_of(each)]
    if len({(each.rows, each.columns) for each in slices}) > 1:
        raise InvalidInput("The images of this series have different numbers of rows or columns: give one stack.")
    found = stack(planes)
    if len(frames) * slices[0].rows * slices[0].columns > MOST_VOXELS:
        raise InvalidInput("This series is too large to be held as one volume (more than 1,073 million voxels).")
    array = _filled(slices, found, threads)
    first = planes[found.order[0]]
    return Volume(
        array=array,
        spacing_mm=(found.spacing, *first.spacing),
        affine=_affine(first, found),
        positions=np.array([planes[number].position for number in found.order]) * (-1, -1, 1),
        sop_instance_uids=tuple(frames[number][0].sop_instance_uid for number in found.order),
        frame_numbers=tuple(frames[number][1] + 1 for number in found.order),
        series_uid=slices[0].series_uid,
        facts=_facts(slices[0], first, len(found.doubles), localizers),
    )


def one_series(objects: Sequence[DicomObject]) -> tuple[list[DicomObject], int]:
    """The slices of the only series among the objects, and how many localizers were left out.

    Raises:
        InvalidInput: there is none, or more than one.
    """
    images = [each for each in objects if each.has_pixels and each.modality not in NOT_A_SLICE]
    slices = [each for each in images if "LOCALIZER" not in str(each.dataset.get("ImageType", "")).upper()]
    if not slices:
        raise InvalidInput("There is no series of slices here: only localizers, or objects without images.")
    series: dict[str, list[DicomObject]] = {}
    for each in slices:
        series.setdefault(each.series_uid, []).append(each)
    if len(series) > 1:
        sizes = sorted((sum(each.number_of_frames for each in some) for some in series.values()), reverse=True)
        listed = ", ".join(map(str, sizes[:5])) + (" ..." if len(sizes) > 5 else "")
        raise InvalidInput(f"There are {len(series)} series here (of {listed} images): give one at a time.")
    return slices, len(images) - len(slices)


def _objects(source: Path | Iterable[Path] | Iterable[DicomObject], threads: int) -> list[DicomObject]:
    given: list[Path | DicomObject] = [*(files_of(source) if isinstance(source, Path) else source)]
    if not given:
        raise InvalidInput("There is no series of slices here: no file was given.")
    with uncollected():
        return _on_threads(lambda each: each if isinstance(each, DicomObject) else read_object(each), given, threads)


def _on_threads(do: Callable[[Given], Got], over: Sequence[Given], threads: int) -> list[Got]:
    if threads == 1 or len(over) < 8:
        return [do(each) for each in over]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(do, over))


def _filled(slices: list[DicomObject], found: Stack, threads: int) -> np.ndarray:
    """The frames in order, in one array; doubles are compared with what they double."""
    first = [0]
    for each in slices:
        first.append(first[-1] + each.number_of_frames)
    place = {number: index for index, number in enumerate(found.order)}
    whole = np.empty((len(found.order), slices[0].rows, slices[0].columns), np.int16)
    other: dict[int, np.ndarray] = {}

    def fill(index: int) -> np.ndarray | None:
        values = _values(slices[index])
        fits = values.dtype in (np.int16, np.uint8)
        for frame, number in zip(values, range(first[index], first[index + 1]), strict=True):
            if number not in place:
                other[number] = frame
            elif fits:
                whole[place[number]] = frame
        return None if fits else values

    wide = _on_threads(fill, range(len(slices)), threads)
    if any(each is not None for each in wide):
        whole = _widened(whole, wide, first, place, slices[0].modality)
    for kept, left_out in found.doubles:
        if not np.array_equal(whole[place[kept]], other[left_out].astype(whole.dtype)):
            raise InvalidInput(
                "This series holds different images at the same place, two phases or two reconstructions: give one."
            )
    return whole


def _widened(
    whole: np.ndarray, wide: Sequence[np.ndarray | None], first: list[int], place: dict[int, int], modality: str
) -> np.ndarray:
    """The same with frames that 16 bits with a sign do not hold: CT is rounded and cut to them, others widen all."""
    frames = [
        (place[number], frame)
        for index, values in enumerate(wide)
        if values is not None
        for frame, number in zip(values, range(first[index], first[index + 1]), strict=True)
        if number in place
    ]
    integers = all(np.issubdtype(frame.dtype, np.integer) for _, frame in frames)
    within = all(frame.min() >= -32768 and frame.max() <= 32767 for _, frame in frames)
    if modality == "CT" or (integers and within):
        for index, frame in frames:
            whole[index] = np.clip(np.rint(frame), -32768, 32767)
        return whole
    wider = whole.astype(np.int32 if integers and all(frame.dtype != np.int64 for _, frame in frames) else np.float32)
    for index, frame in frames:
        wider[index] = frame
    return wider


def _values(read: DicomObject) -> np.ndarray:
    stored, photometric = stored_values(read)
    if stored.ndim != 3 or photometric not in ("MONOCHROME2", "MONOCHROME1"):
        raise InvalidInput("The images of this series are in colour: they are no slices of a volume.")
    with guarded(UNREADABLE):
        return modality_values(stored, read.dataset, frame_groups(read.dataset, read.number_of_frames))


def _affine(first: Plane, found: Stack) -> np.ndarray:
    affine = np.eye(4)
    affine[:3, 0] = found.step
    affine[:3, 1] = np.array(first.along_column) * first.spacing[0]
    affine[:3, 2] = np.array(first.along_row) * first.spacing[1]
    affine[:3, 3] = first.position
    return TO_RAS @ affine


def _facts(read: DicomObject, plane: Plane, doubles: int, localizers: int) -> SeriesFacts:
    with guarded(UNREADABLE):
        return SeriesFacts(
            modality=read.modality,
            body_part=word_of(read.dataset, "BodyPartExamined"),
            thickness=plane.thickness,
            doubles_left_out=doubles,
            localizers_left_out=localizers,
        )
