"""Regions of a report (SCOORD items, PS3.3 C.18.6) as marks on the images that they refer to."""

from typing import Literal

import numpy as np

from cognoscope.intake.results.received import PlacedMark
from cognoscope.intake.results.sr_items import Item

PIXEL_CENTRE = 0.5
MOST_POINTS = 2_000


def mark_of(item: Item, label: str) -> PlacedMark | None:
    """The mark of a SCOORD item, or None where it has no image or no usable shape."""
    image = next((each for each in item.below() if each.type == "IMAGE"), None)
    references = image.dataset.get("ReferencedSOPSequence") if image else None
    if not references:
        return None
    given = item.dataset.get("GraphicData")
    data = [float(each) for each in given] if hasattr(given, "__iter__") else []
    if len(data) < 2 or len(data) % 2 or len(data) > 2 * MOST_POINTS or not np.isfinite(data).all():
        return None
    points = np.array(data).reshape(-1, 2)[:, ::-1] - PIXEL_CENTRE
    shape, points = _shape(str(item.dataset.get("GraphicType") or ""), points)
    if shape is None:
        return None
    frame = references[0].get("ReferencedFrameNumber")
    number = frame if isinstance(frame, int | str) or frame is None else frame[0]
    return PlacedMark(
        label=label,
        instance=str(references[0].get("ReferencedSOPInstanceUID") or "").strip(),
        frame=max(int(number) - 1, 0) if number else 0,
        shape=shape,
        points=tuple((float(row), float(column)) for row, column in points),
    )


def _shape(
    graphic: str, points: np.ndarray
) -> tuple[Literal["point", "ellipse", "polygon", "polyline"] | None, np.ndarray]:
    """Our shape for a graphic type; a circle and an ellipse by the upright box that holds them."""
    if graphic in ("POINT", "MULTIPOINT"):
        return "point", points[:1]
    if graphic == "CIRCLE" and len(points) == 2:
        radius = float(np.linalg.norm(points[1] - points[0]))
        return "ellipse", np.array([points[0] - radius, points[0] + radius])
    if graphic == "ELLIPSE" and len(points) == 4:
        middle, first, second = points[:2].mean(axis=0), points[1] - points[0], points[3] - points[2]
        reach = np.sqrt((first / 2) ** 2 + (second / 2) ** 2)
        return "ellipse", np.array([middle - reach, middle + reach])
    if graphic == "POLYLINE" and len(points) >= 2:
        if len(points) > 3 and np.allclose(points[0], points[-1]):
            return "polygon", points[:-1]
        return "polyline", points
    return None, points
