"""Images that teach a gate what is not its kind: scenes, pages and pictures that look medical, generated here.

No generator and no photograph is one of those that judge (`cognoscope.methods.images.foreign_generated`).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cognoscope.methods.images.foreign_generated import power_noise, sample_photographs, window_of
from training.imaging.gate_pictures import bowel, breast, eye_ground

Bytes = NDArray[np.uint8]
PHOTOGRAPHS = (
    "camera",
    "chelsea",
    "grass",
    "hubble_deep_field",
    "motorcycle_left",
    "ihc",
    "coins",
    "cell",
    "moon",
    "logo",
    "phantom",
)


def scenes(draw: np.random.Generator) -> Iterator[Bytes]:
    """Endless: windows of photographs, clouds of 1/f noise, fallen leaves, landscapes, coloured gradients."""
    real = list(sample_photographs(PHOTOGRAPHS))
    while True:
        kind = draw.integers(8)
        if kind < 4:
            yield window_of(real[int(draw.integers(len(real)))], draw)
        elif kind == 4:
            yield _clouds(draw)
        elif kind == 5:
            yield _leaves(draw)
        elif kind == 6:
            yield _landscape(draw)
        else:
            yield _gradients(draw)


def _sides(draw: np.random.Generator) -> tuple[int, int]:
    return int(draw.integers(200, 700)), int(draw.integers(200, 700))


def _bytes(values: NDArray[np.float32]) -> Bytes:
    return np.asarray(np.clip(values, 0, 1) * 255, np.uint8)


def _clouds(draw: np.random.Generator) -> Bytes:
    rows, columns = _sides(draw)
    slope = draw.uniform(1.2, 3.2)
    shared = power_noise(rows, columns, slope, draw)
    own = draw.uniform(0, 0.6)
    planes = [
        draw.uniform(0.25, 0.75) + 0.2 * (shared + own * power_noise(rows, columns, slope, draw)) for _ in range(3)
    ]
    return _bytes(np.stack(planes, -1) if draw.random() < 0.7 else planes[0])


def _leaves(draw: np.random.Generator) -> Bytes:
    """Discs in front of each other, radii by an inverse cube law."""
    rows, columns = _sides(draw)
    scene = Image.new("RGB", (columns, rows), tuple(int(tone) for tone in draw.integers(0, 256, 3)))
    pen, middle, spread = ImageDraw.Draw(scene), draw.uniform(40, 215, 3), draw.uniform(10, 90)
    for _ in range(int(draw.integers(100, 1500))):
        radius = min(rows, columns) * 0.01 / max(draw.random(), 0.02) ** 0.7
        x, y = draw.uniform(0, columns), draw.uniform(0, rows)
        tone = tuple(int(np.clip(part, 0, 255)) for part in draw.normal(middle, spread))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tone)
    return _bytes(np.asarray(scene, np.float32) / 255 * (1 + 0.08 * power_noise(rows, columns, 1.0, draw))[..., None])


def _landscape(draw: np.random.Generator) -> Bytes:
    """A sky, ridges of hills in front of each other, an object or two."""
    rows, columns = _sides(draw)
    sky = np.linspace(draw.uniform(0.3, 1), draw.uniform(0.3, 1), rows)[:, None, None] * draw.uniform(0.4, 1, 3)
    scene = np.broadcast_to(sky, (rows, columns, 3)) * (1 + 0.06 * power_noise(rows, columns, 2.6, draw))[..., None]
    down = np.arange(rows)[:, None]
    for ridge in np.sort(draw.uniform(0.25, 0.95, int(draw.integers(1, 5)))):
        wave = np.cumsum(np.cumsum(draw.normal(size=columns)))
        line = rows * ridge + (wave - wave.mean()) / (np.abs(wave).max() + 1e-6) * rows * draw.uniform(0.02, 0.25)
        ground = (
            draw.uniform(0.05, 0.8, 3)
            * (1 + draw.uniform(0.05, 0.35) * power_noise(rows, columns, 1.3, draw))[..., None]
        )
        scene = np.where((down > line[None, :])[..., None], ground, scene)
    for _ in range(int(draw.integers(0, 4))):
        top, left = int(draw.integers(rows)), int(draw.integers(columns))
        height, width = int(draw.integers(10, rows // 2)), int(draw.integers(10, columns // 2))
        scene[top : top + height, left : left + width] *= draw.uniform(0.2, 1.6, 3)
    return _bytes(scene)


def _gradients(draw: np.random.Generator) -> Bytes:
    rows, columns = _sides(draw)
    corners = draw.uniform(0, 1, (2, 2, 3))
    down, across = np.linspace(0, 1, rows)[:, None, None], np.linspace(0, 1, columns)[None, :, None]
    scene = (corners[0, 0] * (1 - across) + corners[0, 1] * across) * (1 - down)
    scene = scene + (corners[1, 0] * (1 - across) + corners[1, 1] * across) * down
    return _bytes(scene + 0.01 * draw.normal(size=(rows, columns, 1)))


def pages(draw: np.random.Generator) -> Iterator[Bytes]:
    """Endless: letters, tables, screens and curves."""
    while True:
        rows, columns = int(draw.integers(300, 1000)), int(draw.integers(250, 900))
        paper = tuple(int(tone) for tone in draw.integers(225, 256, 3))
        ink: tuple[int, ...] = tuple(int(tone) for tone in draw.integers(0, 80, 3))
        if draw.random() < 0.3:
            paper, ink = ink, paper
        page = Image.new("RGB", (columns, rows), paper)
        pen, size = ImageDraw.Draw(page), int(draw.integers(8, 30))
        kind = draw.integers(3)
        if kind == 0:
            _letter(pen, rows, columns, size, ink, draw)
        elif kind == 1:
            _table(pen, rows, columns, size, ink, draw)
        else:
            _curves(pen, rows, columns, size, ink, draw)
        yield np.asarray(page, np.uint8)


def _signs(count: int, draw: np.random.Generator) -> str:
    signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:%    "
    return "".join(signs[int(index)] for index in draw.integers(0, len(signs), count))


def _letter(
    pen: ImageDraw.ImageDraw, rows: int, columns: int, size: int, ink: tuple[int, ...], draw: np.random.Generator
) -> None:
    font, left = ImageFont.load_default(size), int(draw.integers(5, columns // 4))
    for top in range(int(draw.integers(5, rows // 4)), rows - size, round(size * draw.uniform(1.1, 2))):
        if draw.random() < 0.9:
            count = max(1, int((columns - 2 * left) / size * 1.9 * draw.uniform(0.3, 1)))
            pen.text((left, top), _signs(count, draw), fill=ink, font=font)


def _table(
    pen: ImageDraw.ImageDraw, rows: int, columns: int, size: int, ink: tuple[int, ...], draw: np.random.Generator
) -> None:
    font, across = ImageFont.load_default(size), int(draw.integers(2, 7))
    for top in range(10, rows, 2 * size):
        pen.line((0, top, columns, top), fill=ink)
        for column in range(across):
            left = column * columns // across
            pen.line((left, 0, left, rows), fill=ink)
            pen.text((left + 4, top + size // 3), _signs(int(draw.integers(1, 8)), draw), fill=ink, font=font)


def _curves(
    pen: ImageDraw.ImageDraw, rows: int, columns: int, size: int, ink: tuple[int, ...], draw: np.random.Generator
) -> None:
    pen.line((columns * 0.1, rows * 0.05, columns * 0.1, rows * 0.9), fill=ink, width=2)
    pen.line((columns * 0.1, rows * 0.9, columns * 0.95, rows * 0.9), fill=ink, width=2)
    for _ in range(int(draw.integers(1, 6))):
        heights = rows * (0.5 + 0.35 * np.clip(np.cumsum(draw.normal(0, 0.2, 60)), -1, 1))
        tone = tuple(int(part) for part in draw.integers(0, 256, 3))
        pen.line(
            [(columns * (0.1 + 0.85 * step / 60), float(height)) for step, height in enumerate(heights)],
            fill=tone,
            width=3,
        )
    pen.text((columns * 0.3, 5), _signs(20, draw), fill=ink, font=ImageFont.load_default(size))


def lookalikes(draw: np.random.Generator) -> Iterator[Bytes]:
    """Endless: invented pictures with frames and tones of instruments, but of nothing: discs, fans, films, blots."""
    while True:
        if draw.random() < 0.6:
            yield (eye_ground, bowel, breast, breast)[int(draw.integers(4))](draw)
            continue
        rows, columns = _sides(draw)
        down, across = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None, :]
        across = across * columns / rows if draw.random() < 0.5 else across
        tissue = 0.5 + 0.18 * power_noise(rows, columns, draw.uniform(1.5, 3.5), draw)
        tissue = tissue + draw.uniform(0, 0.12) * power_noise(rows, columns, draw.uniform(0, 1.5), draw)
        frame = _frame(int(draw.integers(5)), down, across, draw)
        if draw.random() < 0.5:
            tint = np.array([1.0, draw.uniform(0.3, 0.9), draw.uniform(0.1, 0.8)])
            yield _bytes(np.clip(tissue * draw.uniform(0.6, 1.6), 0, 1)[..., None] * tint * frame[..., None])
        else:
            yield _bytes(np.clip(tissue * draw.uniform(0.4, 1.6), 0, 1) * frame)


def _frame(
    kind: int, down: NDArray[np.float64], across: NDArray[np.float64], draw: np.random.Generator
) -> NDArray[np.float64]:
    """What an instrument leaves bright: a disc, a fan, an octagon, half a film, everything."""
    radius = np.hypot(down, across)
    if kind == 0:
        frame = radius < draw.uniform(0.6, 1.3)
    elif kind == 1:
        frame = (np.abs(across) < (down + 1.3) * draw.uniform(0.3, 1)) & (
            np.hypot(down + 1.3, across) < draw.uniform(1.5, 2.2)
        )
    elif kind == 2:
        frame = np.maximum(
            np.maximum(np.abs(down), np.abs(across)), (np.abs(down) + np.abs(across)) * 0.7
        ) < draw.uniform(0.8, 1)
    elif kind == 3:
        frame = across + 0.5 * down**2 < draw.uniform(-0.5, 0.6)
    else:
        frame = np.broadcast_to(np.ones_like(radius), radius.shape)
    return np.asarray(frame, np.float64)
