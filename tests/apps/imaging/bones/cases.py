"""Sample cases of imaging.bones: a shaft drawn with a bright line across, and a network that answers by brightness."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import by_brightness
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions

from cognoscope.apps.imaging.bones.case import KIND
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HEADS = """[[heads]]
name = "fracture"
kind = "binary"
outputs = [0]
classes = ["no-fracture", "fracture"]
[heads.conformal]
level = 0.9
quantiles = [0.6]
[[heads.operating_points]]
name = "reading"
threshold = 0.5
"""


def model() -> Path:
    """Weights for the tests: the brighter, the more a fracture."""
    return by_brightness("imaging.bones", np.array([[40.0]]), np.array([-11.0]), (96, 96), HEADS)


def drawn(rows: int = 400, columns: int = 300, line: float = 40) -> np.ndarray:
    """A shaft on a dark ground, with a bright line of so many rows across."""
    y, x = np.arange(rows)[:, None] - rows / 2, np.arange(columns)[None, :] - columns / 2
    shaft = np.abs(x + y / 8) < columns / 5
    bright = shaft & (np.abs(y - x / 3) < line / 2)
    texture = np.random.default_rng(9).normal(0, 5, (rows, columns))
    return np.clip(40 + 70 * shaft + 140 * bright + texture, 0, 255).astype(np.uint8)


def usable() -> list[Case]:
    """Cases on which there is something to propose: a broken shaft; one whole, as 12 bits seen through a window."""
    whole = (drawn(line=0).astype(np.uint16) << 4).astype(np.uint16)
    return [case(drawn()), case(whole, f"{SUBJECT[:-1]}1", window=(2048.0, 4096.0))]


def case(array: np.ndarray, subject: str = SUBJECT, modality: str = KIND.modalities[0], **more: object) -> Case:
    """A case of one image."""
    image = CaseImage(name="image", raster=pixels.keep(array), modality=modality, **more)
    return Case(kind=KIND.case, subject=subject, as_of=AS_OF, images=(image,))


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    picture = drawn()
    broken = picture.astype(np.float32)
    broken[3, 4] = np.nan
    return {
        "empty": Case(kind=KIND.case, subject=SUBJECT, as_of=AS_OF),
        "too short": case(picture[:100, :100]),
        "out of range": case(np.repeat(picture, 4, axis=0)),
        "garbage": case(broken),
        "one colour": case(np.full_like(picture, 80)),
        "a film": case(np.stack([picture, picture])),
        "another modality": case(picture, modality="CT"),
        "another's case": Case(kind="lung-scan", subject=SUBJECT, as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let a fracture be coded afterwards."""
    commit(home, condition_occurrence=conditions("S52.5", day=date(2026, 12, 3)))
    return AS_OF + timedelta(days=40)
