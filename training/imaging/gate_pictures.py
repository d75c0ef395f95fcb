"""Invented eye grounds, bowels and breasts: gates that ship may not learn from the real ones (research only)."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from cognoscope.methods.images.foreign_generated import power_noise

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float64]


def eye_ground(draw: np.random.Generator) -> Bytes:
    """An orange disc on black, brighter at one place, with branching darker lines."""
    rows, columns = int(draw.integers(220, 520)), int(draw.integers(220, 760))
    down, across = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    reach = min(rows, columns) * draw.uniform(0.42, 0.62)
    far = np.hypot(down - rows / 2, across - columns / 2) / reach
    tone = np.array([draw.uniform(0.45, 0.95), draw.uniform(0.2, 0.55), draw.uniform(0.02, 0.3)])
    light = (1.1 - 0.45 * far**2) + 0.06 * power_noise(rows, columns, 3.0, draw)
    lines = Image.new("L", (columns, rows))
    pen = ImageDraw.Draw(lines)
    root = np.array([columns / 2 + draw.choice([-1, 1]) * reach * draw.uniform(0.3, 0.6), rows / 2])
    for _ in range(int(draw.integers(5, 10))):
        _branch(pen, root, draw.uniform(0, 2 * np.pi), reach, max(2.0, reach / 45), draw)
    vessels = np.asarray(lines.filter(ImageFilter.GaussianBlur(0.8)), np.float64) / 255
    papilla = np.exp(-((((across - root[0]) ** 2 + (down - root[1]) ** 2) / (reach * 0.13) ** 2) ** 2))
    scene = light[..., None] * tone * (1 - vessels * draw.uniform(0.2, 0.5))[..., None]
    scene = scene + papilla[..., None] * np.array([0.35, 0.35, 0.2])
    return _bytes(scene * np.clip((1 - far) * reach / 3, 0, 1)[..., None])


def _branch(
    pen: ImageDraw.ImageDraw, start: Plane, turn: float, reach: float, width: float, draw: np.random.Generator
) -> None:
    point = start
    for _ in range(14):
        turn += draw.normal(0, 0.2)
        after = point + reach * 0.09 * np.array([np.cos(turn), np.sin(turn)])
        pen.line((*map(float, point), *map(float, after)), fill=255, width=max(1, round(width)))
        point, width = after, width * 0.95
        if width > 1.2 and draw.random() < 0.3:
            _branch(pen, point, turn + draw.choice([-0.7, 0.7]), reach * 0.7, width * 0.6, draw)


def bowel(draw: np.random.Generator) -> Bytes:
    """Pink walls with folds around a dark opening, glints, cut corners or a black frame."""
    rows, columns = int(draw.integers(220, 600)), int(draw.integers(220, 600))
    down, across = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    middle = draw.uniform(-0.9, 0.9, 2)
    warp = 0.18 * power_noise(rows, columns, 3.2, draw)
    far = np.hypot(down - middle[0], across - middle[1]) + warp
    folds = 0.5 + 0.5 * np.sin(far * draw.uniform(4, 14) + draw.uniform(0, 6)) ** draw.choice([1, 3])
    light = np.clip(far * draw.uniform(0.6, 1.3), 0.1, 1) * (0.75 + 0.3 * folds)
    light = light * (1 + 0.05 * power_noise(rows, columns, 2.0, draw))
    tone = np.array([draw.uniform(0.7, 1.0), draw.uniform(0.3, 0.65), draw.uniform(0.2, 0.55)])
    scene = light[..., None] * tone
    for _ in range(int(draw.integers(0, 4))):
        spot = draw.uniform(-0.7, 0.7, 2)
        size = draw.uniform(0.1, 0.4)
        bump = np.clip(1 - ((down - spot[0]) ** 2 + (across - spot[1]) ** 2) / size**2, 0, 1)
        scene = scene * (1 + 0.5 * bump)[..., None] * (1 - 0.2 * (bump > 0) * (bump < 0.15))[..., None]
    glints = power_noise(rows, columns, 1.6, draw) > draw.uniform(2.4, 3.2)
    scene = np.where(glints[..., None], 0.97, scene)
    cut = (np.abs(down) + np.abs(across) < draw.uniform(1.4, 1.75)) & (np.maximum(np.abs(down), np.abs(across)) < 0.97)
    if draw.random() < 0.8:
        scene = scene * cut[..., None]
    if draw.random() < 0.3:
        scene[rows * 2 // 3 :, : columns // 3] = draw.uniform(0, 0.2)
    return _bytes(scene)


def breast(draw: np.random.Generator) -> Bytes:
    """Half a bright egg on black film, denser inside, with a label in a corner and sometimes a white margin."""
    rows, columns = int(draw.integers(300, 700)), int(draw.integers(250, 700))
    down, across = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    middle, reach = draw.uniform(-0.3, 0.5), draw.uniform(0.35, 0.85)
    shape = 1 - ((down - middle) / draw.uniform(0.5, 1.0)) ** 2 - (across / reach) ** 2
    if draw.random() < 0.6:
        shape = np.maximum(shape, draw.uniform(0.2, 0.6) - across / reach * 1.5 - np.clip(down, -1, 0.4) * 0.4 - 0.3)
    inside = np.clip(shape * draw.uniform(2, 6), 0, 1)
    tissue = draw.uniform(0.3, 0.7) + 0.3 * np.clip(shape, 0, 1)
    tissue = tissue + draw.uniform(0.05, 0.16) * power_noise(rows, columns, draw.uniform(2.2, 3.2), draw)
    spot = draw.uniform(-0.2, 0.4), reach * draw.uniform(0.3, 0.6)
    dense = np.exp(-(((down - spot[0]) / 0.35) ** 2 + ((across - spot[1]) / (reach * 0.35)) ** 2))
    knots = np.clip(0.7 + 0.5 * power_noise(rows, columns, draw.uniform(1.6, 2.6), draw), 0, 2)
    tissue = tissue + draw.uniform(0, 0.5) * dense * knots
    scene = inside * tissue + draw.uniform(0, 0.05)
    left = int(columns * draw.uniform(0.75, 0.9))
    scene[10 : 10 + rows // 14, left : left + columns // 12] = draw.uniform(0.6, 1)
    if draw.random() < 0.4:
        scene[:, : int(columns * draw.uniform(0, 0.2))] = draw.choice([0.0, 0.95])
    if draw.random() < 0.6:
        # A digitised film often lies in the middle of a larger black square.
        sides = int(columns * draw.uniform(0, 0.5)), int(columns * draw.uniform(0, 0.3))
        scene = np.pad(scene, [(0, 0), sides], constant_values=draw.choice([0.0, 0.0, 0.02]))
    return _bytes(scene[:, ::-1] if draw.random() < 0.5 else scene)


def _bytes(values: Plane) -> Bytes:
    return np.asarray(np.clip(values, 0, 1) * 255, np.uint8)
