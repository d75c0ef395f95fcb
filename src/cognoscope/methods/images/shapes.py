"""From a mask to things that can be measured and marked: its largest part, a box, an outline, an ellipse."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]
FLATTEST = 1e-3
"""An ellipse flatter than this is a line."""


@dataclass(frozen=True)
class Ellipse:
    """Centre (row, column), half axes and direction of the long one, from the columns towards the rows, in radians.

    In pixels, or in mm where rows and columns were in mm.
    """

    row: float
    column: float
    long: float
    short: float
    turn: float

    @property
    def perimeter(self) -> float:
        """Ramanujan's second approximation (1914), exact to 1e-5 for any head."""
        a, b = self.long, self.short
        ratio = ((a - b) / (a + b)) ** 2
        return math.pi * (a + b) * (1 + 3 * ratio / (10 + math.sqrt(4 - 3 * ratio)))

    def axis(self, long: bool) -> tuple[tuple[float, float], tuple[float, float]]:
        """Both ends (row, column) of the long or of the short axis."""
        half, turn = (self.long, self.turn) if long else (self.short, self.turn + math.pi / 2)
        down, across = half * math.sin(turn), half * math.cos(turn)
        return (self.row - down, self.column - across), (self.row + down, self.column + across)

    def outline(self, points: int = 72) -> tuple[tuple[float, float], ...]:
        """Points (row, column) around it."""
        around = np.linspace(0, 2 * np.pi, points, endpoint=False)
        x, y = self.long * np.cos(around), self.short * np.sin(around)
        rows = self.row + x * math.sin(self.turn) + y * math.cos(self.turn)
        columns = self.column + x * math.cos(self.turn) - y * math.sin(self.turn)
        return tuple((round(float(row), 2), round(float(column), 2)) for row, column in zip(rows, columns, strict=True))


def largest_part(mask: Mask, fill: bool = True) -> Mask:
    """The largest connected part (8 neighbours), holes filled; empty where the mask is."""
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count == 0:
        return np.zeros(mask.shape, np.bool_)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    kept = labels == int(np.argmax(sizes))
    return np.asarray(ndimage.binary_fill_holes(kept) if fill else kept, np.bool_)


def parts(mask: Mask, least: int) -> list[Mask]:
    """Connected parts of at least so many pixels, the largest first."""
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    order = sorted(range(1, count + 1), key=lambda number: (-int(sizes[number]), number))
    return [labels == number for number in order if sizes[number] >= least]


def box(mask: Mask) -> tuple[int, int, int, int]:
    """First row and column (included), last row and column (excluded) of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def edge_points(chance: NDArray[Any], inside: Mask, level: float) -> NDArray[np.float64]:
    """Points (row, column), (n, 2), where the probability crosses a level along rows and columns at the edge of a part.

    Straight lines between neighbouring pixels, so the edge is found between pixels.
    """
    values = np.asarray(chance, np.float64)
    found = []
    for axis in (0, 1):
        first = [slice(None), slice(None)]
        second = [slice(None), slice(None)]
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        here, there = values[tuple(first)], values[tuple(second)]
        one, other = inside[tuple(first)], inside[tuple(second)]
        crossing = one != other
        rows, columns = np.nonzero(crossing)
        gap = (there - here)[crossing]
        step = np.where(np.abs(gap) > 1e-9, (level - here[crossing]) / np.where(np.abs(gap) > 1e-9, gap, 1), 0.5)
        moved = np.clip(step, 0, 1)
        found.append(np.stack([rows + (moved if axis == 0 else 0), columns + (moved if axis == 1 else 0)], axis=1))
    return np.concatenate(found)


def fitted_ellipse(points: NDArray[np.float64]) -> Ellipse | None:
    """The ellipse through points (row, column); None where they lie on none.

    Direct least squares: Fitzgibbon, Pilu and Fisher 1999, made stable as by Halir and Flusser 1998.
    """
    if len(points) < 6:
        return None
    middle, scale = points.mean(axis=0), float(points.std()) or 1.0
    y, x = ((points - middle) / scale).T
    square = np.stack([x * x, x * y, y * y], axis=1)
    straight = np.stack([x, y, np.ones_like(x)], axis=1)
    s1, s2, s3 = square.T @ square, square.T @ straight, straight.T @ straight
    try:
        back = -np.linalg.solve(s3, s2.T)
        reduced = s1 + s2 @ back
        reduced = np.array([reduced[2] / 2, -reduced[1], reduced[0] / 2])
        _, vectors = np.linalg.eig(reduced)
    except np.linalg.LinAlgError:
        return None
    vectors = np.real(vectors)
    kept = 4 * vectors[0] * vectors[2] - vectors[1] ** 2 > 0
    if not kept.any():
        return None
    quadratic = vectors[:, int(np.flatnonzero(kept)[0])]
    a, b, c = (float(each) for each in quadratic)
    d, e, f = (float(each) for each in back @ quadratic)
    return _conic(a, b, c, d, e, f, middle, scale)


def _conic(
    a: float, b: float, c: float, d: float, e: float, f: float, middle: NDArray[np.float64], scale: float
) -> Ellipse | None:
    """Centre and axes of ax2 + bxy + cy2 + dx + ey + f = 0."""
    determinant = 4 * a * c - b * b
    x, y = (b * e - 2 * c * d) / determinant, (b * d - 2 * a * e) / determinant
    level = -(f + (d * x + e * y) / 2)
    values, directions = np.linalg.eigh(np.array([[a, b / 2], [b / 2, c]]))
    squares = level / values
    if not np.isfinite(squares).all() or (squares <= 0).any():
        return None
    if min(squares) < FLATTEST**2 * max(squares):
        return None
    halves = np.sqrt(squares) * scale
    long = int(np.argmax(halves))
    across, down = directions[:, long]
    return Ellipse(
        row=float(middle[0] + y * scale),
        column=float(middle[1] + x * scale),
        long=float(halves[long]),
        short=float(halves[1 - long]),
        turn=float(math.atan2(down, across) % math.pi),
    )
