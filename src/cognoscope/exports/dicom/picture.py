"""A small picture of what was found: the frame that shows most of it, with overlays and marks drawn over it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.image_value import ImageMark, Overlay
from cognoscope.core.proposal import Proposal

LONGEST_SIDE = 900
COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (213, 94, 0), (204, 121, 167))
"""Okabe and Ito (2008): told apart by people who see colours differently."""
SHOWN_THROUGH = 0.45


def picture(
    proposal: Proposal, case: Case, marks: Sequence[ImageMark], overlays: Sequence[Overlay]
) -> tuple[bytes, int, int] | None:
    """JPEG, columns, rows; None where the pixels are not at hand."""
    chosen = _chosen(proposal, case, marks, overlays)
    if chosen is None:
        return None
    image, frame = chosen
    try:
        grey = _grey(image, frame)
        for overlay in overlays:
            if overlay.image == image.name:
                grey = _over(grey, overlay, frame)
    except InvalidInput:
        return None
    return _jpeg(grey, [mark for mark in marks if (mark.image, mark.frame) == (image.name, frame)], image)


def _chosen(
    proposal: Proposal, case: Case, marks: Sequence[ImageMark], overlays: Sequence[Overlay]
) -> tuple[CaseImage, int] | None:
    """The frame with most pixels of a segmentation; else that of the surest mark, of the evidence, the middle one."""
    for overlay in overlays:
        image = case.image(overlay.image)
        if overlay.kind == "segmentation" and image is not None:
            try:
                amount = np.count_nonzero(overlay.raster.array(), axis=(1, 2))
            except InvalidInput:
                return None
            if amount.any():
                return image, int(amount.argmax())
    for mark in sorted(marks, key=lambda mark: -(mark.certainty or 0)):
        if (image := case.image(mark.image)) is not None:
            return image, mark.frame
    for pointer in proposal.evidence:
        if isinstance(pointer, PixelsPointer) and (image := case.image(pointer.image)) is not None:
            return image, pointer.frame
    return (case.images[0], case.images[0].raster.frames // 2) if case.images else None


def _grey(image: CaseImage, frame: int) -> NDArray[np.float64]:
    """Rows x columns x 3, from 0 to 255, by the image's window, else between its 1st and 99th percentile."""
    pixels: NDArray[np.float64] = image.raster.array()[frame].astype(np.float64)
    if pixels.ndim == 3 and image.raster.dtype == "uint8":
        return pixels
    if image.window is not None:
        middle, width = image.window
        low, high = middle - width / 2, middle + width / 2
    else:
        low, high = np.percentile(pixels, (1, 99))
    scaled = np.clip((pixels - low) / max(high - low, 1e-9), 0, 1) * 255
    colour: NDArray[np.float64] = scaled if scaled.ndim == 3 else np.repeat(scaled[..., np.newaxis], 3, axis=2)
    return colour


def _over(grey: NDArray[np.float64], overlay: Overlay, frame: int) -> NDArray[np.float64]:
    layer = overlay.raster.array()[frame]
    if layer.shape != grey.shape[:2]:
        return grey
    shown = grey.copy()
    if overlay.kind == "heatmap":
        strength = layer[..., np.newaxis] / 255 * SHOWN_THROUGH
        warm: NDArray[np.float64] = shown * (1 - strength) + np.array(COLOURS[4]) * strength
        return warm
    for place, each in enumerate(overlay.classes):
        where = layer == each.number
        shown[where] = shown[where] * (1 - SHOWN_THROUGH) + np.array(COLOURS[place % len(COLOURS)]) * SHOWN_THROUGH
    return shown


def _jpeg(pixels: NDArray[np.float64], marks: Sequence[ImageMark], image: CaseImage) -> tuple[bytes, int, int]:
    from PIL import Image, ImageDraw

    drawn = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")
    spacing = image.spacing
    stretch = spacing[1] / spacing[2] if spacing and spacing[1] > 0 and spacing[2] > 0 else 1.0
    scale = LONGEST_SIDE / max(drawn.width, drawn.height * stretch)
    across, down = scale, scale * stretch
    drawn = drawn.resize((max(round(drawn.width * across), 1), max(round(drawn.height * down), 1)))
    pen = ImageDraw.Draw(drawn)
    for mark in marks:
        points = [((column + 0.5) * across, (row + 0.5) * down) for row, column in mark.points]
        _draw(pen, mark.shape, points)
    stream = BytesIO()
    drawn.save(stream, "JPEG", quality=85)
    return stream.getvalue(), drawn.width, drawn.height


def _draw(pen: object, shape: str, points: list[tuple[float, float]]) -> None:
    from PIL import ImageDraw

    assert isinstance(pen, ImageDraw.ImageDraw)
    colour, width = COLOURS[3], 4
    if shape in ("box", "ellipse"):
        (left, top), (right, bottom) = np.min(points, axis=0), np.max(points, axis=0)
        draw = pen.rectangle if shape == "box" else pen.ellipse
        draw((left, top, right, bottom), outline=colour, width=width)
    elif shape == "point":
        x, y = points[0]
        pen.ellipse((x - 12, y - 12, x + 12, y + 12), outline=colour, width=width)
    else:
        pen.line([*points, points[0]] if shape == "polygon" else points, fill=colour, width=width)
