"""Sample cases of imaging.polyps: bright bumps drawn on a darker ground, and a network that outlines what is bright."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import bright_region
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions

from cognoscope.apps.imaging.polyps.case import KIND
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def model() -> Path:
    """Weights for the tests."""
    return bright_region("imaging.polyps", "polyp", 3, (96, 96))


def drawn(rows: int = 256, columns: int = 256, bumps: int = 1) -> np.ndarray:
    """Bright bumps on a red ground."""
    y, x = np.arange(rows)[:, None], np.arange(columns)[None, :]
    picture = np.broadcast_to(np.array([120.0, 60.0, 50.0]), (rows, columns, 3)).copy()
    for number in range(bumps):
        row, column = rows * (0.3 + 0.4 * number), columns * (0.35 + 0.3 * number)
        picture += np.clip((30 - np.hypot(y - row, x - column)) / 3, 0, 1)[..., None] * (110, 120, 110)
    texture = np.random.default_rng(11).normal(0, 4, (rows, columns, 1))
    return np.clip(picture + texture, 0, 255).astype(np.uint8)


def usable() -> list[Case]:
    """Cases on which there is something to propose: one bump, two bumps, none."""
    return [case(drawn(bumps=count), subject) for count, subject in ((1, SUBJECT), (2, f"{SUBJECT[:-1]}1"))] + [
        case(drawn(bumps=0), f"{SUBJECT[:-1]}3")
    ]


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
    """Let a polyp be coded afterwards."""
    commit(home, condition_occurrence=conditions("K63.5", day=date(2026, 12, 3)))
    return AS_OF + timedelta(days=40)
