"""An invented chest CT in Hounsfield units, of known volumes: body, lungs with vessels, heart, bones, ill patches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

AIR, LUNG, FAT, MUSCLE, BLOOD, BONE = -1000, -860, -100, 45, 40, 500
GROUND_GLASS, CONSOLIDATION = -560, 10


@dataclass(frozen=True)
class Thorax:
    """`volume`: slices x size x size, int16, head to foot; masks of the same shape. `spacing` in mm."""

    volume: NDArray[np.int16]
    right: NDArray[np.bool_]
    left: NDArray[np.bool_]
    ground_glass: NDArray[np.bool_]
    consolidation: NDArray[np.bool_]
    spacing: tuple[float, float, float]


def thorax(slices: int, size: int, patches: int, seed: int) -> Thorax:
    """A patient lying on the back, as a scanner shows them: their right on the left of the picture.

    Args:
        slices: number of slices over the 30 cm of the chest.
        size: rows and columns; the field is 40 cm wide.
        patches: how many ill regions there are, two thirds of them ground glass.
        seed: of where patches and vessels lie, and of the noise.
    """
    rng = np.random.default_rng(seed)
    spacing = (300 / slices, 400 / size, 400 / size)
    height = np.linspace(-1, 1, slices)[:, None, None]
    row = np.linspace(-1, 1, size)[None, :, None]
    column = np.linspace(-1, 1, size)[None, None, :]

    def ellipsoid(z: float, y: float, x: float, dz: float, dy: float, dx: float) -> NDArray[np.bool_]:
        return ((height - z) / dz) ** 2 + ((row - y) / dy) ** 2 + ((column - x) / dx) ** 2 < 1

    volume = np.full((slices, size, size), AIR, dtype=np.float32)
    body = (row / 0.62) ** 2 + (column / 0.86) ** 2 < 1
    volume[np.broadcast_to(body, volume.shape)] = FAT
    volume[np.broadcast_to((row / 0.57) ** 2 + (column / 0.80) ** 2 < 1, volume.shape)] = MUSCLE
    lungs = [ellipsoid(0.05, 0.0, side * 0.40, 0.93, 0.46, 0.31) for side in (-1, 1)]
    heart = ellipsoid(0.25, -0.12, 0.12, 0.55, 0.28, 0.27)
    spine = np.broadcast_to((row - 0.40) ** 2 + column**2 < 0.012, volume.shape)
    right, left = (lung & ~heart & ~spine for lung in lungs)
    both = right | left
    volume[both] = LUNG
    vessels = ndimage.gaussian_filter(rng.standard_normal(volume.shape, dtype=np.float32), (1.2, 1.4, 1.4))
    volume[both & (vessels > np.quantile(vessels, 0.985))] = -200
    volume[heart] = BLOOD
    volume[spine] = BONE
    for angle in np.linspace(0, 2 * np.pi, 22, endpoint=False):
        rib = (row - 0.55 * np.sin(angle)) ** 2 + (column - 0.78 * np.cos(angle)) ** 2 < 0.0012
        volume[np.broadcast_to(rib, volume.shape) & (np.cos(14 * height + 3 * angle) > 0.2)] = BONE
    trachea = ((row + 0.10) ** 2 + column**2 < 0.0022) & (height < -0.35)
    volume[np.broadcast_to(trachea, volume.shape)] = AIR
    ground_glass, consolidation = np.zeros_like(both), np.zeros_like(both)
    for number in range(patches):
        side = rng.choice((-1, 1))
        middle = (rng.uniform(-0.5, 0.7), rng.uniform(-0.1, 0.38), side * rng.uniform(0.38, 0.66))
        patch = ellipsoid(*middle, *rng.uniform(0.10, 0.22, 3)) & both
        if number % 3 == 2:
            consolidation |= patch
        else:
            ground_glass |= patch
    ground_glass &= ~consolidation
    texture = ndimage.gaussian_filter(rng.standard_normal(volume.shape, dtype=np.float32), (0.8, 1.6, 1.6)) * 320
    volume[ground_glass] = GROUND_GLASS + texture[ground_glass]
    volume[consolidation] = CONSOLIDATION
    volume = ndimage.gaussian_filter(volume, (0.0, 0.6, 0.6))
    volume += rng.standard_normal(volume.shape, dtype=np.float32) * 18
    whole = np.clip(volume, -1024, 3000).round().astype(np.int16)
    return Thorax(whole, right, left, ground_glass, consolidation, spacing)
