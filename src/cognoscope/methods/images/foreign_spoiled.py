"""One's own images spoiled as they are in life: shown inverted, cut out, out of focus, noisy."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cognoscope.methods.images.gate_features import reduced

Image = NDArray[Any]
Bytes = NDArray[np.uint8]

BLURS: Final = ("gaussian", "defocus", "motion", "box", "enlarged", "oblong", "shaken")
TRACES: Final = 4
"""Levels (of 255) by which the colours of a grey image may differ after compression."""
NOISES: Final = ("grey", "colour", "speckle", "salt", "uniform", "photon")


def greyed(image: Bytes) -> Bytes:
    """Rows x columns where the three colours are equal but for traces of compression, else the image itself."""
    if image.ndim == 2:
        return image
    return image[..., 1] if int((image.max(axis=2) - image.min(axis=2)).max()) <= TRACES else image


def inverted(image: Bytes) -> Bytes:
    """Black for white, as when MONOCHROME1 is taken for MONOCHROME2."""
    return np.asarray(255 - image, np.uint8)


def cropped(image: Bytes, share: float, draw: np.random.Generator, enlarge: bool) -> Bytes:
    """A window of `share` of each side, well inside the image, enlarged to the size of the image where `enlarge`."""
    rows, columns = (max(8, round(side * share)) for side in image.shape[:2])
    free = image.shape[0] - rows, image.shape[1] - columns
    top, left = (int(side * (0.5 + 0.6 * (draw.random() - 0.5))) for side in free)
    window = image[top : top + rows, left : left + columns]
    return resized(window, image.shape[0], image.shape[1]) if enlarge else window


def blurred(image: Bytes, radius: float, kind: str, draw: np.random.Generator) -> Bytes:
    """Out of focus or moved; `radius` in pixels is the standard deviation of the blur, whatever its kind (`BLURS`)."""
    planes = image.astype(np.float32)
    axes = (1.0, 1.0) if image.ndim == 2 else (1.0, 1.0, 0.0)
    if kind == "gaussian":
        out = ndimage.gaussian_filter(planes, [radius * axis for axis in axes], truncate=3)
    elif kind == "box":
        width = max(3, round(radius * 12**0.5))
        out = ndimage.uniform_filter(planes, [width if axis else 1 for axis in axes])
    elif kind == "oblong":
        turned = 1 if draw.random() < 0.5 else -1
        sides = (radius * 1.35, radius * 0.45)[::turned]
        out = ndimage.gaussian_filter(planes, [*sides, 0.0][: planes.ndim], truncate=3)
    elif kind == "enlarged":
        step = max(2.0, radius * 2.5)
        small = resized(image, max(4, round(image.shape[0] / step)), max(4, round(image.shape[1] / step)))
        return resized(small, image.shape[0], image.shape[1])
    else:
        if kind == "defocus":
            kernel = _disc(2 * radius)
        else:
            kernel = _line(radius * 3.5, draw.random() * np.pi) if kind == "motion" else _shaken(radius, draw)
        out = _convolved(planes, kernel)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def noisy(image: Bytes, strength: float, kind: str, draw: np.random.Generator) -> Bytes:
    """With noise of a standard deviation of about `strength` (of the range 0..1); see `NOISES`."""
    values = image.astype(np.float32) / 255
    if kind == "grey":
        change = draw.normal(0, strength, image.shape[:2]).astype(np.float32)
        values = values + (change if image.ndim == 2 else change[..., None])
    elif kind == "colour":
        values = values + draw.normal(0, strength, image.shape).astype(np.float32)
    elif kind == "speckle":
        values = values * (1 + draw.normal(0, 2 * strength, image.shape).astype(np.float32))
    elif kind == "photon":
        values = values + np.sqrt(values) * draw.normal(0, 1.5 * strength, image.shape).astype(np.float32)
    elif kind == "uniform":
        values = values + draw.uniform(-(3**0.5) * strength, 3**0.5 * strength, image.shape).astype(np.float32)
    else:
        hit = draw.random(image.shape[:2])
        share = min(0.3, 4 * strength * strength + 0.02)
        values[hit < share / 2] = 0
        values[hit > 1 - share / 2] = 1
    return np.asarray(np.clip(values, 0, 1) * 255, np.uint8)


def resized(image: Bytes, rows: int, columns: int) -> Bytes:
    """The image at rows x columns, linear between pixels or means over areas."""
    if image.ndim == 2:
        return np.asarray(np.clip(reduced(image.astype(np.float32), rows, columns) + 0.5, 0, 255), np.uint8)
    return np.stack([resized(image[..., channel], rows, columns) for channel in range(image.shape[2])], axis=-1)


def _disc(radius: float) -> NDArray[np.float32]:
    reach = int(np.ceil(radius))
    grid = np.arange(-reach, reach + 1)
    disc = np.clip(radius + 0.5 - np.hypot(grid[:, None], grid[None, :]), 0, 1)
    return np.asarray(disc / disc.sum(), np.float32)


def _line(length: float, turn: float) -> NDArray[np.float32]:
    reach = int(np.ceil(length / 2)) + 1
    line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 4 * reach + 1):
        line[round(reach + step * np.sin(turn)), round(reach + step * np.cos(turn))] += 1
    return np.asarray(line / line.sum(), np.float32)


def _shaken(radius: float, draw: np.random.Generator) -> NDArray[np.float32]:
    """The path of a trembling hand, of the standard deviation `radius`."""
    path = np.cumsum(np.cumsum(draw.normal(size=(160, 2)), axis=0), axis=0)
    path = (path - path.mean(axis=0)) / (path.std() + 1e-9) * radius
    reach = int(np.ceil(np.abs(path).max())) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    np.add.at(kernel, tuple(np.round(path + reach).astype(np.int64).T), 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _convolved(planes: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """By fast Fourier transform, edges mirrored."""
    from scipy.signal import fftconvolve

    reach = kernel.shape[0] // 2
    pads = [(reach, reach), (reach, reach)] + [(0, 0)] * (planes.ndim - 2)
    padded = np.pad(planes, pads, mode="symmetric")
    shaped = kernel if planes.ndim == 2 else kernel[..., None]
    return np.asarray(fftconvolve(padded, shaped, mode="same", axes=(0, 1))[reach:-reach, reach:-reach], np.float32)
