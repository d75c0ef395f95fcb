"""A thorax built of ellipsoids, in Hounsfield units, whose lungs, airways and lesions are known to the voxel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

AROUND, FAT, SOFT, BONE, LUNG, AIRWAY = -1000, -100, 40, 400, -850, -980
GLASS, DENSE = -600, 20


@dataclass(frozen=True)
class Thorax:
    """hounsfield: frames x rows x columns, feet to head; right, left: the lungs with what is ill in them."""

    hounsfield: NDArray[np.int16]
    right: NDArray[np.bool_]
    left: NDArray[np.bool_]
    glass: NDArray[np.bool_]
    dense: NDArray[np.bool_]
    airway: NDArray[np.bool_]
    spacing: tuple[float, float, float]

    @property
    def litre(self) -> float:
        """Volume of a voxel in litres."""
        return float(np.prod(self.spacing)) / 1e6


def thorax(
    frames: int = 32,
    side: int = 150,
    spacing: tuple[float, float, float] = (9.0, 2.5, 2.5),
    touching: bool = False,
    lesions: bool = True,
    patches: int = 0,
    noise: float = 20.0,
    seed: int = 1,
) -> Thorax:
    """A man on a table, both arms up; the right lung is a little larger.

    touching: both lungs meet before the heart. lesions: one of ground glass on the right, one consolidated on the left.
    patches: so many more, anywhere, two thirds of them ground glass. seed: of patches and noise. spacing: in mm.
    """
    rng = np.random.default_rng(seed)
    z, y, x = np.meshgrid(
        (np.arange(frames) - frames / 2 + 0.5) * spacing[0],
        (np.arange(side) - side / 2 + 0.5) * spacing[1],
        (np.arange(side) - side / 2 + 0.5) * spacing[2],
        indexing="ij",
    )

    def ball(centre: tuple[float, float, float], radii: tuple[float, float, float]) -> NDArray[np.bool_]:
        parts = (((axis - at) / radius) ** 2 for axis, at, radius in zip((z, y, x), centre, radii, strict=True))
        return np.asarray(sum(parts) <= 1)

    hounsfield = np.full(z.shape, AROUND, np.float32)
    hounsfield[(y / 115) ** 2 + (x / 165) ** 2 <= 1] = FAT
    hounsfield[(y / 102) ** 2 + (x / 152) ** 2 <= 1] = SOFT
    hounsfield[(y > 130) & (y < 136) & (np.abs(x) < 170)] = 100
    inner = 63 if touching else 75
    right = ball((5, 0, -inner), (118, 84, 62)) & ~ball((-130, -10, -75), (60, 70, 70))
    left = ball((5, 0, inner), (116, 80, 58)) & ~ball((-45, -35, 35), (55, 45, 48))
    if touching:
        right |= ball((40, -62, -10), (30, 8, 16))
        left |= ball((40, -62, 10), (30, 8, 16)) & ~right
    airway = (z > 20) & ((y - 12) ** 2 + x**2 <= 9**2)
    wall = (z > 15) & ((y - 12) ** 2 + x**2 <= 13**2)
    right, left = right & ~wall, left & ~wall & ~right
    hounsfield[right | left] = LUNG
    hounsfield[airway] = AIRWAY
    hounsfield[(np.hypot(y - 75, x) < 16)] = BONE
    right, left = right & (hounsfield == LUNG), left & (hounsfield == LUNG)
    vessels = (right | left) & (np.hypot(y - 5 - 0.2 * z, np.abs(x) - 60) < 4)
    hounsfield[vessels] = SOFT
    glass = np.zeros(z.shape, bool)
    dense = np.zeros(z.shape, bool)
    if lesions:
        glass = ball((-20, 30, -85), (35, 28, 26)) & right
        dense = ball((-30, 52, 75), (28, 16, 22)) & left
    for number in range(patches):
        centre = (rng.uniform(-60, 70), rng.uniform(-10, 60), rng.choice((-1, 1)) * rng.uniform(55, 110))
        down, back, aside = rng.uniform(12, 30, 3)
        spot = ball(centre, (down, back, aside)) & (right | left)
        if number % 3 == 2:
            dense |= spot
        else:
            glass |= spot
    glass &= ~dense
    hounsfield[glass & ~vessels], hounsfield[dense] = GLASS, DENSE
    # A bubble of gas in the stomach, well below the left lung.
    hounsfield[ball((-(frames / 2 - 2) * spacing[0], -50, 60), (10, 18, 25)) & (hounsfield == SOFT)] = -950
    if patches:
        # Small vessels everywhere, as in a patient: without them the gate of the lungs' model would refuse the picture.
        small = ndimage.gaussian_filter(rng.standard_normal(z.shape, dtype=np.float32), (1.2, 1.4, 1.4))
        hounsfield[(right | left) & (small > np.quantile(small, 0.985)) & (hounsfield < GLASS)] = -200
    hounsfield += rng.normal(0, noise, hounsfield.shape)
    return Thorax(np.rint(hounsfield).astype(np.int16), right, left, glass, dense, airway, spacing)
