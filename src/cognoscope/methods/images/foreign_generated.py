"""Generated images that are no medical images: scenes with the statistics of photographs, and pages of text.

Natural scenes occlude each other at all sizes and have spectra that fall as a power of frequency ("dead leaves": Lee,
Mumford and Huang 2001; 1/f: Field 1987). They stand beside real photographs (scikit-image's samples), of which few can
be had offline.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled
from cognoscope.methods.images.foreign_spoiled import resized

Bytes = NDArray[np.uint8]

SAMPLES: Final = ("astronaut", "coffee", "rocket", "brick", "gravel", "clock", "motorcycle_right")
"""Photographs that come with scikit-image and that no gate was taught with."""


def photographs(draw: np.random.Generator) -> Iterator[Bytes]:
    """Endless: windows of real photographs, broken planes seen in perspective, textures of many tiles."""
    real = list(sample_photographs())
    while True:
        kind = draw.integers(4)
        if kind < 2 and real:
            yield window_of(real[int(draw.integers(len(real)))], draw)
        elif kind == 2:
            yield _planes(draw)
        else:
            yield _tiles(draw)


def sample_photographs(names: tuple[str, ...] = SAMPLES) -> Iterator[Bytes]:
    """The sample photographs of scikit-image that lie on this machine; none without the extra `imaging`."""
    try:
        import skimage
    except ImportError:
        return
    from importlib.resources import files

    pillow = _pillow()
    for entry in sorted(files(skimage).joinpath("data").iterdir(), key=lambda entry: entry.name):
        if entry.name.rsplit(".", 1)[0].removesuffix("_motion") in names:
            with entry.open("rb") as stream:
                yield np.asarray(pillow.Image.open(stream).convert("RGB"), np.uint8)


def window_of(photograph: Bytes, draw: np.random.Generator) -> Bytes:
    """At least a third of each side of a photograph, mirrored or not, at another size, sometimes in grey."""
    rows, columns = (int(side * draw.uniform(0.33, 1)) for side in photograph.shape[:2])
    top, left = (
        int(draw.integers(side - part + 1)) for side, part in zip(photograph.shape[:2], (rows, columns), strict=True)
    )
    window = photograph[top : top + rows, left : left + columns, :]
    if draw.random() < 0.5:
        window = window[:, ::-1]
    long = draw.integers(224, 700) / max(rows, columns)
    out = resized(window, max(16, round(rows * long)), max(16, round(columns * long)))
    return (
        out if draw.random() < 0.8 else np.repeat(out.mean(axis=2, dtype=np.float32).astype(np.uint8)[..., None], 3, 2)
    )


def text_pages(draw: np.random.Generator) -> Iterator[Bytes]:
    """Endless: pages in columns, receipts in invented glyphs, the same photographed askew on a table."""
    while True:
        kind = draw.integers(3)
        page = _columns(draw) if kind != 1 else _glyphs(draw)
        yield _photographed(page, draw) if draw.random() < 0.25 else page


def power_noise(rows: int, columns: int, slope: float, draw: np.random.Generator) -> NDArray[np.float32]:
    """Noise whose power falls as frequency to the `slope`, mean 0 and spread 1."""
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    frequency[0, 0] = 1
    shape = frequency.shape
    spectrum = (draw.normal(size=shape) + 1j * draw.normal(size=shape)) / frequency ** (slope / 2)
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, (rows, columns))
    return np.asarray(noise / (noise.std() + 1e-9), np.float32)


def _sides(draw: np.random.Generator) -> tuple[int, int]:
    return int(draw.integers(220, 640)), int(draw.integers(220, 640))


def _planes(draw: np.random.Generator) -> Bytes:
    """Quadrilaterals in front of each other, each with its own colour, light and texture: streets, furniture, boxes."""
    pillow = _pillow()
    rows, columns = _sides(draw)
    scene = np.repeat(_shade(rows, columns, draw)[..., None], 3, 2) * draw.uniform(0.3, 1, 3)
    grain = power_noise(rows, columns, draw.uniform(0.5, 2.5), draw)
    for _ in range(int(draw.integers(12, 70))):
        mask = pillow.Image.new("L", (columns, rows))
        size = min(rows, columns) * draw.uniform(0.04, 0.7) ** 1.3
        middle = draw.uniform(0, (columns, rows))
        turns = np.sort(draw.uniform(0, 2 * np.pi, int(draw.integers(3, 6))))
        corners = middle + size * np.stack([np.cos(turns), np.sin(turns)], 1) * draw.uniform(0.5, 1, (len(turns), 1))
        pillow.ImageDraw.Draw(mask).polygon([(float(x), float(y)) for x, y in corners], fill=255)
        inside = np.asarray(mask, np.float32)[..., None] / 255
        texture = 1 + draw.uniform(0, 0.25) * np.roll(grain, int(draw.integers(rows)), axis=int(draw.integers(2)))
        surface = (_shade(rows, columns, draw) * texture)[..., None] * draw.uniform(0.05, 1, 3)
        scene = scene * (1 - inside) + surface * inside
    return np.asarray(np.clip(scene, 0, 1) * 255, np.uint8)


def _tiles(draw: np.random.Generator) -> Bytes:
    """Cells around scattered points (Voronoi), each of one colour with fine grain: foliage, stones, crowds."""
    from scipy.spatial import cKDTree

    rows, columns = _sides(draw)
    points = draw.uniform(0, (rows, columns), (int(draw.integers(30, 900)), 2))
    grid = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), -1).reshape(-1, 2)
    warp = np.stack([power_noise(rows, columns, 2.5, draw) * 6 for _ in range(2)], -1).reshape(-1, 2)
    nearest = cKDTree(points).query(grid + warp)[1].reshape(rows, columns)
    base, spread = draw.uniform(0.2, 0.8, 3), draw.uniform(0.05, 0.3)
    colours = np.clip(base + draw.normal(0, spread, (len(points), 3)), 0, 1)
    grain = 1 + 0.12 * power_noise(rows, columns, 1.0, draw)
    scene = colours[nearest] * (_shade(rows, columns, draw) * grain)[..., None]
    return np.asarray(np.clip(scene, 0, 1) * 255, np.uint8)


def _shade(rows: int, columns: int, draw: np.random.Generator) -> NDArray[np.float32]:
    turn, depth = draw.uniform(0, 2 * np.pi), draw.uniform(0, 0.6)
    ramp = (
        np.cos(turn) * np.linspace(-0.5, 0.5, rows)[:, None] + np.sin(turn) * np.linspace(-0.5, 0.5, columns)[None, :]
    )
    return np.asarray(draw.uniform(0.6, 1) + depth * ramp, np.float32)


def _columns(draw: np.random.Generator) -> Bytes:
    """A page in one or two columns, headings larger, dark on light or light on dark."""
    pillow = _pillow()
    rows, columns = int(draw.integers(400, 1000)), int(draw.integers(320, 800))
    paper, ink = (250, 20) if draw.random() < 0.75 else (25, 225)
    page = pillow.Image.new("RGB", (columns, rows), (paper,) * 3)
    pen, size = pillow.ImageDraw.Draw(page), int(draw.integers(9, 20))
    body, head = pillow.ImageFont.load_default(size), pillow.ImageFont.load_default(2 * size)
    across = int(draw.integers(1, 3))
    for column in range(across):
        left, top = 20 + column * (columns - 20) // across, 20
        while top < rows - 2 * size:
            title = draw.random() < 0.07
            letters = round((columns / across - 40) / (size * (1.1 if title else 0.55)) * draw.uniform(0.55, 1))
            line = _words(letters, draw)
            pen.text((left, top), line, fill=(ink,) * 3, font=head if title else body)
            top += round(size * (2.6 if title else 1.35))
    return np.asarray(page, np.uint8)


def _words(letters: int, draw: np.random.Generator) -> str:
    found = ""
    while len(found) < letters:
        found += "".join(chr(97 + int(letter)) for letter in draw.integers(0, 26, int(draw.integers(1, 11)))) + " "
    return found[:letters]


def _glyphs(draw: np.random.Generator) -> Bytes:
    """Lines of invented signs made of strokes: handwriting, other scripts, tickets."""
    pillow = _pillow()
    rows, columns = int(draw.integers(300, 900)), int(draw.integers(240, 700))
    page = pillow.Image.new("RGB", (columns, rows), tuple(int(tone) for tone in draw.integers(215, 256, 3)))
    pen, size = pillow.ImageDraw.Draw(page), int(draw.integers(8, 26))
    ink = tuple(int(tone) for tone in draw.integers(0, 90, 3))
    for top in range(15, rows - 2 * size, round(size * 1.8)):
        for left in range(15, columns - 15 - size, round(size * 0.8)):
            if draw.random() < 0.85:
                strokes = draw.uniform(0, size, (int(draw.integers(2, 5)), 2)) * (0.7, 1) + (left, top)
                pen.line([(float(x), float(y)) for x, y in strokes], fill=ink, width=max(1, size // 9))
    return np.asarray(page, np.uint8)


def _photographed(page: Bytes, draw: np.random.Generator) -> Bytes:
    """Turned by some degrees on a table, lit from one side."""
    pillow = _pillow()
    table = tuple(int(tone) for tone in draw.integers(30, 160, 3))
    turned = pillow.Image.fromarray(page).rotate(
        float(draw.uniform(-12, 12)), pillow.Image.Resampling.BILINEAR, expand=True, fillcolor=table
    )
    values = np.asarray(turned, np.float32)
    return np.asarray(np.clip(values * _shade(values.shape[0], values.shape[1], draw)[..., None], 0, 255), np.uint8)


def _pillow() -> Any:
    try:
        import PIL.Image
        import PIL.ImageDraw
        import PIL.ImageFont
    except ImportError as error:
        raise NotInstalled("Generating images needs the extra `imaging`: run `make imaging`.") from error
    return PIL
