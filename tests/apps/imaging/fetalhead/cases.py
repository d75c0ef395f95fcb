"""Sample cases of imaging.fetalhead: bright ellipses drawn here, and a network that outlines what is bright."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import bright_region
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, measurements

from cognoscope.apps.imaging.fetalhead.case import KIND
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CIRCUMFERENCE = """[more.circumference]
excess = 3.0
columns = 256
level = 0.9
half_width = 0.02
floor_mm = 1.0
"""


def model() -> Path:
    """Weights for the tests."""
    return bright_region("imaging.fetalhead", "head", 1, (96, 128), CIRCUMFERENCE)


def drawn(rows: int = 173, columns: int = 256, long: float = 80, short: float = 60, turn: float = 0.4) -> np.ndarray:
    """A bright ellipse on a dark ground, both with a little texture."""
    y, x = np.arange(rows)[:, None] - (rows - 1) / 2, np.arange(columns)[None, :] - (columns - 1) / 2
    along, aside = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    inside = np.clip((1 - np.hypot(along / long, aside / short)) * min(long, short) + 0.5, 0, 1)
    texture = np.random.default_rng(3).normal(0, 6, (rows, columns))
    return np.clip(30 + 190 * inside + texture, 0, 255).astype(np.uint8)


def case(array: np.ndarray, pixel: float | None = 0.5, subject: str = SUBJECT, **more: object) -> Case:
    """A case of one image."""
    spacing = (0.0, pixel, pixel) if pixel else None
    image = CaseImage(name="image", raster=pixels.keep(array), modality="US", spacing=spacing, **more)
    return Case(kind=KIND.case, subject=subject, as_of=AS_OF, images=(image,))


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    return [case(drawn()), case(drawn(540, 800, 230, 190, 2.0), 0.16, f"{SUBJECT[:-1]}1")]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    head = drawn()
    broken = head.astype(np.float32)
    broken[3, 4] = np.nan
    film = np.stack([head, head, head])
    return {
        "empty": Case(kind=KIND.case, subject=SUBJECT, as_of=AS_OF),
        "too short": case(drawn(60, 80, 30, 20)),
        "out of range": case(head, 60.0),
        "garbage": case(broken),
        "no size": case(head, None),
        "one colour": case(np.full((173, 256), 80, np.uint8)),
        "nothing bright": case((drawn() // 4).astype(np.uint8)),
        "cut by the edge": case(drawn(long=200, short=160)),
        "a head too small for its scale": case(head, 0.03),
        "a film": case(film),
        "another modality": Case(
            kind=KIND.case,
            subject=SUBJECT,
            as_of=AS_OF,
            images=(CaseImage(name="image", raster=pixels.keep(head), modality="CT", spacing=(0.0, 0.5, 0.5)),),
        ),
        "another's case": Case(kind="lung-scan", subject=SUBJECT, as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let a sonographer enter the circumference the next day."""
    commit(home, measurement=measurements("11984-2", 22.1, "cm", date(2026, 11, 22)))
    return AS_OF + timedelta(days=2)
