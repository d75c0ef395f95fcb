"""Sample cases of imaging.skin: a dark spot drawn on a light ground, and a network that answers by darkness."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import by_brightness
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions

from cognoscope.apps.imaging.skin.case import KIND
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HEADS = """[[heads]]
name = "melanoma"
kind = "binary"
outputs = [1]
against = [0, 2]
classes = ["not-melanoma", "melanoma"]
map = 1
[heads.calibration]
kind = "platt"
slope = 1.2
intercept = -0.1
prevalence = 0.19
[heads.conformal]
level = 0.9
quantiles = [0.8, 0.7]
[[heads.operating_points]]
name = "sensitivity-866"
threshold = 0.3
sensitivity = 0.866
specificity = 0.6
[[heads]]
name = "diagnosis"
kind = "categorical"
outputs = [0, 1, 2]
classes = ["nevus", "melanoma", "seborrheic_keratosis"]
[heads.conformal]
level = 0.9
quantiles = [0.9]
"""


def model() -> Path:
    """Weights for the tests: the darker, the more a melanoma."""
    weights = np.array([[4.0, 2.0, 2.0], [-6.0, -4.0, -4.0], [0.5, 0.5, 0.5]])
    return by_brightness("imaging.skin", weights, np.array([-4.0, 11.0, 0.0]), (64, 64), HEADS)


def drawn(rows: int = 224, columns: int = 224, size: float = 70) -> np.ndarray:
    """A dark spot on skin."""
    y, x = np.arange(rows)[:, None] - rows / 2, np.arange(columns)[None, :] - columns / 2
    spot = np.clip((size - np.hypot(y, 1.3 * x)) / 6, 0, 1)[..., None]
    texture = np.random.default_rng(5).normal(0, 4, (rows, columns, 1))
    colours = np.array([215.0, 170.0, 150.0]) * (1 - spot) + np.array([70.0, 45.0, 40.0]) * spot
    return np.clip(colours + texture, 0, 255).astype(np.uint8)


def usable() -> list[Case]:
    """Cases on which there is something to propose: a large dark spot, a small one."""
    return [case(drawn()), case(drawn(size=15), f"{SUBJECT[:-1]}1")]


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
    """Let a melanoma be coded afterwards."""
    commit(home, condition_occurrence=conditions("C43.5", "I10", day=date(2026, 12, 3)))
    return AS_OF + timedelta(days=40)
