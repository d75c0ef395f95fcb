"""Where images lie in the patient: planes, their order along the normal, the gaps between them.

DICOM PS3.3 C.7.6.2 (image plane): coordinates in mm, x to the patient's left, y to the back, z to the head (LPS).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.pixels import frame_groups
from cognoscope.intake.dicom.reading import DicomObject

SAME_DIRECTION = 0.9995
"""Cosine between two directions that count as one: 1.8 degrees."""
SAME_PLACE_MM = 0.01
EVEN = 0.05
"""Share of the usual distance by which two neighbours may be nearer or farther."""
NO_PLACE = "This image does not say where it lies in the patient (its position, orientation and pixel size)."


@dataclass(frozen=True)
class Plane:
    """One frame: centre of its first pixel, directions of growing column and growing row, mm between rows and columns.

    `thickness` is the slice's in mm, or None; `along_row` is the direction in which the column number grows.
    """

    position: tuple[float, float, float]
    along_row: tuple[float, float, float]
    along_column: tuple[float, float, float]
    spacing: tuple[float, float]
    thickness: float | None

    @property
    def normal(self) -> np.ndarray:
        """Unit vector across the plane; from the feet to the head for an axial image of a supine patient."""
        return np.cross(self.along_row, self.along_column)


def planes_of(read: DicomObject) -> list[Plane]:
    """The plane of each frame of an object.

    Raises:
        InvalidInput: it does not say where it lies, or what it says is impossible.
    """
    with guarded(NO_PLACE):
        groups = frame_groups(read.dataset, read.number_of_frames)
        if not groups and read.number_of_frames > 1:
            raise InvalidInput(NO_PLACE)
        return [_plane(each) for each in groups or [read.dataset]]


def _plane(dataset: Any) -> Plane:
    position = [float(each) for each in dataset.ImagePositionPatient]
    cosines = [float(each) for each in dataset.ImageOrientationPatient]
    spacing = [float(each) for each in dataset.PixelSpacing]
    if (len(position), len(cosines), len(spacing)) != (3, 6, 2) or not np.isfinite(position + cosines + spacing).all():
        raise InvalidInput(NO_PLACE)
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    if max(abs(np.linalg.norm(row) - 1), abs(np.linalg.norm(column) - 1), abs(row @ column)) > 0.01:
        raise InvalidInput("This image states an orientation that cannot be: its directions are not at right angles.")
    if not all(0.001 <= each <= 100 for each in spacing) or max(map(abs, position)) > 100_000:
        raise InvalidInput("This image states a pixel size or a position that cannot be.")
    row = row / np.linalg.norm(row)
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    stated = dataset.get("SliceThickness")
    thickness = float(stated) if stated not in (None, "") else None
    if thickness is not None and not 0 < thickness <= 1_000:
        thickness = None
    return Plane(tuple(position), tuple(row), tuple(column), (spacing[0], spacing[1]), thickness)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Stack:
    """Planes in order: `order` holds their numbers, by growing place along the normal; `step` is the mean vector from
    one to the next in mm (LPS) and `spacing` its part along the normal; `doubles` are pairs of numbers at one place.
    """

    order: tuple[int, ...]
    step: np.ndarray
    spacing: float
    doubles: tuple[tuple[int, int], ...]


def stack(planes: Sequence[Plane]) -> Stack:
    """Put parallel planes in order.

    Raises:
        InvalidInput: they differ in orientation or pixel size, are unevenly spaced, or some are missing in between.
    """
    first = planes[0]
    for each in planes[1:]:
        if np.dot(each.along_row, first.along_row) < SAME_DIRECTION or (
            np.dot(each.along_column, first.along_column) < SAME_DIRECTION
        ):
            raise InvalidInput("The images of this series lie in different directions: give one stack of them.")
        if not np.allclose(each.spacing, first.spacing, rtol=0.005):
            raise InvalidInput("The images of this series have pixels of different sizes: give one stack of them.")
    positions = np.array([each.position for each in planes])
    places = positions @ first.normal
    order, doubles = _distinct(places)
    if len(order) == 1:
        return Stack(order, first.normal * _alone(first), _alone(first), doubles)
    spacing = _even(np.diff(places[list(order)]))
    step = (positions[order[-1]] - positions[order[0]]) / (len(order) - 1)
    # A tilted gantry shears the stack, evenly: each plane lies where the first and the last one let expect it.
    expected = positions[order[0]] + np.arange(len(order))[:, None] * step
    if np.abs(positions[list(order)] - expected).max() > max(1.0, 2 * max(first.spacing), 0.5 * spacing):
        raise InvalidInput("The images of this series are shifted against each other: they are no single stack.")
    return Stack(order, step, spacing, doubles)


def gaps(places: Sequence[float]) -> list[tuple[float, float]]:
    """Between which neighbouring places (mm, any order) at least one slice is missing, at twice the usual distance."""
    ordered = np.unique(np.round(np.asarray(places, float), 3))
    distances = np.diff(ordered)
    if len(distances) < 2:
        return []
    usual = float(np.median(distances))
    return [(float(ordered[i]), float(ordered[i + 1])) for i in np.flatnonzero(distances > 1.5 * usual)]


def _distinct(places: np.ndarray) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    order: list[int] = []
    doubles: list[tuple[int, int]] = []
    for number in np.argsort(places, kind="stable").tolist():
        if order and places[number] - places[order[-1]] < SAME_PLACE_MM:
            doubles.append((order[-1], number))
        else:
            order.append(number)
    return tuple(order), tuple(doubles)


def _alone(plane: Plane) -> float:
    if plane.thickness is None:
        raise InvalidInput("A single slice that does not state its thickness is no volume.")
    return plane.thickness


def _even(distances: np.ndarray) -> float:
    usual = float(np.median(distances))
    odd = distances[np.abs(distances - usual) > EVEN * usual + SAME_PLACE_MM]
    if len(odd):
        times = odd / usual
        if (np.abs(times - np.round(times)) <= EVEN * times).all() and (np.round(times) >= 2).all():
            missing = int((np.round(times) - 1).sum())
            raise InvalidInput(
                f"This series lacks {missing} slice{'s' if missing > 1 else ''} between its first and its last, at "
                f"{len(odd)} place{'s' if len(odd) > 1 else ''}: ask for the whole series."
            )
        raise InvalidInput(
            f"The slices of this series are unevenly spaced (from {distances.min():.2f} to {distances.max():.2f} mm): "
            "volumes measured on them would be wrong."
        )
    return float(distances.mean())
