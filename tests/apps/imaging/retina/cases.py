"""Sample cases of imaging.retina: an orange disc with bright spots, and a network that answers by brightness."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import by_brightness
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions

from cognoscope.apps.imaging.retina.case import KIND
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HEADS = """[[heads]]
name = "referable"
kind = "binary"
outputs = [0]
classes = ["not-referable", "referable"]
[heads.conformal]
level = 0.9
quantiles = [0.75]
[[heads.operating_points]]
name = "referral"
threshold = 0.4
[[heads]]
name = "grade"
kind = "ordinal"
outputs = [1, 2, 3, 4]
classes = ["grade-0", "grade-1", "grade-2", "grade-3", "grade-4"]
[heads.conformal]
level = 0.9
quantiles = [0.9]
[[heads]]
name = "maculopathy"
kind = "binary"
outputs = [5]
classes = ["no-maculopathy", "maculopathy"]
"""


def model() -> Path:
    """Weights for the tests: the more yellow, the worse."""
    weights = np.zeros((6, 3))
    weights[:, 1] = 20
    return by_brightness("imaging.retina", weights, np.array([-4.0, -3, -4.0, -5, -7, -4.2]), (96, 128), HEADS)


def drawn(rows: int = 320, columns: int = 480, spots: int = 40) -> np.ndarray:
    """An orange disc on black, with a bright disc at one side and yellow spots."""
    y, x = np.arange(rows)[:, None] - rows / 2, np.arange(columns)[None, :] - columns / 2
    disc = (np.hypot(y, x) < rows * 0.48)[..., None]
    picture = np.array([190.0, 90.0, 40.0]) * disc
    picture = picture + 50 * np.exp(-((np.hypot(y, x + rows * 0.25) / (rows * 0.07)) ** 2))[..., None] * disc
    draw = np.random.default_rng(7)
    for _ in range(spots):
        row, column = draw.uniform(-rows / 3, rows / 3, 2)
        picture = picture + 120 * np.exp(-((np.hypot(y - row, x - column) / 9) ** 2))[..., None] * disc * (0.4, 1, 0.5)
    return np.clip(picture + draw.normal(0, 3, (rows, columns, 1)) * disc, 0, 255).astype(np.uint8)


def usable() -> list[Case]:
    """Cases on which there is something to propose: an ill right eye; both eyes of another person."""
    ill, well = drawn(), drawn(spots=0)
    both = tuple(
        CaseImage(name=f"image_{side.lower()}", raster=pixels.keep(eye), modality="OP", laterality=side)
        for side, eye in (("L", well), ("R", ill))
    )
    pair = Case(kind=KIND.case, subject=f"{SUBJECT[:-1]}1", as_of=AS_OF, images=both)
    return [case(ill, laterality="R"), pair]


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
        "out of range": case(np.repeat(picture, 5, axis=1)),
        "garbage": case(broken),
        "one colour": case(np.full_like(picture, 80)),
        "a film": case(np.stack([picture, picture])),
        "another modality": case(picture, modality="CT"),
        "another's case": Case(kind="lung-scan", subject=SUBJECT, as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let a retinopathy be coded afterwards."""
    commit(home, condition_occurrence=conditions("H36.0", "E11.3", day=date(2026, 12, 3)))
    return AS_OF + timedelta(days=40)
