"""What the gate measures of an image: layout, colours, edges, spectrum, fine detail and noise, as one row of numbers.

Each measure is simple and cheap (about 10 ms an image), so that a network of a few thousand weights can tell a fundus
photograph from a mammogram, and a sharp one from a blurred one, without having been taught on millions of images.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.images.resize import resized

Image = NDArray[np.float32]

SIDE: Final = 128
"""Pixels of the square on which edges are counted."""
LAYOUT, TINT = 12, 6
CELLS, TURNS = 4, 8
BANDS: Final = 16
LEVELS: Final = 4
LARGE: Final = 1000
"""Shorter side in pixels from which an image is halved first: no model here reads finer detail, and it takes time."""
HUELESS: Final = 0.03
"""Colour differences (0..1) up to which an image counts as grey."""


def as_colours(image: NDArray[Any]) -> Image:
    """Rows x columns x 3, 0..1 (see `as_values`)."""
    values = as_values(image)
    return np.asarray(np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values, np.float32)


def as_values(image: NDArray[Any]) -> Image:
    """Rows x columns [x 3], 0..1: uint8 by 255, floats in 0..1 as they are, other ranges from lowest to highest.

    Raises:
        ValueError: not an image of grey or of three colours, without pixels, or with values that are no numbers.
    """
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3) or min(image.shape) == 0:
        raise ValueError("an image of rows x columns or rows x columns x 3 is needed")
    if image.dtype == np.uint8:
        values = image.astype(np.float32) / 255
    else:
        values = image.astype(np.float32)
        if not np.isfinite(values).all():
            raise ValueError("some values of the image are no numbers")
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > 1:
            values = (values - low) / max(high - low, 1e-6)
    return np.asarray(values, np.float32)


def measures(image: NDArray[Any]) -> NDArray[np.float32]:
    """Everything measured of one image, at least 8 x 8 pixels (see `as_colours`), as (F,) float32.

    Raises:
        ValueError: as `as_colours`.
    """
    values = as_values(image)
    planes = [values] if values.ndim == 2 else [values[..., channel] for channel in range(3)]
    while min(planes[0].shape) >= LARGE:
        planes = [_halved(plane) for plane in planes]
    red, green, blue = planes * 3 if len(planes) == 1 else planes
    light = green + 0.299 * (red - green) + 0.114 * (blue - green)
    tints = (blue - light) * 0.564, (red - light) * 0.713
    if max(float(np.abs(tint).max()) for tint in tints) < HUELESS:
        # Compression leaves a trace of colour in grey images: it says nothing of what they show.
        tints = np.zeros_like(light), np.zeros_like(light)
        red = green = blue = light
    square = reduced(light, SIDE, SIDE)
    small = np.stack([reduced(plane, SIDE // 2, SIDE // 2) for plane in (red, green, blue)], axis=-1)
    small_tints = tuple(reduced(tint, SIDE // 2, SIDE // 2) for tint in tints)
    parts = [
        _moments(reduced(square, SIDE // 2, SIDE // 2), small_tints, small),
        reduced(square, LAYOUT, LAYOUT).ravel(),
        *(4 * reduced(tint, TINT, TINT).ravel() for tint in small_tints),
        _border(light),
        _edges(square),
        _patterns(square),
        _spectrum(reduced(light, 2 * SIDE, 2 * SIDE)),
        _detail(light),
        *(_noise(4 * tint) if np.any(tint) else [-4.0] * 8 + [0.3] for tint in tints),
    ]
    row = np.concatenate([np.asarray(part, np.float32) for part in parts])
    return np.asarray(np.nan_to_num(row, posinf=0.0, neginf=0.0), np.float32)


def reduced(plane: Image, rows: int, columns: int) -> Image:
    """The plane at rows x columns: means over areas where it shrinks, linear between pixels where it grows."""
    while min(plane.shape[0] / rows, plane.shape[1] / columns) >= 4:
        plane = _halved(plane)
    return resized(plane, rows, columns)


def _moments(light: Image, tints: tuple[Image, ...], colours: Image) -> list[float]:
    """Mean, spread and skew of light and tints, quantiles of light, share of black and of white, strength of colour."""
    found = []
    for plane in (light, *(4 * tint for tint in tints)):
        mean, spread = float(plane.mean()), float(plane.std())
        found += [mean, spread, float(np.mean((plane - mean) * (plane - mean) * (plane - mean))) / (spread**3 + 1e-4)]
    found += [float(share) for share in np.quantile(light, (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99))]
    found += [float((light < 0.04).mean()), float((light > 0.96).mean())]
    strength = colours.max(axis=2) - colours.min(axis=2)
    found += [float(strength.mean()), float(strength.std()), float((strength > 0.02).mean())]
    grid, _, _ = np.histogram2d(tints[0].ravel(), tints[1].ravel(), bins=5, range=[[-0.25, 0.25], [-0.25, 0.25]])
    return found + [float(share) for share in np.sqrt(grid / light.size).ravel()]


def _border(light: Image) -> list[float]:
    """Mean and spread of light in the four edges and the four corners: the frame that an instrument leaves."""
    rows, columns = (max(1, side // 16) for side in light.shape)
    strips = [light[:rows], light[-rows:], light[:, :columns], light[:, -columns:]]
    strips += [part[:, :columns] for part in (light[: 2 * rows], light[-2 * rows :])]
    strips += [part[:, -columns:] for part in (light[: 2 * rows], light[-2 * rows :])]
    return [float(figure) for strip in strips for figure in (strip.mean(), strip.std())]


def _edges(square: Image) -> NDArray[np.float32]:
    """Directions of gradients in 4 x 4 cells (Dalal and Triggs 2005), each cell as shares, then its strength."""
    down, across = np.gradient(square)
    strength = np.hypot(down, across)
    turn = (np.arctan2(down, across) % np.pi / np.pi * TURNS).astype(np.int64) % TURNS
    cell = np.arange(SIDE) * CELLS // SIDE
    index = (cell[:, None] * CELLS + cell[None, :]) * TURNS + turn
    counted = np.bincount(index.ravel(), strength.ravel(), CELLS * CELLS * TURNS).reshape(-1, TURNS)
    total = counted.sum(axis=1, keepdims=True)
    shares = counted / (total + 1.0)
    return np.concatenate([shares.ravel(), np.log1p(total.ravel()) / 4]).astype(np.float32)


def _patterns(square: Image) -> NDArray[np.float32]:
    """Shares of the ten rotation-invariant local binary patterns (Ojala 2002), at one and at three pixels."""
    found = []
    for step in (1, 3):
        centre = square[step:-step, step:-step]
        ring = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
        height, width = square.shape
        above = np.stack(
            [
                square[step + r * step : height - step + r * step, step + c * step : width - step + c * step]
                > centre + 0.004
                for r, c in ring
            ]
        )
        changes = (above != np.roll(above, 1, axis=0)).sum(axis=0)
        code = np.where(changes <= 2, above.sum(axis=0), 9)
        found.append(np.bincount(code.ravel(), minlength=10) / code.size)
    return np.concatenate(found).astype(np.float32)


def _spectrum(square: Image) -> NDArray[np.float32]:
    """Log power in rings of frequency, then its balance across and down: where blur and noise show."""
    side = square.shape[0]
    window = np.hanning(side).astype(np.float32)
    power = np.abs(np.fft.rfft2((square - square.mean()) * window[:, None] * window[None, :])) ** 2
    down = np.abs(np.fft.fftfreq(side))[:, None] * 2
    across = np.fft.rfftfreq(side)[None, :] * 2
    ring = np.minimum((np.hypot(down, across) * BANDS).astype(np.int64), BANDS)
    sums = np.bincount(ring.ravel(), power.ravel(), BANDS + 1) / np.bincount(ring.ravel(), minlength=BANDS + 1)
    bands = np.log10(sums + 1e-4) / 4
    tilted = [
        float(
            np.log10(
                (power[(down > 2 * across) & part].mean() + 1e-6) / (power[(across > 2 * down) & part].mean() + 1e-6)
            )
        )
        for part in (np.hypot(down, across) < 0.3, np.hypot(down, across) >= 0.3)
    ]
    return np.concatenate([bands, tilted]).astype(np.float32)


def _detail(light: Image) -> list[float]:
    """At each of four scales, from the pixels up: strength, heaviest parts, tails and quiet part of the differences."""
    found: list[float] = []
    plane = light
    for _ in range(LEVELS):
        found += _noise(plane, lit_only=True)
        if min(plane.shape) < 8:
            found += [0.0] * (9 * LEVELS - len(found))
            break
        plane = _halved(plane)
    return found[: 9 * LEVELS]


def _noise(plane: Image, lit_only: bool = False) -> list[float]:
    """Nine figures of the finest detail of a plane: strength in three directions, tails, and its quietest blocks.

    The noise of a flat region is the median of the diagonal Haar detail (Donoho and Johnstone 1994); blocks keep a
    black surround from hiding it.
    """
    rows, columns = (side // 2 * 2 for side in plane.shape)
    a, b, c, d = (
        plane[:rows:2, :columns:2],
        plane[:rows:2, 1:columns:2],
        plane[1:rows:2, :columns:2],
        plane[1:rows:2, 1:columns:2],
    )
    diagonal, flat, upright = (a - b - c + d) / 2, (a + b - c - d) / 2, (a - b + c - d) / 2
    size = np.abs(diagonal)
    lit = size[(a + d) > 0.16] if lit_only else size.ravel()
    lit = lit if lit.size > 64 else size.ravel()
    lit = lit[:: 1 + lit.size // 16384]
    block = max(1, min(size.shape) // 12)
    height, width = (side // block * block for side in size.shape)
    blocks = size[:height, :width].reshape(height // block, block, width // block, block).mean(axis=(1, 3)).ravel()
    power = diagonal * diagonal
    energy = float(power.mean())
    figures = [
        float(size.mean()),
        float(np.abs(flat).mean()),
        float(np.abs(upright).mean()),
        float(np.median(lit)),
        float(np.quantile(lit, 0.95)),
        *(float(share) for share in np.quantile(blocks, (0.1, 0.5, 0.9))),
    ]
    tails = float(np.mean(power * power)) / (energy**2 + 1e-10)
    return [float(np.log10(figure + 1e-4)) for figure in figures] + [float(np.log10(tails + 1))]


def _halved(plane: Image) -> Image:
    rows, columns = (side // 2 * 2 for side in plane.shape)
    cut = plane[:rows, :columns]
    return np.asarray((cut[::2, ::2] + cut[::2, 1::2] + cut[1::2, ::2] + cut[1::2, 1::2]) / 4, np.float32)
