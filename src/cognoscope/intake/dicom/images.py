"""Plain pictures (PNG, JPEG, WebP) become arrays, within limits that hold before anything is allocated."""

import io
from pathlib import Path

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import guarded, need_imaging

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_BYTES = 256 << 20
MOST_PIXELS = 80_000_000
UNREADABLE = "This file is no picture that can be read (PNG, JPEG or WebP), or it is damaged or cut off."


def read_image(source: Path | bytes) -> np.ndarray:
    """The pixels of a picture: rows x columns (grey) or rows x columns x 3 (RGB), uint8; uint16 for grey of 16 bits.

    The way the camera was held (EXIF) is undone; transparency is laid on black; palettes become colours.

    Raises:
        InvalidInput: not such a picture, damaged or cut off, an animation, or one of more than 80 million pixels.
        NotInstalled: the extra `imaging` is missing.
    """
    need_imaging()
    with guarded(UNREADABLE):
        return _read(_content(source))


def _content(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        content = source
    else:
        try:
            too_large = source.stat().st_size > LARGEST_BYTES
            content = b"" if too_large else source.read_bytes()
        except OSError as error:
            raise InvalidInput(f"The picture cannot be read from the disk: {error.strerror}.") from None
        if too_large:
            raise InvalidInput("This picture is too large to be read (more than 256 MiB).")
    if not content:
        raise InvalidInput("This picture is empty: export it again.")
    return content


def _read(content: bytes) -> np.ndarray:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise InvalidInput("This picture has more than 80 million pixels: reduce it first.")
        if getattr(image, "n_frames", 1) > 1:
            raise InvalidInput("This picture is an animation: give one image of it.")
        image.load()
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I;16") or upright.mode == "I":
            return np.asarray(upright).astype(np.uint16)
        if upright.mode in ("1", "L"):
            return np.asarray(upright.convert("L"))
        if upright.mode == "LA":
            return np.asarray(upright.convert("RGBA").convert("RGB"))[..., 0].copy()
        if "A" in upright.mode or "transparency" in upright.info:
            whole = upright.convert("RGBA")
            black = Image.new("RGBA", whole.size, (0, 0, 0, 255))
            return np.asarray(Image.alpha_composite(black, whole).convert("RGB"))
        return np.asarray(upright.convert("RGB"))
